"""Exercises by the services and, on every route, the database: who asks, who answers, and what an answer holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from cpc.database.revisions import EditConflict
from cpc.notifications.models import Notification
from selection.model_versions.services import versions
from selection.models import StatedWeights, WeightingExercise, WeightingParticipant
from selection.weighting import drafts, services
from selection.weighting.queries import find_exercise
from tests.selection.pool.test_pool_rules import refused, sql
from tests.selection.weighting.conftest import People
from tests.support.accounts import make_account
from tests.support.models import draft, shipped
from tests.support.weighing import WHY, opened, participant, points_of, ranks_of, stated

TODAY = timezone.now().date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def exercise(people: People) -> WeightingExercise:
    return opened(people.analyst, people=[people.analyst, people.approver], asked=[people.labor])


def state(exercise: WeightingExercise, people: People, **more: Any) -> Callable[[], StatedWeights]:
    points = more.pop("points", points_of(exercise))
    values: dict[str, Any] = {
        "ranks": ranks_of(points),
        "points": points,
        "comment": WHY,
        "actor": people.analyst,
        **more,
    }
    return partial(services.state_weights, participant=participant(exercise, people.analyst), **values)


def forged(exercise: WeightingExercise, people: People, **more: Any) -> Callable[[], object]:
    """Return an insert past the service."""
    points = more.pop("points", points_of(exercise))
    own = participant(exercise, people.analyst)
    values: dict[str, Any] = {"participant": own, "ranks": ranks_of(points), "points": points, "comment": WHY, **more}
    row = StatedWeights(**{"given_by": people.analyst, **values})
    return lambda: StatedWeights.objects.bulk_create([row])


def test_nodes_and_swings_are_those_of_the_version(exercise: WeightingExercise) -> None:
    nodes = {node["key"]: node for node in exercise.nodes}
    assert list(nodes) == [
        "total",
        "need",
        "feasibility",
        "political_will",
        "commitment",
        "governance",
        "development",
        "fit",
    ]
    need = {part["key"]: part for part in nodes["need"]["children"]}
    assert list(need) == ["prevalence", "child_labour", "marriage", "births", "forms"]  # none that is only shown
    assert sum(part["weight"] for part in need.values()) == pytest.approx(1)
    assert need["marriage"]["rule"] == "0 gives 0, 50 gives 1"
    assert " of 100" in need["marriage"]["low"]
    assert need["forms"]["low"] == ""
    assert need["forms"]["anchors"][0].startswith("No form of child trafficking")
    assert {part["key"] for part in nodes["total"]["children"]} == {"need", "feasibility"}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"need": 100, "feasibility": 0}, None),
        ({"need": 100, "feasibility": 100}, None),  # a tie
        ({"need": 100, "feasibility": 99.9}, None),
        ({"need": 101, "feasibility": 100}, "points_range"),
        ({"need": 100, "feasibility": -0.1}, "points_range"),
        ({"need": 0, "feasibility": 0}, "points_top"),
        ({"need": 99.9, "feasibility": 50}, "points_top"),
        ({"need": 100}, "points"),
        ({"need": 100, "feasibility": 50, "fit": 3}, "points"),
    ],
)
def test_points_at_their_bounds(
    exercise: WeightingExercise, people: People, parts: Mapping[str, float], code: str | None
) -> None:
    points = points_of(exercise, total=parts)
    if code is None:
        assert state(exercise, people, points=points)().points["total"] == parts
        return
    assert refused(state(exercise, people, points=points)) == code
    assert refused(forged(exercise, people, points=points)) == code


def test_ranks_and_points_may_not_contradict_each_other(exercise: WeightingExercise, people: People) -> None:
    points = points_of(exercise, total={"need": 100, "feasibility": 40})
    for first, second, is_fine in ((1, 2, True), (1, 1, True), (2, 1, False)):
        ranks = {**ranks_of(points), "total": {"need": first, "feasibility": second}}
        attempt, forgery = (
            state(exercise, people, points=points, ranks=ranks),
            forged(exercise, people, points=points, ranks=ranks),
        )
        if is_fine:
            with transaction.atomic():
                attempt()
        else:
            assert (refused(attempt), refused(forgery)) == ("rank_points", "rank_points")


@pytest.mark.parametrize("points", [[], {"total": 100}, {"total": {"need": "100", "feasibility": "5"}}])
def test_the_database_refuses_what_is_no_answer(exercise: WeightingExercise, people: People, points: Any) -> None:
    assert refused(forged(exercise, people, points=points_of(exercise), ranks=points)) == "points"
    whole = points_of(exercise)
    given = {**whole, **points} if isinstance(points, dict) else points
    own = StatedWeights(
        participant=participant(exercise, people.analyst),
        ranks=ranks_of(whole),
        points=given,
        comment=WHY,
        given_by=people.analyst,
    )
    assert refused(lambda: StatedWeights.objects.bulk_create([own])) == "points"


def test_only_those_asked_answer_and_only_for_themselves(exercise: WeightingExercise, people: People) -> None:
    for actor in (people.second, people.viewer, people.drafter, people.contact):
        with pytest.raises(PermissionDenied):
            state(exercise, people, actor=actor)()
        assert refused(forged(exercise, people, given_by=actor)) == "may_not_answer"
    own = participant(exercise, people.labor)
    with pytest.raises(PermissionDenied):
        state(exercise, people, actor=people.drafter)()
    row = StatedWeights(
        participant=own,
        ranks=ranks_of(points_of(exercise)),
        points=points_of(exercise),
        comment=WHY,
        given_by=people.drafter,
    )
    assert refused(lambda: StatedWeights.objects.bulk_create([row])) == "may_not_answer"
    assert stated(exercise, people.labor, people.contact).participant == own


def test_an_answer_is_replaced_and_never_edited(exercise: WeightingExercise, people: People) -> None:
    first = stated(exercise, people.analyst)
    own = participant(exercise, people.analyst)
    with pytest.raises(EditConflict):  # a window that was opened before
        state(exercise, people, expected_revision="0")()
    second = state(exercise, people, expected_revision=services.revision_of(own))()
    first.refresh_from_db()
    assert first.superseded_at is not None
    rows = StatedWeights.objects.filter(pk=second.pk)
    assert refused(lambda: rows.update(comment="Another")) == "answer_fixed"
    assert refused(lambda: StatedWeights.objects.filter(pk=first.pk).update(comment="Another")) == "answer_fixed"
    assert refused(forged(exercise, people)) == "answered_meanwhile"
    for statement in ("DELETE FROM selection_statedweights", "TRUNCATE selection_statedweights CASCADE"):
        with pytest.raises(Error), transaction.atomic():
            sql(statement)


def test_the_audit_trail_does_not_tell_what_is_hidden(exercise: WeightingExercise, people: People) -> None:
    row = stated(exercise, people.analyst)
    (entry,) = entries_of(row)
    assert not {"points", "ranks", "comment"} & set(entry.after or {})


def test_an_answer_is_withdrawn_with_a_reason_while_the_exercise_is_open(
    exercise: WeightingExercise, people: People
) -> None:
    stated(exercise, people.analyst)
    own = participant(exercise, people.analyst)
    withdraw = partial(services.withdraw_weights, participant=own, actor=people.analyst)
    assert refused(lambda: withdraw(reason=" ")) == "reason"
    with pytest.raises(PermissionDenied):
        services.withdraw_weights(participant=own, reason="Mine?", actor=people.approver)
    rows = StatedWeights.objects.filter(participant=own)
    forged_end: dict[str, Any] = {"withdrawn_at": timezone.now(), "withdrawn_because": "A"}
    assert refused(lambda: rows.update(**forged_end, withdrawn_by=people.approver)) == "may_not_answer"
    assert refused(lambda: rows.update(withdrawn_at=timezone.now(), withdrawn_by=people.analyst)) == "withdrawn_because"
    assert withdraw(reason="A slip.").withdrawn_because == "A slip."
    assert refused(lambda: withdraw(reason="Again")) == "no_answer"
    stated(exercise, people.analyst)
    services.close_exercise(exercise=exercise, reason="Enough.", actor=people.analyst)
    assert refused(lambda: withdraw(reason="Too late")) == "weighting_closed"
    live = StatedWeights.objects.live().filter(participant=own)
    assert refused(lambda: live.update(**forged_end, withdrawn_by=people.analyst)) == "weighting_closed"


def test_answers_of_others_are_hidden_until_one_has_answered(exercise: WeightingExercise, people: People) -> None:
    def sees(user: Any) -> bool:
        found = find_exercise(user, exercise.pk, TODAY)
        assert found is not None
        return found.sees_answers

    assert find_exercise(people.contact, exercise.pk + 1, TODAY) is None
    stated(exercise, people.approver)
    assert [sees(u) for u in (people.analyst, people.approver, people.contact, people.viewer)] == [
        False,
        True,
        False,
        False,
    ]
    stated(exercise, people.analyst)
    stated(exercise, people.labor, people.contact)
    assert all(sees(u) for u in (people.analyst, people.contact, people.drafter, people.viewer))
    stated(exercise, people.approver, total={"need": 100, "feasibility": 10})
    found = find_exercise(people.viewer, exercise.pk, TODAY)
    assert found is not None
    assert [one.participant.account for one in found.answered if found.saw_others(one)] == [people.approver]
    elsewhere = Agency.objects.create(code="doj", name="Department of Justice")
    people.contact.agency = elsewhere
    people.contact.save(update_fields=["agency"])
    assert find_exercise(people.contact, exercise.pk, TODAY) is None


def test_what_no_exercise_may_be(people: People) -> None:
    values: dict[str, Any] = {"title": "A", "reason": "B", "due_on": TODAY, "people": [people.analyst], "agencies": []}
    attempt = partial(services.open_exercise, model=shipped(), actor=people.analyst)
    assert refused(lambda: attempt(**{**values, "due_on": TODAY - DAY})) == "due_past"
    assert refused(lambda: attempt(**{**values, "people": []})) == "no_participant"
    assert refused(lambda: attempt(**{**values, "people": [people.viewer]})) == "not_office"
    for actor in (people.approver, people.viewer, people.contact):
        with pytest.raises(PermissionDenied):
            services.open_exercise(model=shipped(), actor=actor, **values)
    gone = versions.withdraw_model(model=draft(people.analyst), reason="A", actor=people.analyst)
    assert refused(lambda: services.open_exercise(model=gone, actor=people.analyst, **values)) == "not_current"
    row = WeightingExercise(
        model=gone, title="A", reason="B", due_on=TODAY, opened_by=people.analyst, table_hash="", nodes=[{"key": "a"}]
    )
    assert refused(lambda: WeightingExercise.objects.bulk_create([row])) == "not_current"
    row.model, row.opened_by = shipped(), people.viewer
    assert refused(lambda: WeightingExercise.objects.bulk_create([row])) == "may_not_ask"
    row.opened_by, row.nodes = people.analyst, []
    assert refused(lambda: WeightingExercise.objects.bulk_create([row])) == "nothing_to_weigh"
    made = attempt(**values)
    assert refused(lambda: attempt(**values)) == "weighting_open"
    rows = WeightingExercise.objects.filter(pk=made.pk)
    assert refused(lambda: rows.update(nodes=[])) == "weighting_fixed"
    assert refused(lambda: rows.update(due_on=TODAY - DAY)) == "due_shortened"


def test_time_is_extended_and_never_shortened(exercise: WeightingExercise, people: People) -> None:
    ask = partial(services.ask_more, exercise=exercise, people=[], agencies=[], actor=people.analyst)
    assert refused(lambda: ask(due_on=exercise.due_on - DAY)) == "due_shortened"
    assert ask(due_on=exercise.due_on).due_on == exercise.due_on
    stated(exercise, people.labor, people.contact)
    assert ask(due_on=exercise.due_on + DAY, people=[people.second]).due_on == exercise.due_on + DAY
    told = Notification.objects.filter(kind="weighting.due_moved").values_list("recipient__username", flat=True)
    assert set(told) == {"approver"}  # Labor has answered, and the analyst gave the time
    asked = Notification.objects.filter(kind="weighting.asked").values_list("recipient__username", flat=True)
    assert set(asked) == {"approver", "reviewer", "drafter", "analyst-2"}


def test_someone_who_answered_is_not_dropped(exercise: WeightingExercise, people: People) -> None:
    stated(exercise, people.approver)
    answered, silent = participant(exercise, people.approver), participant(exercise, people.labor)
    drop = partial(services.drop_participant, actor=people.analyst)
    assert refused(lambda: drop(participant=answered, reason="Away")) == "answered"
    rows = WeightingParticipant.objects.filter(pk=answered.pk)
    assert refused(lambda: rows.update(dropped_at=timezone.now(), drop_reason="Away")) == "answered"
    assert refused(lambda: drop(participant=silent, reason=" ")) == "reason"
    drop(participant=silent, reason="Away")
    assert refused(lambda: stated(exercise, people.labor, people.contact)) == "dropped"


def test_the_opener_is_notified_once_everyone_has_answered(people: People) -> None:
    exercise = opened(people.analyst, people=[people.analyst, people.second])
    stated(exercise, people.analyst)
    assert not Notification.objects.filter(kind="weighting.complete").exists()
    stated(exercise, people.second)
    assert Notification.objects.get(kind="weighting.complete").recipient == people.analyst


# ---- drafts ----------------------------------------------------------------------------------------------------------


def many(people: People, count: int) -> WeightingExercise:
    """Open an exercise and answer it by so many people of the office, from equal weights to need alone."""
    asked = [people.analyst, *(make_account(Role.ANALYST, username=f"a{number}") for number in range(1, count))]
    exercise = opened(people.analyst, people=asked)
    for number, person in enumerate(asked):
        stated(exercise, person, total={"need": 100, "feasibility": 100 - 10 * number})
    return exercise


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_few_answers_give_weights_and_no_spread(people: People, count: int) -> None:
    exercise = many(people, count)
    make = partial(drafts.make_draft, exercise=exercise, note="Sample", actor=people.analyst)
    assert refused(lambda: make(takes_weights=False, takes_spread=True)) == "too_few"
    assert refused(lambda: make(takes_weights=False, takes_spread=False)) == "takes"
    made = make(takes_weights=True, takes_spread=False)
    assert not made.as_table.has_own_spread
    assert made.based_on == exercise.model
    assert made.state == "draft"


@pytest.mark.parametrize("takes_weights", [True, False])
def test_eight_answers_give_the_spread_of_each_node(people: People, takes_weights: bool) -> None:
    exercise = many(people, 8)
    before = shipped().as_table
    shown = drafts.revision_of(drafts.answers_to(exercise))
    made = drafts.make_draft(
        exercise=exercise,
        takes_weights=takes_weights,
        takes_spread=True,
        note="Sample",
        actor=people.analyst,
        expected_revision=shown,
    )
    table = made.as_table
    assert table.concentration == pytest.approx(44, abs=25)
    assert [node.key for node in table.nodes if node.concentration] == [
        "need",
        "feasibility",
        "political_will",
        "commitment",
        "governance",
        "development",
        "fit",
    ]
    weights = {node.key: node.weight for node in table.nodes}
    mean = sum(100 / (200 - 10 * number) for number in range(8)) / 8
    assert weights["need"] == pytest.approx(100 * mean if takes_weights else 50, abs=0.01)
    assert (table.row("cpi").weight == before.row("cpi").weight) is not takes_weights
    record = made.weighting_draft
    assert (record.takes_weights, record.takes_spread, len(record.answers)) == (takes_weights, True, 8)
    with pytest.raises(Error), transaction.atomic():
        sql("UPDATE selection_weightingdraft SET takes_spread = false")


def test_a_draft_is_of_the_answers_that_the_page_showed(people: People) -> None:
    exercise = many(people, 2)
    shown = drafts.revision_of(drafts.answers_to(exercise))
    stated(exercise, people.analyst)
    with pytest.raises(EditConflict):
        drafts.make_draft(
            exercise=exercise,
            takes_weights=True,
            takes_spread=False,
            note="A",
            actor=people.analyst,
            expected_revision=shown,
        )


def test_a_draft_needs_an_answer_and_the_permission(exercise: WeightingExercise, people: People) -> None:
    make = partial(drafts.make_draft, exercise=exercise, takes_weights=True, takes_spread=False, note="A")
    assert refused(lambda: make(actor=people.analyst)) == "no_answer"
    stated(exercise, people.analyst)
    with pytest.raises(PermissionDenied):
        make(actor=people.approver)
    assert refused(lambda: make(actor=people.analyst)) == "incomplete"
    exercise.refresh_from_db()
    assert exercise.is_open
    services.close_exercise(exercise=exercise, reason="Enough", actor=people.analyst)
    made = make(actor=people.analyst)
    with pytest.raises(PermissionDenied):
        versions.publish_model(model=made, actor=people.analyst)
    assert versions.publish_model(model=made, actor=people.approver).state == "published"
