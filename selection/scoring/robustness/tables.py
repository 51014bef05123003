"""Distribution of every drawn cell: its u is exact, or one of 1,024 equally likely quantiles.

Quantiles are computed once and then drawn by number, so that a draw needs no logarithm and no value function.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..estimates import PARTS, RANGE, CellEstimates
from ..tree import Plan
from ..value_functions import FloatArray, Positions

Float32Array: TypeAlias = NDArray[np.float32]

QUANTILES = 1024

MIDPOINTS: FloatArray = (np.arange(QUANTILES) + 0.5) / QUANTILES
_NORMAL: FloatArray = np.array([NormalDist().inv_cdf(p) for p in MIDPOINTS.tolist()])


class Source(StrEnum):
    """A source of doubt about a cell."""

    MEASUREMENT = "measurement"
    AGE = "age"
    BRIDGE = "bridge"
    MISSING = "missing"


EVERY_SOURCE = frozenset(Source)


@dataclass(frozen=True, eq=False)
class Spread:
    """Distributions of the cells of D countries.

    `base` (D, J) is u where a cell is exact, 0 where it is drawn or does not apply. Table t, (QUANTILES,) rising,
    belongs to the country in row `rows[t]` and criterion `columns[t]`, sorted by both. `absent` (D, J) marks cells
    that do not apply.
    """

    base: FloatArray
    absent: NDArray[np.bool_]
    rows: Positions
    columns: Positions
    tables: Float32Array

    def first(self, count: int) -> Spread:
        end = int(np.searchsorted(self.rows, count))
        return Spread(self.base[:count], self.absent[:count], self.rows[:end], self.columns[:end], self.tables[:end])

    def at(self, share: float) -> FloatArray:
        """Return u (D, J) with every cell at this quantile of its law, NaN where it does not apply."""
        u = self.base.copy()
        u[self.rows, self.columns] = self.tables[:, int(share * QUANTILES)]
        return np.where(self.absent, np.nan, u)


@dataclass(frozen=True, eq=False)
class MixedSpread:
    """Distributions of the cells of D countries by the level at which a design takes their criterion.

    As in `Spread`, but table t holds the quantiles of one level after another, (levels * QUANTILES,), each rising.
    """

    base: FloatArray
    absent: NDArray[np.bool_]
    rows: Positions
    columns: Positions
    tables: tuple[Float32Array, ...]

    def first(self, count: int) -> MixedSpread:
        end = int(np.searchsorted(self.rows, count))
        return MixedSpread(
            self.base[:count], self.absent[:count], self.rows[:end], self.columns[:end], self.tables[:end]
        )

    def with_columns(self, other: MixedSpread, columns: Collection[int]) -> MixedSpread:
        """Return these laws of the same countries with those of some criteria from `other`."""
        base, absent, chosen = self.base.copy(), self.absent.copy(), sorted(columns)
        base[:, chosen], absent[:, chosen] = other.base[:, chosen], other.absent[:, chosen]
        of = [(laws, t) for laws in (self, other) for t, j in enumerate(laws.columns.tolist())
              if (j in columns) == (laws is other)]  # fmt: skip
        of.sort(key=lambda item: (int(item[0].rows[item[1]]), int(item[0].columns[item[1]])))
        rows, of_criteria = (
            np.array([getattr(laws, name)[t] for laws, t in of], dtype=np.intp) for name in ("rows", "columns")
        )
        return MixedSpread(base, absent, rows, of_criteria, tuple(laws.tables[t] for laws, t in of))


def mixed_spread(plan: Plan, levels: Mapping[str, Sequence[CellEstimates]], positions: Positions) -> MixedSpread:
    """Return the laws of the cells of the countries at `positions` at every level, the official one first.

    Criteria without levels have no laws.
    """
    shape = (len(positions), len(plan.criteria))
    base, absent = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    found: list[tuple[int, int, Float32Array]] = []
    for j in sorted(set(plan.root.leaves) if plan.root else ()):
        key = plan.criteria[j].key
        if key not in levels:
            continue
        columns = [_Column(cells, EVERY_SOURCE, positions) for cells in levels[key]]
        absent[:, j] = np.isnan(columns[0].cell.u[positions])
        for row in np.flatnonzero(~absent[:, j]).tolist():
            tables = [column.table(int(positions[row]), columns[0]) for column in columns]
            if all(table[0] == table[-1] == tables[0][0] for table in tables):
                base[row, j] = float(columns[0].cell.u[positions[row]])
            else:
                found.append((row, j, np.concatenate(tables)))
    found.sort(key=lambda item: item[:2])
    rows, of_criteria = (np.array([item[i] for item in found], dtype=np.intp) for i in (0, 1))
    return MixedSpread(base, absent, rows, of_criteria, tuple(table for _, _, table in found))


def spread(
    plan: Plan,
    cells: Mapping[str, CellEstimates],
    positions: Positions,
    sources: frozenset[Source] = EVERY_SOURCE,
) -> Spread:
    """Return the laws of the cells of the countries at `positions` when only these sources of doubt are drawn."""
    shape = (len(positions), len(plan.criteria))
    base, absent = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    found: list[tuple[int, int, Float32Array]] = []
    counted = set(plan.root.leaves) if plan.root else set()
    for j, criterion in enumerate(plan.criteria):
        if j not in counted:
            continue
        column = _Column(cells[criterion.key], sources, positions)
        base[:, j] = np.nan_to_num(column.cell.u[positions])
        absent[:, j] = np.isnan(column.cell.u[positions])
        for row, position in enumerate(positions.tolist()):
            table = None if absent[row, j] else column.drawn(position)
            if table is None:
                continue
            # Beyond a goalpost at every quantile, a cell is as good as exact.
            base[row, j] = table[0] if table[0] == table[-1] else 0.0
            if table[0] != table[-1]:
                found.append((row, j, table))
    found.sort(key=lambda item: item[:2])
    return Spread(
        base,
        absent,
        np.array([row for row, _, _ in found], dtype=np.intp),
        np.array([j for _, j, _ in found], dtype=np.intp),
        np.array([table for _, _, table in found], dtype=np.float32).reshape(len(found), QUANTILES),
    )


def drawn_labels(levels: FloatArray, shares: FloatArray) -> NDArray[np.intp]:
    """Return the number of the label (QUANTILES,) at each quantile of a cell whose labels have these u and shares."""
    order = np.argsort(levels, kind="stable")
    ends = np.cumsum(shares[order])
    return order[np.searchsorted(ends / ends[-1], MIDPOINTS)]


class _Column:
    def __init__(self, cell: CellEstimates, sources: frozenset[Source], positions: Positions) -> None:
        self.cell = cell
        self.pooled: dict[bytes, Float32Array | None] = {}
        self.moved: dict[bytes, Float32Array] = {}
        self.missing = Source.MISSING in sources
        wanted = np.zeros(len(cell.u), dtype=np.bool_)
        wanted[positions] = True
        for position in np.flatnonzero(wanted).tolist() if self.missing else ():
            wanted[cell.peers.get(position, [])] = True
        parts = [cell.parts[part] for part in PARTS if Source(part) in sources and part in cell.parts]
        errors = np.sqrt(sum((part**2 for part in parts), np.zeros(len(cell.u))))
        noisy = (errors > 0) & ~np.isnan(cell.best) & wanted
        self.own = self._quantiles(np.flatnonzero(noisy), errors)
        if Source.AGE in sources:
            self.own |= {position: self._moved(shares) for position, shares in cell.moves.items() if wanted[position]}

    def _quantiles(self, at: Positions, errors: FloatArray) -> dict[int, Float32Array]:
        if not len(at):
            return {}
        u = self.cell.transform(self.cell.best[at, None] + errors[at, None] * _NORMAL)
        tables = np.sort(u.astype(np.float32), axis=1)
        return dict(zip(at.tolist(), tables, strict=True))

    def _moved(self, shares: FloatArray) -> Float32Array:
        if (key := shares.tobytes()) not in self.moved:
            self.moved[key] = self.cell.levels[drawn_labels(self.cell.levels, shares)].astype(np.float32)
        return self.moved[key]

    def drawn(self, position: int) -> Float32Array | None:
        """Return the table a country's cell is drawn from; None if it is exact."""
        table = self.own.get(position)
        if table is None and self.missing:
            if self.cell.sources[position] == RANGE:
                table = MIDPOINTS.astype(np.float32)
            elif position in self.cell.peers:
                table = self._pooled(self.cell.peers[position])
        return table

    def table(self, position: int, official: _Column) -> Float32Array:
        """Return the table a country's cell is drawn from, the same value throughout if it is exact.

        A level without any value to fill a gap with is as the official one.
        """
        table = self.drawn(position)
        if table is not None:
            return table
        u = self.cell.u[position]
        if np.isnan(u):
            return official.table(position, official)
        return np.full(QUANTILES, u, dtype=np.float32)

    def _pooled(self, peers: Positions) -> Float32Array | None:
        key = peers.tobytes()
        if key not in self.pooled:
            values = [self._of_peer(peer) for peer in peers.tolist()]
            pool = np.sort(np.concatenate(values)) if values else None
            self.pooled[key] = None if pool is None else pool[(MIDPOINTS * len(pool)).astype(np.intp)]
        return self.pooled[key]

    def _of_peer(self, peer: int) -> Float32Array:
        table = self.own.get(peer)
        return np.full(QUANTILES, self.cell.u[peer], dtype=np.float32) if table is None else table
