"""Findings of the How sure page built by hand."""

from __future__ import annotations

from typing import Any

from selection.how_sure.queries.findings import HowSure
from selection.runs.rows import RankingRow
from tests.support.rows import ranking, ranking_row

DASH = "\N{EN DASH}"


def sure(ranked: list[RankingRow] | None = None, others: list[RankingRow] | None = None, **values: Any) -> HowSure:
    known: dict[str, Any] = dict.fromkeys(("figures", "sums", "unchecked", "weights", "ways", "choices"), ())
    return HowSure(**{**known, "ranking": ranking(ranked or [], others or []), "pool": 30, **values})


def ranked(count: int, **values: Any) -> list[RankingRow]:
    return [ranking_row(f"C{n:02d}", rank=n, **values) for n in range(1, count + 1)]
