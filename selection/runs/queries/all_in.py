"""Findings of a run with all-in draws: overdue editions, groups, widths, and unconfirmed tiers, now and if settled.

"Settled" is the result if no label of an overdue edition changes. Everything is read from the stored run, so the
findings are those of the day of the run. A run never changes, so they are cached in this process.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from indicators.models import Indicator
from indicators.queries import editions_due, statements_with
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import ScoreRun
from selection.models.runs import ScreenGroup
from selection.runs.rows import RankingRow, ranking_of
from selection.scoring_inputs.question import UNPUBLISHED

TIERS = "tip"
"""Key of the source whose editions hold the tiers."""

REPORTS: Mapping[str, str] = {TIERS: "TIP Report"}
"""Short names of sources, as sentences use them; others have their title."""

UNCONFIRMED = "unconfirmed"
"""Quality of a tier that was not checked against the report."""


@dataclass(frozen=True, slots=True)
class DueEdition:
    """Edition that was due by the day of the run, and not loaded."""

    criterion: str
    source_key: str
    source: str
    edition: str

    @property
    def report(self) -> str:
        return REPORTS.get(self.source_key, self.source)


@dataclass(frozen=True, slots=True)
class OverdueEdition(DueEdition):
    """Due edition that is not known to be unpublished."""

    due_on: dt.date


@dataclass(frozen=True, slots=True)
class UnpublishedStatement(DueEdition):
    """Statement that counted in the run: by `as_of`, the publisher had not published a due edition.

    `who` recorded it, `key` is its number. It may have been withdrawn since.
    """

    as_of: dt.date
    who: str
    key: int


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """Ranked countries by group, the codes of those firmly in by rank, and the median width of the interval."""

    counts: Mapping[str, int]
    inside: tuple[str, ...]
    width: float | None


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Ranked countries whose tier is not confirmed, and how many there are, of all and of the first N."""

    ranked: int
    of_ranked: int
    first: int
    of_first: int


@dataclass(frozen=True, slots=True)
class AllInFindings:
    """Findings of a run; see the module. `settled` is None if no edition is overdue.

    `decomposition` has the shares of the variance of ranks by "everyone" and "first", then by "data", "weights", and
    "designs": alone, and with interactions. `widths` are the median widths by source of doubt.
    """

    overdue: tuple[OverdueEdition, ...]
    statements: tuple[UnpublishedStatement, ...]
    now: GroupOutcome
    settled: GroupOutcome | None
    unconfirmed: Unconfirmed
    decomposition: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)

    @property
    def behind(self) -> int:
        """Return k, the number of overdue editions."""
        return len(self.overdue)


def all_in_findings(run: ScoreRun) -> AllInFindings | None:
    return _findings(run.pk)


@lru_cache(maxsize=8)
def _findings(run_id: int) -> AllInFindings | None:
    ranking = ranking_of(ScoreRun(pk=run_id))
    if not ranking.is_all_in:
        return None
    stored = ("inputs", "periods", "reference_date")
    drawn = ("result__drawn__all_in__decomposition", "result__drawn__median_widths")
    inputs, periods, day, parts, widths = ScoreRun.objects.values_list(*stored, *drawn).get(pk=run_id)
    rows = ranking.ranked
    overdue, statements = _editions(ranking.table, inputs.get(UNPUBLISHED, ()), periods, day)
    return AllInFindings(
        overdue=overdue,
        statements=statements,
        now=_outcome(rows, [(row.group, row.low, row.high) for row in rows]),
        settled=_settled(rows),
        unconfirmed=unconfirmed_of(rows, ranking.first),
        decomposition=parts or {},
        widths=widths or {},
    )


def _editions(
    table: ModelTable, stored: Sequence[Mapping[str, Any]], periods: Mapping[str, str], day: dt.date
) -> tuple[tuple[OverdueEdition, ...], tuple[UnpublishedStatement, ...]]:
    """Return the overdue editions of a run, and the statements that it counted on editions that would be overdue."""
    late = [
        (row, year)
        for row in table.criteria
        if row.due is not None and periods.get(row.key, "").isdecimal()
        for year in editions_due(int(periods[row.key]), day, row.due)
    ]
    sources = _sources({row.indicator for row, _ in late})
    by_edition = {(one["indicator"], one["edition"]): one for one in stored}
    people = {one.key: one.who for one in statements_with([one["statement"] for one in stored])}
    overdue, statements = [], []
    for row, year in late:
        key, title = sources[row.indicator]
        found = by_edition.get((row.indicator, str(year)))
        if found is None:
            overdue.append(OverdueEdition(row.key, key, title, str(year), _due_on(row, year)))
        else:
            number, as_of = found["statement"], dt.date.fromisoformat(found["as_of"])
            who = people.get(number, "")
            statements.append(UnpublishedStatement(row.key, key, title, str(year), as_of, who, number))
    return tuple(overdue), tuple(statements)


def _due_on(row: CriterionRow, year: int) -> dt.date:
    """Return the day on which an edition was due: March 1 for a February 29 that a year lacks."""
    assert row.due is not None  # only such a criterion has overdue editions
    month, day = row.due
    try:
        return dt.date(year, month, day)
    except ValueError:
        return dt.date(year, month + 1, 1)


def _sources(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows = Indicator.objects.filter(code__in=codes).values_list("code", "source__key", "source__title")
    return {code: (key, title) for code, key, title in rows}


def _settled(rows: Sequence[RankingRow]) -> GroupOutcome | None:
    found = [row.all_in.settled for row in rows if row.all_in and row.all_in.settled]
    return _outcome(rows, [(one.group, one.low, one.high) for one in found]) if found else None


def _outcome(rows: Sequence[RankingRow], drawn: Sequence[tuple[str, int | None, int | None]]) -> GroupOutcome:
    counts = Counter(group for group, _, _ in drawn)
    widths = [high - low for _, low, high in drawn if low is not None and high is not None]
    return GroupOutcome(
        counts={group.value: counts[group.value] for group in ScreenGroup},
        inside=tuple(row.code for row, (group, _, _) in zip(rows, drawn, strict=True) if group == ScreenGroup.IN.value),
        width=statistics.median(widths) if widths else None,
    )


def unconfirmed_of(ranked: Sequence[RankingRow], first: Sequence[RankingRow]) -> Unconfirmed:
    loose, among = (sum(row.tier_quality == UNCONFIRMED for row in rows) for rows in (ranked, first))
    return Unconfirmed(loose, len(ranked), among, len(first))
