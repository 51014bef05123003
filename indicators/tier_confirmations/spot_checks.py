"""Spot check of a sitting: which tiers a second person reads, what differs, and what is left to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cpc.accounts.models import User
from indicators.models import AnswerKind, DrawReason, TierAnswer, TierConfirmation, TierDraw, TierSitting


class CheckState(enum.StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    DIFFERS = "differs"
    DONE = "done"


def differs(answer: TierAnswer, confirmation: TierConfirmation) -> bool:
    return answer.tier != confirmation.tier


@dataclass(frozen=True, slots=True)
class Case:
    """Tier that was drawn: the first answer, the second, and what both wrote to settle a difference."""

    draw: TierDraw
    confirmation: TierConfirmation
    reading: TierAnswer | None
    settlements: tuple[TierAnswer, ...]

    @property
    def is_different(self) -> bool:
        return self.reading is not None and differs(self.reading, self.confirmation)

    def settlement_of(self, user_id: int | None) -> TierAnswer | None:
        """Return what a person wrote last."""
        return next((answer for answer in reversed(self.settlements) if answer.answered_by_id == user_id), None)

    @property
    def settled_tier(self) -> str:
        """Return the tier that both people name, or `""`."""
        if self.reading is None:
            return ""
        first = self.settlement_of(self.confirmation.recorded_by_id)
        second = self.settlement_of(self.reading.answered_by_id)
        return first.tier if first and second and first.tier == second.tier else ""

    @property
    def is_settled(self) -> bool:
        return not self.is_different or bool(self.settled_tier)

    @property
    def is_done(self) -> bool:
        return self.reading is not None and self.is_settled

    @property
    def tier(self) -> str:
        """Return the tier that is published: the settled one, or the one on which both agree."""
        return self.settled_tier if self.is_different else self.confirmation.tier

    @property
    def revision(self) -> str:
        return str(self.settlements[-1].pk if self.settlements else 0)

    def is_of(self, user: User) -> bool:
        """Return True if the user confirmed this tier and can't read it as the second person."""
        return self.confirmation.recorded_by_id == user.pk

    def waits_for(self, user: User) -> bool:
        """Return True if the user is one of the two who differ, and the other one does not have to write first."""
        if not self.shows_first_answer_to(user):
            return False
        mine = self.settlement_of(user.pk)
        return mine is None or (mine != self.settlements[-1] and self.settlements[-1].tier != mine.tier)

    def shows_first_answer_to(self, user: User) -> bool:
        """Return True for both people once the second one has answered."""
        return self.reading is not None and user.pk in (self.confirmation.recorded_by_id, self.reading.answered_by_id)


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """Spot check of one sitting; `confirmations` are all of it, drawn or not."""

    sitting: TierSitting
    confirmations: tuple[TierConfirmation, ...]
    cases: tuple[Case, ...]
    first_size: int

    @property
    def state(self) -> CheckState:
        if self.sitting.batch_id is not None:
            return CheckState.DONE
        if not self.cases:
            return CheckState.WAITING
        return CheckState.OPEN if all(case.is_settled for case in self.cases) else CheckState.DIFFERS

    @property
    def not_drawn(self) -> list[TierConfirmation]:
        drawn = {case.confirmation.pk for case in self.cases}
        return [row for row in self.confirmations if row.pk not in drawn]

    @property
    def unread(self) -> list[Case]:
        return [case for case in self.cases if case.reading is None]

    @property
    def differences(self) -> int:
        return sum(case.is_different for case in self.cases)

    @property
    def unsettled(self) -> list[Case]:
        return [case for case in self.cases if not case.is_settled]

    @property
    def at_random(self) -> int:
        return sum(case.draw.reason == DrawReason.RANDOM for case in self.cases)

    @property
    def is_done(self) -> bool:
        """Return True if every drawn tier was read and settled."""
        return bool(self.cases) and all(case.is_done for case in self.cases)

    def case(self, draw: TierDraw) -> Case:
        """Return the case of a draw of this sitting."""
        return next(case for case in self.cases if case.draw.pk == draw.pk)

    def to_read_by(self, user: User) -> list[Case]:
        """Return the cases that wait for this person as the second one."""
        return [case for case in self.unread if not case.is_of(user)]

    def to_settle_by(self, user: User) -> list[Case]:
        """Return the differences in which this person has not yet named the tier that the other one named last."""
        return [case for case in self.unsettled if case.waits_for(user)]

    def next_for(self, user: User, after: int = 0) -> Case | None:
        """Return the next case that the person can read, after the draw with this key if there is one."""
        cases = self.to_read_by(user)
        return next((case for case in cases if case.draw.pk > after), cases[0] if cases else None)

    def before_for(self, user: User, before: int) -> Case | None:
        """Return the case that the person can read before the draw with this key, if there is one."""
        return next((case for case in reversed(self.to_read_by(user)) if case.draw.pk < before), None)


def spot_check(sitting: TierSitting) -> SpotCheck:
    """Return the spot check of a sitting, in three queries."""
    confirmations = tuple(
        TierConfirmation.objects.live().filter(sitting=sitting).select_related("country", "recorded_by", "on_record")
    )
    by_key = {row.pk: row for row in confirmations}
    draws = list(TierDraw.objects.filter(drawing__sitting=sitting).select_related("drawing").order_by("pk"))
    answers: dict[int, list[TierAnswer]] = {draw.pk: [] for draw in draws}
    for answer in TierAnswer.objects.filter(draw__in=draws).select_related("answered_by").order_by("pk"):
        answers[answer.draw_id].append(answer)
    return SpotCheck(
        sitting=sitting,
        confirmations=confirmations,
        cases=tuple(
            Case(
                draw,
                by_key[draw.confirmation_id],
                next((a for a in answers[draw.pk] if a.kind == AnswerKind.READING), None),
                tuple(a for a in answers[draw.pk] if a.kind == AnswerKind.SETTLEMENT),
            )
            for draw in draws
        ),
        first_size=next((draw.drawing.size for draw in draws if draw.drawing.number == 1), 0),
    )


def open_checks() -> list[SpotCheck]:
    """Return the spot checks that are drawn and whose tiers are not published."""
    sittings = TierSitting.objects.filter(batch__isnull=True, drawings__isnull=False).distinct()
    return [spot_check(sitting) for sitting in sittings.order_by("pk")]
