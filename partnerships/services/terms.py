"""Terms while they are negotiated, and what comes of them afterwards.

The database refuses what changes the terms of a signed partnership outside an amendment; the status, evidence and
actual dates of a term are recorded here at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.refusals import refusal, refused_alike
from partnerships.limits import Totals, funding_within_limits
from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Programme,
    ProgrammeAmount,
    Responsibility,
)
from partnerships.services.base import change, create, locked, require, said

Term = TypeVar("Term", Participant, Mechanism, DataPlan, Objective, Responsibility, Programme, Activity, Milestone)


@transaction.atomic
def add_term(*, term: Term, actor: User | None) -> Term:
    """Add an unsaved row of terms to a partnership that is not signed yet."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    return create(term, actor=actor)


@transaction.atomic
def edit_term(*, term: Term, actor: User | None, values: Mapping[str, Any]) -> Term:
    """Change fields of a row of terms."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = type(term)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=term.pk)
    return change(current, values, actor=actor)


@transaction.atomic
def remove_term(*, term: Term, actor: User | None) -> None:
    """Take a row of terms out of a partnership that is not signed yet."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    before = said(term)
    record(actor=actor, action="removed", target=term, before=before)
    with refused_alike():
        term.delete()


@transaction.atomic
def set_amounts(
    *, partnership: Partnership, amounts: Sequence[tuple[Programme, Government, Decimal]], actor: User | None
) -> Partnership:
    """State what each government allocates to programmes, together, before signature. Returns the partnership.

    Raises `ValidationError` of code `planned_limit` or `awarded_over_planned` with the largest lawful amount.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = locked(partnership)
    rows = [ProgrammeAmount(programme=programme, government=side, amount=amount) for programme, side, amount in amounts]
    for row in rows:
        row.full_clean(exclude=("at",))
    found = funding_within_limits(planned_with(current, rows), current.limits)
    if found:
        raise refusal(found)
    with refused_alike():
        ProgrammeAmount.objects.bulk_create(rows)
    current.refresh_from_db()
    record(
        actor=actor,
        action="set amounts",
        target=current,
        before={"planned_total": partnership.planned_total},
        after={"planned_total": current.planned_total, "amounts": [said(row) for row in rows]},
    )
    return current


def planned_with(partnership: Partnership, rows: Sequence[ProgrammeAmount]) -> Totals:
    """The totals of a locked partnership once these amounts count."""
    newest: dict[int, Decimal] = {
        row.programme_id: row.amount
        for row in ProgrammeAmount.objects.filter(
            programme__partnership=partnership, government=Government.UNITED_STATES
        ).order_by("id")
    }
    newest |= {row.programme_id: row.amount for row in rows if row.government == Government.UNITED_STATES}
    totals = partnership.totals
    return Totals(
        planned=sum(newest.values(), Decimal("0.00")),
        notified=totals.notified,
        awarded=totals.awarded,
        obligated=totals.obligated,
        disbursed=totals.disbursed,
    )
