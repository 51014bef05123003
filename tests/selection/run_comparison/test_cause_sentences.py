"""Sentences on what moved a country, on moves built by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from selection.run_comparison.presenters.causes import CauseText, Why, counted_value
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import RunMove
from selection.run_comparison.queries.data_differences import DataBehind, Edition
from tests.selection.countries.screens import indicator
from tests.selection.run_comparison.built import (
    TABLE,
    change,
    comparison,
    line,
    move,
)
from tests.support.fragments import fragment_text
from tests.support.rows import ranking_row


def cause_text(*moves: RunMove, hidden: frozenset[str] = frozenset(), **data: Any) -> CauseText:
    known: dict[str, Any] = {"observations": {}, "editions": (), "other": (), **data}
    return CauseText(comparison(*moves), DataBehind(**known), hidden)


def others_text(why: Why) -> str:
    return fragment_text("run_comparison/_others.html", why=why, move=why.move)


@pytest.mark.parametrize(
    ("values", "also"),
    [
        ({"points": 0.04, "passed_by": ("B",)}, "Its own score is almost the same. Passed by B."),
        (
            {"points": 0.06, "alone": 0, "passed_by": ("B", "C"), "passes": ("D",)},
            "Its score rose by 0.1 points, which by itself would not have moved it up. Passed by B and C, and "
            "passes D.",
        ),
        ({"points": -0.3, "alone": 0}, "Its score fell by 0.3 points, which by itself would not have moved it down."),
        (
            {"points": -0.3, "alone": -1, "passes": ("D",)},
            "Its score fell by 0.3 points, which by itself would have moved it down 1 place.",
        ),
        (
            {"points": 0.3, "alone": 2, "places": 3, "passes": ("D",), "passed_by": ("B",)},
            "Its score rose by 0.3 points, which by itself would have moved it up 2 places. Moves above D, and is "
            "passed by B.",
        ),
        (
            {"points": 0.3, "alone": 2, "places": 3},
            "Its score rose by 0.3 points, which by itself would have moved it up 2 places.",
        ),
        (
            {"points": 0.0, "passed_by": tuple("BCDEFGHIJ")},
            "Its own score is almost the same. Passed by B, C, D, E, F, G, H, I and J.",
        ),
        (
            {"points": 0.0, "passed_by": tuple("BCDEFGHIJK")},
            "Its own score is almost the same. Passed by B, C, D, E, F, G, H, I and 2 more.",
        ),
    ],
)
def test_movement_by_others_gives_the_effect_of_its_own_score(values: dict[str, Any], also: str) -> None:
    known: dict[str, Any] = {"cause": Cause.OTHERS, "places": -2, "alone": 0}
    found = move("A", 3, 5, **{**known, **values})
    assert others_text(cause_text(found).why(found)) == also


def test_a_rank_in_one_run_only_has_the_reason_of_the_other() -> None:
    lost = RunMove(ranking_row("A", rank=1), ranking_row("A", status="outside_pool", reason="Tier 3."), None, None)
    gained = RunMove(ranking_row("A", status="outside_pool", reason="Tier 3."), ranking_row("A", rank=1), None, None)
    new = RunMove(None, ranking_row("A", rank=1), None, None)
    assert [one.reason for one in (lost, gained, new)] == ["Tier 3.", "Before: Tier 3.", ""]


def test_three_criteria_are_named_and_the_rest_counted() -> None:
    found = [change(key, points=points) for key, points in
             (("births", 3.0), ("marriage", -2.0), ("cpi", 0.07), ("tier", -0.06), ("literacy", 0.04))]  # fmt: skip
    one = move("A", 1, 2, Cause.DATA, *found)
    why = cause_text(one).why(one)
    assert [(reason.label, reason.points) for reason in why.reasons] == [
        ("Births not registered", "+3.0"), ("Child marriage", "\N{MINUS SIGN}2.0"),
        ("Corruption Perceptions Index", "+0.1"),
    ]  # fmt: skip
    assert (why.more, why.cause) == (1, "Other data")
    hidden = cause_text(one, hidden=frozenset({"births", "tier"})).why(one)
    assert (hidden.reasons[0].label, hidden.more) == ("Child marriage", 0)
    decided = RunMove(
        ranking_row("A", rank=1), ranking_row("A", status="provisional"), None, None, deciding=tuple(found[4:])
    )
    (reason,) = cause_text(decided).why(decided).reasons
    assert (reason.label, reason.points) == (TABLE.row("literacy").label, "")


@pytest.mark.parametrize(
    ("before", "after", "cause", "note"),
    [
        (
            line(20.0),
            line(23.0, estimate={"age": 4}),
            Cause.AGE,
            "the same value, one year older, so the trend of past years moves it further: it counts as 23.0%, was "
            "20.0%",
        ),
        (line(20.0), line(20.0, estimate={"age": 5}), Cause.AGE, "the same value, two years older"),
        (
            line(20.0),
            line(23.0, estimate={"age": 2}),
            Cause.AGE,
            "the same value, one year younger, so the trend of past years moves it further: it counts as 23.0%, was "
            "20.0%",
        ),
        (
            line(20.0),
            line(23.0, observations=[2]),
            Cause.AGE,
            "both values were published by both dates; because of their age, a different one counts now, so the "
            "trend of past years moves it further: it counts as 23.0%, was 20.0%",
        ),
        (
            line(20.0),
            line(23.0),
            Cause.FITTED,
            "the same value, adjusted by values of other countries, which changed: it counts as 23.0%, was 20.0%",
        ),
        (line(20.0), line(20.0), Cause.FITTED, "the same value, adjusted by values of other countries, which changed"),
        (
            line(None, "peers", estimate={"peers": ["A", "B"]}),
            line(None, "peers", estimate={"peers": ["B", "A"]}),
            Cause.PEERS,
            "filled from the same peers, whose values changed",
        ),
        (
            line(None, "peers", estimate={"peers": ["A", "B"]}),
            line(None, "peers", estimate={"peers": ["A"]}),
            Cause.PEERS,
            "filled from other peers",
        ),
        (line(None, "peers", estimate={"peers": ["A"]}), line(20.0), Cause.PEERS, ""),
        (line(20.0), line(20.0, nominal_weight=0.08), Cause.DATA, "weight 8.0 of 100, was 7.0"),
        (line(20.0), line(20.0, nominal_weight=0.08), Cause.MODEL, "weight 8.0 of 100, was 7.0"),
        (line(20.0), line(20.0), Cause.MODEL, "counted under a different rule"),
        (line(20.0), line(20.0), Cause.DATA, "carries the weight of a criterion in its group that does not apply"),
        (line(20.0), line(20.0, u=0.6), Cause.DATA, ""),
    ],
)
def test_note_explains_a_value_that_counts_differently(
    before: dict[str, Any], after: dict[str, Any], cause: Cause, note: str
) -> None:
    found = cause_text(observations={})
    assert found.note(TABLE.row("births"), change(cause=cause, before=before, after=after)) == note


def test_a_new_value_is_retracted_not_yet_published_or_revised() -> None:
    def value(pk: int, year: int, batch: int, edition: str = "2025") -> Any:
        return SimpleNamespace(
            pk=pk, batch_id=batch, edition=edition, indicator_id=1, period=str(year), series="", indicator=indicator()
        )

    def note(*values: Any, editions: tuple[Any, ...] = (), **days: Any) -> str:
        rows = {one.pk: one for one in values}
        found = cause_text(observations=rows, editions=editions, days=days.get("days", {}))
        gone, fresh = line(20.0, observations=[1]), line(21.0, observations=[2], u=0.6)
        return found.note(TABLE.row("births"), change(before=gone, after=fresh))

    back = Edition("Bank", "Bank 2025", 5, None, 3, True, 0, 1, 1)
    assert note(value(1, 2018, 5), value(2, 2018, 6), editions=(back,)) == "the earlier value was retracted"
    assert note(value(1, 2018, 6), value(2, 2018, 5, "2026"), editions=(back,)) == "revised for the same year"
    assert note(value(1, 2018, 5), value(2, 2020, 5), days={2: dt.date(2026, 2, 1)}) == (
        "the newer value was not yet published on Dec 31, 2025: counts as published from Feb 1, 2026"
    )
    assert note(value(1, 2018, 5), value(2, 2020, 5)) == "the newer value was not yet published on Dec 31, 2025"
    assert note(value(1, 2018, 5), value(2, 2020, 6)) == ""


@pytest.mark.parametrize(
    ("key", "of", "text"),
    [
        ("births", None, "not counted"),
        ("births", line(None, "peers", estimate={"peers": ["A", "B"]}), "no value, filled from 2 peers as 30.0%"),
        ("tier", line(None, "peers", estimate={"peers": ["A"]}), "no value, filled from 1 peer"),
        ("births", line(None), "no value"),
        ("forms", line(None, ratings=[1]), "as rated"),
        ("forms", line(None), "not rated"),
    ],
)
def test_side_without_a_value_names_what_counted(key: str, of: dict[str, Any] | None, text: str) -> None:
    assert cause_text().lacking(TABLE.row(key), of) == text


def test_a_counted_value_has_the_decimals_of_its_indicator() -> None:
    births = TABLE.row("births")
    assert counted_value(births, line(20.06), indicator(decimals=2)) == "20.06%"
    assert counted_value(births, line(0.0), None) == "0.0%"
    assert (
        counted_value(births, line(None), None)
        == counted_value(births, None, None)
        == counted_value(TABLE.row("tier"), line(), None)
        == ""
    )
