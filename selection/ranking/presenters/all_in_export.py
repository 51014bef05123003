"""Columns of an exported ranking that only a run with all-in draws can fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cpc.web.tables import Column
from selection.ranking.queries.listing import all_in
from selection.runs.all_in_figures import AllInFigures, DrawnRanks, FreeWeighting
from selection.runs.rows import Ranking, RankingRow

Fields = tuple[Column[RankingRow], ...]


def all_in_fields(ranking: Ranking) -> Fields:
    """Return the interval of data and weights, the result if no tier changes, reliability, and free weights."""
    first, short = ranking.table.first, ranking.table.method.get("short", 10)
    inner, settled = "Data and weights alone", "If no tier changes"
    return (
        _of("Rank in the income group", lambda found: found.income_rank),
        *_ranks(inner, lambda found: found.data_weights),
        _share(f"{inner}: share of draws in the first {first}", lambda found: found.data_weights),
        _of(f"{inner}: share of draws in the first {short}", lambda found: found.data_weights.p10),
        _of(f"If its tier holds: share of draws in the first {first}", lambda found: found.holds),
        *_ranks(settled, lambda found: found.settled),
        _share(f"{settled}: share of draws in the first {first}", lambda found: found.settled),
        _of(f"{settled}: in, open or out", lambda found: found.settled.group if found.settled else None),
        _of("Reliability, 0 to 10", lambda found: found.reliability),
        _of("Reliability if no tier changes", lambda found: found.reliability_settled),
        _free(f"Free weights: share of draws in the first {first}", lambda free: free.share),
        _free("Free weights: rank in 5% of draws or better", lambda free: free.low),
        _free("Free weights: rank in 95% of draws or better", lambda free: free.high),
        _free(
            f"Free weights: share in the first {first} under the weights typical of it", lambda free: free.confidence
        ),
        *_ranks("Outside the pool", lambda found: found.outside),
        _share(f"Outside the pool: share of draws in the first {first}", lambda found: found.outside),
    )


def _of(label: str, figure: Callable[[AllInFigures], Any]) -> Column[RankingRow]:
    return Column(label, all_in(figure), width=14)


def _free(label: str, figure: Callable[[FreeWeighting], Any]) -> Column[RankingRow]:
    return _of(label, lambda found: figure(found.free) if found.free else None)


def _share(label: str, drawn: Callable[[AllInFigures], DrawnRanks | None]) -> Column[RankingRow]:
    return _of(label, lambda found: ranks.p20 if (ranks := drawn(found)) else None)


def _ranks(label: str, drawn: Callable[[AllInFigures], DrawnRanks | None]) -> Fields:
    return (
        _of(f"{label}: rank in 5% of draws or better", lambda found: ranks.low if (ranks := drawn(found)) else None),
        _of(f"{label}: median rank", lambda found: ranks.median if (ranks := drawn(found)) else None),
        _of(f"{label}: rank in 95% of draws or better", lambda found: ranks.high if (ranks := drawn(found)) else None),
    )
