"""Hypothetical results of a method's stored run, with one country's value withdrawn or at an end of its range.

The snapshot is built from the run as a replay does, and scored without draws; nothing is stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from django.core.cache import cache

from indicators.models import Country
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.scoring import (
    PEERS,
    POOLED,
    Column,
    MissingReason,
    SeriesColumn,
    Snapshot,
    Status,
    score,
)
from selection.scoring.estimates import CellEstimates
from selection.scoring.ranking import places
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.tables import spread
from selection.scoring_inputs.cells import Selection

ENDS = (0.05, 0.95)
"""Ends of a range that contains 90 percent."""

NORMAL_ENDS = (-1.6448536269514722, 1.6448536269514722)
CACHE_SECONDS = 7 * 24 * 3600
"""Seconds; a run never changes, so the answers about it never do."""


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One published value behind a criterion, used or not: its series, the observation and the year it describes."""

    series: str
    observation: int
    year: int


@dataclass(frozen=True, slots=True)
class WithdrawalOutcome:
    """Result of a country after a change.

    `place` is the rank that it has or would take, and `fails` the evidence that it lacks. `source` is the source of
    the new value: a series, or peers, which `peers` counts.
    """

    status: str
    place: int | None
    fails: tuple[str, ...]
    source: str
    peers: int = 0

    @property
    def rank(self) -> int | None:
        return self.place if self.status == Status.RANKED else None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The outcome if some published values of one criterion were withdrawn; `is_whole` if all of them were."""

    criterion: str
    published: tuple[PublishedValue, ...]
    is_whole: bool
    outcome: WithdrawalOutcome


@dataclass(frozen=True)
class WhatIf:
    """Results of every change tried for one country of a run.

    `published` are the values by criterion, `withdrawals` have one entry per year of values. `ends` are the places
    with one criterion at the low and the high end of its range, both as published; none if the value is exact.
    """

    published: Mapping[str, tuple[PublishedValue, ...]]
    withdrawals: tuple[Withdrawal, ...]
    ends: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def what_if(run: ScoreRun, country: Country) -> WhatIf | None:
    """Return what a withdrawn or uncertain value would change for a country, or None if that cannot be asked.

    It can be asked of a desk screen by a method that this engine computes, of a country that was scored.
    """
    basis = basis_of(run)
    if basis is None or country.code not in basis.result.snapshot.position:
        return None
    key = f"selection.what_if.{run.pk}.{run.snapshot_hash}.{country.code}"
    found: WhatIf | None = cache.get(key)
    if found is None:
        found = _asked(basis, country.code)
        cache.set(key, found, CACHE_SECONDS)
    return found


def published_values(run: ScoreRun, country: Country) -> dict[str, tuple[PublishedValue, ...]]:
    """Return the published values behind each counted criterion, used or not; none if they are unavailable."""
    basis = basis_of(run)
    if basis is None or country.code not in basis.result.snapshot.position:
        return {}
    counted = [row for key in basis.cells if (row := basis.table.row(key)).weight > 0]
    return {row.key: found for row in counted if (found := _published(basis.selection, row, country.code))}


def without_value(
    run: ScoreRun, country: Country, criterion: str, series: Iterable[str] | None = None
) -> WithdrawalOutcome | None:
    """Return where a country would be without its value of a criterion, or without some of the series behind it.

    None if that cannot be asked. Raise `KeyError` for a criterion or a series that the model does not have.
    """
    basis = basis_of(run)
    if basis is None or country.code not in basis.result.snapshot.position:
        return None
    row = basis.table.row(criterion)
    known = [part["key"] for part in row.series_rows]
    dropped = known if series is None else list(series)
    if strangers := sorted(set(dropped) - set(known)):
        raise KeyError(f"criterion {criterion!r} has no series {', '.join(strangers)}")
    return _without(basis, country.code, row, dropped)


def _asked(basis: Basis, code: str) -> WhatIf:
    counted = [basis.table.row(key) for key in basis.cells]
    counted = [row for row in counted if row.weight > 0]
    published = {row.key: found for row in counted if (found := _published(basis.selection, row, code))}
    index = basis.result.snapshot.position[code]
    ranked = basis.result.statuses[index] in (Status.RANKED, Status.PROVISIONAL)
    asked = [row for row in counted if row.key in published and not _decides_the_pool(basis.table, row)]
    withdrawals = [one for row in asked for one in _withdrawals(basis, code, row, published[row.key])]
    return WhatIf(published, tuple(withdrawals) if ranked else (), _ends(basis, index) if ranked else {})


def _decides_the_pool(table: ModelTable, row: CriterionRow) -> bool:
    """Return whether the pool reads this criterion: without it there is no question of a rank."""
    return bool(row.indicators & {table.listing["indicator"], *table.groupings.values()})


def _published(selection: Selection, row: CriterionRow, code: str) -> tuple[PublishedValue, ...]:
    cell = selection.cells[row.key][code]
    if row.series_rows:
        found = [(part["key"], cell.series[part["key"]]) for part in row.series_rows if part["key"] in cell.series]
    else:
        found = [("", cell.used)] if cell.used else []
    return tuple(PublishedValue(key, value.observation_id, value.year) for key, value in found)


# ---- a value withdrawn ---------------------------------------------------------------------------------------------


def _withdrawals(
    basis: Basis, code: str, row: CriterionRow, published: Sequence[PublishedValue]
) -> Iterator[Withdrawal]:
    """Yield one entry per year of the values in use, one for unused values, and one for all if they differ."""
    source = basis.cells[row.key].sources[basis.selection.snapshot.position[code]]
    used = [one for one in published if source in (one.series, POOLED) or not one.series]
    years = sorted({one.year for one in used}, reverse=True)
    groups = [tuple(one for one in used if one.year == year) for year in years]
    groups += [unused] if (unused := tuple(one for one in published if one not in used)) else []
    groups += [tuple(published)] if len(groups) > 1 else []
    for group in groups:
        outcome = _without(basis, code, row, [one.series for one in group])
        yield Withdrawal(row.key, group, len(group) == len(published), outcome)


def _without(basis: Basis, code: str, row: CriterionRow, dropped: Sequence[str]) -> WithdrawalOutcome:
    snapshot = withdrawn(basis.selection.snapshot, code, row, dropped)
    # No draws: a seed from the hash of all data would only take time.
    result = score(snapshot, basis.model, draws=0, seed=0, version=basis.version)
    index = snapshot.position[code]
    ranked = np.array([status is Status.RANKED for status in result.statuses], dtype=np.bool_)
    cells = result.estimated.cells[row.key]
    return WithdrawalOutcome(
        result.statuses[index].value,
        int(places(result.scores, ranked)[index]) or None,
        tuple(rule.key for rule in result.estimated.evidence.fails[index]),
        cells.sources[index],
        len(cells.peers.get(index, ())),
    )


def withdrawn(snapshot: Snapshot, code: str, row: CriterionRow, dropped: Sequence[str]) -> Snapshot:
    """Return the snapshot without a country's value of a criterion, or without the series `dropped` behind it."""
    columns, series = dict(snapshot.columns), dict(snapshot.series)
    if row.key in series:
        series[row.key] = {
            key: _series_without(values, code) if key in dropped else values for key, values in series[row.key].items()
        }
    if row.key not in series or next(iter(series[row.key])) in dropped:
        columns[row.key] = _column_without(columns[row.key], snapshot.position[code])
    return replace(snapshot, columns=columns, series=series)


