from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.database.revisions import REVISION, RevisionedModel, check_revision
from cpc.validation import db_errors_as_validation, reject
from partnerships.amendable import AMENDABLE, first_day_open, open_for
from partnerships.amendments.queries import amounts_revision, current_amounts, row_revision, stored_value
from partnerships.lookups.locking import audit_values, create, lock_partnership, service
from partnerships.models import (
    Amendment,
    AmendmentChange,
    AmendmentKind,
    ChangeAction,
    DocumentVersion,
    Government,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.models.sealing import partnership_of


@service(Permission.EDIT_PARTNERSHIPS)
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
    current = lock_partnership(partnership)
    if not current.is_binding:
        raise ValidationError(
            "You can amend a partnership only after it is signed. Until then, edit it.", code="not_signed"
        )
    if document is not None and document.document.partnership_id != current.pk:
        error = ValidationError("The document belongs to another partnership.", code="amendment_document")
        raise ValidationError({"document": error})
    reject(open_for(kind, current.status))
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


@service(Permission.EDIT_PARTNERSHIPS)
def propose_change(*, amendment: Amendment, row: models.Model, field: str, value: Any, actor: User) -> AmendmentChange:
    """Add a new value for a field of a row to a draft.

    Raises `ValidationError` with code `amendment_table` for a row that holds no terms, `amendment_row` for one of
    another partnership, `unknown_field` for a field that amendments cannot change, and the codes of
    `first_day_open`.
    """
    _check_owner(amendment, row)
    if field not in AMENDABLE.get(str(row._meta.model_name), ()):
        raise ValidationError(f"An amendment can't change the field {field}.", code="unknown_field")
    column = row._meta.get_field(field)
    assert isinstance(column, models.Field)
    if isinstance(row, Partnership) and field == "starts_on":
        reject(first_day_open(amendment.kind, has_document=amendment.document_id is not None))
    cleaned = column.clean(getattr(value, "pk", value), row)
    change = AmendmentChange(
        amendment=amendment,
        action=ChangeAction.SET,
        row_table=row._meta.db_table,
        row_id=row.pk,
        column=column.attname,
        old=stored_value(column.value_from_object(type(row)._default_manager.get(pk=row.pk))),
        new=stored_value(cleaned),
    )
    return create(change, actor=actor, action="proposed")


@service(Permission.EDIT_PARTNERSHIPS)
def propose_addition(
    *, amendment: Amendment, row: models.Model, actor: User, instead_of: Any = None
) -> AmendmentChange:
    """Add a new, unsaved row to a draft.

    Its key is reserved so that other changes can refer to it. `instead_of` is the current value that the row
    replaces, if any. Raises `ValidationError` with code `amendment_table` or `amendment_row`, as `propose_change`.
    """
    _check_owner(amendment, row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [row._meta.db_table])
        row.pk = cursor.fetchone()[0]
    # A relation may be to a row that exists only once the amendment is applied; the database sets `at`.
    row.clean_fields(exclude=["at", *(f.name for f in row._meta.fields if f.is_relation)])
    values = {
        f.attname: stored_value(f.value_from_object(row))
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
    amount = amount.quantize(Decimal("0.01"))
    now = current_amounts(amendment.partnership_id).get((program.pk, government))
    return propose_addition(
        amendment=amendment,
        row=ProgramAmount(program=program, government=government, amount=amount, note=f"Amendment {amendment.number}"),
        actor=actor,
        instead_of=stored_value(now),
    )


def _check_owner(amendment: Amendment, row: models.Model) -> None:
    if not isinstance(row, ProgramAmount) and row._meta.model_name not in AMENDABLE:
        raise ValidationError(f"{row._meta.verbose_name} has no terms.", code="amendment_table")
    if partnership_of(row) != amendment.partnership:
        raise ValidationError("The row belongs to another partnership.", code="amendment_row")


@service(Permission.EDIT_PARTNERSHIPS)
def drop_change(*, change: AmendmentChange, actor: User) -> None:
    """Remove a change from a draft. The database rejects it for any other amendment (`amendment_state`)."""
    record(actor=actor, action="removed", target=change, before=audit_values(change))
    with db_errors_as_validation():
        change.delete()


@service(Permission.EDIT_PARTNERSHIPS)
def propose_values(
    *,
    amendment: Amendment,
    row: RevisionedModel,
    values: Mapping[str, Any],
    actor: User,
    expected_revision: str | None = None,
) -> list[AmendmentChange]:
    """Add the differences from a row to a draft, replacing the draft's earlier changes of it.

    A field set back to the current value of the row leaves the draft. Returns the changes that were added.
    `expected_revision` is the `row_revision` from when the writer opened the form. Raises `EditConflict` if it
    differs now.
    """
    lock_partnership(amendment.partnership)
    row.refresh_from_db()
    check_revision(row_revision(amendment, row), expected_revision)
    before = {change.column: change for change in amendment.changes.filter(row_table=row._meta.db_table, row_id=row.pk)}
    added = []
    for name, value in values.items():
        column = row._meta.get_field(name)
        assert isinstance(column, models.Field)
        now, then = stored_value(column.value_from_object(row)), stored_value(getattr(value, "pk", value))
        earlier = before.get(column.attname)
        if earlier is not None:
            if earlier.new == then:
                continue
            drop_change(change=earlier, actor=actor)
        if then != now:
            added.append(propose_change(amendment=amendment, row=row, field=name, value=value, actor=actor))
    return added


@service(Permission.EDIT_PARTNERSHIPS)
def propose_amounts(
    *,
    amendment: Amendment,
    amounts: Sequence[tuple[Program, Government, Decimal | None]],
    actor: User,
    expected_revision: str | None = None,
) -> list[AmendmentChange]:
    """Add new allocations to a draft, replacing the draft's earlier ones. None changes nothing.

    Returns the changes that were added. `expected_revision` is the `amounts_revision` from when the writer opened the
    form. Raises `EditConflict` if it differs now.
    """
    lock_partnership(amendment.partnership)
    check_revision(amounts_revision(amendment), expected_revision)
    before = {
        (change.new["program_id"], change.new["government"]): change
        for change in amendment.changes.filter(row_table=ProgramAmount._meta.db_table, action=ChangeAction.ADD)
    }
    added = []
    for program, government, amount in amounts:
        earlier = before.get((program.pk, government))
        if earlier is not None:
            if amount is not None and Decimal(earlier.new["amount"]) == amount:
                continue
            drop_change(change=earlier, actor=actor)
        if amount is not None:
            added.append(
                propose_amount(amendment=amendment, program=program, government=government, amount=amount, actor=actor)
            )
    return added
