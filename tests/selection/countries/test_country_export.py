"""Columns of a country's export from which its score can be computed by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from indicators.models import Country
from selection.countries.presenters.country import all_published, axis_value, country_fields
from selection.countries.queries.country import CountryPage, Factor
from selection.models import CountryScore
from tests.selection.countries.screens import TABLE, estimate


def factor(key: str, *published: dict[str, Any]) -> Factor:
    return Factor(TABLE.row(key), None, None, "", estimate=estimate(published=list(published)))


def one(value: float | None, year: int, series: str = "", label: str = "") -> dict[str, Any]:
    return {"value": value, "year": year, "series": series, "label": label}


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            factor("child_labour", one(5.5, 2022, "activity"), one(20.1, 2018, "own")),
            "2022, UNICEF, economic activity: 5.5; 2018, UNICEF, activity or chores: 20.1",
        ),
        (factor("cpi", one(43.0, 2025)), "2025: 43.0"),
        (factor("tier", one(None, 2025, label="Tier 2")), "2025: Tier 2"),
        # The year comes first: a spreadsheet takes a cell that begins with a minus for a formula.
        (factor("balance", one(-63.5, 2022, "own")), "2022, World Factbook, budget balance: -63.5"),
        (factor("births"), ""),
        (Factor(TABLE.row("births"), None, None, ""), ""),
    ],
)
def test_every_published_value_is_there_with_year_and_series(found: Factor, text: str) -> None:
    assert all_published(found) == text


@pytest.mark.parametrize(
    ("key", "value", "at"),
    [
        ("need", 0.0, 0.0),
        ("need", 32.0701577, 37.7296),
        ("need", 85.0, 100.0),
        ("need", 90.0, 100.0),
        ("feasibility", 33.0, 0.0),
        ("feasibility", 30.0, 0.0),
        ("feasibility", 68.5668766, 68.3978),
        ("feasibility", None, None),
        ("governance", 61.25, 61.25),
    ],
)
def test_a_score_is_placed_between_the_ends_of_its_axis(key: str, value: float | None, at: float | None) -> None:
    assert axis_value(TABLE, key, value) == (None if at is None else pytest.approx(at, abs=1e-4))


def test_the_scores_of_a_country_are_in_every_row() -> None:
    run: Any = SimpleNamespace(reference_date=dt.date(2026, 11, 29))
    score = CountryScore(
        status="ranked", rank=18, place=18, need=32.0701577, feasibility=68.5668766, score=51.3355, region="Africa",
        income="LM",
    )  # fmt: skip
    score.__dict__["_state"].fields_cache["run"] = run
    ranking: Any = SimpleNamespace(table=TABLE)
    page = CountryPage(Country(code="GHA", name="Ghana"), None, (), (), 0.0, ranking=ranking, score=score)
    told = {column.label: column.value(factor("births")) for column in country_fields(page)}
    assert (told["Country"], told["Ages count to"], told["Rank"], told["Score"]) == ("Ghana", 2026, 18, 51.3355)
    assert told["Need on its axis (N)"] == pytest.approx(37.73, abs=0.005)
    assert told["Feasibility on its axis (F)"] == pytest.approx(68.40, abs=0.005)
    assert country_fields(CountryPage(Country(code="GHA", name="Ghana"), None, (), (), 0.0)) == ()
