"""Row of figures below the verdict on a country, on rows built by hand."""

from __future__ import annotations

from typing import Any

from selection.countries.presenters.verdict import facts
from tests.selection.countries.screens import PEERS, estimate, line, screen

FILLED = line("prevalence", estimate(PEERS, age=None, best=None))
BRIDGED = line("child_labour", estimate("activity", age=None), state="bridged")
BIRTHS = line("births", estimate(age=8))
PROVISIONAL: dict[str, Any] = {"status": "provisional", "rank": None, "place": 40, "lacks": ("E2",)}
OUT: dict[str, Any] = {"status": "outside_pool", "rank": None, "reason_code": "high_income"}


def figures(**values: Any) -> list[tuple[str, str, str]]:
    return [(fact.term, fact.value, fact.note) for fact in facts(screen(**values))]


def test_a_ranked_country_has_rank_chance_region_and_gaps() -> None:
    known = {"designs": 0.8, "p10": 0.31, "p20": 0.62, "region": "Africa", "region_rank": 2}
    assert figures(**known, lines=[BIRTHS, FILLED, BRIDGED]) == [
        ("Rank in the pool", "9 of 80", "5 to 14 in 90% of draws"),
        ("In the first 20", "62%", "of draws"),
        ("In its region", "2", "Africa"),
        ("Missing values", "1 of 3", "filled from peers; 1 estimated from another series"),
    ]
    assert figures(lines=[BIRTHS], rank_low=None, rank_high=None, p20=None) == [
        ("Rank in the pool", "9 of 80", ""),
        ("In the first 20", "\N{EN DASH}", "this run has no draws"),
        ("Missing values", "None", "of 1"),
    ]
    assert figures(p10=0.5)[1][2] == figures(designs=0.5)[1][2] == "this run has no draws"


def test_provisional_country_shows_its_possible_rank_and_best_and_worst_case() -> None:
    assert figures(**PROVISIONAL, detail={"best": 3, "worst": 70}) == [
        ("Would rank", "40", "5 to 14 in 90% of draws"),
        ("In the first 20", "97%", "of draws; it has no rank"),
        ("Best and worst case", "3 to 70", "if every uncertain value were so"),
        ("Missing values", "None", "of 0"),
    ]
    assert figures(**PROVISIONAL)[2][1] == "\N{EN DASH}"


def test_other_countries_have_no_rank_and_perhaps_a_place() -> None:
    found = figures(**OUT, place=3)
    assert found[:2] == [("Rank", "None", "not compared"), ("Would rank", "3", "among 80")]
    assert [term for term, *_ in figures(**OUT, place=None)] == ["Rank", "Missing values"]
