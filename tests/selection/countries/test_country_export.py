"""Columns of a country's export from which its score can be computed by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from indicators.models import Country
from selection.countries.presenters.country import all_published, axis_value, country_fields, fields
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


def test_every_column_of_a_factor() -> None:
    file: Any = SimpleNamespace(name="births.xlsx", sha256="a" * 64)
    source: Any = SimpleNamespace(publisher="UNICEF")
    measured: Any = SimpleNamespace(name="Birth registration", unit="percent", decimals=1, direction=-1, source=source)
    found: Any = SimpleNamespace(
        indicator=measured, label="", value=10.0, missing="", period="2018", year=2018, standard_error=0.4,
        quality="stated", edition="2025", file=file, locator="Table, row 4", raw_text="10.0*", series="own",
    )  # fmt: skip
    made: Any = SimpleNamespace(
        u=0.1, median=0.2, nominal=7.5, effective=7.0, points=0.7, printed=0.8, lost=6.3
    )  # fmt: skip
    of_run = {
        **estimate(published=[one(10.0, 2018, "own")]),
        "low": 8.0,
        "high": 12.0,
        "share": 0.9,
        "peers": ["CIV", "XKX"],
    }
    row = Factor(TABLE.row("births"), None, found, "stale", made, age=8, newer_edition="2026", estimate=of_run)
    stated = [
        ("Factor", 36, "Births not registered"),
        ("Of the fact sheet", 36, TABLE.row("births").factor),
        ("Counted", 8, "yes"),
        ("Published as", 36, "Birth registration"),
        ("Published value", 14, 10.0),
        ("Unit", 18, "percent"),
        ("Direction of the publisher", 18, "lower is better"),
        ("Counts as, if not as published", 18, ""),
        ("Period", 10, "2018"),
        ("Age in years", 8, 8),
        ("Oldest taken, in years", 8, TABLE.row("births").max_age),
        ("Standard error", 12, 0.4),
        ("Quality", 12, "stated"),
        ("Why it does not score", 18, "Old"),
    ]
    scored = [
        ("All published values", 36, all_published(row)),
        ("Best estimate", 12, 10.0),
        ("Estimate at 5%", 12, 8.0),
        ("Estimate at 95%", 12, 12.0),
        ("Estimate from", 12, "own"),
        ("Weight of the newer survey", 12, 0.9),
        ("Filled from", 18, "CIV XKX"),
        ("On a 0 to 1 scale", 12, 0.1),
        ("Median of the ranked", 12, 0.2),
        ("Weight, of 100", 10, 7.5),
        ("Weight now, of 100", 10, 7.0),
        ("Points", 10, 0.7),
        ("Points as printed", 10, 0.8),
        ("Points lost", 10, 6.3),
    ]
    origin = [
        ("Publisher", 28, "UNICEF"),
        ("Edition", 12, "2025"),
        ("Newer edition", 12, "2026"),
        ("File", 36, "births.xlsx"),
        ("Place in the file", 36, "Table, row 4"),
        ("Text in the file", 20, "10.0*"),
        ("SHA-256 of the file", 66, "a" * 64),
    ]

    def told(row: Factor, *, scored: bool) -> list[tuple[str, int, Any]]:
        return [(column.label, column.width, column.cell(row)) for column in fields(scored=scored)]

    assert told(row, scored=True) == [*stated, *scored, *origin]
    assert told(row, scored=False) == [*stated, *origin]
    bare = {label: cell for label, _, cell in told(Factor(TABLE.row("tier"), None, None, ""), scored=True)}
    empty = ("Published as", "Published value", "Unit", "Period", "File", "Points", "Best estimate", "Estimate from")
    assert {bare[label] for label in empty} == {None}
    assert (bare["Filled from"], bare["Direction of the publisher"], bare["Why it does not score"]) == ("", "", "")


def test_a_label_is_the_published_value_and_what_is_not_counted_says_so() -> None:
    found: Any = SimpleNamespace(label="Tier 2", value=2.0)
    told = {column.label: column for column in fields(scored=False)}
    assert told["Published value"].cell(Factor(TABLE.row("tier"), None, found, "")) == "Tier 2"
    counted = {key: told["Counted"].cell(Factor(TABLE.row(key), None, None, "")) for key in ("freedom_total", "forms")}
    assert counted == {"freedom_total": "no", "forms": "no"}


def test_every_column_of_the_scores() -> None:
    run: Any = SimpleNamespace(reference_date=dt.date(2026, 11, 29))
    score = CountryScore(
        status="provisional", rank=None, place=18, need=32.5, feasibility=None, score=51.3, region="Africa", income="LM"
    )
    score.__dict__["_state"].fields_cache["run"] = run
    ranking: Any = SimpleNamespace(table=TABLE)
    page = CountryPage(Country(code="GHA", name="Ghana"), None, (), (), 0.0, ranking=ranking, score=score)
    columns = country_fields(page)
    assert {column.width for column in columns} == {12}
    assert [(column.label, column.cell(factor("births"))) for column in columns] == [
        ("Country", "Ghana"),
        ("Code", "GHA"),
        ("Status", "Provisional"),
        ("Ages count to", 2026),
        ("Region", "Africa"),
        ("Income class", "LM"),
        ("Need", 32.5),
        ("Feasibility", None),
        ("Need on its axis (N)", pytest.approx(38.2353, abs=1e-4)),
        ("Feasibility on its axis (F)", None),
        ("Score", 51.3),
        ("Rank", None),
        ("Would rank", 18),
    ]
    assert country_fields(dataclasses.replace(page, ranking=None)) == ()
