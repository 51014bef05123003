"""Sentences on the room of weights and the ways to rank, built by hand."""

from __future__ import annotations

import dataclasses
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from selection.how_sure.presenters import weights as weights_presenters
from selection.how_sure.queries.findings import HowSure, Way, WeightSlack, WorkStep
from tests.selection.how_sure.built import DASH, ranked, sure
from tests.support.rows import ranking_row

PERU, TOGO, MALI = (ranking_row(code, name, rank=rank) for code, name, rank in
                    (("PER", "Peru", 21), ("TGO", "Togo", 20), ("MLI", "Mali", 19)))  # fmt: skip
SWAP = WorkStep(0.4, (TOGO,), (PERU,))


def weight(key: str = "births", low: float = 0.2, high: float = 0.6, **values: Any) -> WeightSlack:
    known: dict[str, Any] = {
        "label": "Births, all", "group": "Need", "now": 0.4, "below": SWAP, "above": None,
        "ranges": {100: (low, high), 90: (0.1, 0.7), 75: (0.0, 1.0)},
    }  # fmt: skip
    return WeightSlack(key=key, **{**known, **values})


AXES = (
    weight("need", 0.48, 0.55, label="Need", group=""),
    weight("feasibility", 0.45, 0.52, label="Feasibility", group=""),
)


@pytest.mark.parametrize(
    ("weights", "finding"),
    [
        ((weight(),), "Births, all has the least room: below 20% or above 60%, the first 20 change."),
        ((weight(low=0.0),), "Births, all has the least room: above 60%, the first 20 change."),
        ((weight(high=1.0),), "Births, all has the least room: below 20%, the first 20 change."),
        ((weight(low=0.0, high=1.0),), "No single weight changes the first 20, whatever its share."),
        ((weight(low=0.4, high=0.405),), "Births, all has the least room: any change to it changes the first 20."),
        (
            (*reversed(AXES), weight()),
            "The split between need and feasibility has the least room: with need below 48% or above 55%, the first "
            "20 change.",
        ),
        ((weight(), *AXES), "Births, all has the least room: below 20% or above 60%, the first 20 change."),
    ],
)
def test_the_weight_with_the_least_room_is_named(weights: tuple[WeightSlack, ...], finding: str) -> None:
    chart = weights_presenters.tornado(sure(ranked(1), weights=weights))
    assert chart is not None
    assert chart.finding == finding
    assert weights_presenters.tornado(sure(weights=weights)) is None
    assert weights_presenters.tornado(sure(ranked(1))) is None


@pytest.mark.parametrize(
    ("values", "below", "above"),
    [
        ({}, "Under 20%: Peru for Togo", "No change"),
        ({"below": None, "above": WorkStep(0.7, (), (PERU,))}, "No change", "Over 60%: Peru too"),
        ({"below": WorkStep(0.1, (TOGO, MALI), ())}, "Under 20%: without Togo and Mali", "No change"),
    ],
)
def test_a_weight_has_its_ranges_and_what_changes_outside(values: dict[str, Any], below: str, above: str) -> None:
    (row,) = weights_presenters.weight_rows(sure(weights=(weight(**values),)))
    assert (row.label, row.now, row.every, row.most, row.few) == (
        "Births, of need", "40%", f"20{DASH}60%", f"10{DASH}70%", f"0{DASH}100%",
    )  # fmt: skip
    assert (row.below, row.above) == (below, above)


@pytest.mark.parametrize(("count", "stay"), [(20, (20, 18, 15)), (10, (10, 9, 8)), (1, (1, 1, 1)), (21, (20, 18, 15))])
def test_shares_of_the_first_are_rounded_up(count: int, stay: tuple[int, int, int]) -> None:
    assert weights_presenters.stay_counts(sure(ranked(count))) == stay


def told(found: HowSure) -> list[str]:
    """Return the findings on weights, ways, and choices, each as a sentence in bold and the text after it."""
    context = {"facts": weights_presenters.weight_facts(found), "first": 20, "designs": found.ranking.designs}
    html = render_to_string("selection/how_sure/_weight_findings.html", context)
    return [" ".join(unescape(strip_tags(part)).split()) for part in html.split("</p>")[:-1]]


FREE, NONE, HELD = weight(low=0.0, high=1.0), weight(low=0.0), weight(low=0.1)


@pytest.mark.parametrize(
    ("weights", "bold", "rest"),
    [
        ((FREE, NONE), "Some weights make no difference here.", "The first 20 stay the same at any share of births."),
        ((NONE,), "One weight can go to zero", "without changing the first 20: births."),
        (
            (NONE, HELD, NONE),
            "Two weights, each alone, can go to zero",
            "without changing the first 20: births and births.",
        ),
        ((HELD,), "No weight can go to zero", "without changing the first 20."),
    ],
)
def test_weights_that_make_no_difference(weights: tuple[WeightSlack, ...], bold: str, rest: str) -> None:
    silent = tuple(dataclasses.replace(one, below=None) for one in weights)
    assert told(sure(weights=silent)) == [f"{bold} {rest}"]


def test_who_drops_out_most_often_and_who_would_enter() -> None:
    steps = [(SWAP, WorkStep(0.7, (TOGO, MALI), (MALI,))), (WorkStep(0.1, (MALI,), (PERU,)), None)]
    weights = tuple(weight(low=0.1, below=below, above=above) for below, above in steps)
    assert told(sure(weights=weights))[0] == (
        "Mali drops out most often. Its rank is 19. Moving one weight at a time until the first 20 change results in "
        "3 changes; it drops out in 2 of them. Mali or Peru would enter."
    )
    one = (weight(low=0.1, below=WorkStep(0.1, (TOGO,), ())),)
    assert told(sure(weights=one))[0].endswith("drops out in 1 of them.")


WAYS = (Way("", ""), Way("Axes", "as they are"), Way("Axes", "x"), Way("Tier 1", "arithmetic"))


def test_ways_are_headed_by_choice_and_counted() -> None:
    rows = [
        ranking_row("A", rank=1, singles=(1, 2, 20, 3), designs=0.896),
        ranking_row("B", rank=2, singles=(2, 1, 21, 4), designs=1.0),
        ranking_row("C", rank=3, singles=(3,)),
    ]
    found = sure(rows, ways=WAYS)
    assert weights_presenters.way_heads(found) == [("Scores of need and feasibility", 2), ("Tier 1", 1)]
    assert weights_presenters.way_options(found) == ["not stretched to one range", "x", "plain average"]
    listed = weights_presenters.way_rows(found, rows)
    assert [(row["row"].code, [inside for _, inside in row["ranks"]], row["share"]) for row in listed] == [
        ("A", [True] * 4, "89.6%"),
        ("B", [True, True, False, True], "100%"),
    ]
    assert "One country is in the first 20 in each of the 4 ways below: A." in told(found)
    assert "No countries are in the first 20 in each of the 4 ways below." in told(sure(rows[1:2], ways=WAYS))


def test_choices_of_method_are_named_by_their_share() -> None:
    choices = (("Axes", 0.4), ("Tier 1", 0.2), ("Bridge", 0.1), ("Scale", 0.05), ("None", 0.0))
    assert told(sure(choices=choices))[-1].startswith(
        "Of the choices of method, “scores of need and feasibility” changes ranks most. "
        "It plays a part in 40% of the differences between the 1,152 lists, “tier 1” in 20% and “bridge” in 10%. "
    )
    assert told(sure(choices=(("None", 0.0),))) == ["No weight can go to zero without changing the first 20."]
