"""Criteria of a model: the table with weights, the coverage of each criterion, and correlations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.models import Indicator, Source
from indicators.queries import dating_of
from selection.model_definition.criteria_table import (
    CriterionRow,
    ModelTable,
    NodeRow,
    Stage,
)
from selection.runs.rows import Ranking
from selection.scoring.tree import compile_tree

FLAT = 12
"""Fewest pairs of values for which a correlation is computed."""


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """One row of the model's table. Weights are shares of 100; `screen` is None if the screen does not count it.

    `known` is the share of candidates with a value in use, None if nothing is computed yet.
    """

    row: CriterionRow
    branch: NodeRow
    node: NodeRow
    indicator: Indicator | None
    screen: float | None
    full: float
    known: float | None


def entries(table: ModelTable, ranking: Ranking | None) -> list[CriterionEntry]:
    """Return the criteria in tree order: branch by branch, node by node."""
    nodes = {node.key: node for node in table.nodes}
    order = {key: index for index, key in enumerate(_tree_order(table))}
    full = table.weights()
    whole = table.share_of_full(Stage.SCREEN)
    plan = compile_tree(table.model(Stage.SCREEN))
    screen = {criterion.key: weight for criterion, weight in zip(plan.criteria, plan.nominal.tolist(), strict=True)}
    indicators = Indicator.objects.select_related("source").in_bulk(
        {row.indicator for row in table.criteria if row.indicator}, field_name="code"
    )
    criteria = []
    for row in sorted(table.criteria, key=lambda row: order[row.node]):
        node = nodes[row.node]
        measured = ranking.measured.get(row.key) if ranking else None
        criteria.append(
            CriterionEntry(
                row,
                branch=nodes[node.parent] if node.parent else node,
                node=node,
                indicator=indicators.get(row.indicator),
                screen=100 * screen[row.key] if row.key in screen and whole else None,
                full=100 * full[row.key],
                known=measured / ranking.candidates if ranking and measured is not None else None,
            )
        )
    return criteria


def _tree_order(table: ModelTable) -> Iterable[str]:
    for branch in (node for node in table.nodes if not node.parent):
        yield branch.key
        yield from (node.key for node in table.nodes if node.parent == branch.key)


def datings(table: ModelTable) -> list[tuple[str, str]]:
    """Return the sources that a model reads, each with the rule from when its values count as published."""
    codes = {code for row in table.rows(Stage.SCREEN) for code in row.indicators} | set(table.groupings.values())
    sources = Source.objects.filter(indicators__code__in=codes).distinct().order_by("title")
    return [(source.title, text) for source in sources if (text := dating_of(source.key).rule_text)]


# ---- correlations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CorrelatedPair:
    """Two criteria and the rank correlation of their values over the countries that have both."""

    one: CriterionRow
    other: CriterionRow
    rho: float
    countries: int

    @property
    def counted_twice(self) -> bool:
        return self.one.weight > 0 and self.other.weight > 0


def pairs(ranking: Ranking) -> list[CorrelatedPair]:
    """Return every pair of criteria with enough countries, the strongest correlation first."""
    rows = [row for row in ranking.table.rows(Stage.SCREEN) if row.key in ranking.values]
    columns = {row.key: np.array([np.nan if v is None else v for v in ranking.values[row.key]]) for row in rows}
    correlated = []
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            rho, count = spearman(columns[one.key], columns[other.key])
            if rho is not None:
                correlated.append(CorrelatedPair(one, other, rho, count))
    return sorted(correlated, key=lambda pair: -abs(pair.rho))


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float | None, int]:
    """Spearman's rank correlation over the pairs where both are known, ties sharing their mean rank, and their number.

    None if there are fewer than `FLAT` such pairs, or one of the two does not vary.
    """
    both = ~(np.isnan(x) | np.isnan(y))
    count = int(both.sum())
    if count < FLAT:
        return None, count
    a, b = mean_ranks(x[both]), mean_ranks(y[both])
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return (float(a @ b) / size if size else None), count


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, with equal values sharing the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts).astype(np.float64)
    return (last - (counts - 1) / 2.0)[inverse]
