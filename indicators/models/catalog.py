"""Sources and the indicators they publish, synchronized with the adapters."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models

from cpc.database.triggers import IS_OWNER, referred_to


class Source(models.Model):
    """Series of editions of a publisher, with its license and required attribution."""

    key = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    publisher = models.CharField(max_length=120)
    license = models.CharField(max_length=120)
    attribution = models.CharField(max_length=300)
    homepage = models.URLField(max_length=300, blank=True)
    cadence_months = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        return self.cadence_months is None


class Direction(models.IntegerChoices):
    """Better end of the publisher's scale, as stored; adapters declare it as `BetterDirection`."""

    HIGHER = 1, "Higher is better"
    LOWER = -1, "Lower is better"
    NEITHER = 0, "Neither"


DEFINING = ("code", "source_id", "unit", "direction", "minimum", "maximum", "labels")
"""Columns of an indicator without which its values cannot be read."""


def fixed_once_observed() -> pgtrigger.Trigger:
    """Return the trigger that keeps what defines an indicator once it has an observation, superseded or not.

    Another unit or direction would change the meaning of every value on record, and the ranks. Only the owner of the
    tables may correct it: `manage.py migrate` writes the definitions of the adapters.
    """
    was, is_now = (", ".join(f"{row}.{column}" for column in DEFINING) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="b_fixed_once_observed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*DEFINING),  # type: ignore[no-untyped-call]  # pgtrigger ships no types
        func=f"""
            IF ({was}) IS NOT DISTINCT FROM ({is_now}) OR {IS_OWNER} THEN
                RETURN NEW;
            END IF;
            -- The first observation locks its indicator, too, so that neither of two transactions misses the other.
            PERFORM 1 FROM indicators_indicator WHERE id = OLD.id FOR UPDATE;
            IF EXISTS (SELECT 1 FROM indicators_observation WHERE indicator_id = OLD.id) THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'indicator_observed', MESSAGE =
                    'Code, source, unit, direction, bounds, and labels of an indicator with values never change. '
                    'Use a different key for a different indicator.';
            END IF;
            RETURN NEW;""",  # noqa: S608  # names of our own columns alone
    )


class Indicator(models.Model):
    """Measured quantity: unit, scale, direction, and our description of what the publisher measures."""

    code = models.CharField(max_length=80, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(max_length=150)
    publisher = models.CharField(
        max_length=120, blank=True, help_text="Only if it differs from the publisher of the source."
    )
    unit = models.CharField(max_length=80, blank=True)
    wording = models.TextField()
    direction = models.SmallIntegerField(choices=Direction.choices, default=Direction.NEITHER)
    minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    labels: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("code",)
        triggers = (fixed_once_observed(), *referred_to(("indicators_observation", "indicator_id")))

    def __str__(self) -> str:
        return self.name

    @property
    def stated_publisher(self) -> str:
        return self.publisher or self.source.publisher

    @property
    def is_categorical(self) -> bool:
        return bool(self.labels)
