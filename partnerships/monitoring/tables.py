"""The list of results: one row for each indicator, with its years, and the columns that people choose among."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import fragment, lines, small
from cpc.web.tables import Column, Table
from partnerships.models import Result
from partnerships.monitoring.figures import quantity
from partnerships.monitoring.presenters import TRENDS, ResultLine, YearCell

RESULTS = declare(
    ListPage("results", "Results of a partnership", "indicator", "indicators", "partnership-results-years")
)


class IndicatorResult(NamedTuple):
    """One indicator with its years; `findings` is the number of open findings that mark its values."""

    line: ResultLine
    years: list[YearCell]
    findings: int = 0


def _years(row: IndicatorResult) -> SafeString:
    return fragment("partnerships/monitoring/_years.html", years=row.years)


def _years_text(row: IndicatorResult) -> str:
    return "; ".join(
        ", ".join(part for part in (f"{cell.year}: {cell.actual} {cell.goal}", _mark(cell), *cell.notes) if part)
        for cell in row.years
    )


def _mark(cell: YearCell) -> str:
    return cell.mark.text if cell.mark.kind != "unknown" else ""


def _progress(row: IndicatorResult) -> SafeString:
    line = row.line
    text = format_html("{}{}", line.bar, small(line.against_whole))
    return lines(text, status("warn", line.differs) if line.differs else "")


def _progress_text(row: IndicatorResult) -> str:
    return "; ".join(part for part in (row.line.against_whole, row.line.differs) if part)


def _state_detail(row: IndicatorResult) -> str:
    line = row.line
    text = f"Target to date: {line.target.lower()}. {line.trend}. {line.report}."
    marked = f"{formats.count_of(row.findings, 'open finding')}." if row.findings else ""
    return " ".join(part for part in (text, marked, line.in_progress) if part)


def _figure(row: IndicatorResult, value: Decimal | None) -> SafeString:
    return format_html("{}", quantity(value, row.line.measured.indicator.measure))


TABLE: Table[IndicatorResult] = Table(
    "Results",
    [
        Column(
            "Indicator",
            lambda row: row.line.measured.indicator.title,
            detail=lambda row: (
                f"{row.line.measured.indicator.code} · {row.line.measured.indicator.get_level_display().lower()} · "
                f"{row.line.measured.indicator.unit}"
            ),
            css="c-ind",
            width=40,
        ),
        Column("Baseline", lambda row: row.line.baseline, "number"),
        Column(
            "Actual and target by fiscal year",
            _years_text,
            html=_years,
            name="years",
            phone="Years",
            css="is-wide",
            width=40,
        ),
        Column(
            "Progress to the target of the whole term",
            _progress_text,
            html=_progress,
            name="progress",
            phone="Whole term",
        ),
        Column(
            "State and trend", lambda row: row.line.mark, "badge", detail=_state_detail, name="state", phone="State"
        ),
    ],
    more=[
        Column("Code", lambda row: row.line.measured.indicator.code, width=12),
        Column("Level", lambda row: row.line.measured.indicator.get_level_display()),
        Column("Unit", lambda row: row.line.measured.indicator.unit),
        Column("Better is", lambda row: row.line.measured.indicator.get_direction_display()),
        Column(
            "Target to date",
            lambda row: row.line.measured.target,
            "number",
            html=lambda row: _figure(row, row.line.measured.target),
        ),
        Column(
            "Actual to date",
            lambda row: row.line.measured.figure.value,
            "number",
            html=lambda row: _figure(row, row.line.measured.figure.value),
        ),
        Column(
            "Target of the whole term",
            lambda row: row.line.measured.whole,
            "number",
            html=lambda row: _figure(row, row.line.measured.whole),
        ),
        Column("Trend", lambda row: TRENDS[row.line.measured.trend]),
        Column("Newest report", lambda row: row.line.report),
        Column("Open findings", lambda row: row.findings, "number"),
    ],
    caption="Results of each indicator against its targets",
    css="c-results",
)


def reporters_facts(results: Sequence[Result], measure: str) -> list[tuple[str, str]]:
    """Return the value of each reporter of an indicator in a period, as facts above a form."""
    return [
        (row.award.recipient if row.award else "Government or office", quantity(row.value, measure) or "No data")
        for row in results
    ] or [("Reported", "Nothing yet")]
