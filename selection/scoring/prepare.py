"""Conversion of a snapshot's columns to normalized, resolved cells: one `Prepared` per criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .missing import Cells, CellState, Policy, resolve, usable
from .model import Criterion
from .snapshot import Column, Snapshot, SnapshotError
from .value_functions import (
    BoolArray,
    Fitted,
    FloatArray,
    Goalposts,
    MinMax,
    OrdinalMap,
    Threshold,
    UnknownLabel,
    threshold,
)

_LAST_BITS = 1e-9
_INACTIVE_WHEN_EMPTY = frozenset({Policy.REWEIGHT, Policy.PEER_MEDIAN, Policy.CARRY, Policy.NOT_APPLICABLE})


@dataclass(frozen=True, eq=False)
class Prepared:
    """Criterion with its values, prepared for n countries.

    `x` are usable raw values (NaN elsewhere, and for labels), `fresh` marks usable cells, `fitted` is None for a table
    of labels, `clipped` marks raw values beyond the goalposts. `inactive` is the reason that this run omits the
    criterion, or "" if it uses it.
    """

    criterion: Criterion
    column: Column
    x: FloatArray
    fresh: BoolArray
    fitted: Fitted | None
    cells: Cells
    clipped: BoolArray
    inactive: str


def prepare(criterion: Criterion, snapshot: Snapshot) -> Prepared:
    """Normalize a criterion and apply its missing-data policy. Raise SnapshotError naming criterion and country."""
    column = _column(criterion, snapshot)
    max_age = None if criterion.estimate else criterion.max_age
    fresh, carried = usable(column, criterion.missing, max_age)
    every = bool(fresh.all())
    function = criterion.value_function
    fitted = None
    if isinstance(function, OrdinalMap):
        x, clipped = np.full(len(fresh), np.nan), np.zeros_like(fresh)
        u = _normalize_labels(criterion, function, column, snapshot)
    else:
        x = column.values if every else np.where(fresh, column.values, np.nan)
        _check_logarithm(criterion, x, snapshot)
        fitted = _fit(criterion, x, snapshot)
        if isinstance(function, Threshold) and function.soft:
            u = threshold(x, function.thetas(x, snapshot), function.direction, column.standard_errors)
        else:
            u = fitted.transform(x, snapshot.everyone)
        clipped = (x < fitted.low) | (x > fitted.high)
        _check_computed(criterion, x, u, fitted, snapshot)
    inactive = _why_inactive(criterion, fresh, fitted)
    if inactive:
        states = np.full(len(fresh), CellState.INACTIVE, dtype=np.int8)
        cells = Cells(np.full(len(fresh), np.nan), states, np.zeros(len(fresh)))
    else:
        # A threshold on a peer median leaves a value without u where the country has no peers: a gap as any other.
        cells = resolve(u, fresh & ~np.isnan(u), carried, column, criterion.missing, snapshot)
    return Prepared(criterion, column, x, fresh, fitted, cells, clipped, inactive)


def _column(criterion: Criterion, snapshot: Snapshot) -> Column:
    column = snapshot.columns.get(criterion.key)
    if column is None:
        raise SnapshotError(
            f"criterion {criterion.key!r} has no column in the snapshot; give one, all missing if need be"
        )
    if (column.labels is not None) != isinstance(criterion.value_function, OrdinalMap) and column.present.any():
        wanted = "labels" if isinstance(criterion.value_function, OrdinalMap) else "numbers"
        raise SnapshotError(
            f"criterion {criterion.key!r} needs {wanted} for its {criterion.value_function.kind} function"
        )
    return column


def _normalize_labels(criterion: Criterion, function: OrdinalMap, column: Column, snapshot: Snapshot) -> FloatArray:
    labels: Sequence[str | None] = column.labels or (None,) * len(snapshot.countries)
    try:
        return function.normalize(labels)
    except UnknownLabel as error:
        raise SnapshotError(f"criterion {criterion.key!r}, {snapshot.countries[error.position]}: {error}") from error


def _check_logarithm(criterion: Criterion, x: FloatArray, snapshot: Snapshot) -> None:
    function = criterion.value_function
    if isinstance(function, Goalposts | MinMax) and function.log and (x <= 0).any():
        i = int(np.flatnonzero(x <= 0)[0])
        where = f"criterion {criterion.key!r}, {snapshot.countries[i]}"
        raise SnapshotError(f"{where}: {x[i]} has no logarithm; correct the value or drop `log`")


def _fit(criterion: Criterion, x: FloatArray, snapshot: Snapshot) -> Fitted:
    function = criterion.value_function
    assert not isinstance(function, OrdinalMap)
    try:
        return function.fit(x, snapshot)
    except OverflowError:
        message = f"the values are too large for its {function.kind} function; correct them or take a larger unit"
        raise SnapshotError(f"criterion {criterion.key!r}: {message}") from None


def _check_computed(criterion: Criterion, x: FloatArray, u: FloatArray, fitted: Fitted, snapshot: Snapshot) -> None:
    """Raise an error for a value without a u in 0 to 1, which would count as missing or beyond full marks."""
    if fitted.inactive or isinstance(criterion.value_function, Threshold):
        return  # a threshold has no u where the country has no peers
    if (lost := ~np.isnan(x) & ~((u >= -_LAST_BITS) & (u <= 1.0 + _LAST_BITS))).any():
        i = int(np.flatnonzero(lost)[0])
        where = f"criterion {criterion.key!r}, {snapshot.countries[i]}"
        kind = criterion.value_function.kind
        raise SnapshotError(f"{where}: {x[i]} cannot be computed by its {kind} function; correct the value or its ends")


def _why_inactive(criterion: Criterion, fresh: BoolArray, fitted: Fitted | None) -> str:
    if fresh.size and not fresh.any() and criterion.missing.policy in _INACTIVE_WHEN_EMPTY:
        return "no country has a usable value"
    return fitted.inactive if fitted is not None and fresh.any() else ""


class ObservedFacts:
    """Observed values that hurdles look up. An imputed or unusable value is unknown to a hurdle."""

    def __init__(self, prepared: Mapping[str, Prepared], snapshot: Snapshot) -> None:
        self.prepared = prepared
        self.snapshot = snapshot

    def raw(self, criterion: str) -> FloatArray:
        return self.prepared[criterion].x

    def normalized(self, criterion: str) -> FloatArray:
        item = self.prepared[criterion]
        return np.where(item.fresh, item.cells.u, np.nan)

    def labels(self, criterion: str) -> tuple[str | None, ...]:
        item = self.prepared[criterion]
        labels = item.column.labels or (None,) * len(item.fresh)
        return tuple(label if fresh else None for label, fresh in zip(labels, item.fresh.tolist(), strict=True))

    def peer_median(self, criterion: str, grouping: str) -> FloatArray:
        return self.snapshot.group_medians(self.prepared[criterion].x, grouping)


class DrawnFacts(ObservedFacts):
    """Values that hurdles look up on a block of draws.

    `drawn` maps a criterion to its drawn raw values and u, each (draws, n).
    """

    def __init__(self, observed: ObservedFacts, drawn: Mapping[str, tuple[FloatArray, FloatArray]]) -> None:
        super().__init__(observed.prepared, observed.snapshot)
        self.drawn = drawn

    def raw(self, criterion: str) -> FloatArray:
        return self.drawn[criterion][0] if criterion in self.drawn else super().raw(criterion)

    def normalized(self, criterion: str) -> FloatArray:
        if criterion not in self.drawn:
            return super().normalized(criterion)
        return np.where(self.prepared[criterion].fresh, self.drawn[criterion][1], np.nan)
