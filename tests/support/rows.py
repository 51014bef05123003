"""Rows of a ranking and rankings, built by hand for tests of sentences and cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.models import CountryStatus
from selection.pool_rules.pools import PoolInputs
from selection.reference_data import FORMER_MODELS
from selection.runs.rows import Ranking, RankingRow


def ranking_row(code: str, name: str = "", **values: Any) -> RankingRow:
    """Return a ranked country of a run; `values` replace its empty fields."""
    empty: dict[str, Any] = {
        "region": "Africa",
        "status": CountryStatus.RANKED,
        "reason": "",
        **dict.fromkeys(
            ("rank", "low", "median", "high", "score", "need", "feasibility", "coverage", "lower", "upper")
        ),
        "equal_display": False,
        "income": "",
        "tier": "",
        "tier_quality": "",
        "points": (),
        "gaps": (),
        "hurdles": {},
    }
    return RankingRow(code=code, name=name or code, **{**empty, **values})


def ranking(
    ranked: Sequence[RankingRow] = (), others: Sequence[RankingRow] = (), table: ModelTable | None = None, **more: Any
) -> Ranking:
    """Return a ranking by the shipped model or another, in which the first 20 are counted."""
    count = len(ranked) + len(others)
    pool = more.pop("pool", PoolInputs(dt.date(2026, 11, 25), ()))
    return Ranking(1, Stage.SCREEN, table or read(), (), tuple(ranked), tuple(others), {}, {}, {}, count, pool, **more)


def former_table() -> ModelTable:
    """Return version 3 of the shipped model, whose draws leave out the method."""
    return read(FORMER_MODELS[-1])
