"""Tiers confirmed from the TIP Report: the sitting, each tier as read, the spot check, and its second answers.

A sitting is about the tiers of one report. Nothing of it is published before its spot check is done; then its tiers are
published together, as one import. No row is edited: a confirmation can be undone until the spot check opens, and
everything after that is only added.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, never_truncated, superseded_once
from indicators.models.countries import Country, never_of_sample
from indicators.models.curated import CLOSING, CuratedQuerySet, CuratedRecord, closed_with_reason
from indicators.models.imports import Import
from indicators.models.narratives import Narrative
from indicators.models.observations import Observation
from indicators.sources.tip_report import FIRST_REPORT, TIERS

NOT_IN_REPORT = "Not in the report"
"""Answer of a reader who finds no narrative of the country in the report."""

ANSWERS = (*TIERS, NOT_IN_REPORT)
ANSWER_CHOICES = tuple((answer, answer) for answer in ANSWERS)

OWN_ANSWER = "You confirmed this tier yourself. Another person must read the report."
NO_CITATION = "Enter the page of the report, or where the loaded text was obtained."

_SETTLED = """COALESCE(
    (SELECT s.tier FROM indicators_tieranswer s WHERE s.draw_id = w.id AND s.kind = 'settlement'
        AND s.answered_by_id = c.recorded_by_id ORDER BY s.id DESC LIMIT 1)
    = (SELECT s.tier FROM indicators_tieranswer s WHERE s.draw_id = w.id AND s.kind = 'settlement'
        AND s.answered_by_id = a.answered_by_id ORDER BY s.id DESC LIMIT 1), FALSE)"""
"""SQL condition that the newest settlements of both people name one tier."""


def _cited(name: str, condition: Q | None = None) -> models.CheckConstraint:
    """Return the constraint that a tier was read on a page of the report, or in a text whose origin is stated."""
    stated = ~Q(page="") | Q(narrative__isnull=False)
    return models.CheckConstraint(
        name=name,
        condition=(stated if condition is None else stated | ~condition) & (Q(narrative__isnull=True) | ~Q(origin="")),
        violation_error_code="citation",
        violation_error_message=NO_CITATION,
    )


def published_after_its_spot_check() -> pgtrigger.Trigger:
    """Return the trigger that publishes a sitting once, when each drawn tier was read again and agreed on."""
    return pgtrigger.Trigger(
        name="b_published_after_its_spot_check",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'UPDATE' AND (OLD.batch_id IS NOT NULL OR NEW.id <> OLD.id
                    OR NEW.report_year <> OLD.report_year OR NEW.opened_at <> OLD.opened_at) THEN
                RAISE EXCEPTION 'sitting % is never edited, only published', OLD.id;
            END IF;
            IF NEW.batch_id IS NULL THEN
                RETURN NEW;
            END IF;
            IF NOT EXISTS (SELECT 1 FROM indicators_tierdrawing d WHERE d.sitting_id = NEW.id) THEN
                PERFORM cpc_refuse('spot_check', 'The spot check of these tiers is not open yet.');
            END IF;
            IF EXISTS (
                SELECT 1 FROM indicators_tierdraw w
                JOIN indicators_tierdrawing d ON d.id = w.drawing_id AND d.sitting_id = NEW.id
                JOIN indicators_tierconfirmation c ON c.id = w.confirmation_id
                LEFT JOIN indicators_tieranswer a ON a.draw_id = w.id AND a.kind = 'reading'
                WHERE a.id IS NULL OR (a.tier <> c.tier AND NOT {_SETTLED})
            ) THEN
                PERFORM cpc_refuse('spot_check', 'The spot check of these tiers is not done yet.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def before_the_spot_check() -> pgtrigger.Trigger:
    """Return the trigger that adds and undoes confirmations only until the spot check opens.

    A passage is of the country and report of its tier.
    """
    return pgtrigger.Trigger(
        name="b_before_the_spot_check",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF EXISTS (SELECT 1 FROM indicators_tierdrawing d WHERE d.sitting_id = NEW.sitting_id) THEN
                PERFORM cpc_refuse('check_open', 'The spot check has begun; no tier is confirmed or undone now.');
            END IF;
            IF NEW.narrative_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM indicators_narrative n JOIN indicators_tiersitting s ON s.id = NEW.sitting_id
                WHERE n.id = NEW.narrative_id AND n.country_id = NEW.country_id AND n.report_year = s.report_year
            ) THEN
                PERFORM cpc_refuse('passage', 'The passage is not of this country in this report.');
            END IF;
            RETURN NEW;
        """,
    )


def of_its_sitting() -> pgtrigger.Trigger:
    """Return the trigger that draws only live confirmations of the sitting."""
    return pgtrigger.Trigger(
        name="b_of_its_sitting",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM indicators_tierconfirmation c
                JOIN indicators_tierdrawing d ON d.id = NEW.drawing_id AND d.sitting_id = c.sitting_id
                JOIN indicators_tiersitting s ON s.id = c.sitting_id AND s.batch_id IS NULL
                WHERE c.id = NEW.confirmation_id AND c.superseded_at IS NULL
            ) THEN
                PERFORM cpc_refuse('drawn', 'Only tiers confirmed in this sitting are drawn for its spot check.');
            END IF;
            RETURN NEW;
        """,
    )


def by_another_person() -> pgtrigger.Trigger:
    """Return the trigger that lets another person read, and only the two who differ settle."""
    return pgtrigger.Trigger(
        name="b_by_another_person",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("first", "bigint"), ("first_tier", "text"), ("second", "bigint"), ("second_tier", "text")],
        func=f"""
            SELECT c.recorded_by_id, c.tier INTO first, first_tier FROM indicators_tierdraw w
                JOIN indicators_tierconfirmation c ON c.id = w.confirmation_id
                JOIN indicators_tiersitting s ON s.id = c.sitting_id AND s.batch_id IS NULL
                WHERE w.id = NEW.draw_id;
            IF first IS NULL THEN
                PERFORM cpc_refuse('spot_check', 'The spot check of this tier is not open.');
            END IF;
            IF NEW.kind = 'reading' THEN
                IF first = NEW.answered_by_id THEN
                    PERFORM cpc_refuse('two_people', '{OWN_ANSWER}');
                END IF;
                RETURN NEW;
            END IF;
            SELECT a.answered_by_id, a.tier INTO second, second_tier FROM indicators_tieranswer a
                WHERE a.draw_id = NEW.draw_id AND a.kind = 'reading';
            IF second IS NULL OR first_tier = second_tier THEN
                PERFORM cpc_refuse('no_difference', 'Only a difference between two answers is settled.');
            END IF;
            IF NEW.answered_by_id NOT IN (first, second) THEN
                PERFORM cpc_refuse('two_people', 'Only the two people who read this tier settle it.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables and constants alone
    )


