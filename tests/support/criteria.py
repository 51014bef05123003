"""Agencies that are consulted on the criteria of a model, and reasons to adopt without their answers."""

from __future__ import annotations

from cpc.accounts.models import Agency
from selection.lookups.criteria_consultation import criteria_consultees


def unanswered() -> dict[str, str]:
    """Return a reason for each agency that is consulted on the criteria; mark Labor if none is."""
    if not criteria_consultees():
        labor, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
        Agency.objects.filter(pk=labor.pk).update(on_criteria=True)
    return {one.agency.code: "Sample: it was asked and did not answer." for one in criteria_consultees()}
