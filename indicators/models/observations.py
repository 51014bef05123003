"""Observations: one value of one indicator for one country and period, with its source cell."""

from __future__ import annotations

from collections.abc import Mapping

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from cpc.database.triggers import refers, superseded_once
from indicators.models.as_of import KnownQuerySet, Superseded, closed_whole
from indicators.models.catalog import Indicator
from indicators.models.countries import Country, never_of_sample
from indicators.models.coverage import counts_coverage
from indicators.models.imports import Import, SourceFile
from indicators.sources.base import Missing, Quality
from indicators.sources.tip_narratives import SAMPLE_SOURCE
from indicators.sources.value_notes import NO_SURVEY_YEAR

MISSING_CHOICES = tuple((m.value, m.value.replace("_", " ").capitalize()) for m in Missing)
QUALITY_CHOICES = tuple((q.value, q.value.capitalize()) for q in Quality)

STATED_IN = {"file_id": "indicators_sourcefile", "batch_id": "indicators_import"}


def never_of_sample_narratives() -> pgtrigger.Trigger:
    """Return the trigger that rejects values stated by a sample narrative, once per statement."""
    return pgtrigger.Trigger(
        name="c_never_of_sample_narratives",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func=f"""
            IF EXISTS (SELECT 1 FROM indicators_source s JOIN indicators_import b ON b.source_id = s.id
                       WHERE s.key = '{SAMPLE_SOURCE.key}' AND b.id IN (SELECT n.batch_id FROM new_rows n)) THEN
                PERFORM cpc_refuse('sample_narrative', 'A sample narrative states no value.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables and constants alone
    )


QUALITY_ORDER: Mapping[str, int] = {
    Quality.INFERRED: 0,
    Quality.UNCONFIRMED: 2,
    Quality.ESTIMATED: 3,
    Quality.COMPUTED: 3,
    Quality.STATED: 3,
}
"""Rank of each quality: within one edition a firmer value is not replaced by a weaker one."""


def precedence(edition_rank: int, quality: str, *, yields: bool = False) -> int:
    """Return the order in which values of one key win: the later edition, then the firmer quality.

    Between equals the later edition of the file decides: see `winning_order`. An unconfirmed value that `yields` comes
    after any other unconfirmed one.
    """
    return edition_rank * 10 + QUALITY_ORDER[quality] - yields


_RANKS = 100_000_000  # more than any edition's rank


def winning_order(statement: str, batch: str) -> str:
    """Return the SQL expression that orders values of one key.

    `statement` and `batch` are table aliases. A file that restates earlier editions (all data of Freedom in the
    World) may correct them. So if two files name the same edition in a row, the file of the later edition wins, in
    any order of publishing.
    """
    return f"({statement}.precedence * {_RANKS} + {batch}.edition_rank)"


def newest_edition_kept() -> pgtrigger.Trigger:
    """Return the trigger that protects the newest edition.

    It rejects a live row that replaces one of a later edition that is still published. A row replaces another if one
    publication closes the one and opens the other.
    """
    return pgtrigger.Trigger(
        name="newest_edition_kept",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]  # pgtrigger ships no types
        func=f"""
        IF EXISTS (
            SELECT 1 FROM written n
            JOIN indicators_import nb ON nb.id = n.batch_id
            JOIN indicators_observation o ON o.valid_to = n.valid_from AND o.valid_from < o.valid_to
                AND o.indicator_id = n.indicator_id AND o.country_id = n.country_id
                AND o.period = n.period AND o.series = n.series
            JOIN indicators_import ob ON ob.id = o.batch_id
            WHERE n.valid_to IS NULL AND (
                (ob.state = 'published' AND {winning_order("o", "ob")} > {winning_order("n", "nb")})
                OR EXISTS (
                    SELECT 1 FROM indicators_confirmation c JOIN indicators_import cb ON cb.id = c.batch_id
                    WHERE c.observation_id = o.id AND c.valid_to IS NULL AND cb.state = 'published'
                        AND {winning_order("c", "cb")} > {winning_order("n", "nb")}))
        ) THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'newest_edition_kept',
                MESSAGE = 'A value from an older edition cannot replace one from a newer edition.';
        END IF;
        RETURN NULL;""",  # noqa: S608  # names of our own tables alone
    )


class Provenance(Superseded):
    """Provenance of a value: file, edition, and locator, as the publisher wrote it."""

    # `cpc.database.triggers` checks these keys.
    file = models.ForeignKey(
        SourceFile, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="%(class)ss", db_constraint=False)
    locator = models.CharField(max_length=300)
    raw_text = models.TextField(blank=True)
    edition = models.CharField(max_length=40)
    edition_rank = models.IntegerField()
    quality = models.CharField(max_length=12, choices=QUALITY_CHOICES, default=Quality.STATED.value)
    note = models.TextField(blank=True)
    precedence = models.BigIntegerField()

    class Meta:
        abstract = True


class Observation(Provenance):
    """Value, or the reason that there is none.

    The key is indicator, country, reference period, and series; at most one row of a key is live. The row is live
    from publication `valid_from` until `valid_to` (exclusive). A value of an earlier edition that arrives late is
    stored with `valid_to = valid_from`: on record, never shown as current.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="observations", db_index=False, db_constraint=False
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="observations", db_index=False, db_constraint=False
    )
    period = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    series = models.CharField(max_length=120, blank=True)
    value = models.FloatField(null=True, blank=True)
    label = models.CharField(max_length=60, blank=True)
    missing = models.CharField(max_length=20, blank=True, choices=MISSING_CHOICES)
    standard_error = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    reasserts = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    objects = KnownQuerySet.as_manager()

    class Meta:
        ordering = ("indicator", "country", "year", "series")
        constraints = (
            models.UniqueConstraint(
                name="observation_one_live",
                fields=("indicator", "country", "period", "series"),
                condition=Q(valid_to__isnull=True),
            ),
            models.CheckConstraint(
                name="observation_value_or_reason",
                condition=(Q(value__isnull=False) & Q(label="") & Q(missing=""))
                | (Q(value__isnull=True) & ~Q(label="") & Q(missing=""))
                | (Q(value__isnull=True) & Q(label="") & ~Q(missing="")),
                violation_error_code="value_or_reason",
            ),
            models.CheckConstraint(
                name="observation_interval_ordered",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                violation_error_code="interval",
            ),
            models.CheckConstraint(
                name="observation_error_not_negative",
                condition=Q(standard_error__isnull=True) | Q(standard_error__gte=0),
                violation_error_code="standard_error",
            ),
            closed_whole("observation_closed_whole"),
        )
        indexes = (models.Index(fields=("country", "indicator"), name="observation_country"),)
        triggers = (
            *superseded_once("indicators_observation"),
            newest_edition_kept(),
            *never_of_sample(),
            never_of_sample_narratives(),
            refers(
                {
                    "indicator_id": "indicators_indicator",
                    "country_id": "indicators_country",
                    "reasserts_id": "indicators_observation",
                    **STATED_IN,
                }
            ),
            *counts_coverage("indicators_observation"),
        )

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.country.code} {self.period}: {self.display}"

    @property
    def is_year_of_report(self) -> bool:
        """Return True if the year is that of the report, because the year of the survey is not stated."""
        return NO_SURVEY_YEAR in self.note

    @property
    def display(self) -> str:
        """Return the value as text: number, label, or the reason that there is none."""
        if self.value is not None:
            return f"{self.value:,.{self.indicator.decimals}f}"
        return self.label or self.get_missing_display()


