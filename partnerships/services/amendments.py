"""Amendments: drafted with their changes, decided by another person, applied as a whole.

The database opens the terms of a signed partnership for the transaction in which an approved amendment is marked as
applied, for exactly the rows, columns and values that the amendment names, and refuses at its end an amendment of
which a change is missing.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.findings import Finding, Severity, errors
from cpc.refusals import refusal, refused_alike
from partnerships import limits
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
    Programme,
    ProgrammeAmount,
    Responsibility,
    SustainabilityStrategy,
)
from partnerships.services.base import create, locked, require, said, set_fields
from partnerships.services.limits import two_people
from partnerships.services.terms import planned_with


def encoded(value: Any) -> Any:
    """A value as an amendment keeps it: text for days and amounts, so that PostgreSQL finds the same text."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def model_of(row_table: str) -> type[models.Model]:
    """The model of a table. Raises `ValidationError` of code `amendment_table` for a table of another app."""
    for model in apps.get_app_config("partnerships").get_models():
        if model._meta.db_table == row_table:
            return model
    raise ValidationError(f"{row_table} holds no terms.", code="amendment_table")


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
    """Open a draft with the next number of its partnership."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = locked(partnership)
    if not current.is_binding:
        raise ValidationError("A partnership is amended once it is signed; until then edit it.", code="not_signed")
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
    """Add to a draft that a field of a row of its partnership gets another value."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    _belongs(amendment, row)
    column = row._meta.get_field(field)
    if not isinstance(column, models.Field) or not column.editable or column.name == "partnership":
        raise ValidationError(f"{field} is no field that an amendment changes.", code="unknown_field")
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
def propose_addition(*, amendment: Amendment, row: models.Model, actor: User) -> AmendmentChange:
    """Add to a draft that an unsaved row comes in. Its key is reserved now, so that other changes may name it."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    _belongs(amendment, row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [row._meta.db_table])
        row.pk = cursor.fetchone()[0]
    row.clean_fields(exclude=["at", *(f.name for f in row._meta.fields if f.is_relation)])
    values = {f.attname: encoded(f.value_from_object(row)) for f in row._meta.concrete_fields if f.name != "at"}
    change = AmendmentChange(amendment=amendment, action=ChangeAction.ADD, row_table=row._meta.db_table, new=values)
    return create(change, actor=actor, action="proposed")


@transaction.atomic
def propose_amount(
    *, amendment: Amendment, programme: Programme, government: Government, amount: Decimal, actor: User
) -> AmendmentChange:
    """Add to a draft what a government then allocates to a programme."""
    amount = amount.quantize(Decimal("0.01"))
    return propose_addition(
        amendment=amendment,
        row=ProgrammeAmount(
            programme=programme, government=government, amount=amount, note=f"Amendment {amendment.number}"
        ),
        actor=actor,
    )


def _belongs(amendment: Amendment, row: models.Model) -> None:
    """Raise `ValidationError` where a row holds no terms, or those of another partnership."""
    owner: int | None
    match row:
        case Partnership():
            owner = row.pk
        case Milestone():
            owner = row.activity.partnership_id
        case ProgrammeAmount():
            owner = row.programme.partnership_id
        case Participant() | Mechanism() | DataPlan() | Objective() | Responsibility() | Programme() | Activity():
            owner = row.partnership_id
        case SustainabilityStrategy():
            owner = row.partnership_id
        case _:
            raise ValidationError(f"{row._meta.verbose_name} holds no terms.", code="amendment_table")
    if owner != amendment.partnership_id:
        raise ValidationError("The row belongs to another partnership.", code="amendment_row")


@transaction.atomic
def drop_change(*, change: AmendmentChange, actor: User) -> None:
    """Take a change out of a draft."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    record(actor=actor, action="removed", target=change, before=said(change))
    with refused_alike():
        change.delete()