class TierSitting(models.Model):
    """Confirmation of the tiers of one report, up to their publication; one sitting per report is open at a time."""

    report_year = models.SmallIntegerField()
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    batch = models.OneToOneField(
        Import,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="tier_sitting",
        help_text="The import with which the tiers were published.",
    )

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                name="tier_sitting_one_open", fields=("report_year",), condition=Q(batch__isnull=True)
            ),
            models.CheckConstraint(name="tier_sitting_of_a_report", condition=Q(report_year__gte=FIRST_REPORT)),
        )
        triggers = (
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
            published_after_its_spot_check(),
        )

    def __str__(self) -> str:
        return f"Tiers of {self.report_year}, sitting {self.pk}"


class TierConfirmation(CuratedRecord):
    """Tier of one country as a person read it in the report, with page or passage, and the value then on record."""

    sitting = models.ForeignKey(TierSitting, on_delete=models.PROTECT, related_name="confirmations")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField("what the report names", max_length=30, choices=ANSWER_CHOICES)
    page = models.CharField(max_length=20, blank=True)
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    on_record = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="+", help_text="The value that this tier was compared with."
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                name="tier_confirmation_one_live",
                fields=("sitting", "country"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="confirmed_before",
                violation_error_message="Someone has confirmed this tier already.",
            ),
            models.CheckConstraint(name="tier_confirmation_by_a_person", condition=Q(recorded_by__isnull=False)),
            models.CheckConstraint(name="tier_confirmation_tier", condition=Q(tier__in=ANSWERS)),
            _cited("tier_confirmation_cited"),
            closed_with_reason("tier_confirmation_closed_with_reason"),
        )
        triggers = (
            *superseded_once("indicators_tierconfirmation", CLOSING),
            *never_of_sample(),
            before_the_spot_check(),
        )

    def __str__(self) -> str:
        return f"{self.country}, {self.sitting}"

    @property
    def is_changed(self) -> bool:
        """Return True if the report names another tier than the record that it was compared with."""
        return self.tier != self.on_record.label


class DrawReason(models.TextChoices):
    RANDOM = "random", "Drawn at random"
    CHANGED = "changed", "Differs from the record"
    NARRATIVE = "narrative", "Rests on a loaded narrative alone"
    MORE = "more", "Drawn after one difference"
    ALL = "all", "Read after two differences"


class TierDrawing(models.Model):
    """One drawing of a spot check: the seed, and how many of how many tiers it drew at random."""

    sitting = models.ForeignKey(TierSitting, on_delete=models.PROTECT, related_name="drawings")
    number = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    population = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(name="tier_drawing_numbered", fields=("sitting", "number")),
            models.CheckConstraint(name="tier_drawing_size", condition=Q(size__lte=models.F("population"))),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.sitting}, drawing {self.number}"


class TierDraw(models.Model):
    """Tier that a second person reads in the report."""

    drawing = models.ForeignKey(TierDrawing, on_delete=models.PROTECT, related_name="draws")
    confirmation = models.OneToOneField(TierConfirmation, on_delete=models.PROTECT, related_name="draw")
    reason = models.CharField(max_length=10, choices=DrawReason.choices)

    class Meta:
        ordering = ("pk",)
        triggers = (*append_only(), of_its_sitting())

    def __str__(self) -> str:
        return f"{self.confirmation}: {self.get_reason_display()}"


class AnswerKind(models.TextChoices):
    READING = "reading", "Second reading"
    SETTLEMENT = "settlement", "Settlement"


class TierAnswer(models.Model):
    """Second person's reading of a drawn tier, or what one of the two wrote to settle a difference.

    A difference is settled when the newest settlements of both people name one tier.
    """

    draw = models.ForeignKey(TierDraw, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10, choices=AnswerKind.choices)
    tier = models.CharField("what the report names", max_length=30, choices=ANSWER_CHOICES)
    page = models.CharField(max_length=20, blank=True)
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                name="tier_answer_one_reading",
                fields=("draw",),
                condition=Q(kind=AnswerKind.READING),
                violation_error_code="read_before",
                violation_error_message="Someone has read this tier already.",
            ),
            models.CheckConstraint(name="tier_answer_tier", condition=Q(tier__in=ANSWERS)),
            _cited("tier_answer_cited", Q(kind=AnswerKind.READING)),
            models.CheckConstraint(
                name="tier_answer_in_writing",
                condition=Q(kind=AnswerKind.READING) | ~Q(text=""),
                violation_error_code="text",
                violation_error_message="Write what settles the difference.",
            ),
        )
        triggers = (*append_only(), by_another_person())

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.draw}"
