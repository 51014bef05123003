"""Findings and tables of the folds, on rows built by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from selection.how_sure.presenters import folds as folds_presenters
from selection.how_sure.presenters.all_in import ShareRow
from selection.runs.all_in_figures import DrawnRanks
from selection.runs.rows import RankingRow
from tests.selection.how_sure.all_in import facts, figures, nothing_overdue
from tests.selection.how_sure.built import DASH, ranked, sure
from tests.support.rows import ranking_row


def wide(name: str, low: int | None, high: int | None, **values: Any) -> RankingRow:
    return ranking_row(name[:3].upper(), name, low=low, high=high, **values)


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([wide("Zambia", 1, None)], "no draws were made."),
        ([wide("Zambia", 1, 2)], "the range of Zambia covers 1 place."),
        ([wide("Zambia", 1, 46)], "the range of Zambia covers 45 places."),
        ([wide("Zambia", 1, 46), wide("Togo", 2, 47)], "in the first 20, every range covers 45 places."),
        (
            [wide("Zambia", 1, 46), wide("Togo", 2, 50), wide("Cameroon", 3, 64), wide("Guinea", 3, 64)],
            "in the first 20, the ranges run from 45 places (Zambia) to 61 (Cameroon and Guinea).",
        ),
        (
            [wide("Zambia", 1, 46), *(wide(f"Country {n}", 3, 64) for n in range(4))],
            "in the first 20, the ranges run from 45 places (Zambia) to 61 (4 countries).",
        ),
    ],
)
def test_the_narrowest_and_the_widest_range_are_named(rows: list[RankingRow], finding: str) -> None:
    assert folds_presenters.countries_finding(rows, 20) == finding


def cells(table: Any, row: Any) -> dict[str, Any]:
    return {column.label: column.value(row) for column in table.columns}


def test_a_country_has_its_ranges_and_shares_with_and_without_an_overdue_edition() -> None:
    row = wide("Tanzania", 1, 48, rank=2, p20=0.7961, all_in=figures())
    table = folds_presenters.countries_table(sure([row]), facts(), "?run=3")
    assert [column.value(row) for column in table.columns] == [
        2, "Tanzania", f"1{DASH}48", f"1{DASH}43", "79.6%", "82%", f"1{DASH}32", "86%",
    ]  # fmt: skip
    link = table.columns[1].html
    assert link is not None
    assert link(row) == '<a href="/countries/TAN/?run=3">Tanzania</a>'
    settled = folds_presenters.countries_table(sure([row]), nothing_overdue(), "")
    assert len(settled.columns) == 6


def test_shares_among_the_first_are_one_sentence() -> None:
    rows = [ShareRow("Data", "55%", "73%", "61%", "80%"), ShareRow("Weights", "14%", "27%", "11%", "25%")]
    assert folds_presenters.shares_finding(rows, 20) == (
        "alone, of the differences among the first 20: data 61% and weights 11%."
    )
    assert cells(folds_presenters.shares_table(20), rows[0]) == {
        "What varies": "Data",
        "Alone": "55%",
        "With the others": "73%",
        "Alone, first 20": "61%",
        "With the others, first 20": "80%",
    }


# ---- free weights --------------------------------------------------------------------------------------------------


def weighted(*shares: float) -> Any:
    rows = [ranking_row(f"C{n}", rank=n, all_in=figures(share)) for n, share in enumerate(shares, start=1)]
    return sure(rows)


@pytest.mark.parametrize(
    ("shares", "finding"),
    [
        ((), "no country is in the first 20 in half of all possible weightings."),
        ((0.4999,), "no country is in the first 20 in half of all possible weightings."),
        (
            (0.7999, 0.5, 0.4999),
            "no country is in the first 20 in 80% of all possible weightings; two are in half of them or more.",
        ),
        (
            (0.5, 0.49),
            "no country is in the first 20 in 80% of all possible weightings; one is in half of them or more.",
        ),
        (
            (0.8, 0.6),
            "one country is in the first 20 in 80% of all possible weightings; two are in half of them or more.",
        ),
        (
            (0.9, 0.8, 0.49),
            "two countries are in the first 20 in 80% of all possible weightings, and no other in half of them.",
        ),
    ],
)
def test_countries_are_counted_that_need_no_agreement_on_weights(shares: tuple[float, ...], finding: str) -> None:
    assert folds_presenters.free_finding(weighted(*shares)) == finding


def test_rows_are_sorted_by_their_share_of_weightings() -> None:
    found = weighted(0.2, 0.6, 0.6, 0.4)
    assert [row.code for row in folds_presenters.free_rows(found)] == ["C2", "C3", "C4", "C1"]
    table = folds_presenters.free_table(found, "")
    row = folds_presenters.free_rows(found)[0]
    assert [column.value(row) for column in table.columns] == ["C2", 2, "60%", "61%", "95%"]
    none = ranking_row("TUN", "Tunisia", rank=4, all_in=figures(0.006, None))
    assert [column.value(none) for column in table.columns] == ["Tunisia", 4, "<1%", DASH, DASH]


@pytest.mark.parametrize(("share", "name"), [(0.1, "Jamaica"), (0.0999, "Tanzania")])
def test_the_example_has_the_typical_weights_that_differ_most(share: float, name: str) -> None:
    rows = [
        ranking_row("TZA", "Tanzania", rank=2, all_in=figures(0.62, 0.61)),
        ranking_row("JAM", "Jamaica", rank=54, all_in=figures(share, 0.17)),
        ranking_row("TUN", "Tunisia", rank=60, all_in=figures(0.3, None)),
    ]
    assert folds_presenters.free_example(sure(rows)).startswith(f"{name} is in the first 20 in ")


def test_the_example_is_that_of_the_method() -> None:
    rows = [ranking_row("JAM", "Jamaica", rank=54, all_in=figures(0.19, 0.17))]
    assert folds_presenters.free_example(sure(rows)) == (
        "Jamaica is in the first 20 in 19% of weightings, typically those that give need 17%."
    )
    assert folds_presenters.free_example(sure(ranked(3))) == ""


# ---- choices and tests ---------------------------------------------------------------------------------------------


def test_the_choice_that_moves_ranks_most_is_named() -> None:
    found = sure(choices=(("Need to feasibility", 0.33), ("Mean of the axes", 0.28), ("Child labor", 0.03)))
    finding = "“weights of need to feasibility” moves ranks most, in 33% of the differences between lists."
    assert folds_presenters.choices_finding(found) == finding
    rows = folds_presenters.choice_rows(found)
    assert rows[0] == ("Weights of need to feasibility", "50 to 50; 40 to 60; 60 to 40", "33%")
    assert rows[1] == ("Need and feasibility combined", "geometric; plain average", "28%")
    assert (
        folds_presenters.choices_finding(sure(choices=(("Child labor", 0.0),))) == "no choice of method moves a rank."
    )


def test_the_coverage_on_the_page_is_what_the_test_holds() -> None:
    source = (Path(__file__).parents[3] / folds_presenters.COVERAGE_TEST).read_text(encoding="utf-8")
    low, high = folds_presenters.COVERAGE
    held = re.findall(r"([\d.]+) <= coverage <= ([\d.]+)", source)
    assert held
    assert {(float(a), float(b)) for a, b in held} == {(low, high)}
    assert re.search(rf"\bWORLDS, DRAWS = {folds_presenters.WORLDS}\b", source)
    assert folds_presenters.tested_finding() == (
        "In simulated lists, 87% to 94% of true ranks fall inside the stated range."
    )


def test_drawn_ranks_of_equal_ends_are_one_number() -> None:
    row = wide("Togo", 3, 3, rank=3, p20=1.0, all_in=figures(data_weights=DrawnRanks(3, 3, 3, 1.0, 1.0)))
    values = cells(folds_presenters.countries_table(sure([row]), nothing_overdue(), ""), row)
    assert values["Range, all together"] == "3"
