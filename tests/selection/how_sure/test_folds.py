"""Findings and tables of the folds, on rows built by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from selection.how_sure.presenters import folds as folds_presenters
from selection.how_sure.presenters.all_in import ShareRow
from selection.how_sure.queries.findings import HowSure
from selection.model_definition.method_tests import COVERAGE, COVERAGE_BOUNDS, TESTS, WORLDS, coverage_of
from selection.runs.all_in_figures import DrawnRanks
from selection.runs.rows import RankingRow
from tests.selection.how_sure.all_in import facts, figures, nothing_overdue
from tests.selection.how_sure.built import DASH, ranked, sure
from tests.support.fragments import fragment_text
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
    ends = folds_presenters.countries_facts(rows)
    assert fragment_text("how_sure/_countries_finding.html", ends=ends, first=20) == finding


def cells(table: Any, row: Any) -> dict[str, Any]:
    return {column.label: column.value(row) for column in table.columns}


def test_country_has_ranges_with_and_without_an_overdue_edition() -> None:
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
    assert fragment_text("how_sure/_shares_finding.html", shares=rows, first=20) == (
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
        ((0.4949,), "no country is in the first 20 in half of all possible weightings."),
        (
            (0.7949, 0.5, 0.4949),
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
    free = folds_presenters.free_facts(weighted(*shares))
    assert fragment_text("how_sure/_free_finding.html", free=free, first=20) == finding


def test_rows_are_sorted_by_their_share_of_weightings() -> None:
    found = weighted(0.2, 0.6, 0.6, 0.4)
    assert [row.code for row in folds_presenters.free_rows(found)] == ["C2", "C3", "C4", "C1"]
    table = folds_presenters.free_table(found, "")
    row = folds_presenters.free_rows(found)[0]
    assert [column.value(row) for column in table.columns] == ["C2", 2, "60%", "61%", "95%"]
    none = ranking_row("TUN", "Tunisia", rank=4, all_in=figures(0.006, None))
    assert [column.value(none) for column in table.columns] == ["Tunisia", 4, "<1%", DASH, DASH]


def example(found: HowSure) -> str:
    return fragment_text("how_sure/_free_example.html", free=folds_presenters.free_facts(found), first=20)


@pytest.mark.parametrize(("share", "name"), [(0.1, "Jamaica"), (0.0999, "Tanzania")])
def test_the_example_has_the_typical_weights_that_differ_most(share: float, name: str) -> None:
    rows = [
        ranking_row("TZA", "Tanzania", rank=2, all_in=figures(0.62, 0.61)),
        ranking_row("JAM", "Jamaica", rank=54, all_in=figures(share, 0.17)),
        ranking_row("TUN", "Tunisia", rank=60, all_in=figures(0.3, None)),
    ]
    assert example(sure(rows)).startswith(f"{name} is in the first 20 in ")


def test_the_example_is_that_of_the_method() -> None:
    rows = [ranking_row("JAM", "Jamaica", rank=54, all_in=figures(0.19, 0.17))]
    assert example(sure(rows)) == (
        "Jamaica is in the first 20 in 19% of weightings, typically those that give need 17%."
    )
    assert folds_presenters.free_facts(sure(ranked(3)))["example"] is None


# ---- choices and tests ---------------------------------------------------------------------------------------------


def test_the_choice_that_moves_ranks_most_is_named() -> None:
    found = sure(choices=(("Need to feasibility", 0.33), ("Mean of the axes", 0.28), ("Child labor", 0.03)))
    lists = f"{found.ranking.designs:,} lists"
    finding = (
        f"“weights of need to feasibility” explains the largest part of the differences between the {lists} (33%)."
    )
    assert folds_presenters.choices_finding(found) == finding
    rows = folds_presenters.choice_rows(found)
    assert rows[0] == ("Weights of need to feasibility", "50 to 50; 40 to 60; 60 to 40", "33%")
    assert rows[1] == ("Need and feasibility combined", "geometric; plain average", "28%")
    assert (
        folds_presenters.choices_finding(sure(choices=(("Child labor", 0.0),))) == "no choice of method moves a rank."
    )


COVERAGE_TEST = Path(__file__).parents[1] / "method" / "test_method_coverage.py"


def test_page_coverage_is_measured_and_within_the_tested_bounds() -> None:
    source = COVERAGE_TEST.read_text(encoding="utf-8")
    measured = coverage_of("desk", "4", "desk")
    assert measured is not None
    held = re.findall(r"([\d.]+) <= worlds.held.mean\(\) <= ([\d.]+)", source)
    assert [(float(a), float(b)) for a, b in held] == [COVERAGE_BOUNDS]
    assert re.search(rf"^WORLDS, .* = {measured.worlds}, ", source, re.MULTILINE)
    expected = dict(re.findall(r"^    (True|False): \(([\d.]+),", source, re.MULTILINE))
    assert {name: float(share) for name, share in expected.items()} == {
        "False": measured.as_stated,
        "True": measured.tiers_drawn,
    }


@pytest.mark.parametrize("version", ["3", "4"])
def test_the_method_page_states_the_same_coverage(version: str) -> None:
    measured = COVERAGE[version]
    (text,) = [test.found for test in TESTS[version] if test.question == WORLDS]
    assert f"In {100 * measured.as_stated:.1f}% of cases over {measured.worlds} worlds" in text
    assert measured.tiers_drawn is None or f"{100 * measured.tiers_drawn:.1f}% with tiers drawn" in text


@pytest.mark.parametrize(
    ("version", "finding"),
    [
        (
            "4",
            "in simulated lists, 90.5% of true ranks are inside their 90% range if tiers are fixed, 90.9% if they are "
            "drawn.",
        ),
        ("3", "in simulated lists, 91.1% of true ranks are inside their 90% range."),
        ("5", "not for this version of the model."),
    ],
)
def test_page_states_the_measured_coverage_not_its_test_bounds(version: str, finding: str) -> None:
    tested = folds_presenters.tested_facts(coverage_of("desk", version, "desk"))
    assert fragment_text("how_sure/_tested_finding.html", tested=tested) == finding
    assert coverage_of("other", version, "desk") is None


def test_how_the_test_is_done_and_when_it_fails() -> None:
    tested = folds_presenters.tested_facts(coverage_of("desk", "4", "desk"))
    text = fragment_text("how_sure/_tested_how.html", tested=tested)
    assert text.startswith("A test simulates 40 lists whose true values are known, ")
    assert "It fails if fewer than 89% or more than 93% are inside." in text
    assert fragment_text("how_sure/_tested_how.html", tested=None) == ""


def test_drawn_ranks_of_equal_ends_are_one_number() -> None:
    row = wide("Togo", 3, 3, rank=3, p20=1.0, all_in=figures(data_weights=DrawnRanks(3, 3, 3, 1.0, 1.0)))
    values = cells(folds_presenters.countries_table(sure([row]), nothing_overdue(), ""), row)
    assert values["Range, all together"] == "3"