def _series_without(values: SeriesColumn, code: str) -> SeriesColumn:
    parts = (values.values, values.ages, values.standard_errors)
    return SeriesColumn(*({other: part[other] for other in part if other != code} for part in parts))


def _column_without(column: Column, position: int) -> Column:
    """Return the column with this cell not collected: what is withdrawn is a gap, whatever the reason was before."""

    def blank(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        changed = numbers.copy()
        changed[position] = math.nan
        return changed

    labels = column.labels
    reasons = column.missing_reasons
    return Column(
        blank(column.values),
        None if labels is None else (*labels[:position], None, *labels[position + 1 :]),
        (*reasons[:position], MissingReason.NOT_COLLECTED, *reasons[position + 1 :]),
        blank(column.standard_errors),
        blank(column.ages),
    )


# ---- a value at an end of its range --------------------------------------------------------------------------------


def _ends(basis: Basis, index: int) -> dict[str, tuple[int, int]]:
    """Return the ranks with one criterion at the low and the high end of its range and all else unchanged."""
    result = basis.result
    others = np.array([s is Status.RANKED and i != index for i, s in enumerate(result.statuses)], dtype=np.bool_)
    laws = spread(result.plan, basis.cells, np.array([index], dtype=np.intp))
    fallback = [laws.at(point)[0] for point in ENDS]
    moved: list[tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]]]] = []
    for j, criterion in enumerate(result.plan.criteria):
        cells = basis.cells.get(criterion.key)
        now = result.u[index, j]
        if cells is None or math.isnan(now):
            continue
        ends = _u_at_ends(cells, index) or [float(values[j]) for values in fallback]
        if ends[0] != ends[1]:
            for end in ends:
                row = result.u[index].copy()
                row[j] = end
                moved.append((criterion.key, row))
    if not moved or result.plan.root is None:
        return {}
    scores = root_scores(result.plan, np.stack([row for _, row in moved]))
    taken = places(np.concatenate([scores, result.scores]), np.concatenate([np.zeros(len(scores), dtype=bool), others]))
    return {moved[k][0]: (int(taken[k]), int(taken[k + 1])) for k in range(0, len(moved), 2)}


def _u_at_ends(cells: CellEstimates, index: int) -> list[float] | None:
    """Return u at the low and the high end of the value itself; None for labels and for what peers fill."""
    best, error = float(cells.best[index]), float(cells.error[index])
    if math.isnan(best) or cells.sources[index] == PEERS:
        return None
    ends = cells.transform(np.array([best + point * error for point in NORMAL_ENDS]))
    return [float(end) for end in ends]
