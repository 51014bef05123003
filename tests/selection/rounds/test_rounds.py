"""Rounds: the pool by rule, steps and their preconditions, the full score and its replay, and evidence versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from selection.consultation.services import requests as requests_services
from selection.decisions.obstacles import Step
from selection.evidence import services as evidence_services
from selection.model_definition.criteria_table import read
from selection.models import (
    Candidate,
    EvidenceVersion,
    Rating,
    RatingEvidence,
    RoundStep,
    ScoreRun,
    ScoringModel,
    SelectionRound,
)
from selection.pool_rules.pools import CountryPoolFacts, PoolRule, pool_reasons
from selection.ratings import services as ratings_services
from selection.rounds import services as rounds_services
from selection.runs import services as runs_services
from tests.support.accounts import make_account
from tests.support.error_codes import constraint_code
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office, in_the_way

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "code", "expected"),
    [
        (PoolRule(), "GHA", ""),
        (PoolRule(), "USA", "not_candidate"),
        (PoolRule(), "AND", "not_listed"),
        (PoolRule(only=("CIV",)), "GHA", "not_added"),
        (PoolRule(), "PER", "partner"),
        (PoolRule(leave_out_partners=False), "PER", ""),
        (PoolRule(), "TCD", "restricted"),
        (PoolRule(leave_out_restricted=False), "TCD", ""),
        (PoolRule(), "ROU", "income"),
        (PoolRule(income_classes=()), "ROU", ""),
        (PoolRule(), "XKX", ""),
        (PoolRule(unclassed_may=False), "XKX", "income_unknown"),
    ],
)
def test_every_country_is_in_the_pool_or_out_of_it_for_one_reason(rule: PoolRule, code: str, expected: str) -> None:
    facts = CountryPoolFacts(
        listed=frozenset({"GHA", "CIV", "PER", "TCD", "ROU", "XKX"}),
        income={"GHA": "LM", "CIV": "LM", "PER": "UM", "TCD": "L", "ROU": "H"},
        restricted={"TCD": "Tier 3"},
        partners={"PER": "Active"},
    )
    found, reason = pool_reasons(rule, read(), facts, [code])[code]
    assert found == expected
    assert bool(reason) == bool(expected)


def test_a_rule_with_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown income class X; use L, LM, UM, H"):
        PoolRule.from_dict({"income_classes": ["X"]})


def test_round_draws_and_scores_its_pool_and_an_unchanged_score_is_the_same_run(office: Office) -> None:
    found = office.step(office.open(), "screen")
    rows = Candidate.objects.filter(round=found)
    assert sorted(rows.in_pool().values_list("country__code", flat=True)) == ["CIV", "GHA", "XKX"]
    assert rows.count() == 196
    assert not rows.filter(reason="").exclude(excluded_because="").exists()
    office.step(found, "start_scoring")
    first = rounds_services.score_round(selection_round=found, actor=office.analyst)
    again = rounds_services.score_round(selection_round=found, actor=office.second)
    assert first == again
    assert first.run.stage == "full"
    assert sorted(first.run.inputs["candidates"]) == ["CIV", "GHA", "XKX"]
    assert ScoreRun.objects.filter(stage="screen").count() == 1


@pytest.mark.world("scoring")
def test_ratings_fill_the_criteria_without_a_publisher_and_every_run_replays(office: Office, tmp_path: Path) -> None:
    found = office.scored()
    before = found.runs.get().run
    ghana = office.candidate(found)
    office.rate(ghana, step=3)
    office.rate(ghana, step=2, actor=office.second)
    office.rate(ghana, "forms", step=None)
    second = rounds_services.score_round(selection_round=found, actor=office.analyst).run
    line = next(x for x in second.countries.get(country__code="GHA").lines if x["key"] == "prosecution")
    assert line["step"] == 2.5
    assert line["points"] > 0
    assert len(line["ratings"]) == 2
    assert second != before
    office.rate(ghana, step=1)
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "44", error="2.5")], edition="2026", name="l")
    rounds_services.move_as_of(selection_round=found, actor=office.analyst, reason="New CPI")
    third = rounds_services.score_round(selection_round=found, actor=office.analyst).run
    assert third.as_of > second.as_of
    for run in (before, second, third):
        assert runs_services.replay(run_id=run.pk) is None


@pytest.mark.world("scoring")
def test_a_new_import_makes_a_new_evidence_version_for_whom_it_changes_only(office: Office, tmp_path: Path) -> None:
    found = office.scored()
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2026", "44", error="2.5")], edition="2026", name="l")
    assert evidence_services.refresh_evidence(selection_round=found) == 1
    assert evidence_services.refresh_evidence(selection_round=found) == 0
    newest = EvidenceVersion.objects.filter(candidate=office.candidate(found)).first()
    assert newest is not None
    assert newest.number == 2
    assert [(change["key"], change["after"]) for change in newest.changes] == [("cpi", "44 (2026, 2026)")]
    assert EvidenceVersion.objects.filter(candidate=office.candidate(found, "CIV")).count() == 1


def test_steps_are_held_by_their_preconditions_roles_and_the_database(office: Office) -> None:
    found = office.open()
    viewer = make_account(Role.VIEWER)
    with pytest.raises(PermissionDenied):
        rounds_services.take_round_step(selection_round=found, name="screen", actor=viewer)
    with pytest.raises(ValidationError) as refused:
        office.step(found, "open_consultation")
    assert refused.value.code == "transition"
    office.step(found, "screen", "start_scoring")
    with pytest.raises(ValidationError) as refused:
        office.step(found, "open_consultation")
    assert [error.code for errors in refused.value.error_dict.values() for error in errors] == ["not_scored"]
    with pytest.raises(DatabaseError), transaction.atomic():
        type(found).objects.filter(pk=found.pk).update(state="decided")
    with pytest.raises(DatabaseError), transaction.atomic():
        RoundStep.objects.all().delete()
    with pytest.raises(ValidationError) as refused:
        rounds_services.take_round_step(selection_round=found, name="return_to_screening", actor=office.analyst)
    assert "reason" in refused.value.error_dict


@pytest.mark.world("scoring")
def test_a_candidate_moved_by_hand_stays_so_and_a_score_without_it_is_stale(office: Office) -> None:
    found = office.scored()
    romania = office.candidate(found, "ROU")
    with pytest.raises(ValidationError):
        rounds_services.move_candidate(candidate=romania, into_pool=True, reason=" ", actor=office.analyst)
    rounds_services.move_candidate(candidate=romania, into_pool=True, reason="A partner before", actor=office.analyst)
    rounds_services.draw_pool(selection_round=found, actor=office.analyst)
    assert office.candidate(found, "ROU").in_pool
    with pytest.raises(ValidationError) as refused:
        office.step(found, "open_consultation")
    assert "The score does not include Romania." in str(refused.value)
    america = office.candidate(found, "USA")
    with pytest.raises(ValidationError) as refused:
        rounds_services.move_candidate(candidate=america, into_pool=True, reason="Why not", actor=office.analyst)
    assert refused.value.code == "not_candidate"


@pytest.mark.world("scoring")
def test_a_rating_is_superseded_never_edited_and_a_step_needs_evidence(office: Office) -> None:
    found = office.scored()
    ghana = office.candidate(found)
    with pytest.raises(ValidationError) as refused:
        ratings_services.rate(candidate=ghana, criterion="prosecution", step=2, rationale="Said", actor=office.analyst)
    assert [error.code for error in refused.value.error_dict["evidence"]] == ["no_evidence"]
    with pytest.raises(ValidationError):
        office.rate(ghana, "cpi")
    first = office.rate(ghana, step=3)
    assert office.rate(ghana, step=3) == first
    office.rate(ghana, step=1)
    first.refresh_from_db()
    assert first.superseded_at is not None
    for change in ({"step": 4}, {"superseded_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Rating.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        RatingEvidence.objects.all().delete()


@pytest.mark.world("scoring")
def test_score_counts_the_newest_rating_of_each_rater_and_no_withdrawn_one(office: Office) -> None:
    found = office.scored()
    ghana = office.candidate(found)

    def counted() -> list[int | None]:
        keys = rounds_services.current_rating_keys(found).get("prosecution", {}).get("GHA", [])
        run = rounds_services.score_round(selection_round=found, actor=office.analyst).run
        line = next(x for x in run.countries.get(country__code="GHA").lines if x["key"] == "prosecution")
        assert len(line.get("ratings", ())) == len(keys)
        return [Rating.objects.get(pk=key).step for key in keys]

    assert counted() == []
    office.rate(ghana, step=3)
    other = office.rate(ghana, step=2, actor=office.second)
    assert counted() == [3, 2]
    office.rate(ghana, step=1)
    assert counted() == [2, 1], "a new rating replaces the rater's own"
    ratings_services.withdraw_rating(rating=other, actor=office.second, reason="Another country's cases")
    assert counted() == [1]
    office.rate(ghana, step=None)
    assert counted() == [], "not known any more"


ASKED: Mapping[str, Callable[[Office, SelectionRound, Agency], object]] = {
    "recorded": lambda office, found, labor: requests_services.record_not_applicable(
        selection_round=found, agency=labor, reason="No programs", actor=office.analyst
    ),
    "drafted": lambda office, found, labor: office.draft(found, labor),
    "asked": lambda office, found, labor: office.ask(found, labor),
    "informed": lambda office, found, labor: office.ask(found, labor, role="info"),
    "dropped": lambda office, found, labor: requests_services.drop_request(
        request=found.requests.live().get(agency=labor), reason="Not now", actor=office.analyst
    ),
}


@pytest.mark.world("consultation")
@pytest.mark.parametrize(
    ("done", "is_settled"),
    [
        ("", False),
        ("drafted", False),
        ("informed", False),
        ("asked", True),
        ("asked dropped", False),
        ("recorded", True),
        ("recorded informed", True),
        ("informed recorded", True),
        ("recorded asked", True),
        ("recorded asked dropped", False),
        ("asked dropped recorded", True),
        ("recorded asked dropped recorded", True),
    ],
)
def test_a_statutory_consultee_is_asked_or_recorded_as_of_now(office: Office, done: str, is_settled: bool) -> None:
    labor, found = office.agency(statutory=True), office.consulting()
    for step in done.split():
        ASKED[step](office, found, labor)
    assert ("statutory_not_asked" in in_the_way(found, step=Step.DELIBERATE)) is not is_settled


def test_a_published_model_does_not_change(office: Office) -> None:
    model = ScoringModel.objects.get(state="published")
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        ScoringModel.objects.filter(pk=model.pk).update(title="Another")
    assert constraint_code(refused.value) == "model_published_kept"
    with pytest.raises(DatabaseError), transaction.atomic():
        model.delete()
