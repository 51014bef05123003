"""Names in publishers' files that the list of countries lacks, with analysts' meanings."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.database.triggers import superseded_once
from indicators.models.catalog import Source
from indicators.models.countries import Country, never_of_sample
from indicators.models.curated import CuratedQuerySet, CuratedRecord, closed_with_reason

NAME_LENGTH = 200

IMPORTERS = ", ".join(
    f"'{role.value}'" for role, allowed in ROLE_PERMISSIONS.items() if Permission.IMPORT_DATA in allowed
)


class Meaning(models.TextChoices):
    """Meaning of a name: a country, a group of countries, or an area without a row of its own."""

    COUNTRY = "country", "A listed country or territory"
    GROUP = "group", "A group of countries"
    NO_ROW = "no_row", "An area without its own data"


class NameMapping(CuratedRecord):
    """Meaning of a name in one source's files: a country, or none, so that its rows are set aside.

    An analyst assigns it. It applies to every file of the source that is read before the mapping is withdrawn. `key`
    is the normalized name, derived by the database. A mapping is withdrawn and never edited; a name mapped again gets
    another row.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="name_mappings")
    name = models.CharField(max_length=NAME_LENGTH, help_text="As the publisher writes it.")
    key = models.CharField(max_length=2 * NAME_LENGTH, editable=False)
    meaning = models.CharField(max_length=10, choices=Meaning.choices)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, null=True, blank=True, related_name="name_mappings")

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("name", "-id")
        constraints = (
            models.UniqueConstraint(
                name="name_mapping_once",
                fields=("source", "key"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="name_mapped",
                violation_error_message="This name is already mapped. Withdraw that mapping first.",
            ),
            models.CheckConstraint(
                name="name_mapping_means_one_thing",
                condition=Q(meaning=Meaning.COUNTRY, country__isnull=False)
                | Q(meaning__in=(Meaning.GROUP, Meaning.NO_ROW), country__isnull=True),
                violation_error_code="name_meaning",
                violation_error_message="Choose a country, or mark the name as not a country.",
            ),
            models.CheckConstraint(
                name="name_mapping_named",
                condition=~Q(key=""),
                violation_error_code="name_blank",
                violation_error_message="Enter a name to map.",
            ),
            closed_with_reason("name_mapping_closed_with_reason"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="a_own_name",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("listed", "text")],
                # The SQL function matches `indicators.countries.normalize`; a migration defines it.
                func="""
                    NEW.key := cpc_name_key(NEW.name);
                    SELECT name INTO listed FROM indicators_country
                    WHERE NEW.key IN (cpc_name_key(name), cpc_name_key(short_name))
                        AND id IS DISTINCT FROM NEW.country_id
                    LIMIT 1;
                    IF listed IS NOT NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'name_listed',
                            MESSAGE = format('“%s” is the name of %s in the list of countries.', NEW.name, listed);
                    END IF;
                    RETURN NEW;
                """,
            ),
            *never_of_sample(),
            pgtrigger.Trigger(
                name="b_analysts_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("person", "bigint")],
                func=f"""
                    person := CASE TG_OP WHEN 'INSERT' THEN NEW.recorded_by_id ELSE NEW.superseded_by_id END;
                    IF person IS NOT NULL AND NOT EXISTS (
                        SELECT FROM accounts_user u WHERE u.id = person AND u.is_active AND u.role IN ({IMPORTERS})
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'name_mapping_by',
                            MESSAGE = 'Only analysts can map names of countries and withdraw mappings.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *superseded_once("indicators_namemapping", ("superseded_at", "superseded_by_id", "superseded_reason")),
        )

    def __str__(self) -> str:
        return f"“{self.name}”, {self.source.title}"

    @property
    def means(self) -> str:
        return self.country.name if self.country is not None else self.get_meaning_display()