@transaction.atomic
def submit_amendment(*, amendment: Amendment, actor: User, on: date) -> Amendment:
    """Hand a draft in for decision. It is not edited from here on, unless it is returned.

    Raises `ValidationError`: `amendment_empty` for one without changes, and what `amendment_findings` says.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = _locked(amendment)
    if not current.changes.exists():
        raise ValidationError("The amendment changes nothing yet.", code="amendment_empty")
    found = errors(amendment_findings(amendment=current, on=on))
    if found:
        raise refusal(found)
    return set_fields(current, {"state": AmendmentState.SUBMITTED}, actor=actor, action="submitted")


@transaction.atomic
def return_amendment(*, amendment: Amendment, note: str, actor: User) -> Amendment:
    """Give a submitted amendment back to be drafted further; whoever asked for it does not."""
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = _locked(amendment)
    two_people(current.requested_by, actor)
    if current.state != AmendmentState.SUBMITTED:
        raise ValidationError("Only an amendment that waits for approval is returned.", code="amendment_state")
    if not note.strip():
        raise ValidationError({"decision_note": ValidationError("Say what has to change.", code="reason")})
    values = {"state": AmendmentState.DRAFT, "decision_note": note.strip()}
    return set_fields(current, values, actor=actor, action="returned")


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, actor: User) -> Amendment:
    """Withdraw an amendment that is not in effect."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    return set_fields(_locked(amendment), {"state": AmendmentState.WITHDRAWN}, actor=actor, action="withdrew")


@transaction.atomic
def decide_amendment(*, amendment: Amendment, approve: bool, actor: User, note: str = "") -> Amendment:
    """Approve or reject a submitted amendment; whoever asked for it does not decide."""
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = _locked(amendment)
    two_people(current.requested_by, actor)
    if not approve and not note.strip():
        raise ValidationError({"decision_note": ValidationError("Say why it is rejected.", code="reason")})
    values = {
        "state": AmendmentState.APPROVED if approve else AmendmentState.REJECTED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decision_note": note.strip(),
    }
    return set_fields(current, values, actor=actor, action="approved" if approve else "rejected")


def _locked(amendment: Amendment) -> Amendment:
    return Amendment.objects.select_for_update(of=("self",), no_key=True).get(pk=amendment.pk)


