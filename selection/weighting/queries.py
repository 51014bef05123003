"""Reads of weighting exercises: who was asked and has answered, and what may be seen by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from cpc.grouping import grouped
from selection.lookups.criteria_consultation import criteria_consultees
from selection.models import StatedWeights, WeightingDraft, WeightingExercise, WeightingParticipant

OFFICE = "TIP Office"


@dataclass(frozen=True)
class Participation:
    """One participant of an exercise with its answers, the newest first."""

    participant: WeightingParticipant
    answers: tuple[StatedWeights, ...]

    @property
    def answer(self) -> StatedWeights | None:
        """Return the answer that counts."""
        return next((row for row in self.answers if row.superseded_at is None and row.withdrawn_at is None), None)

    @property
    def is_agency(self) -> bool:
        return self.participant.agency_id is not None

    @property
    def speaks_for(self) -> str:
        return str(self.participant.agency) if self.is_agency else OFFICE


@dataclass(frozen=True)
class Exercise:
    """An exercise with everyone who is asked, for one reader.

    `sees_answers`: the answers of others are hidden from a participant until they have answered, and from everyone
    else until all have, or the exercise is closed.
    """

    row: WeightingExercise
    everyone: tuple[Participation, ...]
    dropped: tuple[WeightingParticipant, ...]
    drafts: tuple[WeightingDraft, ...]
    own: Participation | None
    may_answer: bool
    today: dt.date

    @cached_property
    def answered(self) -> list[Participation]:
        return [one for one in self.everyone if one.answer is not None]

    @property
    def is_complete(self) -> bool:
        return bool(self.everyone) and len(self.answered) == len(self.everyone)

    @property
    def is_late(self) -> bool:
        return self.row.is_open and not self.is_complete and self.row.due_on < self.today

    @property
    def sees_answers(self) -> bool:
        if not self.row.is_open or self.is_complete:
            return True
        return self.own is not None and bool(self.own.answers)

    def saw_others(self, one: Participation) -> bool:
        """Return whether a participant replaced an answer while those of others were open to them."""
        if one.answer is None or len(one.answers) < 2:
            return False
        first = one.answers[-1].at
        others = (answer for other in self.everyone if other != one for answer in other.answers)
        return any(first < one.answer.at and answer.at < one.answer.at for answer in others)


def exercises(user: User) -> QuerySet[WeightingExercise]:
    """Return the exercises that an account may see, open ones first."""
    return WeightingExercise.objects.visible_to(user).select_related("model", "opened_by", "closed_by", "run")


def find_exercise(user: User, pk: int, today: dt.date) -> Exercise | None:
    row = exercises(user).filter(pk=pk).first()
    return None if row is None else exercise_of(row, user, today)


def exercise_of(row: WeightingExercise, user: User, today: dt.date) -> Exercise:
    participants = list(row.participants.select_related("account", "agency", "dropped_by"))
    answers = StatedWeights.objects.filter(participant__exercise=row).select_related("given_by", "withdrawn_by")
    by_participant = grouped(answers.order_by("-pk"), lambda answer: answer.participant_id)
    everyone = [
        Participation(one, tuple(by_participant.get(one.pk, ()))) for one in participants if one.dropped_at is None
    ]
    everyone.sort(key=lambda one: (one.is_agency, str(one.participant)))
    own = next((one for one in everyone if is_own(one.participant, user)), None)
    drafts = tuple(row.drafts.select_related("model", "made_by"))
    return Exercise(
        row,
        tuple(everyone),
        tuple(one for one in participants if one.dropped_at is not None),
        drafts,
        own,
        own is not None and row.is_open and speaks_for(own.participant, user),
        today,
    )


def is_own(participant: WeightingParticipant, user: User) -> bool:
    """Return whether a participant is the account itself, or the agency that it represents."""
    if participant.agency_id is not None:
        return user.allows(Permission.CONSULT) and user.agency_id == participant.agency_id
    return participant.account_id == user.pk


def speaks_for(participant: WeightingParticipant, user: User) -> bool:
    """Return whether an account states the weights of a participant: its own, or as point of contact its agency's."""
    if participant.agency_id is not None:
        return is_own(participant, user) and user.is_contact
    return participant.account_id == user.pk and is_member(user)


def is_member(user: User) -> bool:
    return user.allows(Permission.EDIT_MODELS) or user.allows(Permission.APPROVE_SELECTION)


def members() -> QuerySet[User]:
    """Return the people of the office who can be asked: those who draft or adopt models."""
    return User.objects.filter(role__in=(Role.ANALYST, Role.APPROVER), is_active=True).order_by("name", "pk")


def agencies() -> QuerySet[Agency]:
    """Return the agencies that can be asked: those for which a point of contact can answer."""
    contacts = User.objects.filter(agency=OuterRef("pk"), role=Role.REVIEWER, is_contact=True, is_active=True)
    return Agency.objects.filter(Exists(contacts), is_active=True)


def statutory_agencies() -> list[Agency]:
    """Return the agencies among them that the statute names for the criteria, or their successors."""
    return [one.agency for one in criteria_consultees()]


def left_to_ask(exercise: Exercise) -> tuple[QuerySet[User], QuerySet[Agency]]:
    asked = [one.participant for one in exercise.everyone]
    people = members().exclude(pk__in=[one.account_id for one in asked if one.account_id])
    return people, agencies().exclude(pk__in=[one.agency_id for one in asked if one.agency_id])


def recipients(participants: Sequence[WeightingParticipant]) -> list[User]:
    """Return the accounts of participants: the person asked, and every reviewer of an agency."""
    accounts = [one.account_id for one in participants if one.account_id]
    agency_keys = [one.agency_id for one in participants if one.agency_id]
    found = User.objects.filter(Q(pk__in=accounts) | Q(agency__in=agency_keys, role=Role.REVIEWER), is_active=True)
    return list(found)
