"""Position of a partnership on a day: the phase of its term, the months of its limit, and its exceptions. Pure.

Every sentence about a term is made from these facts, on pages, in charts, exports, deadlines, and messages, so that no
two of them can disagree. They follow from the recorded status, the days of the term, its actual end, and the limits::

    position = TermPosition(today, "terminated", starts_on=first, ends_on=last, ended_on=ended, signed_on=signed)
    position.phase, position.days_left, position.months_used
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from partnerships import limits
from partnerships.states import BEFORE_SIGNATURE, IN_FORCE, ONCE_IN_FORCE


class Phase(enum.StrEnum):
    """Phases of a term, as the recorded status and the days tell them.

    `AHEAD` is in force before its first day. `LAPSED` is in force by its status, but its last day has passed.
    """

    PLANNED = "planned"
    CANCELED = "canceled"
    AHEAD = "ahead"
    RUNNING = "running"
    LAPSED = "lapsed"
    ENDED = "ended"


class ExceptionState(enum.StrEnum):
    """States of a limit exception on a day.

    `USED` means granted and needed, also after it expires; `GRANTED` means granted, usable, and not needed so far.
    """

    REQUESTED = "requested"
    REFUSED = "refused"
    GRANTED = "granted"
    USED = "used"
    EXPIRED = "expired"
    PRACTICE = "practice"


def phase_of(status: str, *, starts_on: date | None, ends_on: date | None, today: date) -> Phase:
    if status in BEFORE_SIGNATURE:
        return Phase.PLANNED
    if status not in IN_FORCE:
        return Phase.ENDED if status in ONCE_IN_FORCE else Phase.CANCELED
    if ends_on is not None and ends_on < today:
        return Phase.LAPSED
    return Phase.AHEAD if starts_on is not None and starts_on > today else Phase.RUNNING


def exception_state(
    *,
    is_practice: bool = False,
    is_granted: bool = False,
    is_refused: bool = False,
    is_needed: bool = False,
    expires_on: date | None = None,
    today: date,
) -> ExceptionState:
    """Return the state of an exception on a day.

    `is_needed` is true if what the partnership has now exceeds the limit that the exception raised.
    """
    if is_practice:
        return ExceptionState.PRACTICE
    if is_refused:
        return ExceptionState.REFUSED
    if not is_granted:
        return ExceptionState.REQUESTED
    if is_needed:
        return ExceptionState.USED
    return ExceptionState.EXPIRED if expires_on is not None and expires_on < today else ExceptionState.GRANTED


@dataclass(frozen=True, slots=True)
class TermPosition:
    """The term of one partnership on the day `today`.

    `signed_end` is the last day as signed, None if it is still the last day. `limit_months` is the longest term
    allowed with exceptions, `policy_months` without them.
    """

    today: date
    status: str
    starts_on: date | None = None
    ends_on: date | None = None
    ended_on: date | None = None
    signed_on: date | None = None
    signed_end: date | None = None
    limit_months: int = 0
    policy_months: int | None = None

    # ---- phase -------------------------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        return phase_of(self.status, starts_on=self.starts_on, ends_on=self.ends_on, today=self.today)

    @property
    def is_running(self) -> bool:
        return self.phase in (Phase.AHEAD, Phase.RUNNING)

    @property
    def was_in_force(self) -> bool:
        """Return True if the partnership is or was in force, so that months of its limit are used."""
        return self.status in ONCE_IN_FORCE

    @property
    def last_day(self) -> date | None:
        return self.ended_on or self.ends_on

    @property
    def ended_early(self) -> bool:
        return self.ended_on is not None and self.ends_on is not None and self.ended_on < self.ends_on

    @property
    def days_left(self) -> int | None:
        """Return the days from today to the last day; None if the term is not running or has no last day."""
        return (self.ends_on - self.today).days if self.is_running and self.ends_on else None

    # ---- months ------------------------------------------------------------------------------------------------

    @property
    def counted_from(self) -> date | None:
        return limits.counted_from(self.starts_on, self.signed_on)

    @property
    def months_used(self) -> int | None:
        """Return the whole months of the limit used so far, or None without a day from which it counts."""
        first = self.counted_from
        if first is None:
            return None
        return limits.months_of_limit_used(
            first, self.today, is_in_force=self.was_in_force, ended_on=self.ended_on, ends_on=self.ends_on
        )

    @property
    def signed_months(self) -> int | None:
        """Return the months of the term as signed, or as planned before signature."""
        return _months(self.starts_on, self.signed_end or self.ends_on)

    @property
    def agreed_months(self) -> int | None:
        return _months(self.starts_on, self.ends_on)

    @property
    def added_months(self) -> int:
        """Return the months added since signature, negative if the term was shortened."""
        now, signed = self.agreed_months, self.signed_months
        return 0 if now is None or signed is None else now - signed

    @property
    def length(self) -> int | None:
        """Return the months from the first day to the last, the actual one once the term is over."""
        return _months(self.starts_on, self.last_day)

    @property
    def counted_length(self) -> int | None:
        """Return the months that count toward the limit, from entry into force if that comes first."""
        return _months(self.counted_from, self.last_day)

    @property
    def months_past_policy(self) -> int:
        """Return the months by which the term exceeds the limit of the policy."""
        if self.counted_length is None or self.policy_months is None:
            return 0
        return max(self.counted_length - self.policy_months, 0)

    @property
    def policy_end(self) -> date | None:
        """Return the last day that the policy alone allows."""
        first = self.counted_from
        return limits.add_months(first, self.policy_months) if first and self.policy_months is not None else None

    @property
    def lawful_end(self) -> date | None:
        """Return the last day allowed, with exceptions."""
        return limits.add_months(self.counted_from, self.limit_months) if self.counted_from else None

    @property
    def lawful_end_if_signed_today(self) -> date | None:
        """Return the last day allowed if both sign today; None without a first day, and once the term is signed.

        Before signature `lawful_end` assumes a signature on the first day or later.
        """
        if self.phase is not Phase.PLANNED or self.starts_on is None:
            return None
        return limits.add_months(min(self.starts_on, self.today), self.limit_months)

    @property
    def waits_to_be_signed_until(self) -> date | None:
        """Return the first day of signature from which the planned last day is lawful; None if today is one.

        Return None too if no signature makes it lawful.
        """
        today_end = self.lawful_end_if_signed_today
        if today_end is None or self.lawful_end is None or self.ends_on is None:
            return None
        if not today_end < self.ends_on <= self.lawful_end:
            return None
        return limits.first_lawful_signing(self.ends_on, self.limit_months)

    @property
    def is_full(self) -> bool:
        """Return True if a running term ends on the latest lawful day, so that an extension needs an exception."""
        return self.is_running and self.ends_on is not None and self.ends_on == self.lawful_end


def _months(first: date | None, last: date | None) -> int | None:
    return None if first is None or last is None else limits.months_needed(first, last)
