"""Statements that an edition is not published: one recorded or withdrawn after a run offers another run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Source, UnpublishedEdition
from indicators.observations.services import record_unpublished, withdraw_unpublished
from selection.lookups.model_versions import default_table
from selection.lookups.unpublished import statements_in_force
from selection.models import ScoreRun
from selection.runs.queries.stored_runs import newest_run, since
from selection.runs.services import compute_screen
from tests.support.accounts import make_account

SENTENCE = "A statement that an edition is not published was recorded or withdrawn after"


@pytest.fixture
def person(db: None) -> User:
    return make_account(Role.ANALYST, username="person")


def state(person: User, key: str = "tip") -> UnpublishedEdition:
    return record_unpublished(
        source=Source.objects.get(key=key),
        edition="2026" if key == "tip" else "2024",
        as_of=timezone.now().date(),
        evidence="state.gov/reports",
        actor=person,
    )


def stated_now() -> list[dict[str, Any]]:
    return statements_in_force(default_table())


def test_run_stores_current_statements_on_the_models_dated_indicators(run: ScoreRun, person: User) -> None:
    assert run.inputs["unpublished"] == stated_now() == []
    made = state(person)
    assert compute_screen(actor=None).inputs["unpublished"] == [
        {"indicator": "tip.tier", "edition": "2026", "as_of": made.as_of.isoformat(), "statement": made.pk}
    ]
    withdraw_unpublished(statement=made, reason="It is out", actor=person)
    assert stated_now() == []


def test_a_statement_after_a_run_and_its_withdrawal_each_offer_another(
    run: ScoreRun, analyst: Client, person: User
) -> None:
    pages = ("/ranking/", "/runs/")
    without = compute_screen(actor=None)
    assert not since(without).statements
    made = state(person)
    assert (since(without).statements, since(without).anything) == (True, True)
    for url in pages:
        assert SENTENCE in analyst.get(url).content.decode(), url
    with_it = compute_screen(actor=None)
    assert with_it.pk != without.pk
    assert not since(with_it).statements
    for url in pages:
        assert SENTENCE not in analyst.get(url).content.decode(), url
    withdraw_unpublished(statement=made, reason="It is out", actor=person)
    assert (since(with_it).statements, since(without).statements) == (True, False)
    assert SENTENCE in analyst.get("/ranking/").content.decode()


def test_ranking_after_a_withdrawal_is_shown_even_if_unchanged(run: ScoreRun, analyst: Client, person: User) -> None:
    before = compute_screen(actor=None)
    made = state(person)
    between = compute_screen(actor=None)
    withdraw_unpublished(statement=made, reason="It is out", actor=person)
    analyst.post("/ranking/compute/")
    after = newest_run()
    assert after is not None
    assert after.pk > between.pk > before.pk
    assert (after.snapshot_hash, after.seed) == (before.snapshot_hash, before.seed)
    assert not since(after).statements
    assert "Compute again" not in analyst.get("/ranking/").content.decode()
    assert compute_screen(actor=None).pk == after.pk


def test_a_statement_recorded_again_after_a_withdrawal_is_another(run: ScoreRun, person: User) -> None:
    made = state(person)
    with_it = compute_screen(actor=None)
    withdraw_unpublished(statement=made, reason="Another page", actor=person)
    state(person)
    assert since(with_it).statements


def test_neither_another_source_nor_an_earlier_model_is_concerned(run: ScoreRun, person: User) -> None:
    without = compute_screen(actor=None)
    state(person, "walk_free")
    assert not since(without).statements
    state(person)
    inputs = {name: value for name, value in without.inputs.items() if name != "unpublished"}
    older = ScoreRun(pk=without.pk, table_hash=without.table_hash, stage="screen", as_of=without.as_of, inputs=inputs)
    older.reference_date, older.engine_version = without.reference_date, without.engine_version
    assert not since(older).statements
