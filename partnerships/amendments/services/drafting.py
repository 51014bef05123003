"""Drafting of amendments and decisions on them. `applying` puts them into effect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import check_may_decide
from cpc.audit.services import record
from cpc.database.revisions import REVISION
from cpc.findings import errors
from cpc.validation import db_errors_as_validation, validation_error
from partnerships.amendable import first_day_open, open_for
from partnerships.amendments.services.applying import (
    amendment_findings,
    amounts_now,
    encoded,
    locked_amendment,
)
from partnerships.lookups.locking import (
    audit_values,
    create,
    locked,
    require,
    set_fields,
)
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentChange,
    AmendmentKind,
    AmendmentState,
    ChangeAction,
    DataPlan,
    DocumentVersion,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
    SustainabilityStrategy,
)


@transaction.atomic
def draft_amendment(
    *,
    partnership: Partnership,
    kind: AmendmentKind,
    title: str,
    reason: str,
    actor: User,
    document: DocumentVersion | None = None,
) -> Amendment:
    """Open a draft with the next number of its partnership.

    Raises `ValidationError` with code `not_signed`, `amendment_document`, or `partnership_status`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = locked(partnership)
    if not current.is_binding:
        raise ValidationError(
            "You can amend a partnership only after it is signed. Until then, edit it.", code="not_signed"
        )
    if document is not None and document.document.partnership_id != current.pk:
        error = ValidationError("The document belongs to another partnership.", code="amendment_document")
        raise ValidationError({"document": error})
    found = open_for(kind, current.status)
    if found:
        raise validation_error(found)
    newest = current.amendments.order_by("number").last()
    amendment = Amendment(
        partnership=current,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        title=title,
        reason=reason,
        document=document,
        requested_by=actor,
    )
    return create(amendment, actor=actor, action="drafted")


@transaction.atomic
def propose_change(*, amendment: Amendment, row: models.Model, field: str, value: Any, actor: User) -> AmendmentChange:
    """Add a new value for a field of a row to a draft.

    Raises `ValidationError` with code `amendment_table` for a row that holds no terms, `amendment_row` for one of
    another partnership, `unknown_field` for a field that amendments cannot change, and the codes of
    `first_day_open`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    _belongs(amendment, row)
    column = row._meta.get_field(field)
    if not isinstance(column, models.Field) or not column.editable or column.name == "partnership":
        raise ValidationError(f"An amendment can't change the field {field}.", code="unknown_field")
    if isinstance(row, Partnership) and field == "starts_on":
        found = first_day_open(amendment.kind, has_document=amendment.document_id is not None)
        if found:
            raise validation_error(found)
    cleaned = column.clean(getattr(value, "pk", value), row)
    change = AmendmentChange(
        amendment=amendment,
        action=ChangeAction.SET,
        row_table=row._meta.db_table,
        row_id=row.pk,
        column=column.attname,
        old=encoded(column.value_from_object(type(row)._default_manager.get(pk=row.pk))),
        new=encoded(cleaned),
    )
    return create(change, actor=actor, action="proposed")


@transaction.atomic
def propose_addition(
    *, amendment: Amendment, row: models.Model, actor: User, instead_of: Any = None
) -> AmendmentChange:
    """Add a new, unsaved row to a draft.

    Its key is reserved so that other changes can refer to it. `instead_of` is the current value that the row
    replaces, if any. Raises `ValidationError` with code `amendment_table` or `amendment_row`, as `propose_change`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    _belongs(amendment, row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [row._meta.db_table])
        row.pk = cursor.fetchone()[0]
    # A relation may be to a row that exists only once the amendment is applied; the database sets `at`.
    row.clean_fields(exclude=["at", *(f.name for f in row._meta.fields if f.is_relation)])
    values = {
        f.attname: encoded(f.value_from_object(row))
        for f in row._meta.concrete_fields
        if f.name not in ("at", REVISION)
    }
    change = AmendmentChange(
        amendment=amendment, action=ChangeAction.ADD, row_table=row._meta.db_table, old=instead_of, new=values
    )
    return create(change, actor=actor, action="proposed")


