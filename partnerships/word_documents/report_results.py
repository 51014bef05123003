"""Results of one fiscal year against their targets for the annual report, as its readers may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from partnerships.disclosure import Hidden
from partnerships.models import Measures, Partnership
from partnerships.monitoring.figures import comparison_text, quantity
from partnerships.monitoring.publication import PublishedResults, published_of_partnership
from partnerships.monitoring.queries import YearLine, results_by_year
from partnerships.progress import Direction, TargetStatus, compare
from partnerships.word_documents.report_year import Readers, ReportYear

MET = (TargetStatus.AHEAD, TargetStatus.ON_TARGET)
COMPARED = (*MET, TargetStatus.WITHIN, TargetStatus.BEHIND)
WITHHELD = {Hidden.SMALL: "fewer than 5", Hidden.HELD: "held back", Hidden.WITHHELD: "withheld"}
NO_RESULT = "no result"
NONE_APPROVED = "none approved"
UNDER_WAY = "Year under way"


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator in the year. `status` is None unless its readers see a result of a year that is over."""

    code: str
    title: str
    unit: str
    target: str
    result: str
    against: str
    to_date: str
    explanation: str
    status: TargetStatus | None
    waits: bool = False


def result_rows(partnership: Partnership, report: ReportYear, readers: Readers) -> list[IndicatorRow]:
    """Return the active indicators with the year's target or a result in it, in the order of their objectives."""
    rows = []
    years = results_by_year(partnership, report.day_after)
    published = published_of_partnership(partnership.pk, [measured.indicator for measured, _ in years])
    for measured, lines in years:
        line = next((line for line in lines if line.year == report.year), None)
        if line is not None and (line.target is not None or line.figure is not None):
            is_outside = readers is Readers.OUTSIDE
            rows.append(_outside(line, published[measured.indicator.pk]) if is_outside else _office(line, report))
    return rows


def _office(line: YearLine, report: ReportYear) -> IndicatorRow:
    measured, value = line.measured, line.figure.value if line.figure else None
    newest = measured.newest
    own = newest is not None and fiscal_year(newest.period.ends_on) == report.year
    explanation = newest.narrative.strip() if newest is not None and own else ""
    if value is None and newest is not None and own:
        explanation = newest.no_data_reason
    elif compare(value, line.target, Direction(measured.indicator.direction)).status in MET:
        explanation = ""
    return _row(line, value, measured.figure.value, explanation, waits=value is not None and not line.is_approved)


def _outside(line: YearLine, published: PublishedResults) -> IndicatorRow:
    """Return a row with approved results alone, and without small counts of people.

    A count of people to date is left out: together with that of an earlier report, it would tell what is withheld.
    """
    is_people = line.measured.indicator.measure == Measures.PEOPLE
    value, whole = published.years.get(line.year), None if is_people else published.whole
    to_date = whole if isinstance(whole, Decimal) else None
    if isinstance(value, Hidden):
        return _row(line, None, to_date, "", nothing=WITHHELD[value])
    return _row(line, value, to_date, "", nothing=NONE_APPROVED)


def _row(
    line: YearLine,
    value: Decimal | None,
    to_date: Decimal | None,
    explanation: str,
    *,
    nothing: str = NO_RESULT,
    waits: bool = False,
) -> IndicatorRow:
    indicator = line.measured.indicator
    comparison = compare(value, line.target, Direction(indicator.direction))
    shown = quantity(value, indicator.measure) or nothing
    if value is None:
        against = formats.DASH
    else:
        text = comparison_text(comparison, indicator.measure)
        against = text.removesuffix(" the target") if line.is_over else UNDER_WAY
    return IndicatorRow(
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        target=_target(line, indicator.measure),
        result=f"{shown}, not approved" if waits else shown,
        against=against,
        to_date=quantity(to_date, indicator.measure) or formats.DASH,
        explanation=explanation,
        status=comparison.status if line.is_over and comparison.status in COMPARED else None,
        waits=waits,
    )


def _target(line: YearLine, measure: str) -> str:
    shown = quantity(line.target, measure)
    if not shown:
        return "no target"
    return f"{shown} or less" if line.measured.indicator.direction == Direction.DECREASE else shown


def met_sentence(rows: Sequence[IndicatorRow], report: ReportYear, subject: str, has: str = "has") -> str:
    """Return how many targets of the year were met, of those with a result that these readers see.

    `has` is the verb that agrees with the subject.
    """
    if not rows:
        return f"{subject} {has} no indicator with a target or a result in {report.label}."
    if not report.is_over:
        return f"{report.label} is under way, so no target of it is met or missed yet."
    compared = [row for row in rows if row.status is not None]
    if not compared:
        return f"No result of {report.label} can be compared with its target yet."
    met, without = sum(row.status in MET for row in compared), len(rows) - len(compared)
    rest = f"; {formats.count_of(without, 'indicator')} cannot be compared" if without else ""
    return f"{subject} met {met} of {formats.count_of(len(compared), 'target')} for {report.label}{rest}."
