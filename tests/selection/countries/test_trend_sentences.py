"""Sentences over the charts of one country, on observations built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.countries.presenters.trends import CODES, child_labour, trends
from tests.selection.countries.screens import indicator, observation


def rows(*values: tuple[int, float | None], **more: Any) -> list[Any]:
    return [observation(year, value, year, **more) for year, value in values]


def told(code: str, *found: Any, **others: Any) -> tuple[str, str]:
    (chart,) = trends({code: list(found), **others}, {})
    return chart.finding, chart.context


@pytest.mark.parametrize(
    ("values", "finding", "context"),
    [
        ([(2018, 40.0), (2020, 35.0), (2024, 44.0)], "44, up 4 since 2018", "Highest 44 in 2024, lowest 35 in 2020."),
        ([(2018, 40.0), (2020, 45.0), (2024, 39.0)], "39, down 1 since 2018", "Highest 45 in 2020, lowest 39 in 2024."),
        ([(2018, 40.4), (2024, 40.0)], "40, as in 2018", "Highest 40 in 2018, lowest 40 in 2024."),
        ([(2018, None), (2024, 40.0)], "40 in 2024", "No other year is known."),
        ([(2018, 40.0), (2024, 40.0)], "40, as in 2018", "The same in all 2 years."),
    ],
)
def test_corruption_sentence_gives_last_value_and_extremes(
    values: list[tuple[int, float | None]], finding: str, context: str
) -> None:
    text = f"{context} Higher is better."
    assert told("cpi.score", *rows(*values)) == (f"Corruption perceptions: {finding}", text)


RIGHTS, LIBERTIES = "fh.political_rights", "fh.civil_liberties"


@pytest.mark.parametrize(
    ("rights", "liberties", "context"),
    [
        (
            [(2018, 30.0), (2024, 28.0)],
            [(2018, 40.0), (2024, 43.0)],
            "Political rights \N{MINUS SIGN}2 and civil liberties +3 since 2018. ",
        ),
        (
            [(2018, 30.0), (2024, 30.0)],
            [(2018, 40.0), (2024, 43.0)],
            "Political rights unchanged and civil liberties +3 since 2018. ",
        ),
        ([(2018, 30.0)], [(2018, 40.0), (2024, 43.0)], "Civil liberties +3 since 2018. "),
        ([(2019, 30.0), (2024, 30.0)], [(2018, 40.0), (2023, 43.0)], " "),
    ],
)
def test_freedom_sentence_names_the_parts_that_moved(
    rights: list[tuple[int, float]], liberties: list[tuple[int, float]], context: str
) -> None:
    parts = {RIGHTS: rows(*rights), LIBERTIES: rows(*liberties)}
    text = f"{context}Year covered; the edition is a year later."
    total = rows((2018, 70.0), (2024, 71.0))
    assert told("fh.total", *total, **parts) == ("Freedom in the World: 71, up 1 since 2018", text)
    (chart,) = trends({"fh.total": total, **parts}, {})
    assert chart.table is not None
    last = [str(dict(values).get(2024, "")).removesuffix(".0") or "\N{EN DASH}" for values in (rights, liberties)]
    assert list(chart.table.rows[-1]) == ["2024", "71", *last]


def tier(year: int, label: str, quality: str = "stated") -> Any:
    return observation(year, None, year, label=label, quality=quality)


WATCH = "Tier 2 Watch List"
SHADED = "Outlined years are inferred and do not score."


@pytest.mark.parametrize(
    ("years", "finding", "context"),
    [
        ([tier(2024, "Tier 2")], "Tier 2 in 2024", "The same since 2024."),
        ([tier(2023, "Tier 2"), tier(2024, "Tier 2")], "Tier 2 in the last 2 known years", "The same since 2023."),
        (
            [tier(2022, "Tier 2"), tier(2023, "Tier 3"), tier(2024, "Tier 2")],
            "Tier 2 in 2024",
            "Also Tier 3 since 2022.",
        ),
        (
            [tier(2021, "Tier 3"), tier(2022, WATCH), tier(2023, "Tier 1"), tier(2024, "Tier 2")],
            "Tier 2 in 2024",
            f"Also Tier 1, {WATCH} and Tier 3 since 2021.",
        ),
        (
            [tier(2022, "Tier 1", "inferred"), tier(2023, "Tier 2"), tier(2024, "Tier 3", "inferred")],
            "Tier 2 in 2023",
            f"The same since 2023. {SHADED}",
        ),
        (
            [tier(year, "Tier 2", "unconfirmed") for year in range(2020, 2025)],
            "Tier 2 in the last 5 known years",
            "The same since 2020. Not confirmed: 2022, 2023 and 2024.",
        ),
    ],
)
def test_tier_sentence_gives_the_streak_the_others_and_the_doubts(years: list[Any], finding: str, context: str) -> None:
    assert told("tip.tier", *years) == (f"TIP tier: {finding}", context)


def test_inferred_tiers_alone_are_not_drawn() -> None:
    assert trends({"tip.tier": [tier(2024, "Tier 2", "inferred")]}, {}) == []
    assert trends({code: [] for code in CODES}, {}) == []


@pytest.mark.parametrize(
    ("values", "finding", "context"),
    [
        (
            [(1989, 100.0), (1990, 200.0), (2024, 2300.0)],
            "$2,300, from $200 in 1990",
            "Highest $2,300 in 2024, lowest $200 in 1990.",
        ),
        ([(1989, 100.0), (2024, 2300.0)], "$2,300 in 2024", "No other year is known."),
    ],
)
def test_income_sentence_starts_in_1990(values: list[tuple[int, float | None]], finding: str, context: str) -> None:
    found = told("wb.gni_per_capita", *rows(*values, indicator=indicator(decimals=0)))
    assert found == (f"Income per person: {finding}", f"{context} Current dollars.")


def income(year: int, label: str) -> Any:
    return observation(year, None, year, label=label)


@pytest.mark.parametrize(
    ("years", "finding", "context"),
    [
        ([income(2020, "L"), income(2021, "L")], "low since FY 2020", "The same in every year from FY 2020."),
        (
            [income(2019, "UM"), income(2020, "L"), income(2021, "LM"), income(2022, "LM")],
            "lower middle since FY 2021",
            "Between low, lower middle and upper middle from FY 2019.",
        ),
        (
            [income(2020, "L"), income(2021, "H"), income(2022, "")],
            "high since FY 2021",
            "Between low and high from FY 2020.",
        ),
    ],
)
def test_income_class_sentence_gives_the_year_of_the_last_change(years: list[Any], finding: str, context: str) -> None:
    assert told("wb.income_class", *years) == (f"Income class: {finding}", context)


PEERS = [(f"C{number}", float(number)) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (10.5, "among the highest tenth"),
        (10.0, "among the highest tenth"),
        (9.5, "in the higher half of those surveyed"),
        (6.0, "in the higher half of those surveyed"),
        (5.0, "in the lower half of those surveyed"),
        (0.0, "in the lower half of those surveyed"),
    ],
)
def test_child_labor_is_placed_among_those_surveyed(value: float, where: str) -> None:
    chart = child_labour(("Ghana", value), "2018", "", PEERS)
    assert chart is not None
    assert chart.finding == f"Child labor: {value:.1f}%, {where}"
    assert chart.context == "Survey of 2018. Each tick is one of 10 countries surveyed."


def test_missing_survey_is_explained_and_missing_peers_hide_the_chart() -> None:
    chart = child_labour(("Ghana", None), "2018", "No estimate", PEERS)
    assert chart is not None
    assert (chart.finding, chart.context) == (
        "Child labor: no estimate", "10 countries have a survey; each tick is one.",
    )  # fmt: skip
    assert child_labour(("Ghana", 3.0), "2018", "", []) is None
