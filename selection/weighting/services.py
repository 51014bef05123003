"""Writes of weighting exercises: open, ask, answer, withdraw, close, and make a draft of what was stated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.database.revisions import check_revision
from cpc.findings import Finding
from cpc.validation import field_error, reject
from cpc.web import formats
from selection.lookups.model_versions import default_key
from selection.models import (
    ModelState,
    ScoreRun,
    ScoringModel,
    StatedWeights,
    WeightingExercise,
    WeightingParticipant,
)
from selection.runs.queries.stored_runs import newest_run
from selection.weighting import notifications
from selection.weighting.queries import speaks_for
from selection.weighting.swings import asked_nodes

Numbers = Mapping[str, Mapping[str, float]]
"""Ranks or points by node and part."""

TOP = 100

PRIVATE = ("ranks", "points", "comment")
"""Columns that the audit trail leaves out: they are hidden from those who have not answered."""


def locked(exercise: WeightingExercise) -> WeightingExercise:
    """Return the locked exercise as it is now. Raise `ValidationError` `weighting_closed`."""
    found = WeightingExercise.objects.select_for_update(of=("self",), no_key=True).get(pk=exercise.pk)
    if not found.is_open:
        raise ValidationError("The exercise is closed.", code="weighting_closed")
    return found


@transaction.atomic
def open_exercise(
    *,
    model: ScoringModel,
    title: str,
    reason: str,
    due_on: dt.date,
    people: Iterable[User],
    agencies: Iterable[Agency],
    actor: User,
) -> WeightingExercise:
    """Open an exercise on a draft or published version, and ask people of the office and agencies.

    Raise `ValidationError` with `not_current`, `weighting_open`, `due_past`, `nothing_to_weigh`, `reason`,
    or `no_participant`.
    """
    require(actor, Permission.EDIT_MODELS)
    if model.state not in (ModelState.DRAFT, ModelState.PUBLISHED):
        message = f"{model} is {model.get_state_display().lower()}. Weigh a draft or the published version."
        raise ValidationError(message, code="not_current")
    _check_due(due_on)
    accounts, asked = list(people), list(agencies)
    if not accounts and not asked:
        raise field_error("people", "Choose at least one person or agency.", "no_participant")
    run = _run_shown(model)
    nodes = asked_nodes(model.as_table, run)
    if not nodes:
        raise ValidationError("No node of this version has two parts that count.", code="nothing_to_weigh")
    row = WeightingExercise(
        model=model,
        title=title.strip(),
        reason=reason.strip(),
        due_on=due_on,
        run=run,
        table_hash=model.table_hash,
        nodes=nodes,
        opened_by=actor,
    )
    opened = create(row, actor=actor, action="opened")
    _ask(opened, accounts, asked, actor)
    return opened


def _run_shown(model: ScoringModel) -> ScoreRun | None:
    """Return the ranking whose values the exercise shows: the newest one, if it is of the same model."""
    return newest_run() if model.key == default_key() else None


def _check_due(due_on: dt.date) -> None:
    if due_on < timezone.now().date():
        raise field_error("due_on", f"{formats.day(due_on)} has passed. Enter today or a later date.", "due_past")


def _ask(exercise: WeightingExercise, people: Iterable[User], agencies: Iterable[Agency], actor: User) -> None:
    rows = [WeightingParticipant(exercise=exercise, account=person, asked_by=actor) for person in people]
    rows += [WeightingParticipant(exercise=exercise, agency=agency, asked_by=actor) for agency in agencies]
    asked = [create(row, actor=actor, action="asked") for row in rows]
    once = " ".join(str(row.pk) for row in asked)
    notifications.notify_participants(exercise, asked, notifications.ASKED, actor=actor, once=once)


@transaction.atomic
def ask_more(
    *, exercise: WeightingExercise, due_on: dt.date, people: Iterable[User], agencies: Iterable[Agency], actor: User
) -> WeightingExercise:
    """Ask further people and agencies, or give everyone more time. Time once given is never shortened."""
    require(actor, Permission.EDIT_MODELS)
    current = locked(exercise)
    if due_on != current.due_on:
        if due_on < current.due_on:
            message = f"People were given until {formats.day(current.due_on)}. Enter that day or a later one."
            raise field_error("due_on", message, "due_shortened")
        current = set_fields(current, {"due_on": due_on}, actor=actor, action="gave more time")
        waiting = [one for one in current.participants.filter(dropped_at__isnull=True) if not _answer_of(one)]
        once = due_on.isoformat()
        notifications.notify_participants(current, waiting, notifications.DUE_MOVED, actor=actor, once=once)
    _ask(current, people, agencies, actor)
    return current


@transaction.atomic
def drop_participant(*, participant: WeightingParticipant, reason: str, actor: User) -> WeightingParticipant:
    """Stop asking a participant that has not answered, with the reason."""
    require(actor, Permission.EDIT_MODELS)
    exercise = locked(participant.exercise)
    current = exercise.participants.get(pk=participant.pk)
    if _answer_of(current):
        message = f"{current} has answered. Only they can withdraw the answer."
        raise field_error("participant", message, "answered")
    if not reason.strip():
        raise field_error("reason", "Enter the reason.", "reason")
    values = {"dropped_at": timezone.now(), "dropped_by": actor, "drop_reason": reason.strip()}
    dropped = set_fields(current, values, actor=actor, action="dropped")
    once = str(dropped.pk)
    notifications.notify_participants(exercise, [dropped], notifications.DROPPED, actor=actor, once=once)
    return dropped


@transaction.atomic
def close_exercise(*, exercise: WeightingExercise, reason: str, actor: User) -> WeightingExercise:
    """Close an exercise for good: no one answers any more, and everyone who sees it reads the answers."""
    require(actor, Permission.EDIT_MODELS)
    current = locked(exercise)
    if not reason.strip():
        raise field_error("reason", "Enter the reason.", "reason")
    values = {"closed_at": timezone.now(), "closed_by": actor, "closed_because": reason.strip()}
    closed = set_fields(current, values, actor=actor, action="closed")
    asked = list(closed.participants.filter(dropped_at__isnull=True))
    notifications.notify_participants(closed, asked, notifications.CLOSED, actor=actor, once="")
    return closed


# ---- answers ---------------------------------------------------------------------------------------------------------


def revision_of(participant: WeightingParticipant) -> str:
    """Return the revision of a participant's answer, which is superseded and never edited: its key."""
    answer = _answer_of(participant)
    return str(answer.pk if answer else 0)


