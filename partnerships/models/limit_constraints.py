"""Constraints that hold the term and the totals of a partnership to their limits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from partnerships.models.term_expressions import LastLawfulDay


def within_limits() -> list[models.CheckConstraint]:
    """Return constraints that hold the term to its limit, each total to the funding limit, and to what it comes from.

    PostgreSQL checks constraints in the order of their names, so the tighter rule (`_over_`) reports before the limit
    (`_within_`).
    """
    totals = ("planned", "notified", "awarded", "obligated", "disbursed")
    taken_from = {"awarded": "planned", "obligated": "awarded", "disbursed": "obligated"}
    term = models.CheckConstraint(
        name="partnership_term_within_limit",
        condition=Q(starts_on__isnull=True)
        | Q(ends_on__isnull=True)
        | Q(ends_on__lte=LastLawfulDay(Least("starts_on", "signed_on"), "term_limit_months")),
        violation_error_code="term_limit",
        violation_error_message="The term would exceed its limit.",
    )
    within = [
        models.CheckConstraint(
            name=f"partnership_{total}_within_limit",
            condition=Q(**{f"{total}_total__lte": F("funding_limit")}),
            violation_error_code=f"{total}_limit",
            violation_error_message="The total would exceed the funding limit.",
        )
        for total in totals
    ]
    ordered = [
        models.CheckConstraint(
            name=f"partnership_{total}_over_{above}",
            condition=Q(**{f"{total}_total__gte": 0, f"{total}_total__lte": F(f"{above}_total")}),
            violation_error_code=f"{total}_over_{above}",
            violation_error_message=f"More would be {total} than is {above}.",
        )
        for total, above in taken_from.items()
    ]
    return [term, *ordered, *within]
