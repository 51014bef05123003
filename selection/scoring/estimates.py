"""Best estimates: a value, its error and where both come from, for every criterion of every country.

A criterion with an `Estimate` takes its own series, a bridged sister series, or the pooled editions of one; the trend
carries an old value forward, and age adds to the error. A country without any takes the mean u of its peers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .fits import Bridge, Pooling, fit_bridge, fit_pooling
from .method import Combine, Estimate, Fill, Method, Scale
from .missing import CellState
from .model import Criterion
from .prepare import Prepared
from .snapshot import POOL, MissingReason, SeriesColumn, Snapshot, SnapshotError
from .surveys import Combined, Surveys, combine, fit_part, fit_surveys, part_alone
from .value_functions import FloatArray, OrdinalMap, Positions

PARTS = ("measurement", "age", "bridge")
"""Sources of a cell's error, each a standard deviation on the criterion's scale; they add as variances."""

OWN, POOLED, COMBINED, PEERS, RANGE = "own", "pooled", "combined", "peers", "range"
"""Sources of a cell that are no single series: the criterion's column, all editions, two surveys, peers, a rating's
whole range."""

OWN_FIRST, NEWEST = "own_first", "newest"
"""Other ways to take two surveys: the first young series alone, or the newer survey through its bridge alone."""


@dataclass(frozen=True, eq=False)
class CellEstimates:
    """One criterion over the n countries of a snapshot.

    `best` (n,) is the best estimate on the criterion's scale, NaN where a country has no value of its own or through a
    bridge; NaN throughout for labels. `parts` maps each of `PARTS` to standard deviations (n,), 0 where none. `u` (n,)
    are the official values, filled where `peers` gives positions to fill them from, NaN where the criterion
    does not apply. `sources` name the series used, or `OWN`, `POOLED`, `PEERS`, `RANGE`, or "" if there is none.
    `ages` (n,) in years, NaN without a value. `transform` maps places on the scale to u. `levels` are the
    u of the levels that a label can move to, and `moves` maps a position to the shares (levels,) with which it does.
    `published` maps each series to its values as published (n,), NaN where there is none. `bridges`, `pooling` and
    `surveys` are what the run fitted. `shares` (n,) are those of the newer of two surveys, 0 if a country has not two.
    `others` are the same cells by other ways to take two surveys, without u.
    """

    criterion: Criterion
    best: FloatArray
    parts: Mapping[str, FloatArray]
    u: FloatArray
    sources: tuple[str, ...]
    ages: FloatArray
    transform: Callable[[FloatArray], FloatArray]
    peers: Mapping[int, Positions] = field(default_factory=dict)
    levels: FloatArray = field(default_factory=lambda: np.zeros(0))
    moves: Mapping[int, FloatArray] = field(default_factory=dict)
    published: Mapping[str, FloatArray] = field(default_factory=dict)
    bridges: Mapping[str, Bridge] = field(default_factory=dict)
    pooling: Pooling | None = None
    surveys: Surveys | None = None
    shares: FloatArray = field(default_factory=lambda: np.zeros(0))
    others: Mapping[str, CellEstimates] = field(default_factory=dict)

    @property
    def error(self) -> FloatArray:
        """Return the standard deviation (n,) of each best estimate on the scale; 0 if it is exact or absent."""
        total: FloatArray = np.sqrt(np.stack([part**2 for part in self.parts.values()]).sum(axis=0))
        return total


@dataclass(frozen=True, eq=False)
class PeerGroup:
    """The countries that may fill a missing value: `base` for a country in the pool, `wider` for one outside it."""

    snapshot: Snapshot
    method: Method
    base: Positions
    wider: Positions
    inside: frozenset[int]

    def of(self, position: int, has: NDArray[np.bool_]) -> Positions:
        """Return the positions of a country's peers among those that `has` (n,) marks: the first group large enough."""
        everyone: Positions = self.base if position in self.inside else self.wider
        everyone = everyone[np.flatnonzero(has[everyone] & (everyone != position))]
        for names in self.method.peers:
            labels = [self.snapshot.group_labels(name) for name in names]
            own = [label[position] for label in labels]
            if None in own:
                continue
            group = [i for i in everyone.tolist() if [label[i] for label in labels] == own]
            if len(group) >= self.method.least_peers:
                return np.array(group, dtype=np.intp)
        return everyone

    def fill(self, u: FloatArray, lacking: Sequence[int]) -> tuple[FloatArray, dict[int, Positions]]:
        """Fill missing values of u with the mean of the country's peers, and return u with the peers of each."""
        has, filled = ~np.isnan(u), u.copy()
        found: dict[int, Positions] = {}
        for i in lacking:
            peers = self.of(i, has)
            if len(peers):
                found[i] = peers
                filled[i] = math.fsum(u[peers].tolist()) / len(peers)
        return filled, found


