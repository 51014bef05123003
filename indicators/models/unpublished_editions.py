"""Statements that a publisher has not published an edition, as of a day."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cpc.database.triggers import superseded_once
from cpc.days import DayField
from indicators.models.catalog import Source
from indicators.models.curated import CLOSING, CuratedQuerySet, CuratedRecord, closed_with_reason
from indicators.models.name_mappings import IMPORTERS

EDITION_YEAR = "^(19|20)[0-9]{2}$"
SOMETHING = r"\S"


def _states() -> pgtrigger.Trigger:
    """Return the trigger that dates a statement and its withdrawal, and checks who makes them and the edition."""
    return pgtrigger.Trigger(
        name="a_states",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("person", "bigint"), ("newest", "smallint")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                NEW.recorded_at := clock_timestamp();
                person := NEW.recorded_by_id;
                IF NEW.superseded_at IS NOT NULL THEN
                    PERFORM cpc_refuse('withdrawn', 'Record a statement before you withdraw it.');
                END IF;
            ELSIF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL THEN
                RETURN NEW;  -- No withdrawal: `superseded_once` refuses it.
            ELSE
                NEW.superseded_at := clock_timestamp();
                person := NEW.superseded_by_id;
            END IF;
            IF NOT EXISTS (
                SELECT FROM accounts_user u WHERE u.id = person AND u.is_active AND u.role IN ({IMPORTERS})
            ) THEN
                PERFORM cpc_refuse('unpublished_by', 'Only analysts can record and withdraw these statements.');
            END IF;
            IF TG_OP = 'UPDATE' THEN
                RETURN NEW;
            END IF;
            IF NEW.as_of > cpc_today() THEN
                PERFORM cpc_refuse('in_future', 'The date is in the future. Enter the date on which you looked.');
            END IF;
            IF NEW.edition ~ '{EDITION_YEAR}' THEN
                IF EXISTS (
                    SELECT FROM indicators_observation o JOIN indicators_indicator i ON i.id = o.indicator_id
                    WHERE i.source_id = NEW.source_id AND o.period = NEW.edition AND o.valid_to IS NULL
                ) THEN
                    PERFORM cpc_refuse('edition_loaded', format('Edition %s is loaded.', NEW.edition));
                END IF;
                SELECT max(o.year) INTO newest FROM indicators_observation o
                    JOIN indicators_indicator i ON i.id = o.indicator_id
                    WHERE i.source_id = NEW.source_id AND o.valid_to IS NULL;
                IF NEW.edition::smallint < newest THEN
                    PERFORM cpc_refuse('edition_earlier', format('Edition %s, a newer one, is loaded.', newest));
                END IF;
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


class UnpublishedEdition(CuratedRecord):
    """Statement of a person that the publisher had not published an edition by a day, with the evidence.

    `edition` is the year as the periods of observations name it, `as_of` the day on which the person looked, and
    `due_on` the day on which the edition was due by the rule of the source, if it has one. A statement counts until it
    is withdrawn; once the edition is loaded, it has no effect. Nothing is edited: see `CuratedRecord`. The database
    writes both times.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="unpublished_editions")
    edition = models.CharField(max_length=4, help_text="The year, such as 2026.")
    as_of = DayField(verbose_name="As of", help_text="The day on which you looked.")
    due_on = DayField(null=True, blank=True, editable=False)
    evidence = models.CharField(
        max_length=500, help_text="Where you looked, such as the address of a page. It stays on file."
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("-edition", "-id")
        constraints = (
            models.UniqueConstraint(
                name="unpublished_edition_once",
                fields=("source", "edition"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="unpublished_once",
                violation_error_message="A statement on this edition is on record. Withdraw it first.",
            ),
            models.CheckConstraint(
                name="unpublished_edition_year",
                condition=Q(edition__regex=EDITION_YEAR),
                violation_error_code="edition_year",
                violation_error_message="Enter the edition as a year with four digits, such as 2026.",
            ),
            models.CheckConstraint(
                name="unpublished_edition_due",
                condition=Q(due_on__isnull=True) | Q(as_of__gte=F("due_on")),
                violation_error_code="not_due",
                violation_error_message="The edition was not due by that date.",
            ),
            models.CheckConstraint(
                name="unpublished_edition_evidence",
                condition=Q(evidence__regex=SOMETHING),
                violation_error_code="evidence",
                violation_error_message="Enter where you looked.",
            ),
            closed_with_reason("unpublished_edition_closed_with_reason"),
        )
        triggers = (_states(), *superseded_once("indicators_unpublishededition", CLOSING))

    def __str__(self) -> str:
        return f"{self.source.title} {self.edition}, not published as of {self.as_of}"
