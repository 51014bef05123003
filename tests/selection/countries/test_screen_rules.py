"""Axes, gaps, and failed rules of a country's part of a run, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.countries.queries.printed import printed_points
from selection.countries.queries.screen import Axis, _axis, _lacks
from tests.selection.countries.screens import PEERS, TABLE, estimate, line, screen
from tests.support.rows import ranking, ranking_row

ROWS = [
    ranking_row(code, rank=n, need=need) for n, (code, need) in enumerate((("A", 30.0), ("B", 20.0), ("C", None)), 1)
]


@pytest.mark.parametrize(("value", "rank"), [(30.1, 1), (30.0, 1), (29.9, 2), (20.0, 2), (19.9, 3), (None, None)])
def test_a_place_on_an_axis_counts_those_with_more(value: float | None, rank: int | None) -> None:
    assert _axis(ranking(ROWS), "need", value, None) == Axis(value, (30.0, 20.0), 25.0, rank)
    assert _axis(ranking(), "need", value, (1.0, 2.0)).median is None


@pytest.mark.parametrize(
    ("ages", "lacks"),
    [
        (
            {
                "prevalence": 40,
                "child_labour": 15,
                "births": 15,
                "political_rights": 4,
                "civil_liberties": 4,
                "cpi": 4,
                "tier": 9,
            },
            (),
        ),
        (
            {
                "prevalence": 40,
                "child_labour": 16,
                "marriage": 16,
                "political_rights": 5,
                "civil_liberties": 4,
                "cpi": 4,
                "tier": 9,
            },
            ("E2", "E3", "E4"),
        ),
        ({"prevalence": None, "child_labour": 0}, ("E1", "E3", "E4", "E5")),
        ({}, ("E1", "E2", "E3", "E4", "E5")),
    ],
)
def test_a_rule_of_evidence_is_met_up_to_its_age(ages: dict[str, int | None], lacks: tuple[str, ...]) -> None:
    assert _lacks(TABLE, {key: line(key, estimate(age=age)) for key, age in ages.items()}) == lacks


def test_gaps_are_those_of_counted_criteria_by_weight() -> None:
    lines: list[dict[str, Any]] = [
        line("births", estimate(PEERS)),
        line("prevalence", estimate(PEERS)),
        line("detected", estimate(PEERS), nominal_weight=0.0),
        line("marriage", estimate("x"), state="bridged"),
        line("child_labour", estimate("x"), state="bridged"),
        {"key": "gni", "nominal_weight": 0.1},
    ]
    found = screen(lines=lines)
    assert [row.key for row in found.filled] == ["prevalence", "births"]
    assert [row.key for row in found.bridged] == ["child_labour", "marriage"]
    assert set(found.lines) == {"births", "prevalence", "marriage", "child_labour"}
    assert (found.first, found.short) == (20, 10)


def test_printed_points_add_up_to_the_printed_total_on_every_level() -> None:
    points = {"prevalence": 10.04, "child_labour": 10.04, "births": 0.04, "tier": 5.55, "cpi": 4.33}
    printed = printed_points(points, TABLE, 30.0)
    assert round(printed["need"] + printed["feasibility"], 1) == 30.0
    assert round(printed["prevalence"] + printed["child_labour"] + printed["births"], 1) == printed["need"]
    assert round(printed["political_will"] + printed["governance"], 1) == printed["feasibility"]
    assert (printed["tier"], printed["cpi"]) == (printed["political_will"], printed["governance"])
    assert printed["need"] == 20.1
    assert "commitment" not in printed