def estimate_cells(prepared: Prepared, snapshot: Snapshot, held: CellEstimates | None = None) -> CellEstimates:
    """Estimate a criterion's cells from what is published, peers aside: a country without a value has u NaN.

    Bridges and pooling are fitted on the snapshot, or taken from `held`, so that one changed value moves itself alone.
    """
    criterion = prepared.criterion
    how = criterion.estimate or Estimate()
    if isinstance(criterion.value_function, OrdinalMap):
        return _labels(prepared, criterion.value_function, how, snapshot.overdue.get(criterion.key, 0))
    cells = _ESTIMATED[how.combine](prepared, how, snapshot, held)
    of_value = cells.transform

    def transform(t: FloatArray) -> FloatArray:
        return of_value(how.scale.back(t))

    return replace(
        cells,
        u=_u(transform, cells.best),
        transform=transform,
        others={
            key: replace(other, u=_u(transform, other.best), transform=transform) for key, other in cells.others.items()
        },
    )


def _u(transform: Callable[[FloatArray], FloatArray], best: FloatArray) -> FloatArray:
    return np.where(np.isnan(best), np.nan, transform(best))


def _of_value(prepared: Prepared) -> Callable[[FloatArray], FloatArray]:
    fitted = prepared.fitted
    if fitted is None:
        raise SnapshotError(f"criterion {prepared.criterion.key!r} has no value function to estimate with")
    transform = fitted.transform
    no_rows = np.zeros(0, dtype=np.intp)
    return lambda x: transform(x, no_rows)  # validation permits no function here that depends on the country


def _first(prepared: Prepared, how: Estimate, snapshot: Snapshot, held: CellEstimates | None) -> CellEstimates:
    series = _series(prepared, how, snapshot)
    return _taken(prepared, how, snapshot, series, _bridges(how, series, held), {}, None)


def _surveys(prepared: Prepared, how: Estimate, snapshot: Snapshot, held: CellEstimates | None) -> CellEstimates:
    series = _series(prepared, how, snapshot)
    own, part, *_ = series
    bridges = _bridges(how, series, held)
    surveys = Surveys(0.0, ())
    both: dict[str, dict[str, Combined]] = {OWN_FIRST: {}, NEWEST: {}, COMBINED: {}}
    if bridge := bridges.get(part):
        surveys = fit_surveys(series[own], series[part], bridge, how)
        if held is not None and held.surveys is not None:
            surveys = replace(surveys, offset=held.surveys.offset)
        for code in surveys.countries:
            both[NEWEST][code] = part_alone(series[part], code, bridge, how)
            both[COMBINED][code] = combine(series[own], series[part], code, bridge, how, surveys.offset)
    made = {key: _taken(prepared, how, snapshot, series, bridges, both[key], part) for key in both}
    return replace(made.pop(COMBINED), surveys=surveys, others=made)


def _bridges(how: Estimate, series: Mapping[str, SeriesColumn], held: CellEstimates | None) -> dict[str, Bridge]:
    """Return the bridges by series, as fitted on these or as `held`; none for a series with too few pairs."""
    if held is not None:
        return dict(held.bridges)
    own, *others = series
    fitted = {key: fit_bridge(series[own], series[key], how.scale) for key in others}
    if how.combine is Combine.SURVEYS:
        fitted[others[0]] = fit_part(series[own], series[others[0]], how)
    return {key: bridge for key, bridge in fitted.items() if bridge is not None}


