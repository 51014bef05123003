"""Results of an IATI file: indicators with baselines, targets, and what is published of their results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cpc.fiscal_years import last_day_of_year
from partnerships.disclosure import MINIMUM, Hidden
from partnerships.lookups.rule_inputs import targets_of_indicator
from partnerships.models import IndicatorSource, Level, Measures, OutcomeIndicator, Partnership
from partnerships.monitoring.publication import PublishedResults, published_of_partnership
from partnerships.publication.facts import PublicIndicator, PublishedPeriod, PublishedResult
from partnerships.publication_codes import IndicatorMeasure, ResultType
from partnerships.withheld import OutsideView

RESULT_TYPES = {Level.OUTPUT: ResultType.OUTPUT, Level.OUTCOME: ResultType.OUTCOME, Level.IMPACT: ResultType.IMPACT}
Targets = Mapping[tuple[int, int | None], Decimal]


def results_of(
    row: Partnership, indicators: Sequence[OutcomeIndicator], targets: Targets, outside: OutsideView
) -> list[PublishedResult]:
    """Return the results by objective and level."""
    if not indicators:
        return []
    published = published_of_partnership(row.pk, indicators)
    grouped: dict[tuple[int, str], list[OutcomeIndicator]] = defaultdict(list)
    for one in indicators:
        grouped[one.objective.number, one.level].append(one)
    return [
        PublishedResult(
            RESULT_TYPES[Level(level)],
            outside.text(members[0].objective.title),
            [_indicator(one, published[one.pk], row, targets, outside) for one in members],
        )
        for (_, level), members in grouped.items()
    ]


def _indicator(
    one: OutcomeIndicator, published: PublishedResults, row: Partnership, targets: Targets, outside: OutsideView
) -> PublicIndicator:
    is_people = one.measure == Measures.PEOPLE
    baseline, value = None, one.baseline_value
    is_small = is_people and value is not None and 0 < value < MINIMUM
    if value is not None and one.baseline_on is not None and not is_small:
        baseline = one.baseline_on, value
    periods, hidden = _periods(published, row, targets_of_indicator(one.pk, targets))
    return PublicIndicator(
        title=outside.text(one.title),
        definition=outside.text(one.definition).strip(),
        measure=IndicatorMeasure.PERCENTAGE if one.measure == Measures.PERCENT else IndicatorMeasure.UNIT,
        is_ascending=one.direction == "increase",
        standard_code=one.code if one.source == IndicatorSource.STANDARD else "",
        baseline=baseline,
        periods=periods,
        hidden=hidden + is_small,
    )


def _periods(
    published: PublishedResults, row: Partnership, targets: Mapping[int | None, Decimal]
) -> tuple[list[PublishedPeriod], int]:
    """Return the fiscal years and the whole term of an indicator, and how many of their values are held back."""
    spans: list[tuple[date, date, Decimal | None, Any]] = []
    for year in sorted({*published.years, *(year for year in targets if year is not None)}):
        shown = published.years.get(year)
        spans.append((date(year - 1, 10, 1), last_day_of_year(year), targets.get(year), shown))
    first, last = row.starts_on, row.ends_on
    if first and last and (None in targets or published.whole is not None):
        spans.append((first, last, targets.get(None), published.whole))
    periods = [
        PublishedPeriod(first, last, target, shown if isinstance(shown, Decimal) else None)
        for first, last, target, shown in spans
        if target is not None or isinstance(shown, Decimal)
    ]
    return periods, sum(isinstance(shown, Hidden) for *_, shown in spans)
