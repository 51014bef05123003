"""The office's own entries in the library of outcome indicators, to start the indicators of a partnership from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.typed import visible
from partnerships.models.monitoring import Accumulation, Directions, Level, Measures
from partnerships.models.terms import Paradigm


class OfficeIndicator(RevisionedModel):
    """An indicator that the office adds to the library. The audit trail has its earlier values."""

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    definition = models.TextField(help_text="Who or what is counted, when, and how double counting is avoided.")
    level = models.CharField(max_length=8, choices=Level.choices)
    paradigm = models.CharField("P", max_length=12, choices=Paradigm.choices)
    measure = models.CharField(max_length=8, choices=Measures.choices)
    unit = models.CharField(max_length=60, help_text="For example children, prosecutors, cases, percent of cases.")
    direction = models.CharField(max_length=8, choices=Directions.choices, default=Directions.INCREASE)
    accumulation = models.CharField(max_length=8, choices=Accumulation.choices)
    by_sex = models.BooleanField("broken down by sex", default=False)
    by_age = models.BooleanField("broken down by age", default=False)
    basis = models.CharField(max_length=300, blank=True, help_text="Where the office took it from, if from elsewhere.")
    withdrawn = models.BooleanField("no longer offered", default=False)

    class Meta:
        ordering = ("code",)
        constraints = (
            visible("title"),
            models.CheckConstraint(
                name="office_indicator_choices",
                condition=Q(
                    level__in=Level.values,
                    paradigm__in=Paradigm.values,
                    measure__in=Measures.values,
                    direction__in=Directions.values,
                    accumulation__in=Accumulation.values,
                ),
                violation_error_code="office_indicator",
            ),
        )
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"
