"""Counts of what is open on the pages of a partnership that no tab leads to, in one query."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cpc.web import formats
from partnerships.lookups.duties import measures_open, periods_open, risks_open
from partnerships.models import (
    Amendment,
    AmendmentState,
    Correction,
    ExceptionKind,
    FieldFinding,
    FindingState,
    LimitException,
    MonitoringPlan,
    Partnership,
    PlanState,
    Withholding,
    WithholdingState,
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Rows that are open on a page, with the lookup of their partnership and the labels of one and of many."""

    page: str
    rows: Callable[[date], QuerySet[Any]]
    partnership: str
    one: str
    many: str


def _amendments(_today: date) -> QuerySet[Amendment]:
    return Amendment.objects.filter(state__in=(AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED))


def exceptions_to_decide() -> QuerySet[LimitException]:
    rows = LimitException.objects.filter(grant__isnull=True, refusal__isnull=True)
    return rows.exclude(kind=ExceptionKind.DOCUMENTED_PRACTICE)


def _plans(_today: date) -> QuerySet[MonitoringPlan]:
    return MonitoringPlan.objects.exclude(state=PlanState.APPROVED)


OPEN_WORK = (
    OpenWork("partnership-amendments", _amendments, "partnership", "open", "open"),
    OpenWork(
        "partnership-outlook", lambda today: measures_open().filter(review_on__lte=today), "partnership",
        "measure to review", "measures to review",
    ),
    OpenWork(
        "partnership-outlook", lambda today: risks_open().filter(review_on__lte=today), "partnership",
        "risk to review", "risks to review",
    ),
    OpenWork("partnership-exceptions", lambda _: exceptions_to_decide(), "partnership", "to decide", "to decide"),
    OpenWork(
        "partnership-publication", lambda _: Withholding.objects.filter(state=WithholdingState.PROPOSED),
        "partnership", "to decide", "to decide",
    ),
    OpenWork("partnership-monitoring", _plans, "partnership", "not approved", "not approved"),
    OpenWork(
        "partnership-periods", lambda today: periods_open().filter(ends_on__lt=today), "partnership",
        "to report", "to report",
    ),
    OpenWork(
        "partnership-visits", lambda _: FieldFinding.objects.exclude(state=FindingState.CLOSED), "partnership",
        "finding open", "findings open",
    ),
    OpenWork(
        "partnership-determinations", lambda _: Correction.objects.filter(closed_on__isnull=True),
        "determination__partnership", "correction open", "corrections open",
    ),
)  # fmt: skip
"""A page with a name of its own below a tab adds a row, unless nothing is ever open on it."""


def open_work(partnership: Partnership, today: date, pages: Collection[str]) -> dict[str, str]:
    """Return what is open on each page, as in "2 open"; a page where nothing is open is left out."""
    kinds = [kind for kind in OPEN_WORK if kind.page in pages]
    if not kinds:
        return {}
    counts = (
        Partnership.objects.order_by().filter(pk=partnership.pk).values_list(*(_count(kind, today) for kind in kinds))
    )
    parts: dict[str, list[str]] = {}
    for kind, number in zip(kinds, counts.get(), strict=True):
        if number:
            parts.setdefault(kind.page, []).append(
                f"{formats.number(number)} {formats.agree(number, kind.one, kind.many)}"
            )
    return {page: ", ".join(texts) for page, texts in parts.items()}


def _count(kind: OpenWork, today: date) -> Coalesce:
    rows = kind.rows(today).filter(Q(**{kind.partnership: OuterRef("pk")})).order_by()
    counted = rows.values(kind.partnership).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
