"""Services of rankings: what a run stores, what computes one by itself, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.models import Publication
from indicators.queries import current
from selection.lookups.model_versions import default_table
from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoreRun
from selection.runs import services
from selection.runs.queries import computing
from selection.scoring import ENGINE_VERSION, ModelError, SnapshotError, sha256_of
from selection.scoring.validation import ModelFinding
from selection.scoring_inputs.question import Beside
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def test_a_run_is_stored_with_its_question_its_result_and_who_asked(ranking: ScoreRun) -> None:
    analyst, on = make_account(Role.ANALYST), ranking.reference_date - DAY
    run = services.compute_screen(actor=analyst, on=on)
    run.refresh_from_db()
    table = default_table()
    assert (run.stage, run.as_of, run.reference_date) == ("screen", current(), on)
    assert (run.model_key, run.model_version, run.table_hash) == (table.key, table.version, table.hash)
    assert (ModelTable.from_dict(run.table), run.engine_version, run.created_by) == (table, ENGINE_VERSION, analyst)
    assert run.as_of_at == Publication.objects.get(seq=run.as_of).at
    assert run.inputs.keys() == {"pool", "regions"} | set(run.inputs) & {"unpublished", "withdrawn"}
    assert run.inputs_hash == sha256_of(run.inputs)
    assert (run.model_hash, run.snapshot_hash) == (run.result["model_hash"], run.result["snapshot_hash"])
    assert (int(run.seed), run.draws) == (int(run.result["seed"]), run.result["draws"])
    assert run.ranked == run.countries.filter(rank__isnull=False).count() > 0
    assert run.periods["tier"] == "2025"
    assert trail(run) == [
        (
            "analyst",
            "computed",
            None,
            {"as_of": run.as_of, "model": run.model_hash, "snapshot": run.snapshot_hash, "ranked": run.ranked},
        )
    ]
    assert services.compute_screen(actor=None, on=on) == run
    assert len(trail(run)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ModelError([ModelFinding("root", "error", "it has no root", "the tree")]),
        SnapshotError("the tree: it has no root"),
    ],
)
def test_what_the_engine_rejects_is_reported_and_not_stored(
    ranking: ScoreRun, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def rejected(*_: Any, **__: Any) -> Any:
        raise fault

    monkeypatch.setattr(services, "score", rejected)
    with pytest.raises(ValidationError) as caught:
        services.compute_screen(actor=None, on=ranking.reference_date + DAY)
    assert caught.value.code == "not_computable"
    assert caught.value.messages == [
        "The ranking was not computed: the tree: it has no root. Correct the value or the model, then compute again."
    ]
    assert ScoreRun.objects.get() == ranking


# ---- on a past day -------------------------------------------------------------------------------------------------


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what is asked of `compute_screen`, which computes nothing."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(services, "compute_screen", lambda **question: asked.append(question))
    return asked


def test_a_look_back_is_refused_at_its_field(ranking: ScoreRun, questions: list[Any]) -> None:
    today = timezone.now().date()
    assert refusals(lambda: services.look_back(actor=None, on=today + DAY)) == {"on": "future"}
    assert refusals(lambda: services.look_back(actor=None, on=dt.date(2001, 1, 1))) == {"on": "too_early"}
    with pytest.raises(ValidationError) as caught:
        services.look_back(actor=None, on=today, as_of=current() + 1)
    assert caught.value.message_dict == {"as_of": [f"The newest publication is no. {current()}."]}
    assert refusals(lambda: services.look_back(actor=None, on=today, as_of=0)) == {"on": "too_early"}
    assert questions == []


def test_a_look_back_asks_for_the_data_of_its_number_and_day(ranking: ScoreRun, questions: list[Any]) -> None:
    analyst, today = make_account(Role.ANALYST), timezone.now().date()
    services.look_back(actor=analyst, on=today)
    services.look_back(actor=None, on=today - DAY, as_of=current())
    usual = {"as_of": current(), "table": default_table(), "beside": Beside.LOOK_BACK}
    assert questions == [{**usual, "actor": analyst, "on": today}, {**usual, "actor": None, "on": today - DAY}]


# ---- by itself -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_moved", [False, True])
def test_the_day_is_followed_only_if_it_changes_something(
    ranking: ScoreRun, questions: list[Any], monkeypatch: pytest.MonkeyPatch, has_moved: bool
) -> None:
    today = ranking.reference_date + 400 * DAY
    monkeypatch.setattr(services, "time_moved", lambda run, day: has_moved and (run, day) == (ranking, today))
    services.follow_the_day(today=today)
    table = ModelTable.from_dict(ranking.table)
    question = {"actor": None, "as_of": ranking.as_of, "on": today, "table": table, "beside": Beside.DAY}
    assert questions == [question] * has_moved


@pytest.mark.parametrize("is_of_data", [False, True])
def test_the_data_are_followed_by_the_model_of_the_ranking(
    ranking: ScoreRun, questions: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any, is_of_data: bool
) -> None:
    settings.RANKING_FOLLOWS_DATA = True
    monkeypatch.setattr(services, "since", lambda run: SimpleNamespace(is_of_data=is_of_data and run == ranking))
    services.follow_the_data()
    assert questions == [{"actor": None, "table": ModelTable.from_dict(ranking.table)}] * is_of_data


def test_the_settings_leave_it_to_people(
    ranking: ScoreRun, questions: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.RANKING_FOLLOWS_DATA = False
    monkeypatch.setattr(services, "since", lambda _: SimpleNamespace(is_of_data=True))
    monkeypatch.setattr(services, "enqueue", questions.append)
    assert services.follow_the_data() is None
    assert services.ask_for_the_newest() is False
    assert questions == []


def test_nothing_follows_before_the_first_ranking(
    db: None, questions: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.RANKING_FOLLOWS_DATA = True
    monkeypatch.setattr(services, "newest_run", lambda: None)
    monkeypatch.setattr(services, "enqueue", questions.append)
    assert services.follow_the_data() is None
    assert services.follow_the_day(today=dt.date(2026, 11, 25)) is None
    assert services.ask_for_the_newest() is False
    assert questions == []


@pytest.mark.parametrize("is_queued", [True, False])
def test_pages_say_that_a_ranking_is_computed_if_it_was_queued(
    ranking: ScoreRun, monkeypatch: pytest.MonkeyPatch, settings: Any, is_queued: bool
) -> None:
    settings.RANKING_FOLLOWS_DATA = True
    names: list[tuple[str, bool]] = []

    def enqueue(name: str) -> bool:
        names.append((name, computing.is_under_way()))
        return is_queued

    monkeypatch.setattr(services, "enqueue", enqueue)
    computing.end()
    assert services.ask_for_the_newest() is is_queued
    assert names == [("selection.follow_the_data", True)]
    assert computing.is_under_way() is is_queued
    computing.end()


# ---- once more -----------------------------------------------------------------------------------------------------


def test_a_replay_names_the_engine_that_is_gone(ranking: ScoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "VERSIONS", ("7", "8"))
    assert services.replay(run_id=ranking.pk) == (
        f"the run was made by engine {ranking.engine_version}; this one computes 7, 8"
    )
    with pytest.raises(ScoreRun.DoesNotExist):
        services.replay(run_id=0)