class Confirmation(Provenance):
    """Another statement of the same value: in a later edition, or in another publisher's copy."""

    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="confirmations", db_constraint=False
    )

    objects = KnownQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (closed_whole("confirmation_closed_whole"),)
        triggers = (
            *superseded_once("indicators_confirmation"),
            never_of_sample_narratives(),
            refers({"observation_id": "indicators_observation", **STATED_IN}),
            *counts_coverage("indicators_confirmation"),
        )

    def __str__(self) -> str:
        return f"{self.file} {self.locator}"


class StagedObservation(models.Model):
    """Reading that waits for publication.

    Rows are deleted when their import is published or discarded.
    """

    batch = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="staged", db_constraint=False, db_index=False
    )
    indicator_id = models.BigIntegerField()
    country_id = models.BigIntegerField()
    period = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    series = models.CharField(max_length=120, blank=True)
    value = models.FloatField(null=True, blank=True)
    label = models.CharField(max_length=60, blank=True)
    missing = models.CharField(max_length=20, blank=True)
    standard_error = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    locator = models.CharField(max_length=300)
    raw_text = models.TextField(blank=True)
    edition = models.CharField(max_length=40)
    edition_rank = models.IntegerField()
    quality = models.CharField(max_length=12)
    note = models.TextField(blank=True)
    precedence = models.BigIntegerField()

    class Meta:
        ordering = ("id",)
        # The rows of an import are written together, and this index costs next to nothing to write.
        indexes = (BrinIndex(fields=("batch",), name="staged_of_batch"),)
        triggers = (refers({"batch_id": "indicators_import"}),)

    def __str__(self) -> str:
        return f"{self.locator}: {self.raw_text}"