@transaction.atomic
def apply_amendment(*, amendment: Amendment, actor: User, on: date) -> Partnership:
    """Put every change of an approved amendment into effect, or none. Returns the partnership as it then is.

    Raises `ValidationError`: `amendment_state` where it is not approved, `amendment_outdated` where a value is no
    longer what the amendment says it was, and the codes of the limits on the day `on`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = _locked(amendment)
    if current.state != AmendmentState.APPROVED:
        raise ValidationError(
            f"The amendment is {current.get_state_display().lower()}; only an approved one is applied.",
            code="amendment_state",
        )
    changes = list(current.changes.order_by("row_table", "row_id", "id"))
    rows = _lock_rows(changes)
    partnership = locked(current.partnership)
    rows[partnership._meta.db_table, partnership.pk] = partnership
    before = {"ends_on": partnership.ends_on, "planned_total": partnership.planned_total}
    _check(partnership, changes, rows, on)
    set_fields(current, {"state": AmendmentState.APPLIED, "applied_by": actor}, actor=actor, action="applied")
    with refused_alike():
        _carry_out(changes, rows)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    partnership.refresh_from_db()
    record(
        actor=actor,
        action="amended",
        target=partnership,
        before=before,
        after={
            "amendment": current.number,
            "ends_on": partnership.ends_on,
            "planned_total": partnership.planned_total,
        },
    )
    return partnership


def _lock_rows(changes: list[AmendmentChange]) -> dict[tuple[str, int], models.Model]:
    """Lock what is changed, rows of terms in one order and before their partnership, as every other writer does."""
    rows: dict[tuple[str, int], models.Model] = {}
    for change in changes:
        if change.row_id is None or change.row_table == Partnership._meta.db_table:
            continue
        manager = model_of(change.row_table)._default_manager
        rows[change.row_table, change.row_id] = manager.select_for_update(of=("self",), no_key=True).get(
            pk=change.row_id
        )
    return rows


def amendment_findings(*, amendment: Amendment, on: date) -> list[Finding]:
    """What would stand in the way if the amendment took effect on a day: outdated values, limits, constraints."""
    changes = list(amendment.changes.order_by("row_table", "row_id", "id"))
    partnership = Partnership.objects.get(pk=amendment.partnership_id)
    rows: dict[tuple[str, int], models.Model] = {(partnership._meta.db_table, partnership.pk): partnership}
    for change in changes:
        if change.row_id is not None and (change.row_table, change.row_id) not in rows:
            found = model_of(change.row_table)._default_manager.get(pk=change.row_id)
            rows[change.row_table, change.row_id] = found
    findings = _findings(partnership, changes, rows, on)
    known = {finding.code for finding in findings}
    return findings + [finding for finding in _constrained(changes, rows) if finding.code not in known]


def _constrained(changes: list[AmendmentChange], rows: dict[tuple[str, int], models.Model]) -> list[Finding]:
    """What constraints would say of the rows as they would then be. The rows are changed, and not saved."""
    then: list[models.Model] = []
    for change in changes:
        if change.row_id is None:
            columns = {f.attname: f for f in model_of(change.row_table)._meta.concrete_fields}
            values = {name: columns[name].to_python(value) for name, value in change.new.items()}
            then.append(model_of(change.row_table)(**values))
        else:
            row = rows[change.row_table, change.row_id]
            column = next(f for f in row._meta.concrete_fields if f.attname == change.column)
            setattr(row, change.column, column.to_python(change.new))
            then += [] if row in then else [row]
    found = []
    for row in then:
        try:
            row.validate_constraints()
        except ValidationError as error:
            lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
            for one in (one for errors in lists for one in errors):
                found.append(Finding(str(one.code), Severity.ERROR, f"{row}: {' '.join(one.messages)}"))
    return found


def _check(
    partnership: Partnership,
    changes: list[AmendmentChange],
    rows: dict[tuple[str, int], models.Model],
    on: date,
) -> None:
    found = errors(_findings(partnership, changes, rows, on))
    if found:
        raise refusal(found)


def _findings(
    partnership: Partnership,
    changes: list[AmendmentChange],
    rows: dict[tuple[str, int], models.Model],
    on: date,
) -> list[Finding]:
    outdated = [
        Finding(
            "amendment_outdated",
            Severity.ERROR,
            f"{change.column} of {rows[change.row_table, change.row_id]} is not {change.old} any more; take this "
            "change out and draft it anew.",
        )
        for change in changes
        if change.row_id is not None
        and encoded(getattr(rows[change.row_table, change.row_id], change.column)) != change.old
    ]
    days = {c.column: c.new for c in changes if c.row_table == partnership._meta.db_table}
    starts_on, ends_on = (
        date.fromisoformat(days[name]) if days.get(name) else getattr(partnership, name)
        for name in ("starts_on", "ends_on")
    )
    amounts = [
        ProgrammeAmount(**{k: v for k, v in c.new.items() if k != "amount"}, amount=Decimal(c.new["amount"]))
        for c in changes
        if c.row_table == ProgrammeAmount._meta.db_table
    ]
    binding = partnership.limits_on(on)
    in_use = partnership.limits
    if binding.funding < in_use.funding or binding.term_months < in_use.term_months:
        binding = in_use
    return [
        *outdated,
        *limits.term_within_limit(starts_on, ends_on, binding),
        *limits.funding_within_limits(planned_with(partnership, amounts), binding),
    ]


def _carry_out(changes: list[AmendmentChange], rows: dict[tuple[str, int], models.Model]) -> None:
    added = [change for change in changes if change.action == ChangeAction.ADD]
    for change in sorted(added, key=lambda c: (c.row_table == ProgrammeAmount._meta.db_table, c.pk)):
        model = model_of(change.row_table)
        columns = {f.attname: f for f in model._meta.concrete_fields}
        row = model(**{name: columns[name].to_python(value) for name, value in change.new.items()})
        row.full_clean(exclude=("at",))
        row.save(force_insert=True)
    changed: dict[tuple[str, int], list[str]] = {}
    for change in changes:
        if change.row_id is not None:
            row = rows[change.row_table, change.row_id]
            column = next(f for f in row._meta.concrete_fields if f.attname == change.column)
            setattr(row, change.column, column.to_python(change.new))
            changed.setdefault((change.row_table, change.row_id), []).append(column.name)
    for key, names in changed.items():
        rows[key].full_clean(exclude=("at",))
        rows[key].save(update_fields=names)
