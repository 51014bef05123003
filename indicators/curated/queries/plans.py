"""National action plans and child protection strategies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from indicators.models import Country, NationalPlan, PlanKind

NO_END, NOT_YET, IN_FORCE, OVER = "Last year not known", "Not started", "Within its period", "Period ended"


def period_of(plan: NationalPlan, today: dt.date) -> str:
    """Compare a plan's period with a day, as far as its years are known."""
    if plan.starts_year is not None and today.year < plan.starts_year:
        return NOT_YET
    if plan.ends_year is None:
        return NO_END
    return OVER if plan.ends_year < today.year else IN_FORCE


@dataclass(frozen=True, slots=True)
class PlansOf:
    """Plans of a country, and the kinds of plan that have no record."""

    country: Country
    plans: Sequence[NationalPlan]

    @property
    def missing(self) -> list[PlanKind]:
        """Return the kinds without a recorded plan.

        A missing record means unknown, not that there is no plan.
        """
        there = {plan.kind for plan in self.plans}
        return [kind for kind in PlanKind if kind not in there]

    def of_kind(self, kind: str) -> list[NationalPlan]:
        return [plan for plan in self.plans if plan.kind == kind]


def plans_of(country: Country, as_of: dt.datetime | None = None) -> PlansOf:
    """Return the plans on record at a moment (None is now), by kind, the newest first."""
    rows = NationalPlan.objects.as_of(as_of).filter(country=country).select_related("country", "recorded_by")
    return PlansOf(country, list(rows.order_by("kind", "-starts_year", "pk")))


def plans(*, query: str = "", kind: str = "", status: str = "", country: str = "") -> QuerySet[NationalPlan]:
    """Filter the live plans; `country` is a code, `query` a part of a country's name or of a title."""
    rows = NationalPlan.objects.live().select_related("country", "recorded_by")
    rows = rows.order_by("country__name", "kind", "-starts_year", "pk")
    if query:
        rows = rows.filter(title__icontains=query) | rows.filter(country__name__icontains=query)
    for name, value in (("kind", kind), ("status", status), ("country__code", country)):
        if value:
            rows = rows.filter(**{name: value})
    return rows