def _answer_of(participant: WeightingParticipant) -> StatedWeights | None:
    return participant.answers.live().first()


def field_of(kind: str, node: str, part: str) -> str:
    """Return the name of the input for a rank or points, which findings name as well."""
    return f"{kind}_{node}__{part}"


def answer_findings(nodes: Sequence[Mapping[str, object]], ranks: Numbers, points: Numbers) -> list[Finding]:
    """Return what is wrong with an answer: points out of range, no 100, or an order that the ranks contradict."""
    found: list[Finding] = []
    for node in nodes:
        key, children = str(node["key"]), node["children"]
        assert isinstance(children, list)
        found += _node_findings(key, str(node["label"]), children, ranks.get(key, {}), points.get(key, {}))
    return found


def _node_findings(
    node: str,
    label: str,
    children: Sequence[Mapping[str, str]],
    ranks: Mapping[str, float],
    points: Mapping[str, float],
) -> list[Finding]:
    keys, labels = [child["key"] for child in children], {child["key"]: child["label"] for child in children}
    if set(ranks) != set(keys) or set(points) != set(keys):
        return [Finding.error("points", f"{label}: give each part a rank and points.", field_of("p", node, keys[0]))]
    found = [
        Finding.error("points_range", "Give 0 to 100 points.", field_of("p", node, key))
        for key in keys
        if not 0 <= points[key] <= TOP
    ]
    if found:
        return found
    if max(points.values()) != TOP:
        first = min(keys, key=lambda key: ranks[key])
        message = f"{label}: give 100 points to the swing that matters most, and rate the others against it."
        return [Finding.error("points_top", message, field_of("p", node, first))]
    for one in keys:
        above = [other for other in keys if ranks[other] < ranks[one] and points[other] < points[one]]
        if above:
            message = f"You rank {labels[above[0]]} above {labels[one]}, but give it fewer points. Change one."
            found.append(Finding.error("rank_points", message, field_of("p", node, one)))
    return found


