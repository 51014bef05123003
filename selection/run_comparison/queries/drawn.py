"""Draws of a country in a run, such that those of two runs vary the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from selection.model_definition.criteria_table import ModelTable
from selection.runs.rows import RankingRow


class DrawnSide(NamedTuple):
    """Interval of a country's rank in 90 percent of some draws, and the share of them among the first N."""

    low: int
    high: int
    p20: float


def is_all_in(table: ModelTable) -> bool:
    """Return True if the draws of a model vary the method as well as data and weights."""
    return bool(table.method.get("all_in"))


def drawn_of(row: RankingRow | None, data_weights: Mapping[str, Any] | None) -> DrawnSide | None:
    """Return the draws of a ranked country, or those of data and weights alone if they are given."""
    if row is None or row.rank is None:
        return None
    if data_weights is not None:
        return DrawnSide(data_weights["low"], data_weights["high"], data_weights["p20"])
    return None if row.low is None or row.high is None or row.p20 is None else DrawnSide(row.low, row.high, row.p20)