# One piece: the cells of one criterion, written country by country into the arrays that they come in.
def _taken(
    prepared: Prepared,
    how: Estimate,
    snapshot: Snapshot,
    series: Mapping[str, SeriesColumn],
    bridges: Mapping[str, Bridge],
    both: Mapping[str, Combined],
    part: str | None,
) -> CellEstimates:
    """Estimate each country by its two surveys where `both` has them, else by its first young series.

    `part` is the series whose bridge leaves its own measurement error; None if a bridge's residual replaces it.
    """
    own, size = next(iter(series)), len(snapshot.countries)
    best, ages = np.full(size, np.nan), np.full(size, np.nan)
    parts = {name: np.zeros(size) for name in PARTS}
    sources, shares = [""] * size, np.zeros(size)

    def put(i: int, found: Combined, age: float, source: str) -> None:
        best[i], ages[i], sources[i] = found.best, age, source
        for name in PARTS:
            parts[name][i] = getattr(found, name)

    for i, code in enumerate(snapshot.countries):
        if code in both and part is not None:
            source = COMBINED if both[code].share < 1.0 else part
            put(i, both[code], series[part].ages[code], source)
            shares[i] = both[code].share if source == COMBINED else 0.0
            continue
        offered = [
            key
            for key, values in series.items()
            if code in values.values and how.scale.accepts(values.values[code]) and (key == own or key in bridges)
        ]
        if not offered:
            continue
        young = [key for key in offered if how.fresh is None or series[key].ages[code] <= how.fresh]
        key = (young or offered)[0]
        if key == part:
            found = part_alone(series[key], code, bridges[key], how)
        else:
            found = _alone(how, series[key], code, bridges.get(key))
        put(i, found, series[key].ages[code], key)
    return CellEstimates(
        prepared.criterion,
        best,
        parts,
        best,
        tuple(sources),
        ages,
        _of_value(prepared),
        published=_published(series, snapshot),
        bridges=bridges,
        shares=shares,
    )


def _alone(how: Estimate, series: SeriesColumn, code: str, bridge: Bridge | None) -> Combined:
    """Estimate a country by one series: its value carried along the trend, its own or through a bridge."""
    age = max(series.ages[code], 0.0)
    t, drift = how.on_scale(series.values[code]), how.drift * math.sqrt(age)
    if bridge is not None:
        return Combined(_carried(how, bridge.at(t), age), 0.0, drift, bridge.residual, 0.0)
    measurement = series.standard_errors.get(code, how.measurement) if how.published_error else how.measurement
    return Combined(_carried(how, t, age), measurement, drift, 0.0, 0.0)


def _carried(how: Estimate, t: float, age: float) -> float:
    """Carry a value forward along the trend, which stops at the ends of a share."""
    if not (how.trend and age):
        return t
    t += how.trend * (age if how.trend_years is None else min(age, how.trend_years))
    return min(max(t, how.scale.of(0.0)), how.scale.of(100.0)) if how.scale is Scale.LOGIT else t


def _series(prepared: Prepared, how: Estimate, snapshot: Snapshot) -> Mapping[str, SeriesColumn]:
    """Return the criterion's series in the model's order, or its column where the model names none."""
    key = prepared.criterion.key
    if not how.series:
        column = prepared.column
        rows = list(zip(snapshot.countries, column.values.tolist(), strict=True))
        values = {code: value for code, value in rows if not math.isnan(value)}
        ages, errors = (
            {code: v for code, v in zip(snapshot.countries, numbers.tolist(), strict=True) if code in values}
            for numbers in (np.nan_to_num(column.ages), column.standard_errors)
        )
        return {OWN: SeriesColumn(values, ages, {code: e for code, e in errors.items() if not math.isnan(e)})}
    given = snapshot.series.get(key, {})
    if absent := [series.key for series in how.series if series.key not in given]:
        raise SnapshotError(f"criterion {key!r} has no series {', '.join(absent)} in the snapshot; give one, if empty")
    return {series.key: given[series.key] for series in how.series}


def _published(series: Mapping[str, SeriesColumn], snapshot: Snapshot) -> dict[str, FloatArray]:
    return {
        key: np.array([values.values.get(code, math.nan) for code in snapshot.countries], dtype=np.float64)
        for key, values in series.items()
    }


