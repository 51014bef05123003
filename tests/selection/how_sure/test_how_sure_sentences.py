"""Sentences on how sure an order is, on rows built by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.queries.findings import HowSure
from selection.model_definition.criteria_table import read
from selection.reference_data import FORMER_MODELS
from selection.runs.rows import RankingRow
from tests.selection.countries.screens import method
from tests.selection.how_sure.built import DASH, ranked, sure
from tests.support.fragments import bold_and_rest
from tests.support.rows import ranking, ranking_row

WIDTHS = {"total": 9, "age": 5, "weights": 6, "missing": 0, "measurement": 1}
TYPICAL = "In 90% of draws, a typical rank stays within a range of about"
OVERLAP = "These overlap, so they add up to more than the total."


def told(found: HowSure) -> tuple[str, str]:
    return bold_and_rest("how_sure/_finding.html", finding=page_presenters.finding(found))


@pytest.mark.parametrize(
    ("count", "values", "finding"),
    [
        (0, {}, "No country is ranked, so there is no order to assess."),
        (1, {}, "1 country is ranked, and no draws were made."),
        (25, {}, "25 countries are ranked, and no draws were made."),
        (1, {"group": "in"}, "One country is ranked, so it is certain to be in the first 20."),
        (20, {"group": "in"}, "All 20 countries with a rank are in the first 20."),
        (
            21,
            {"group": "open"},
            "No country is firmly in the first 20, which means there in at least 80% of draws and 90% of methods.",
        ),
    ],
)
def test_the_finding_depends_on_how_many_are_ranked(count: int, values: dict[str, Any], finding: str) -> None:
    former = dataclasses.replace(ranking(ranked(count, **values)), table=read(FORMER_MODELS[-1]))
    assert told(sure(ranking=former))[0] == finding


@pytest.mark.parametrize(
    ("widths", "text"),
    [
        (
            WIDTHS,
            f"{TYPICAL} 9 places. If only one thing varies, the range is 6 for the weights, 5 for the age of the "
            f"figures and 1 for how figures were measured. {OVERLAP}",
        ),
        (
            {**WIDTHS, "total": 1, "designs": 1},
            f"{TYPICAL} 1 place. If only one thing varies, the range is 6 for the weights, 5 for the age of the "
            f"figures and 1 for how figures were measured. {OVERLAP} Other methods, apart from the draws, give a "
            f"range of 1 place.",
        ),
    ],
)
def test_typical_widths_are_given_by_source(widths: dict[str, int], text: str) -> None:
    assert told(sure(ranked(1, group="in", widths=widths)))[1] == text
    assert told(sure(ranked(1, group="in", widths={"age": 5})))[1] == ""


def provisional(*ends: tuple[int | None, int | None]) -> list[RankingRow]:
    return [ranking_row(f"P{n}", status="provisional", low=low, high=high) for n, (low, high) in enumerate(ends)]


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ([(3, 4)], "One country is provisional: its place stays within a range of about 1 place."),
        ([(3, 10), (1, 10), (5, 60)], "For the 3 provisional countries, the typical range is about 9 places."),
        ([(3, 10), (None, None)], "For the 2 provisional countries, the typical range is about 7 places."),
        ([(None, None)], ""),
    ],
)
def test_the_provisional_have_a_typical_range(ends: list[tuple[int | None, int | None]], text: str) -> None:
    assert told(sure(others=provisional(*ends)))[1] == text


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (0, ["1-5"]),
        (5, ["1-5"]),
        (6, ["1-5", "6-10"]),
        (20, ["1-5", "6-10", "11-20"]),
        (21, ["1-5", "6-10", "11-20", "21-40"]),
        (40, ["1-5", "6-10", "11-20", "21-40"]),
        (41, ["1-5", "6-10", "11-20", "21-40", "41+"]),
    ],
)
def test_bands_end_with_the_last_rank(count: int, names: list[str]) -> None:
    assert [name.replace(DASH, "-") for name in page_presenters.bands(ranking(ranked(count)))] == names


def test_bands_follow_the_settings_of_the_model() -> None:
    table = method(first=7, short=3)
    found = dataclasses.replace(ranking(ranked(30)), table=table)
    assert [name.replace(DASH, "-") for name in page_presenters.bands(found)] == ["1", "2-3", "4-7", "8-14", "15+"]


def test_a_share_has_the_shade_of_its_bound() -> None:
    shares = (0.004, 0.005, 0.0499, 0.05, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, 1.0)
    row = ranking_row("A", rank=1, bins=shares[:1], p20=0.796)
    found = ranking(ranked(41))
    (whole,) = page_presenters.band_rows(found, [ranking_row("A", rank=1, bins=shares[:5])])
    (rest,) = page_presenters.band_rows(found, [ranking_row("A", rank=1, bins=shares[5:10])])
    (last,) = page_presenters.band_rows(found, [ranking_row("A", rank=1, bins=shares[10:])])
    assert [*whole["shares"], *rest["shares"], *last["shares"]] == [
        ("", 0),
        ("0", 0),
        ("5", 0),
        ("5", 1),
        ("24", 1),
        ("25", 2),
        ("49", 2),
        ("50", 3),
        ("74", 3),
        ("75", 4),
        ("100", 4),
    ]
    (told,) = page_presenters.band_rows(ranking([row]), [row, ranking_row("B", rank=2)])
    assert (told["chance"], len(told["shares"])) == ("79.6%", 1)
    assert page_presenters.shade_key() == [(4, "75% or more"), (3, "50 to 75%"), (2, "25 to 50%"), (1, "5 to 25%")]


def test_the_range_of_each_doubt_is_its_own() -> None:
    row = ranking_row(
        "A",
        rank=4,
        low=2,
        high=9,
        widths={"total": 7, "age": 1, "designs": 3},
        ranges={"age": (3, 4)},
        designs_range=(1, 8),
    )
    found = sure([row, ranking_row("B", rank=2)])
    assert page_presenters.doubt_columns(found) == {"age": "Age", "total": "All together", "designs": "Other methods"}
    (told,) = page_presenters.doubt_rows(found, found.ranking.ranked)
    assert [text for text, _ in told["spans"]] == [f"3{DASH}4", f"2{DASH}9", f"1{DASH}8"]
