"""Service of backtests: what one stores, with which draws and seed it is computed, and codes of refusals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from cpc.accounts.permissions import Role
from selection.backtest import services
from selection.backtest.queries import asked_now
from selection.backtest.services import compute_backtest
from selection.models import Backtest, ScoreRun
from selection.scoring import ENGINE_VERSION, sha256_of
from selection.scoring.uncertainty import seed_from_hash
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.world("newcomer")


@pytest.fixture
def run(db: None) -> ScoreRun:
    return Backtest.objects.get().run


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return what is asked of the engine, which finds nothing."""
    asked: list[tuple[Any, ...]] = []

    def findings(run: ScoreRun, basis: Any, request: Any, *, draws: int, seed: int) -> Any:
        asked.append((run, request.to_dict(), draws, seed))
        return SimpleNamespace(to_dict=lambda: {"cases": (1, 2)})

    monkeypatch.setattr(services, "findings_of", findings)
    return asked


@pytest.mark.parametrize("shift", [1, 5])
def test_a_backtest_is_stored_with_its_question_and_who_asked(run: ScoreRun, questions: list[Any], shift: int) -> None:
    analyst = make_account(Role.ANALYST, username="ana")
    made = compute_backtest(actor=analyst, run=run, shift=shift)
    made.refresh_from_db()
    inputs = asked_now(run, shift).to_dict()
    seed = seed_from_hash(sha256_of([run.snapshot_hash, run.model_hash, inputs]))
    assert questions == [(run, inputs, run.draws, seed)]
    assert (made.run, made.shift, made.inputs, made.inputs_hash) == (run, shift, inputs, sha256_of(inputs))
    assert (made.engine_version, made.seed, made.draws) == (ENGINE_VERSION, str(seed), run.draws)
    assert (made.result, made.computed_by) == ({"cases": [1, 2]}, analyst)
    assert trail(made) == [("ana", "computed", None, {"run": run.pk, "shift": shift})]
    assert compute_backtest(actor=None, run=run, shift=shift) == made
    assert len(questions) == 1


def test_a_run_without_draws_is_tested_with_ten_thousand(run: ScoreRun, questions: list[Any]) -> None:
    run.draws = 0
    assert compute_backtest(actor=None, run=run, shift=2).draws == 10_000
    assert questions[0][2] == 10_000


@pytest.mark.parametrize("shift", [-1, 6])
def test_a_cutoff_is_moved_by_up_to_five_years(run: ScoreRun, questions: list[Any], shift: int) -> None:
    with pytest.raises(ValidationError) as caught:
        compute_backtest(actor=None, run=run, shift=shift)
    assert (caught.value.code, caught.value.messages) == ("shift", ["Move the cutoff by 0 to 5 years."])
    assert questions == []


def test_without_a_ranking_or_its_method_nothing_is_computed(
    run: ScoreRun, questions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "basis_of", lambda _: None)
    with pytest.raises(ValidationError) as caught:
        compute_backtest(actor=None, run=run, shift=1)
    assert caught.value.code == "no_method"
    assert caught.value.messages[0].startswith(f"Run {run.pk} was not made by the current method.")
    monkeypatch.setattr(services, "newest_run", lambda: None)
    assert refusals(lambda: compute_backtest(actor=None)) == {"": "no_run"}
    assert questions == []


def test_the_first_ranking_that_pages_show_is_the_default(run: ScoreRun, questions: list[Any]) -> None:
    assert compute_backtest(actor=None, shift=3).run == run
    assert compute_backtest(actor=None).shift == 0
    assert len(questions) == 1


def test_the_second_of_two_requests_at_once_gets_the_backtest_of_the_first(
    run: ScoreRun, questions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = compute_backtest(actor=None, run=run, shift=4)

    class Rows:
        """Backtests of which the stored one is not seen before it is in the way."""

        @staticmethod
        def filter(**_: Any) -> Any:
            return SimpleNamespace(first=lambda: None)

        @staticmethod
        def create(**_: Any) -> Any:
            raise IntegrityError

        get = staticmethod(Backtest.objects.get)

    monkeypatch.setattr(services, "Backtest", SimpleNamespace(objects=Rows))
    assert compute_backtest(actor=None, run=run, shift=4) == known
