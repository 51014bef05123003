"""Distribution of every drawn cell: its u is exact, or one of 1,024 equally likely quantiles.

Quantiles are computed once and then drawn by number, so that a draw needs no logarithm and no value function.
"""

from __future__ import annotations

from collections.abc import Mapping
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

    def at(self, share: float) -> FloatArray:
        """Return u (D, J) with every cell at this quantile of its law, NaN where it does not apply."""
        u = self.base.copy()
        u[self.rows, self.columns] = self.tables[:, int(share * QUANTILES)]
        return np.where(self.absent, np.nan, u)


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
        column = _Column(cells[criterion.key], sources)
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


class _Column:
    """One criterion's tables by position."""

    def __init__(self, cell: CellEstimates, sources: frozenset[Source]) -> None:
        self.cell = cell
        self.pooled: dict[bytes, Float32Array | None] = {}
        self.missing = Source.MISSING in sources
        parts = [cell.parts[part] for part in PARTS if Source(part) in sources and part in cell.parts]
        errors = np.sqrt(sum((part**2 for part in parts), np.zeros(len(cell.u))))
        noisy = (errors > 0) & ~np.isnan(cell.best)
        self.own = self._quantiles(np.flatnonzero(noisy), errors)
        if Source.AGE in sources:
            self.own |= {position: self._moved(shares) for position, shares in cell.moves.items()}

    def _quantiles(self, at: Positions, errors: FloatArray) -> dict[int, Float32Array]:
        if not len(at):
            return {}
        u = self.cell.transform(self.cell.best[at, None] + errors[at, None] * _NORMAL)
        tables = np.sort(u.astype(np.float32), axis=1)
        return dict(zip(at.tolist(), tables, strict=True))

    def _moved(self, shares: FloatArray) -> Float32Array:
        order = np.argsort(self.cell.levels, kind="stable")
        ends = np.cumsum(shares[order])
        level = np.searchsorted(ends / ends[-1], MIDPOINTS)
        return self.cell.levels[order][level].astype(np.float32)

    def drawn(self, position: int) -> Float32Array | None:
        """Return the table a country's cell is drawn from; None if it is exact."""
        table = self.own.get(position)
        if table is None and self.missing:
            if self.cell.sources[position] == RANGE:
                table = MIDPOINTS.astype(np.float32)
            elif position in self.cell.peers:
                table = self._pooled(self.cell.peers[position])
        return table

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
