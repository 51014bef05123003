"""A country's part of a run, built by hand for tests of sentences and figures, without a database."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from indicators.models import Country, Indicator, Observation
from selection.countries.queries.screen import Axis, Neighbor, Screen, Statement
from selection.countries.queries.withdrawn import PublishedValue, WhatIf, Withdrawal, WithdrawalOutcome
from selection.model_definition.criteria_table import CriterionRow, ModelTable, read
from selection.models import CountryScore
from selection.runs.all_in_figures import figures_of
from selection.runs.queries.all_in import OverdueEdition

TABLE = read()
DAY = dt.date(2026, 3, 1)
OWN, PEERS, POOLED = "own", "peers", "pooled"


def criterion(key: str, **values: Any) -> CriterionRow:
    """Return a criterion of the shipped model; `values` replace some of its fields."""
    return dataclasses.replace(TABLE.row(key), **values)


def method(**values: Any) -> ModelTable:
    """Return the shipped model with other settings of its method."""
    return dataclasses.replace(TABLE, method={**(TABLE.method or {}), **values})


VERSION_3 = method(all_in=False)
"""The shipped model with draws of data and weights alone, as in version 3."""


ALL_IN: dict[str, Any] = {
    "data_weights": {"low": 6, "median": 9, "high": 14, "p10": 0.5, "p20": 0.9},
    "reliability": {"value": 7.0, "lost": {}},
}
"""The least that a country's row stores of all-in draws."""

REPORT_2026 = OverdueEdition("tier", "tip", "Trafficking in Persons Report", "2026", dt.date(2026, 6, 30))


def indicator(name: str = "Birth registration", **values: Any) -> Indicator:
    known: dict[str, Any] = {"code": "sample", "unit": "percent", "decimals": 1, "direction": 1}
    return Indicator(name=name, **{**known, **values})


def observation(pk: int = 1, value: float | None = 10.0, year: int = 2018, **values: Any) -> Observation:
    """Return a stated value of `indicator` (in percent by default) for one year."""
    known: dict[str, Any] = {"period": str(year), "quality": "stated", "indicator": indicator(), "edition": "2025"}
    return Observation(pk=pk, value=value, year=year, **{**known, **values})


def statement(found: Observation, label: str = "", *, is_used: bool = True) -> Statement:
    return Statement(label, found, found.value, is_used)


def estimate(source: str = OWN, **values: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"best": 10.0, "low": None, "high": None, "error": None, "age": 0, "peers": []}
    return {**known, "source": source, **values}


def line(key: str, found: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    return {"key": key, "nominal_weight": 0.1, "u": 0.5, "observations": [], "estimate": found, **values}


def outcome(place: int | None, status: str = "ranked", source: str = OWN, **values: Any) -> WithdrawalOutcome:
    known: dict[str, Any] = {"fails": (), **values}
    return WithdrawalOutcome(status, place, source=source, **known)


def withdrawal(key: str, found: WithdrawalOutcome, *published: PublishedValue, is_whole: bool = False) -> Withdrawal:
    return Withdrawal(key, published, is_whole, found)


def axis(value: float | None = 50.0, median: float | None = 40.0, rank: int | None = 15) -> Axis:
    return Axis(value, (), median, rank)


def screen(
    *,
    need: Axis | None = None,
    feasibility: Axis | None = None,
    lines: Sequence[dict[str, Any]] = (),
    statements: Mapping[str, tuple[Statement, ...]] | None = None,
    ends: Mapping[str, tuple[int, int]] | None = None,
    withdrawals: Sequence[Withdrawal] = (),
    lacks: Sequence[str] = (),
    above: Neighbor | None = None,
    below: Neighbor | None = None,
    terms: Sequence[Any] = (),
    admission: Any = None,
    table: ModelTable = TABLE,
    ranked: int = 80,
    fits: Mapping[str, Any] | None = None,
    likeness: Mapping[str, str] | None = None,
    publishers: Mapping[str, str] | None = None,
    medians: Mapping[str, float] | None = None,
    earlier: Mapping[str, Observation] | None = None,
    overdue: Sequence[OverdueEdition] = (),
    reliable: tuple[float, float] | None = None,
    **score: Any,
) -> Screen:
    """Return Ghana's part of a run of `DAY` with 80 ranked countries; `score` are fields of its row in the run."""
    known: dict[str, Any] = {"status": "ranked", "rank": 9, "place": 9, "rank_low": 5, "rank_high": 14, "p20": 0.97}
    run: Any = SimpleNamespace(reference_date=DAY)
    return Screen(
        country=Country(code="GHA", name="Ghana"),
        run=run,
        score=CountryScore(lines=list(lines), **{**known, **score}),
        table=table,
        ranked=ranked,
        need=need or axis(),
        feasibility=feasibility or axis(),
        what_if=None if ends is None and not withdrawals else WhatIf({}, tuple(withdrawals), ends or {}),
        statements=statements or {},
        likeness=likeness or {},
        lacks=tuple(lacks),
        terms=tuple(terms),
        admission=admission,
        above=above,
        below=below,
        publishers=publishers or {},
        medians=medians or {},
        leaf_medians={},
        fits=fits or {},
        figures=figures_of(score.get("detail", {})),
        reliable=reliable,
        overdue=tuple(overdue),
        earlier=earlier or {},
    )