@transaction.atomic
def state_weights(
    *,
    participant: WeightingParticipant,
    ranks: Numbers,
    points: Numbers,
    comment: str,
    actor: User,
    expected_revision: str | None = None,
) -> StatedWeights:
    """State the weights of a participant, or replace the answer that counts so far.

    Raise `EditConflict` if another answer was saved meanwhile, and `ValidationError` with the codes of
    `answer_findings`, `comment`, `dropped`, or `weighting_closed`.
    """
    exercise, current = _own(participant, actor)
    check_revision(revision_of(current), expected_revision)
    reject(answer_findings(exercise.nodes, ranks, points))
    if not comment.strip():
        raise field_error("comment", "Enter why you weigh the criteria in this way.", "comment")
    if (former := _answer_of(current)) is not None:
        set_fields(former, {"superseded_at": timezone.now()}, actor=actor, action="superseded")
    row = StatedWeights(
        participant=current,
        ranks={node: dict(parts) for node, parts in ranks.items()},
        points={node: dict(parts) for node, parts in points.items()},
        comment=comment.strip(),
        given_by=actor,
    )
    stated = create(row, actor=actor, action="stated", private=PRIVATE)
    asked = exercise.participants.filter(dropped_at__isnull=True)
    answers = StatedWeights.objects.live().filter(participant__in=asked).count()
    if former is None and answers == asked.count():
        notifications.notify_opener(exercise, answers, actor=actor)
    return stated


@transaction.atomic
def withdraw_weights(*, participant: WeightingParticipant, reason: str, actor: User) -> StatedWeights:
    """Withdraw the answer of a participant while the exercise is open, with the reason."""
    _, current = _own(participant, actor)
    answer = _answer_of(current)
    if answer is None:
        raise ValidationError("No answer is on record.", code="no_answer")
    if not reason.strip():
        raise field_error("reason", "Enter the reason.", "reason")
    values = {"withdrawn_at": timezone.now(), "withdrawn_by": actor, "withdrawn_because": reason.strip()}
    return set_fields(answer, values, actor=actor, action="withdrew")


def _own(participant: WeightingParticipant, actor: User) -> tuple[WeightingExercise, WeightingParticipant]:
    """Return the locked exercise and participant. Raise if the account does not answer for it, or no longer has to."""
    exercise = locked(participant.exercise)
    current = exercise.participants.select_related("account", "agency").get(pk=participant.pk)
    if not speaks_for(current, actor):
        raise PermissionDenied("Your account does not answer for this participant.")
    if current.dropped_at is not None:
        raise ValidationError("The office no longer asks for these weights.", code="dropped")
    return exercise, current


def move_participants(old: Agency, new: Agency, actor: User | None) -> int:
    """Move the open participations of an agency that closes to its successor; drop one that is asked already."""
    rows = WeightingParticipant.objects.filter(agency=old, dropped_at__isnull=True, exercise__closed_at__isnull=True)
    moved = 0
    for row in rows.select_related("exercise"):
        exercise = locked(row.exercise)
        if exercise.participants.filter(agency=new, dropped_at__isnull=True).exists():
            if _answer_of(row) is None:
                values = {
                    "dropped_at": timezone.now(),
                    "dropped_by": actor,
                    "drop_reason": f"{new} succeeds {old} and is already asked.",
                }
                set_fields(row, values, actor=actor, action="dropped")
            continue
        set_fields(row, {"agency": new}, actor=actor, action=f"moved to the successor of {old}")
        moved += 1
    return moved
