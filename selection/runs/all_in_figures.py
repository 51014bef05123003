"""Figures of a country that only a run with all-in draws has, as its rows store them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DrawnRanks:
    """Ranks of a country at 5, 50, and 95 percent of some draws, and the shares of them within the first N.

    `p10` is None for a country without a rank.
    """

    low: int
    median: int
    high: int
    p20: float
    p10: float | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class FreeWeighting:
    """Ranks of a country if every weighting is as likely: `share` of the draws within the first N, and the interval.

    `confidence` is the share within the first N under the weights typical of those draws, `weights`, by node or
    criterion as shares of the parent. Both are empty if too few draws put the country there.
    """

    share: float
    low: int
    high: int
    confidence: float | None
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AllInFigures:
    """Figures beside the all-in interval and share of a country, which are those of its row.

    `data_weights` are the draws without the method. `settled` are the all-in draws if no label of an overdue edition
    changes, None if none is overdue. `holds` is the all-in share within the first N if the country's own label holds.
    `reliability` runs from 0 to 10, and `lost` is what each criterion takes from 10; `reliability_settled` is the same
    if no label changes. `outside` are the all-in ranks that a country outside the pool would take.
    """

    data_weights: DrawnRanks
    settled: DrawnRanks | None
    holds: float | None
    income_rank: int | None
    reliability: float
    reliability_settled: float | None
    lost: Mapping[str, float]
    free: FreeWeighting | None
    outside: DrawnRanks | None


def figures_of(detail: Mapping[str, Any]) -> AllInFigures | None:
    """Read the figures from the stored `detail` of a country; None for a run without all-in draws, or no score."""
    if "data_weights" not in detail:
        return None
    reliability, free = detail["reliability"], detail.get("free")
    return AllInFigures(
        data_weights=DrawnRanks(**detail["data_weights"]),
        settled=DrawnRanks(**detail["settled"]) if "settled" in detail else None,
        holds=detail.get("holds"),
        income_rank=detail.get("income_rank"),
        reliability=reliability["value"],
        reliability_settled=reliability.get("settled"),
        lost=reliability["lost"],
        free=FreeWeighting(**{**free, "weights": free["weights"] or {}}) if free else None,
        outside=DrawnRanks(**detail["all_in"]) if "all_in" in detail else None,
    )
