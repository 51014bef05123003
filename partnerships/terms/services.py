"""Services for terms under negotiation, and for their progress after signature.

Outside an amendment, the database rejects changes to the terms of a signed partnership. The status, evidence, and
actual dates of a term can be recorded here at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.findings import Finding
from cpc.validation import db_errors_as_validation, reject
from partnerships.limits import Totals, funding_within_limits
from partnerships.lookups.locking import (
    audit_values,
    change,
    create,
    lock_partnership,
    lock_row,
    service,
)
from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    ProgramAmount,
    Progress,
    Responsibility,
)

Term = TypeVar("Term", Participant, Mechanism, DataPlan, Objective, Responsibility, Program, Activity, Milestone)


@service(Permission.EDIT_PARTNERSHIPS)
def add_term(*, term: Term, actor: User | None) -> Term:
    """Add an unsaved row of terms to a partnership that is not signed yet.

    A withdrawn program with the same title is restored instead.
    """
    if isinstance(term, Program):
        before = Program.objects.filter(partnership=term.partnership, title=term.title, withdrawn=True).first()
        if before is not None:
            return edit_term(term=before, actor=actor, values={"withdrawn": False, "description": term.description})
    reject([*_done_has_ended(term, {}), *_days_are_possible(term, _days_of_events(term))])
    return create(term, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def edit_term(
    *, term: Term, actor: User | None, values: Mapping[str, Any], expected_revision: str | None = None
) -> Term:
    """Change a row of terms, or record its progress.

    Raises `ValidationError` with code `future_day` for a day of an event after today, and `before_term` for one before
    the term of a signed partnership. A day that is on record already stays.
    """
    current: Term = lock_row(term)
    check_revision(current.current_revision(), expected_revision)
    reject([*_done_has_ended(current, values), *_days_are_possible(current, _moved_days(current, values))])
    return change(current, values, actor=actor)


def _done_has_ended(term: Term, values: Mapping[str, Any]) -> list[Finding]:
    """Require the actual end of an activity that is done."""
    if not isinstance(term, Activity):
        return []
    status, ended = (values.get(name, getattr(term, name)) for name in ("status", "actual_end"))
    if status != Progress.DONE or ended is not None:
        return []
    return [Finding.error("actual_end", "Enter the day on which it ended, or choose another status.", "actual_end")]


def _days_of_events(term: Term) -> dict[str, date | None]:
    """Return the days on which something happened, by column."""
    names = {Activity: ("actual_start", "actual_end"), Milestone: ("reached_on",)}.get(type(term), ())
    return {name: getattr(term, name) for name in names}


def _moved_days(term: Term, values: Mapping[str, Any]) -> dict[str, date | None]:
    return {name: values[name] for name, day in _days_of_events(term).items() if values.get(name, day) != day}


def _days_are_possible(term: Term, days: Mapping[str, date | None]) -> Iterator[Finding]:
    """Require that these days are not in the future, nor before the term of a signed partnership.

    Work that was planned for an earlier day may have been done from that day.
    """
    today = timezone.now().date()
    for name, day in days.items():
        if day is None:
            continue
        first = _first_day(term)
        if day > today:
            yield Finding.error("future_day", "This can't be dated in the future.", name)
        elif first is not None and day < first:
            message = f"This can't be before {first}, the first day of the term or of the work as planned."
            yield Finding.error("before_term", message, name)


def _first_day(term: Term) -> date | None:
    if isinstance(term, Milestone):
        partnership, planned = term.activity.partnership, min(term.planned_on, term.activity.planned_start)
    elif isinstance(term, Activity):
        partnership, planned = term.partnership, term.planned_start
    else:
        return None
    if not partnership.is_binding or partnership.counted_from is None:
        return None
    return min(partnership.counted_from, planned)


@service(Permission.EDIT_PARTNERSHIPS)
def remove_term(*, term: Term, actor: User | None) -> None:
    """Remove a row of terms from a partnership that is not signed yet.

    Amounts are never deleted, so a program with amounts is withdrawn and set to zero for both governments. Raises
    `ValidationError` with code `in_use` if other rows depend on the row, and names them.
    """
    if isinstance(term, Program) and term.amounts.exists():
        nothing = [(term, side, Decimal("0.00")) for side in Government]
        set_amounts(partnership=term.partnership, amounts=nothing, actor=actor)
        edit_term(term=term, actor=actor, values={"withdrawn": True})
        return
    record(actor=actor, action="removed", target=term, before=audit_values(term))
    try:
        with db_errors_as_validation():
            term.delete()
    except ProtectedError as error:
        dependents = sorted({f"{row._meta.verbose_name} “{row}”" for row in error.protected_objects})
        raise ValidationError(
            f"{'; '.join(dependents)[:1].upper()}{'; '.join(dependents)[1:]}: remove or change it first.",
            code="in_use",
        ) from error


@service(Permission.EDIT_PARTNERSHIPS)
def set_amounts(
    *,
    partnership: Partnership,
    amounts: Sequence[tuple[Program, Government, Decimal]],
    actor: User | None,
    expected_revision: str | None = None,
) -> Partnership:
    """Record each government's allocations to programs, together, before signature.

    Returns the partnership. `expected_revision` is the `amounts_revision` from when the writer opened the form.
    Raises `EditConflict` if amounts were stated since, and `ValidationError` with code `planned_limit` or
    `awarded_over_planned`, naming the largest lawful amount.
    """
    current = lock_partnership(partnership)
    check_revision(amounts_revision(current), expected_revision)
    rows = [ProgramAmount(program=program, government=side, amount=amount) for program, side, amount in amounts]
    for row in rows:
        row.full_clean(exclude=("at",))  # the database sets `at`
    reject(funding_within_limits(planned_with(current, rows), current.limits))
    with db_errors_as_validation():
        ProgramAmount.objects.bulk_create(rows)
    current.refresh_from_db()
    record(
        actor=actor,
        action="set amounts",
        target=current,
        before={"planned_total": partnership.planned_total},
        after={"planned_total": current.planned_total, "amounts": [audit_values(row) for row in rows]},
    )
    return current


def amounts_revision(partnership: Partnership) -> str:
    """Return the key of the newest amount, or "0". Amounts are only added, never edited."""
    rows = ProgramAmount.objects.filter(program__partnership=partnership).order_by("-pk")
    return str(rows.values_list("pk", flat=True).first() or 0)


def planned_with(
    partnership: Partnership, rows: Sequence[ProgramAmount], withdrawn: Mapping[int, bool] | None = None
) -> Totals:
    """Return the totals of a locked partnership with these amounts added.

    A withdrawn program plans nothing. `withdrawn` holds the programs, by key, that an amendment withdraws or restores.
    """
    newest: dict[int, Decimal] = {
        row.program_id: row.amount
        for row in ProgramAmount.objects.filter(
            program__partnership=partnership, government=Government.UNITED_STATES
        ).order_by("id")  # a later amount of a program replaces the earlier one
    }
    newest |= {row.program_id: row.amount for row in rows if row.government == Government.UNITED_STATES}
    gone = dict(partnership.programs.values_list("pk", "withdrawn")) | dict(withdrawn or {})
    totals = partnership.totals
    return Totals(
        planned=sum((amount for program, amount in newest.items() if not gone.get(program)), Decimal("0.00")),
        notified=totals.notified,
        awarded=totals.awarded,
        obligated=totals.obligated,
        disbursed=totals.disbursed,
    )
