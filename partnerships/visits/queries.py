"""Field checks of a partnership and their findings, with the steps that followed, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from partnerships.limits import add_months
from partnerships.models import (
    FieldCheck,
    FieldCheckKind,
    FieldFinding,
    FieldFindingStep,
    FindingState,
    OutcomeIndicator,
    Partnership,
)

ASSESSED_WITHIN = 36
"""Months in which each indicator should have a data quality assessment, by the office's practice."""


def checks_of(partnership: Partnership) -> QuerySet[FieldCheck]:
    rows = FieldCheck.objects.filter(partnership=partnership)
    return rows.select_related("award", "indicator", "recorded_by", "document__document").order_by("-last_on", "-pk")


def findings_of(partnership: Partnership) -> QuerySet[FieldFinding]:
    """Return every finding with its steps; `in_order` orders them."""
    rows = FieldFinding.objects.filter(partnership=partnership)
    return rows.select_related(
        "field_check__indicator", "award", "participant", "person", "indicator"
    ).prefetch_related("steps__document__document")


def in_order(findings: QuerySet[FieldFinding]) -> list[FieldFinding]:
    """Return open findings by due day, then closed ones."""
    return sorted(findings, key=lambda row: (row.state == FindingState.CLOSED, row.due_on, row.pk))


def steps_of(finding: FieldFinding) -> list[FieldFindingStep]:
    return list(finding.steps.select_related("actor", "document__document").order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The last field checks, and how many indicators had a data quality assessment in time."""

    last_visit: FieldCheck | None
    last_assessment: FieldCheck | None
    assessed: int
    indicators: int


def coverage_of(partnership: Partnership, today: date) -> Coverage:
    """Return the last checks. An indicator counts as assessed for `ASSESSED_WITHIN` months."""
    checks = list(checks_of(partnership))
    since = add_months(today, -ASSESSED_WITHIN)
    assessed = {row.indicator_id for row in checks if row.kind == FieldCheckKind.DATA_QUALITY and row.last_on > since}
    active = OutcomeIndicator.objects.filter(partnership=partnership, withdrawn=False).values_list("pk", flat=True)
    indicators = set(active)

    def newest(kind: FieldCheckKind) -> FieldCheck | None:
        return next((row for row in checks if row.kind == kind), None)

    return Coverage(
        newest(FieldCheckKind.SITE_VISIT),
        newest(FieldCheckKind.DATA_QUALITY),
        len(assessed & indicators),
        len(indicators),
    )
