"""Small models and snapshots for tests of the scoring engine."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selection.scoring import Aggregation, Column, Criterion, Goalposts, Model, Node, Snapshot
from selection.scoring.value_functions import ValueFunction

FloatArray = NDArray[np.float64]
PERCENT = Goalposts(0.0, 100.0)
UNIT = Goalposts(0.0, 1.0)


def leaf(key: str, weight: float = 1.0, function: ValueFunction = UNIT, **options: Any) -> Criterion:
    return Criterion(key, key.title(), function, weight, **options)


def node(key: str, *children: Node | Criterion, **options: Any) -> Node:
    return Node(key, key.title(), children, **options)


def model(*children: Node | Criterion, root: Mapping[str, Any] | None = None, **options: Any) -> Model:
    return Model("test", "1", node("root", *children, **(root or {})), **options)


def column(values: Sequence[float | None] | FloatArray, reason: str = "not_collected", **options: Any) -> Column:
    """Return a numeric column whose gaps all have the same missing reason."""
    gaps = [reason if value is None or np.isnan(value) else None for value in values]
    return Column.numeric(values, missing=gaps, **options)


def snapshot(columns: Mapping[str, Sequence[float | None] | FloatArray | Column], **options: Any) -> Snapshot:
    """Return a snapshot of countries A, B, C ... (or C000 ...) with the given columns."""
    ready = {key: values if isinstance(values, Column) else column(values) for key, values in columns.items()}
    size = len(next(iter(ready.values())).values)
    names = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:size]) if size <= 26 else tuple(f"C{i:03d}" for i in range(size))
    return Snapshot(names, ready, **options)


def flat(
    x: ArrayLike,
    weights: ArrayLike,
    functions: Sequence[ValueFunction],
    aggregation: Aggregation = Aggregation.ARITHMETIC,
) -> tuple[Snapshot, Model]:
    """Return a one-level model over the columns of x (n, J), and its snapshot."""
    table = np.asarray(x, dtype=np.float64)
    leaves = [leaf(f"c{j}", float(w), functions[j]) for j, w in enumerate(np.asarray(weights))]
    built = model(*leaves, root={"aggregation": aggregation})
    return snapshot({f"c{j}": table[:, j] for j in range(table.shape[1])}), built


def read_csv(path: Path) -> tuple[list[str], dict[str, FloatArray]]:
    """Read the first column as names, and the others as numbers by heading; "" and "NA" are NaN."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first, *headings = rows[0]
    numbers = {h: np.array([float("nan") if r[h] in ("", "NA") else float(r[h]) for r in rows]) for h in headings}
    return [row[first] for row in rows], numbers
