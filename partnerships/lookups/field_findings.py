"""Findings of site visits and assessments that are not closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from partnerships.lookups.duties import UNSETTLED, run_here
from partnerships.models import FieldFinding, FindingState


def findings_by_indicator(partnership_id: int) -> Mapping[int, Sequence[FieldFinding]]:
    """Return the findings that mark the values of an indicator, by its key: those that are not closed."""
    found: dict[int, list[FieldFinding]] = defaultdict(list)
    rows = FieldFinding.objects.filter(partnership_id=partnership_id, indicator__isnull=False)
    for row in rows.exclude(state=FindingState.CLOSED).order_by("due_on", "pk"):
        assert row.indicator_id is not None
        found[row.indicator_id].append(row)
    return found


def findings_without_evidence() -> QuerySet[FieldFinding]:
    """Return the findings whose evidence is still to come."""
    return FieldFinding.objects.filter(
        run_here(statuses=UNSETTLED), state__in=(FindingState.OPEN, FindingState.REOPENED)
    )


def findings_to_check() -> QuerySet[FieldFinding]:
    """Return the findings whose evidence somebody else is to check."""
    return FieldFinding.objects.filter(run_here(statuses=UNSETTLED), state=FindingState.EVIDENCE)
