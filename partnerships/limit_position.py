"""Position of a partnership: its term and money against their limits.

Figures of a documented partnership come from statements, which are never mixed with sums of a ledger.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.grouping import grouped
from partnerships.limits import Totals
from partnerships.models import (
    AmendmentChange,
    AmendmentKind,
    AmendmentState,
    Award,
    Dialogue,
    ExceptionKind,
    FigureKind,
    FigureStatement,
    LimitException,
    Partnership,
    RecordKind,
)
from partnerships.schedules import WARNING_DAYS
from partnerships.states import IN_FORCE
from partnerships.term_position import ExceptionState, TermPosition, exception_state

AHEAD = max(WARNING_DAYS)
"""Days ahead for which deadlines are listed."""


_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_STATED_IN = re.compile(r"(?:(\w+) )?(\d{4})\Z")


def stated_by(statement: FigureStatement) -> date | None:
    """Return the day by which a statement had been made, or None if unknown.

    It is the statement's own day, or the last day of its month or year.
    """
    if statement.stated_on is not None:
        return statement.stated_on
    match = _STATED_IN.match(statement.stated_in)
    if match is None or (match[1] and match[1] not in _MONTHS):
        return None
    month, year = _MONTHS.get(match[1] or "", 12), int(match[2])
    return date(year, month, calendar.monthrange(year, month)[1])


def newest_total(statements: Iterable[FigureStatement]) -> FigureStatement | None:
    """Return the statement of the United States' total to use: the newest dated one.

    A statement without a date is used only if it states more, because totals were added to over time.
    """
    totals = [row for row in statements if row.kind == FigureKind.US_TOTAL and row.currency == "USD"]
    dated = [row for row in totals if stated_by(row)]
    newest = max(dated, key=lambda row: (stated_by(row) or date.min, row.pk), default=None)
    undated = max((row for row in totals if row not in dated), key=_amount, default=None)
    if newest is None or (undated is not None and _amount(undated) > _amount(newest)):
        return undated
    return newest


def disputed_total(statements: Iterable[FigureStatement]) -> FigureStatement | None:
    """Return the highest statement of the United States' total if the newest one states less, or else None.

    Totals only rise over time, so a later and lower statement disagrees with the earlier one.
    """
    totals = [row for row in statements if row.kind == FigureKind.US_TOTAL and row.currency == "USD"]
    highest, newest = max(totals, key=_amount, default=None), newest_total(totals)
    if highest is None or newest is None or _amount(highest) <= _amount(newest):
        return None
    return highest


def _amount(statement: FigureStatement) -> Decimal:
    return statement.amount or Decimal(0)


def headroom(partnership: Partnership) -> Totals:
    """Return the headroom of each total: to its limit, or to the total it comes from."""
    now, limit = partnership.totals, partnership.funding_limit
    return Totals(
        planned=limit - now.planned,
        notified=limit - now.notified,
        awarded=min(now.planned, limit) - now.awarded,
        obligated=min(now.awarded, limit) - now.obligated,
        disbursed=min(now.obligated, limit) - now.disbursed,
    )


def open_to_obligation(may_obligate: Decimal, obligated: Decimal, last_day: date | None, today: date) -> Decimal:
    """Return the amount notified in time or exempt that is not obligated yet.

    After the last day of the term it is zero: nothing new is obligated then.
    """
    if last_day is not None and today > last_day:
        return Decimal("0.00")
    return max(may_obligate - obligated, Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class AwardHeadroom:
    obligated: Decimal
    disbursed: Decimal
    subawarded: Decimal


def award_headroom(award: Award) -> AwardHeadroom:
    return AwardHeadroom(
        obligated=award.awarded_total - award.obligated_total,
        disbursed=award.obligated_total - award.disbursed_total,
        subawarded=award.awarded_total - award.subawarded_total,
    )


@dataclass(frozen=True, slots=True)
class LimitPosition:
    """One partnership with its term, money, and exceptions, for its page and its list row.

    `exceptions` are granted or documented, `requests` neither granted nor refused.
    """

    partnership: Partnership
    statements: Sequence[FigureStatement] = ()
    exceptions: Sequence[LimitException] = ()
    requests: Sequence[LimitException] = ()
    dialogues: Sequence[tuple[date, date]] = ()
    first_end: date | None = None
    overdue: int = 0

    # ---- what kind of record -----------------------------------------------------------------------------------

    @property
    def is_documented(self) -> bool:
        return self.partnership.kind == RecordKind.DOCUMENTED

    @property
    def is_in_force(self) -> bool:
        return self.partnership.status in IN_FORCE

    # ---- term and exceptions -----------------------------------------------------------------------------------

    def term(self, today: date) -> TermPosition:
        return self.partnership.term_position(today, self.first_end)

    @property
    def planned_end(self) -> date | None:
        return self.first_end or self.partnership.ends_on

    def exception_end(self, today: date) -> date | None:
        term = self.term(today)
        raised = any(row.term_months for row in self.exceptions)
        return term.lawful_end if raised and term.lawful_end != term.policy_end else None

    def state_of(self, row: LimitException, today: date) -> ExceptionState:
        needed = self.term(today).months_past_policy if row.term_months else self.funding_over
        return exception_state(
            is_practice=row.kind == ExceptionKind.DOCUMENTED_PRACTICE,
            is_granted=row.is_granted,
            is_refused=row.is_refused,
            is_needed=bool(needed),
            expires_on=row.expires_on,
            today=today,
        )

    def exception_states(self, today: date, *, of_term: bool | None = None) -> set[ExceptionState]:
        """Return the states of the exceptions of the term, of funding, or of both (None)."""
        rows = (*self.exceptions, *self.requests)
        return {self.state_of(row, today) for row in rows if of_term is None or bool(row.term_months) is of_term}

    # ---- money -------------------------------------------------------------------------------------------------

    @property
    def planned(self) -> Decimal | None:
        """Return the amount that the United States planned, from programs or statements.

        Return None if neither states it.
        """
        if not self.is_documented:
            total: Decimal = self.partnership.planned_total
            return total
        stated = [row for row in self.statements if row.kind == FigureKind.US_PLANNED and row.currency == "USD"]
        return stated[-1].amount if stated else None

    @property
    def obligated(self) -> Decimal | None:
        return None if self.is_documented else self.partnership.obligated_total

    @property
    def disbursed(self) -> Decimal | None:
        return None if self.is_documented else self.partnership.disbursed_total

    @property
    def stated(self) -> FigureStatement | None:
        """Return the statement of the total to use for a record without a ledger."""
        return newest_total(self.statements) if self.is_documented else None

    @property
    def disputed(self) -> FigureStatement | None:
        """Return the highest statement of the total if it disagrees with the one to use, or None."""
        return disputed_total(self.statements) if self.is_documented else None

    @property
    def highest_stated(self) -> Decimal | None:
        """Return the highest total that was stated, from which the overage counts."""
        highest = self.disputed or self.stated
        return highest.amount if highest else None

    @property
    def policy_funding(self) -> Decimal:
        policy = self.partnership.limit_policy
        limit: Decimal = policy.funding if policy else self.partnership.funding_limit
        return limit

    @property
    def exception_funding(self) -> Decimal | None:
        limit: Decimal = self.partnership.funding_limit
        return limit if any(row.funding for row in self.exceptions) and limit > self.policy_funding else None

    @property
    def funding_over(self) -> Decimal:
        """Return how far the largest amount exceeds the policy's limit.

        The amounts are those planned, notified, awarded, or stated.
        """
        row = self.partnership
        amounts: list[Decimal | None] = [
            self.planned,
            row.notified_total,
            row.awarded_total,
            self.highest_stated,
        ]
        return max(max(amount for amount in amounts if amount is not None) - self.policy_funding, Decimal(0))


def limit_positions(partnerships: Sequence[Partnership]) -> list[LimitPosition]:
    """Return the position of each partnership, in order, with a fixed number of queries.

    The partnerships must come with country and limit policy loaded.
    """
    keys = [row.pk for row in partnerships]
    statements = grouped(
        FigureStatement.objects.filter(partnership__in=keys).order_by("pk"), lambda row: row.partnership_id
    )
    rows = LimitException.objects.filter(partnership__in=keys)
    exceptions = grouped(
        rows.select_related("grant", "refusal", "statement").order_by("pk"), lambda row: row.partnership_id
    )
    ends = _first_ends(keys)
    held = grouped(
        Dialogue.objects.filter(partnership__in=keys, held_from__isnull=False).order_by("held_from"),
        lambda row: row.partnership_id,
    )
    return [
        LimitPosition(
            partnership=row,
            statements=statements.get(row.pk, []),
            exceptions=[one for one in exceptions.get(row.pk, []) if one.is_granted],
            requests=[one for one in exceptions.get(row.pk, []) if not one.is_granted and not one.is_refused],
            dialogues=[(d.held_from, d.held_until or d.held_from) for d in held.get(row.pk, []) if d.held_from],
            first_end=ends.get(row.pk) or _stated_end(statements.get(row.pk, [])),
            overdue=getattr(row, "overdue", 0),
        )
        for row in partnerships
    ]


def _first_ends(keys: Sequence[int]) -> dict[int, date]:
    """Return the last day as signed, by partnership: the one before the amendment that took effect first.

    Amendments take effect in another order than their numbers. A correction records what was signed all along.
    """
    changes = (
        AmendmentChange.objects.filter(
            amendment__partnership__in=keys,
            amendment__state=AmendmentState.APPLIED,
            row_table=Partnership._meta.db_table,
            column="ends_on",
        )
        .exclude(amendment__kind=AmendmentKind.CORRECTION)
        .order_by("-amendment__applied_at", "-pk")  # of several, the one applied first is written last, and stays
    )
    return {
        change.amendment.partnership_id: date.fromisoformat(change.old)
        for change in changes.select_related("amendment")
        if change.old
    }


def _stated_end(statements: Iterable[FigureStatement]) -> date | None:
    """Return the last day of the term as first stated."""
    return next((row.day for row in statements if row.kind == FigureKind.TERM_MONTHS and row.day), None)
