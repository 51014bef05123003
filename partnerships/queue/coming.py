"""Days ahead of partnerships: reports that fall due, and terms that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse

from cpc.site.queue import Coming, Desk
from partnerships.limit_position import AHEAD
from partnerships.lookups.duties import reports_open
from partnerships.models import Partnership, RecordKind, ReportDue
from partnerships.queue.branches import label_of
from partnerships.states import IN_FORCE


def coming(desk: Desk) -> list[Coming]:
    """Return the next days after today within the time that deadlines look ahead, in one query."""
    last = desk.today + timedelta(days=AHEAD)
    reports = reports_open().filter(due_on__gt=desk.today, due_on__lte=last)
    terms = Partnership.objects.counted().filter(status__in=IN_FORCE, ends_on__gt=desk.today, ends_on__lte=last)
    nearest = _first(reports, "due_on", "award__partnership", label_of(ReportDue, "kind"), desk.limit).union(
        _first(terms, "ends_on", "", Value("", output_field=CharField()), desk.limit), all=True
    )
    return [
        Coming(
            row["day"],
            f"{row['country_name']}: {row['report'].lower()} falls due"
            if row["report"]
            else f"{row['country_name']}: the term ends",
            reverse("partnership", args=[row["partnership_key"]]),
            row["record_kind"] == RecordKind.SAMPLE,
        )
        for row in nearest.order_by("day", "row")[: desk.limit]
    ]


def _first(rows: QuerySet[Any], day: str, partnership: str, report: Any, limit: int) -> QuerySet[Any]:
    """Return the first rows by their day, with the columns that a line needs; `partnership` leads from them to it."""
    before = f"{partnership}__" if partnership else ""
    named = rows.order_by(day, "pk").values(
        row=F("pk"), day=F(day), partnership_key=F(f"{before}pk"), country_name=F(f"{before}country__name"),
        report=report, record_kind=F(f"{before}kind"),
    )  # fmt: skip
    return named[:limit]
