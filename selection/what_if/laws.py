"""Laws of the uncertain cells of a run in one binary file, from which a browser draws.

Little-endian: `CPC2`; five uint32: quantiles Q, tables T, cells C, held cells H, and references R. Then the C + H
cells, two uint16 each: country and criterion, by their numbers in the payload. Then R uint16, the numbers of their
tables: a cell has one for each level at which designs take its criterion, in the payload's order. Then T tables of Q
quantiles of u, rising, in 65,535ths, each as the difference to the one before (the first to 0): all low bytes, then all
high bytes, as they compress best.

A cell that is not listed is exact: its u is that of the payload. Held cells are the laws of criteria with an overdue
edition where no label changes; of such a criterion, a cell that is not among them is then exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack
from typing import Any

import numpy as np

from selection.runs.queries.basis import Basis
from selection.scoring.robustness.all_in import overdue_of
from selection.scoring.robustness.mix import mixed_laws, stilled
from selection.scoring.robustness.tables import QUANTILES, Float32Array, MixedSpread, spread

from .askable import Askable
from .designs import Taken, cells_of
from .question import Question

PAGE_QUANTILES = 256
"""Quantiles of a law that the browser draws from: the means of four of the server's."""

MAGIC = b"CPC2"
_LEVELS = 65535

Cell = tuple[int, int, Float32Array]
"""A country and a criterion by position, and the cell's tables (levels, QUANTILES)."""


def tables(basis: Basis) -> bytes:
    drawn, held = list(_cells(basis)), list(_held(basis))
    numbers = {j: number for number, j in enumerate(counted_leaves(basis))}
    cells = [*drawn, *held]
    thinned = _thinned(np.concatenate([table for _, _, table in cells])) if cells else _thinned(_NONE)
    distinct, which = np.unique(thinned, axis=0, return_inverse=True)
    steps = np.diff(distinct.astype(np.int32), axis=1, prepend=0).astype("<u2")
    index = np.array([(row, numbers[j]) for row, j, _ in cells], dtype="<u2").reshape(-1, 2)
    halves = steps.view(np.uint8).reshape(-1, 2)
    return b"".join(
        [
            MAGIC,
            pack("<5I", PAGE_QUANTILES, len(distinct), len(drawn), len(held), len(which)),
            index.tobytes(),
            which.reshape(-1).astype("<u2").tobytes(),
            halves[:, 0].tobytes(),
            halves[:, 1].tobytes(),
        ]
    )


def counted_leaves(basis: Basis) -> list[int]:
    """Return the criteria that a branch counts, by their numbers in the plan."""
    return sorted({leaf for branch in basis.result.plan.branches for leaf in branch.leaves})


def _cells(basis: Basis) -> Iterator[Cell]:
    """Yield the uncertain cells of the run by country and criterion."""
    cells, everyone = cells_of(basis), np.arange(len(basis.result.countries))
    taken = Taken(basis, Question(), Askable((), (), ()), basis.result.plan, basis.model)
    if not taken.choices:
        laws = spread(basis.result.plan, cells, everyone)
        for row, j, table in zip(laws.rows.tolist(), laws.columns.tolist(), laws.tables, strict=True):
            yield row, j, table[None, :]
        return
    yield from _of(mixed_laws(taken.plan, taken.grid(everyone, cells, designs=True), everyone))


def _held(basis: Basis) -> Iterator[Cell]:
    """Yield the cells of criteria with an overdue edition that are uncertain though no label changes."""
    cells, everyone = cells_of(basis), np.arange(len(basis.result.countries))
    taken = Taken(basis, Question(), Askable((), (), ()), basis.result.plan, basis.model)
    overdue = overdue_of(cells) if taken.choices else ()
    if overdue:
        still = stilled(cells, overdue)
        laws = mixed_laws(taken.plan, taken.grid(everyone, still, designs=True), everyone)
        columns = [j for j, criterion in enumerate(taken.plan.criteria) if criterion.key in overdue]
        yield from (cell for cell in _of(laws) if cell[1] in columns)


def _of(laws: MixedSpread) -> Iterator[Cell]:
    for row, j, table in zip(laws.rows.tolist(), laws.columns.tolist(), laws.tables, strict=True):
        yield row, j, table.reshape(-1, QUANTILES)


_NONE: Float32Array = np.zeros((0, QUANTILES), dtype=np.float32)


def _thinned(laws: Float32Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the means of neighboring quantiles in 65,535ths."""
    means = laws.reshape(len(laws), PAGE_QUANTILES, QUANTILES // PAGE_QUANTILES).astype(np.float64).mean(axis=2)
    return np.rint(means * _LEVELS).astype(np.int64)
