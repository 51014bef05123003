"""Every kind of run, under several versions of the model, replays bit for bit after any later events."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from indicators.models import Country, Observation
from selection.model_definition.criteria_table import DEFAULT, ModelTable, read
from selection.model_definition.editing import find, with_row
from selection.model_versions.services import versions as versions_services
from selection.models import ScoreRun, ScoringModel
from selection.reference_data import FORMER_MODELS
from selection.rounds import services as rounds_services
from selection.runs import services as runs_services
from selection.runs.presenters import describe_report
from selection.scoring import ENGINE_VERSION, score
from selection.scoring_inputs.question import Beside
from tests.support.rankings import publish_values, value
from tests.support.replaying import decisions_go_on, differences, runs, time_goes_on
from tests.support.rounds import ON, Office
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db

FORMER = "2.1.0"
"""The engine before the current one."""


def by_former_engine(monkeypatch: pytest.MonkeyPatch, table: ModelTable) -> ScoreRun:
    """Compute the desk screen as the release before stored it."""
    with monkeypatch.context() as earlier:
        earlier.setattr("selection.runs.services.ENGINE_VERSION", FORMER)
        earlier.setattr("selection.runs.services.score", partial(score, version=FORMER))
        return runs_services.compute_screen(actor=None, on=ON, table=table)


def reweighed(office: Office, model: ScoringModel) -> ScoringModel:
    """Publish the next version of a model, in which prosecution has more weight.

    One person drafts it and another publishes it.
    """
    draft = versions_services.clone_model(model=model, note="Prosecution weighs more.", actor=office.analyst)
    row = find(draft.table, "criteria", "prosecution")
    heavier = with_row("criteria", "prosecution", {**row, "weight": row["weight"] + 1})
    draft = versions_services.edit_model(
        model=draft, change=heavier, actor=office.analyst, expected_revision=draft.current_revision()
    )
    return versions_services.publish_model(model=draft, actor=office.approver)


def test_screens_and_full_scores_replay_after_all_later_events(office: Office, tmp_path: Path) -> None:
    first_round = office.scored()
    ghana = office.candidate(first_round)
    office.rate(ghana, step=3)
    rounds_services.score_round(selection_round=first_round, actor=office.analyst)
    first = first_round.model
    second = reweighed(office, first)
    runs_services.compute_screen(actor=None, on=ON)
    second_round = office.scored(title="Round 2")
    office.rate(office.candidate(second_round), step=4)
    rounds_services.score_round(selection_round=second_round, actor=office.analyst)
    made = list(runs())
    assert {(run.stage, run.table_hash) for run in made} == {
        (stage, model.table_hash) for stage in ("screen", "full") for model in (first, second)
    }

    time_goes_on(tmp_path / "later")
    decisions_go_on(office.analyst, office.approver)
    office.rate(ghana, step=0)
    third = reweighed(office, second)
    runs_services.compute_screen(actor=None, on=ON)
    rounds_services.move_as_of(selection_round=second_round, actor=office.analyst, reason="A file was taken back.")
    rounds_services.score_round(selection_round=second_round, actor=office.analyst)

    assert differences() == []
    later = [run for run in runs() if run not in made]
    assert {(run.stage, run.table_hash) for run in later} == {("screen", third.table_hash), ("full", second.table_hash)}
    assert {run.snapshot_hash for run in later}.isdisjoint(run.snapshot_hash for run in made)


@pytest.mark.parametrize(
    ("engine", "path"), [(FORMER, FORMER_MODELS[-1]), (ENGINE_VERSION, FORMER_MODELS[-1]), (ENGINE_VERSION, DEFAULT)]
)
def test_runs_of_both_engines_replay_after_imports_and_decisions(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, path: Path
) -> None:
    table = read(path)
    if engine == FORMER:
        made = by_former_engine(monkeypatch, table)
    else:
        made = runs_services.compute_screen(actor=None, on=ON, table=table)
    assert (made.engine_version, made.model_version) == (engine, table.version)
    assert made.ranked > 20
    time_goes_on(tmp_path / "later")
    decisions_go_on(office.analyst, office.approver)
    assert differences([made.pk]) == []
    again = runs_services.compute_screen(actor=None, on=timezone.now().date(), table=table)
    assert again.result["countries"] != made.result["countries"]
    assert differences() == []


def test_a_look_back_and_a_run_of_another_day_replay_past_decisions(office: Office, tmp_path: Path) -> None:
    back = runs_services.look_back(actor=office.analyst, on=dt.date(2026, 2, 1))
    later = runs_services.compute_screen(actor=None, on=dt.date(2029, 1, 2), beside=Beside.DAY)
    time_goes_on(tmp_path / "later")
    decisions_go_on(office.analyst, office.approver)
    assert differences([back.pk, later.pk]) == []


@pytest.mark.tampers
def test_a_run_keeps_the_regions_that_the_list_of_countries_gave(ranking: ScoreRun) -> None:
    assert ranking.inputs["regions"]["GHA"]  # the small pool has no file of regions
    with owner_rights():
        Country.objects.filter(code="GHA").update(region="Near East")
    assert differences([ranking.pk]) == []


def test_replay_uses_its_own_models_rule_for_complete_reports(office: Office, tmp_path: Path) -> None:
    """Use a model under which a report is complete although it omits a tenth, because those are no candidates."""
    listed = Observation.objects.filter(indicator__code="tip.tier", valid_to=None)
    tiers = dict(listed.values_list("country__code", "label"))
    gone = dict.fromkeys(sorted(tiers)[::10], "Sample reason.")
    plain = read().to_dict()
    table = ModelTable.from_dict({**plain, "not_candidates": {**plain["not_candidates"], **gone}})
    newest = [value("tip.tier", code, "2026", label) for code, label in tiers.items() if code not in gone]
    publish_values(tmp_path / "tiers", newest, edition="2026")
    own = runs_services.compute_screen(actor=None, on=ON, table=table)
    default = runs_services.compute_screen(actor=None, on=ON)
    assert (own.periods["tier"], default.periods["tier"]) == ("2026", "2025")
    descriptions = [describe_report(run, ModelTable.from_dict(run.table)) for run in (own, default)]
    assert descriptions[0] == "TIP Report of 2026"
    stated = len(tiers), len(newest)
    assert descriptions[1] == (
        "TIP Report of 2025, the newest published by that date for which the loaded files state at least 95% of the "
        f"tiers: {stated[0]} tiers, compared with {stated[1]} of 2026"
    )
    assert differences([own.pk, default.pk]) == []


def test_version_3_runs_differ_between_engines_only_in_engine_version(
    ranking: ScoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = by_former_engine(monkeypatch, read(FORMER_MODELS[-1]))
    later = runs_services.compute_screen(actor=None, on=ON, table=read(FORMER_MODELS[-1]))
    assert (former.engine_version, later.engine_version) == (FORMER, ENGINE_VERSION)
    assert former.pk != later.pk
    assert {**former.result, "engine_version": ENGINE_VERSION} == later.result
    own = ("id", "engine_version", "result", "created_at")
    one, other = (
        {name: value for name, value in ScoreRun.objects.filter(pk=run.pk).values().get().items() if name not in own}
        for run in (former, later)
    )
    assert one == other
    rows = [
        list(run.countries.order_by("country_id").values("country_id", "rank", "score", "lines", "status"))
        for run in (former, later)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) > 20
    assert differences([former.pk, later.pk]) == []


def test_the_former_engine_refuses_version_4_with_a_reason(ranking: ScoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ScoreRun.objects.count()
    message = f"this version of the engine draws no designs; score the model by {ENGINE_VERSION}"
    with pytest.raises(ValueError, match=message), transaction.atomic():
        by_former_engine(monkeypatch, read())
    assert ScoreRun.objects.count() == before


@pytest.mark.tampers
def test_a_run_of_an_engine_that_cannot_be_computed_is_reported(ranking: ScoreRun) -> None:
    with unguarded():
        ScoreRun.objects.filter(pk=ranking.pk).update(engine_version="0.9")
    engines = f"{FORMER}, {ENGINE_VERSION}"
    assert differences([ranking.pk]) == [
        f"run {ranking.pk}: the run was made by engine 0.9; this one computes {engines}"
    ]