def _pooled(prepared: Prepared, how: Estimate, snapshot: Snapshot, held: CellEstimates | None) -> CellEstimates:
    editions = _series(prepared, how, snapshot)
    pooling = held.pooling if held else None
    if pooling is None:
        pooling = fit_pooling(how, editions, frozenset(snapshot.pools.get(POOL, snapshot.countries)))
    size = len(snapshot.countries)
    best, ages, errors = (np.full(size, np.nan) for _ in range(3))
    for i, code in enumerate(snapshot.countries):
        own = {
            key: how.on_scale(values.values[code])
            for key, values in editions.items()
            if code in values.values and how.scale.accepts(values.values[code])
        }
        if own:
            best[i], errors[i] = pooling.estimate(own)
            ages[i] = min(editions[key].ages[code] for key in own)
    parts = {name: np.zeros(size) for name in PARTS} | {"measurement": np.nan_to_num(errors)}
    sources = tuple("" if math.isnan(age) else POOLED for age in ages.tolist())
    published = _published(editions, snapshot)
    return CellEstimates(
        prepared.criterion, best, parts, best, sources, ages, _of_value(prepared), published=published, pooling=pooling
    )


_ESTIMATED = {Combine.FIRST: _first, Combine.POOLED: _pooled, Combine.SURVEYS: _surveys}


def _labels(prepared: Prepared, table: OrdinalMap, how: Estimate, overdue: int) -> CellEstimates:
    column = prepared.column
    labels = column.labels or (None,) * len(prepared.x)
    u = table.normalize(labels)
    ages = np.where(np.isnan(u), np.nan, np.nan_to_num(column.ages))
    nothing = np.full(len(u), np.nan)
    moves: dict[int, FloatArray] = {}
    levels = np.zeros(0)
    if how.transitions is not None:
        levels = table.normalize(how.transitions.labels)
        for i, label in enumerate(labels):
            if label is None or label not in how.transitions.labels:
                continue
            behind = overdue if how.transitions.due else int(ages[i]) - how.transitions.offset
            if behind > 0:
                moves[i] = how.transitions.shares(label, behind)
    sources = tuple("" if label is None else OWN for label in labels)
    parts = {name: np.zeros(len(u)) for name in PARTS}
    return CellEstimates(prepared.criterion, nothing, parts, u, sources, ages, lambda t: t, levels=levels, moves=moves)


def exact_cells(prepared: Prepared) -> CellEstimates:
    """Return the cells of a criterion without an estimate, whose values count as published."""
    u, size = prepared.cells.u, len(prepared.x)
    parts = {name: np.zeros(size) for name in PARTS}
    ages = np.where(prepared.fresh, np.nan_to_num(prepared.column.ages), np.nan)
    sources = tuple("" if absent else OWN for absent in np.isnan(ages).tolist())
    return CellEstimates(prepared.criterion, np.full(size, np.nan), parts, u, sources, ages, lambda t: t)


def filled(cells: CellEstimates, prepared: Prepared, peers: PeerGroup) -> tuple[CellEstimates, Prepared]:
    """Fill the countries without a value, and return the criterion with its states as the tree reads them."""
    column = prepared.column
    how = cells.criterion.estimate or Estimate()
    absent = np.isnan(cells.u)
    apart = np.array([reason is MissingReason.NOT_APPLICABLE for reason in column.missing_reasons], dtype=np.bool_)
    if how.series:
        apart &= False  # a series' gap is a gap, whatever reason the column of the first one gives
    states = np.full(len(absent), CellState.OBSERVED, dtype=np.int8)
    bridged = np.array([source in cells.bridges for source in cells.sources], dtype=np.bool_)
    states[bridged] = CellState.BRIDGED
    states[absent] = CellState.MISSING
    states[absent & apart] = CellState.NOT_APPLICABLE
    lacking = np.flatnonzero(absent & ~apart).tolist()
    sources = list(cells.sources)
    found: dict[int, Positions] = {}
    if how.fill is Fill.RANGE:
        u = cells.u.copy()
        u[lacking] = 0.5
        given, name, state = lacking, RANGE, CellState.RANGE
    else:
        u, found = peers.fill(cells.u, lacking)
        given, name, state = list(found), PEERS, CellState.PEERS
    for i in given:
        sources[i], states[i] = name, state
    credit = np.where(absent, 0.0, 1.0)
    done = replace(cells, u=u, sources=tuple(sources), peers=found)
    settled = replace(prepared.cells, u=u, states=states, credit=credit)
    return done, replace(prepared, cells=settled, clipped=_clipped(cells, prepared, how), inactive="")


def _clipped(cells: CellEstimates, prepared: Prepared, how: Estimate) -> NDArray[np.bool_]:
    if prepared.fitted is None:
        return prepared.clipped
    x = how.scale.back(cells.best)
    return np.asarray((x < prepared.fitted.low) | (x > prepared.fitted.high))