@transaction.atomic
def propose_amount(
    *, amendment: Amendment, program: Program, government: Government, amount: Decimal, actor: User
) -> AmendmentChange:
    """Add a new allocation of a government to a program to a draft."""
    amount = amount.quantize(Decimal("0.01"))
    now = amounts_now(amendment.partnership_id).get((program.pk, government))
    return propose_addition(
        amendment=amendment,
        row=ProgramAmount(program=program, government=government, amount=amount, note=f"Amendment {amendment.number}"),
        actor=actor,
        instead_of=encoded(now),
    )


def _belongs(amendment: Amendment, row: models.Model) -> None:
    """Raise `ValidationError` if a row holds no terms, or those of another partnership."""
    owner: int | None
    match row:
        case Partnership():
            owner = row.pk
        case Milestone():
            owner = row.activity.partnership_id
        case ProgramAmount():
            owner = row.program.partnership_id
        case Participant() | Mechanism() | DataPlan() | Objective() | Responsibility() | Program() | Activity():
            owner = row.partnership_id
        case SustainabilityStrategy():
            owner = row.partnership_id
        case _:
            raise ValidationError(f"{row._meta.verbose_name} has no terms.", code="amendment_table")
    if owner != amendment.partnership_id:
        raise ValidationError("The row belongs to another partnership.", code="amendment_row")


@transaction.atomic
def drop_change(*, change: AmendmentChange, actor: User) -> None:
    """Remove a change from a draft. The database rejects it for any other amendment (`amendment_state`)."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    record(actor=actor, action="removed", target=change, before=audit_values(change))
    with db_errors_as_validation():
        change.delete()


@transaction.atomic
def submit_amendment(*, amendment: Amendment, actor: User, on: date) -> Amendment:
    """Submit a draft for decision. It cannot be edited again unless it is returned.

    Raises `ValidationError` with code `amendment_empty` for a draft without changes, and for the errors of
    `amendment_findings`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = locked_amendment(amendment)
    if not current.changes.exists():
        raise ValidationError("The amendment has no changes yet.", code="amendment_empty")
    found = errors(amendment_findings(amendment=current, on=on))
    if found:
        raise validation_error(found)
    return set_fields(current, {"state": AmendmentState.SUBMITTED}, actor=actor, action="submitted")


@transaction.atomic
def return_amendment(*, amendment: Amendment, note: str, actor: User) -> Amendment:
    """Return a submitted amendment for more drafting. Its authors cannot do this.

    Raises `ValidationError` with code `two_people`, `amendment_state` if it is not submitted, or `reason` without a
    note.
    """
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = locked_amendment(amendment)
    check_may_decide(current, actor)
    if current.state != AmendmentState.SUBMITTED:
        raise ValidationError("You can return only an amendment that is waiting for approval.", code="amendment_state")
    if not note.strip():
        raise ValidationError({"decision_note": ValidationError("Explain what needs to change.", code="reason")})
    values = {"state": AmendmentState.DRAFT, "decision_note": note.strip()}
    return set_fields(current, values, actor=actor, action="returned")


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, actor: User) -> Amendment:
    """Withdraw an amendment that is not in effect."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    return set_fields(locked_amendment(amendment), {"state": AmendmentState.WITHDRAWN}, actor=actor, action="withdrew")


@transaction.atomic
def decide_amendment(*, amendment: Amendment, approve: bool, actor: User, note: str = "") -> Amendment:
    """Approve or reject a submitted amendment. Its authors cannot decide.

    Raises `ValidationError` with code `two_people`, or `reason` for a rejection without a note.
    """
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = locked_amendment(amendment)
    check_may_decide(current, actor)
    if not approve and not note.strip():
        raise ValidationError({"decision_note": ValidationError("Explain why you reject it.", code="reason")})
    values = {
        "state": AmendmentState.APPROVED if approve else AmendmentState.REJECTED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decision_note": note.strip(),
    }
    return set_fields(current, values, actor=actor, action="approved" if approve else "rejected")
