"""Sentences on two rankings side by side, on moves built by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from selection.pool_rules.policy import REASONS, Reason
from selection.run_comparison.presenters import page as page_presenters
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.run_comparison.queries.data_differences import DataBehind
from selection.run_comparison.queries.pool_differences import PoolBetween
from selection.run_comparison.queries.time_alone import PoolMove, TimeAlone, TimeMove
from selection.runs.rows import RankingRow, Weak
from tests.selection.run_comparison.built import (
    AFTER,
    BEFORE,
    SAME,
    change,
    comparison,
    move,
    run,
)
from tests.support.fragments import fragment_text
from tests.support.rows import ranking_row

# ---- the verdict ---------------------------------------------------------------------------------------------------


def verdict_text(found: Comparison, pool: PoolBetween = SAME) -> str:
    moves = page_presenters.lists(found)
    verdict = page_presenters.verdict(found, moves, pool)
    return fragment_text("run_comparison/_verdict.html", verdict=verdict, comparison=found, moves=moves)


BIRTHS = change()


@pytest.mark.parametrize(
    ("moves", "bold"),
    [
        ([move("A", 1, 1), move("B", 2, 2)], "The two rankings are the same."),
        (
            [move("A", 1, 1), move("B", 2, 3, Cause.DATA, BIRTHS), move("C", 3, 2, Cause.DATA, BIRTHS)],
            "1 country enters the first 2 and 1 leaves it. Main cause of both movements: other data, mostly Births "
            "not registered (in 2).",
        ),
        (
            [move("A", 1, 1), move("B", 2, 3, Cause.DATA, BIRTHS), move("C", 3, 2, Cause.OTHERS, BIRTHS)],
            "1 country enters the first 2 and 1 leaves it. Main cause of 1 of these 2 movements: other data, mostly "
            "Births not registered (in 1).",
        ),
        ([move("A", 1, None, Cause.POOL)], "1 country leaves the first 2. Main cause of the movement: another pool."),
        ([move("A", 1, None), move("B", 2, None)], "2 countries leave the first 2."),
        (
            [move("A", None, 1, Cause.AGE), move("B", None, 2, Cause.AGE)],
            "2 countries enter the first 2. Main cause of both movements: the same values, older.",
        ),
        (
            [move("A", 1, 2, Cause.OTHERS), move("B", 2, 1, Cause.OTHERS)],
            "The first 2 are the same countries in a different order.",
        ),
    ],
)
def test_the_verdict_counts_who_crosses_the_line_and_names_the_main_cause(moves: list[RunMove], bold: str) -> None:
    assert verdict_text(comparison(*moves)).startswith(bold)


def test_a_criterion_is_named_only_if_it_moves_more_than_half() -> None:
    marriage = change("marriage")
    half = [move("B", 2, 3, Cause.DATA, BIRTHS), move("C", 3, 2, Cause.DATA, marriage)]
    assert "Main cause of both movements: other data. " in verdict_text(comparison(*half))
    rated = [move("B", 2, 3, Cause.DATA, change("forms")), move("C", 3, 2, Cause.DATA, change("forms"))]
    assert "Main cause of both movements: other data. " in verdict_text(comparison(*rated))


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        ([move("A", None, None)], "No country is ranked by both runs."),
        ([move("A", 1, 1)], ""),
        (
            [move("A", 1, 2), move("B", 2, 1)],
            "2 movements in all: 2 change place among the 2 ranked by both, 0 of them by five places or more.",
        ),
        (
            [move("A", 1, 6), move("B", 2, 2)],
            "1 movement in all: 1 changes place among the 2 ranked by both, 1 of them by five places or more.",
        ),
        (
            [move("A", 1, None), move("B", None, 2), move("C", None, 3)],
            "3 movements in all: 1 loses a rank; 2 gain a rank.",
        ),
        (
            [move("A", 1, None), move("B", 2, None), move("C", None, 3)],
            "3 movements in all: 2 lose a rank; 1 gains a rank.",
        ),
        (
            [move("A", 5, 9), move("B", 9, 4), move("C", 3, 3)],
            "2 movements in all: 2 change place among the 3 ranked by both, 1 of them by five places or more.",
        ),
    ],
)
def test_movements_are_counted_by_kind(moves: list[RunMove], text: str) -> None:
    assert fragment_text("run_comparison/_movement_counts.html", comparison=comparison(*moves)) == text


LATER = run(2, dt.date(2025, 12, 31))
AGES = " The age of a value is counted up to 2026 in the later ranking, up to 2025 in the earlier one."
POOLS = PoolBetween(partners=((), ("Ghana",)))


@pytest.mark.parametrize(
    ("found", "pool", "text"),
    [
        (comparison(), SAME, "Only time passed: the data, the model, and the decisions on the pool are the same."),
        (comparison(after=LATER), SAME, "The data, model, pool, and date are the same."),
        (
            comparison(move("A", 1, 2, Cause.DATA, BIRTHS)),
            SAME,
            f"The data differ; the decisions on the pool and the model are the same.{AGES}",
        ),
        (
            comparison(move("A", 1, 2, Cause.AGE, change(cause=Cause.AGE)), after=LATER),
            POOLS,
            "The decisions on the pool differ; the data and the model are the same.",
        ),
        (
            comparison(after=LATER, model=("x",)),
            SAME,
            "The model differs; the data and the decisions on the pool are the same.",
        ),
        (
            comparison(after=LATER, engine=True),
            SAME,
            "The engine differs; the data, the decisions on the pool and the model are the same.",
        ),
        (
            comparison(move("A", 1, 2, Cause.DATA, BIRTHS), after=LATER),
            POOLS,
            "The data and the decisions on the pool differ; the model is the same.",
        ),
        (
            comparison(move("A", 1, 2, Cause.DATA, BIRTHS), after=LATER, model=("x",)),
            SAME,
            "The data and the model differ; the decisions on the pool are the same.",
        ),
        (
            comparison(move("A", 1, 2, Cause.DATA, BIRTHS), after=LATER, model=("x",)),
            POOLS,
            "The data, the decisions on the pool and the model differ.",
        ),
        (
            comparison(after=LATER, one_stage=False),
            SAME,
            "The stage differs; the data, the decisions on the pool and the model are the same.",
        ),
    ],
)
def test_what_differs_and_what_is_the_same(found: Comparison, pool: PoolBetween, text: str) -> None:
    different, same = page_presenters.differing(found, pool)
    given = {"comparison": found, "different": different, "same": same}
    assert fragment_text("run_comparison/_differing.html", **given) == text.strip()


def test_sides_are_named_by_day_or_by_run() -> None:
    assert page_presenters.sides(comparison()) == ("Dec 31, 2025", "Mar 1, 2026")
    assert page_presenters.sides(comparison(after=LATER)) == ("Run 1", "Run 2")


def test_unlike_rankings_are_warned_about() -> None:
    newer = run(
        2, AFTER.reference_date, model_version="4", engine_version="3.0.0", get_stage_display=lambda: "Full score"
    )
    assert comparison(after=newer).unlike == []
    found = comparison(after=newer, one_stage=False, model=("x",), engine=True)
    assert fragment_text("run_comparison/_warnings.html", comparison=found) == (
        "Read this first. Run 1 is a desk screen and run 2 a full score: they score different countries on different "
        "criteria. Run 1 is by shipped 3 and run 2 by shipped 4: movements mix changes from the data with changes from "
        "the model. Run 1 was computed by engine 2.1.0, run 2 by 3.0.0: the same data can result in different scores."
    )


@pytest.mark.parametrize(
    ("before", "after", "one_stage", "why"),
    [
        (
            ranking_row("A", rank=1),
            ranking_row("A", status="outside_pool", reason_code="tier3"),
            True,
            "Now outside the pool: TIER.",
        ),
        (
            ranking_row("A", status="provisional", reason_code="E2"),
            ranking_row("A", rank=1),
            True,
            "Was provisional. No recent value: child labor.",
        ),
        (ranking_row("A", rank=1), ranking_row("A", status="not_rankable"), True, "Now not rankable."),
        (None, ranking_row("A", rank=1), True, "Not in that run."),
        (ranking_row("A", rank=1), None, False, "Only the round's candidates are scored."),
        (ranking_row("A", rank=1), ranking_row("A", rank=2), True, ""),
    ],
)
def test_a_gained_or_lost_rank_has_a_reason(
    before: RankingRow | None, after: RankingRow | None, one_stage: bool, why: str
) -> None:
    (row,) = page_presenters.lists(comparison(RunMove(before, after, None, None), one_stage=one_stage)).rows
    assert row.why == why.replace("TIER", REASONS[Reason.TIER3].label)
    assert row.href == "/countries/A/?run=2"


def test_each_aspect_has_the_movements_that_it_mainly_causes() -> None:
    filled = ranking_row("F", rank=3, weak=Weak(filled=("births", "marriage")))
    found = comparison(
        move("A", 1, 2, Cause.PEERS),
        move("B", 2, 3, Cause.FITTED),
        move("C", 3, 4, Cause.OTHERS),
        RunMove(filled, ranking_row("F", rank=3, weak=Weak(filled=("births",))), 0, 0.0),
    )
    pool = PoolBetween((("Old rule",), ()), ((), ("Ghana",)), (("Nepal", "Senegal"), ()), (80, 1))
    data = DataBehind({}, (), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_presenters, "describe_report", lambda run, table: "")
        rows = page_presenters.differences(found, data, pool)
    assert [(row.what, row.before, row.after, row.effect) for row in rows] == [
        (
            "Other data",
            "Published by Dec 31, 2025, loaded by publication no. 10",
            "Published by Mar 1, 2026, loaded by publication no. 20",
            "The same",
        ),
        ("The same values, older", "Age counted up to 2025", "Age counted up to 2026", "Main cause of no movement"),
        (
            "Values of other countries",
            "2 values of ranked countries filled from peers",
            "1 values of ranked countries filled from peers",
            "Main cause of 2 of 3 movements",
        ),
        ("Others moved", page_presenters.OTHERS_MOVED, "", "Main cause of 1 of 3 movements"),
        (
            "Another pool",
            "80 countries in the pool. Admitted here but not in the other ranking: Nepal and Senegal. Rule of this "
            "ranking only: Old rule",
            "1 country in the pool. Partnerships in force on this date but not on the other: Ghana.",
            "Main cause of no movement",
        ),
        ("Another model", "shipped 3", "shipped 3", "The same"),
    ]
    assert page_presenters._pool(SAME, 0) == page_presenters._pool(SAME, 1) == "The same"


@pytest.mark.parametrize(
    ("ranks", "finding"),
    [
        ([(1, 1), (2, 2)], "2 of the first 2 are in it in both."),
        ([(1, 1), (2, 3), (3, 2)], "1 of the first 2 is in it in both."),
        ([(1, 3), (2, 4), (3, 1), (4, 2)], "None of the first 2 are in it in both."),
        ([(1, None), (2, 2)], "1 of the first 2 is in it in both."),
    ],
)
def test_the_picture_counts_who_stays(ranks: list[tuple[int | None, int | None]], finding: str) -> None:
    found = comparison(*(move(f"C{n}", before, after) for n, (before, after) in enumerate(ranks)))
    assert page_presenters.picture(found, page_presenters.lists(found)).finding == finding


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("Togo", "ranked", "provisional", "No value."), "Togo is provisional, was ranked: No value."),
        (("Togo", "ranked", "outside the pool", ""), "Togo is outside the pool, was ranked."),
        (
            ("Togo", "outside the pool", "outside the pool", "Tier 3."),
            "Togo is outside the pool, for a different reason than before: Tier 3.",
        ),
    ],
)
def test_a_country_that_another_day_puts_elsewhere(values: tuple[str, str, str, str], text: str) -> None:
    assert fragment_text("run_comparison/_pool_move.html", move=PoolMove(*values)) == text


@pytest.mark.parametrize(
    ("criterion", "is_age", "text"),
    [
        ("", False, "A 2 to 1. Its own values are the same; other countries moved."),
        ("Births", True, "A 2 to 1. Births: the value is older, so the trend moves it further."),
        ("Births", False, "A 2 to 1. Births: the pool or the similar countries are different."),
    ],
)
def test_a_rank_that_time_alone_moved_has_a_reason(criterion: str, is_age: bool, text: str) -> None:
    time = TimeAlone(BEFORE, AFTER, 0, 0, (), (TimeMove(move("A", 2, 1), criterion, is_age),))
    assert fragment_text("run_comparison/_time_alone.html", time=time).endswith(text)
