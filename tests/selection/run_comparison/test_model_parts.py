"""Comparison of runs of two versions of the model: parts that add up, and draws compared like with like."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from selection.model_definition.criteria_table import ModelTable
from selection.model_versions.queries.steps import ModelStep, Steps
from selection.models import CountryScore, ModelState, ScoreRun, ScoringModel
from selection.run_comparison.presenters.model_parts import country_steps, unlike_draws
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import Comparison, RunMove, compare
from selection.run_comparison.queries.model_parts import Parts, StepPart, parts_of
from selection.runs.services import compute_screen
from tests.support.fragments import fragment_text
from tests.support.rankings import publish_values, value


def former_table() -> ModelTable:
    return ScoringModel.objects.filter(state=ModelState.SUPERSEDED).order_by("number").last().as_table  # type: ignore[union-attr]


@pytest.fixture
def former(run: ScoreRun) -> ScoreRun:
    """Return a run of the version before, on the same data, as known a day earlier."""
    return compute_screen(actor=None, on=run.reference_date - dt.timedelta(days=1), table=former_table())


def move_of(found: Comparison, code: str) -> RunMove:
    return next(move for move in found.moves if move.row.code == code)


def step(before: dict[str, int], after: dict[str, int], without: dict[str, int] | None = None) -> ModelStep:
    return ModelStep((("criteria", "births"),), (), before, after, without)


def part(before: int, after: int) -> StepPart:
    return StepPart(step({}, {}), before, after, None)


# ---- pure ----------------------------------------------------------------------------------------------------------


def test_the_parts_add_up_with_data_first_and_what_is_left_last() -> None:
    steps = Steps(
        before={"GHA": 7},
        after={"GHA": 12},
        moving=(step({"GHA": 7}, {"GHA": 13}), step({"GHA": 13}, {"GHA": 12}, {"GHA": 14})),
        still=(),
        doubt=(),
    )
    parts = parts_of("GHA", (9, 11), steps)
    assert parts is not None
    assert (parts.data, [one.rise for one in parts.model], parts.rest) == (2, [-6, 1], 1)
    assert parts.data + sum(one.rise for one in parts.model) + parts.rest == parts.total == -2
    assert [one.without for one in parts.model] == [None, 14]


@pytest.mark.parametrize("lacking", ["before", "between", "after"])
def test_a_country_that_a_model_on_the_way_does_not_rank_has_no_parts(lacking: str) -> None:
    start, middle, end = ({} if lacking == name else {"GHA": 3} for name in ("before", "between", "after"))
    steps = Steps(start, end, (step(start, middle), step(middle, end)), (), ())
    assert parts_of("GHA", (3, 3), steps) is None


@pytest.mark.parametrize(
    ("before", "data", "model", "cause"),
    [
        (9, 0, (-10, 1), Cause.MODEL),
        (9, -10, (1,), Cause.AGE),
        (9, -2, (-2,), Cause.MODEL),  # level: the model, which the page explains
        (9, -3, (-2,), Cause.AGE),
        (9, 5, (-6,), Cause.MODEL),  # only parts in the direction of the movement
        (9, 2, (-1,), Cause.AGE),
    ],
)
def test_the_larger_part_in_the_direction_of_the_movement_is_its_cause(
    before: int, data: int, model: tuple[int, ...], cause: Cause
) -> None:
    parts = Parts(before, before - data - sum(model), data, tuple(part(0, -places) for places in model), 0)
    assert parts.main_cause(Cause.AGE) is cause


# ---- on a small pool -----------------------------------------------------------------------------------------------


def test_the_steps_lead_from_the_ranks_of_one_run_to_those_of_the_other(run: ScoreRun, former: ScoreRun) -> None:
    found = compare(former, run)
    steps = found.steps
    assert steps is not None
    for side, ranks in ((found.before, steps.before), (found.after, steps.after)):
        stored = dict(CountryScore.objects.filter(run=side, rank__isnull=False).values_list("country__code", "rank"))
        assert ranks == stored
    chain = [steps.before, *(one.after for one in steps.moving)]
    assert [one.before for one in steps.moving] == chain[:-1]
    assert chain[-1] == steps.after
    assert ("nodes", "feasibility") in {subject for one in (*steps.moving, *steps.still) for subject in one.subjects}
    assert ("criteria", "tier") in {subject for one in steps.still for subject in one.subjects}  # drawn, never ranked


def test_the_parts_of_every_country_add_up_to_its_change_of_rank(run: ScoreRun, former: ScoreRun) -> None:
    found = compare(former, run)
    both = [move for move in found.moves if move.parts is not None]
    assert len(both) == len(found.both) > 20
    for move in both:
        parts = move.parts
        assert parts is not None
        assert move.before is not None
        assert move.after is not None
        assert parts.data == parts.rest == 0, move.row.code
        total = sum(one.rise for one in parts.model)
        assert total == parts.total == (move.before.rank or 0) - (move.after.rank or 0), move.row.code
        assert not move.places or move.cause is Cause.MODEL


def test_other_data_is_a_part_of_its_own(run: ScoreRun, former: ScoreRun, tmp_path: Path) -> None:
    rows = [value("cpi.score", "GHA", "2025", "90", error="2.5"), value("fh.political_rights", "GHA", "2024", "40")]
    publish_values(tmp_path / "later", rows, edition="2026")
    later = compute_screen(actor=None, on=run.reference_date)
    found = compare(former, later)
    assert found.steps is not None
    ghana = move_of(found, "GHA")
    assert ghana.parts is not None
    alone = move_of(compare(former, compute_screen(actor=None, on=run.reference_date, table=former_table())), "GHA")
    assert alone.before is not None
    assert alone.after is not None
    assert ghana.parts.data == (alone.before.rank or 0) - (alone.after.rank or 0) != 0
    assert ghana.parts.rest == 0


def test_runs_of_one_model_have_no_steps(run: ScoreRun) -> None:
    other = compute_screen(actor=None, on=run.reference_date + dt.timedelta(days=1))
    found = compare(run, other)
    assert found.steps is None
    assert not any(move.parts for move in found.moves)


def test_draws_are_compared_like_with_like(run: ScoreRun, former: ScoreRun) -> None:
    """The columns of version 4 are all-in, those of version 3 of data and weights."""
    found = compare(former, run)
    assert not found.has_same_draws
    ghana = move_of(found, "GHA")
    old, new = (CountryScore.objects.get(run=side, country__code="GHA") for side in (former, run))
    inner = new.detail["data_weights"]
    assert (inner["low"], inner["high"], inner["p20"]) != (new.rank_low, new.rank_high, new.p20)
    assert ghana.drawn == ((old.rank_low, old.rank_high, old.p20), (inner["low"], inner["high"], inner["p20"]))
    assert ghana.parts is not None
    answer = country_steps(ghana, ghana.parts, found, [])
    text = fragment_text("run_comparison/_intervals.html", move=ghana, answer=answer)
    assert text.startswith(
        f"In 90% of draws of data and weights: {old.rank_low} to {old.rank_high} by version {former.model_version}, "
        f"{inner['low']} to {inner['high']} by version {run.model_version}. "
    )
    assert f"{new.rank_low} to {new.rank_high}, also varies the method" in text
    names = (f"version {run.model_version}", f"version {former.model_version}")
    assert unlike_draws(found) == names
    assert fragment_text("run_comparison/_unlike_draws.html", unlike_draws=names).startswith(
        f"Draws of {names[0]} vary the method as well as data and weights, those of {names[1]} do not."
    )


def test_draws_of_one_version_are_those_that_pages_show(run: ScoreRun) -> None:
    other = compute_screen(actor=None, on=run.reference_date + dt.timedelta(days=1))
    found = compare(run, other)
    new = CountryScore.objects.get(run=other, country__code="GHA")
    assert found.has_same_draws
    assert unlike_draws(found) is None
    assert move_of(found, "GHA").drawn[1] == (new.rank_low, new.rank_high, new.p20)


def test_the_page_answers_why_one_country_moved(run: ScoreRun, former: ScoreRun, analyst: Client) -> None:
    found = compare(former, run)
    moved = next(move for move in found.moved if move.parts is not None)
    assert moved.parts is not None
    url = f"/runs/compare/?one={former.pk}&other={run.pk}"
    page = analyst.get(f"{url}&country={moved.row.code}").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    verb = "rises" if moved.parts.total > 0 else "falls"
    assert f"{moved.row.name} {verb} from {moved.parts.before} to {moved.parts.after}: " in text
    assert f"Together {moved.parts.before} → {moved.parts.after}" in text
    assert "In 90% of draws of data and weights" in text
    whole = " ".join(re.sub(r"<[^>]+>", " ", analyst.get(url).content.decode()).split())
    assert "What the model changes, step by step" in whole
    assert "movements mix changes" not in whole


# ---- on all facts --------------------------------------------------------------------------------------------------


@pytest.mark.world("newcomer")
def test_ghana_falls_from_9_to_18_because_both_its_surveys_count(newcomer: ScoreRun, client: Client) -> None:
    former = ScoreRun.objects.filter(model_version="3").earliest("pk")
    found = compare(former, newcomer)
    ghana = move_of(found, "GHA")
    assert ghana.parts is not None
    assert (ghana.parts.before, ghana.parts.after, ghana.parts.data, ghana.parts.rest) == (9, 18, 0, 0)
    first = ghana.parts.felt[0]
    assert (first.step.subjects, first.without) == ((("criteria", "child_labour"),), 8)
    assert first.rise <= -9
    assert ghana.cause is Cause.MODEL
