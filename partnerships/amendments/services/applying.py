"""Application of amendments: findings that block one, and all of its changes at once.

The database opens the terms of a signed partnership for the transaction that marks an approved amendment as applied.
It permits exactly the rows, columns, and values that the amendment names. At the end of the transaction it rejects an
amendment with a change missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.findings import Finding, Severity, errors
from cpc.lifecycle import Checks
from cpc.validation import db_errors_as_validation, save_validated, validation_error
from partnerships import limits
from partnerships.amendable import Effect, effect_findings
from partnerships.amendments.preconditions import objectives_with_their_terms
from partnerships.lookups.locking import locked, require, set_fields
from partnerships.models import (
    Amendment,
    AmendmentChange,
    AmendmentState,
    ChangeAction,
    Government,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.status import preconditions as status_preconditions
from partnerships.terms.services import planned_with


def encoded(value: Any) -> Any:
    """Return a value as an amendment stores it.

    Days and amounts become text, so that PostgreSQL compares the same text.
    """
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def model_of(row_table: str) -> type[models.Model]:
    """Return the model of a table.

    Raises `ValidationError` with code `amendment_table` for a table of another app.
    """
    for model in apps.get_app_config("partnerships").get_models():
        if model._meta.db_table == row_table:
            return model
    raise ValidationError(f"{row_table} has no terms.", code="amendment_table")


def locked_amendment(amendment: Amendment) -> Amendment:
    """Return the current row of an amendment, locked until the transaction ends."""
    return Amendment.objects.select_for_update(of=("self",), no_key=True).get(pk=amendment.pk)


@transaction.atomic
def apply_amendment(*, amendment: Amendment, actor: User, on: date) -> Partnership:
    """Apply every change of an approved amendment, or none. Return the updated partnership.

    Raises `ValidationError` with code `amendment_state` if the amendment is not approved, `amendment_outdated` if a
    value is no longer the recorded old one, and the codes of the limits on the day `on`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = locked_amendment(amendment)
    if current.state != AmendmentState.APPROVED:
        raise ValidationError(
            f"The amendment is {current.get_state_display().lower()}. Only an approved amendment can take effect.",
            code="amendment_state",
        )
    changes = list(current.changes.select_related("amendment").order_by("row_table", "row_id", "id"))
    rows = _lock_rows(changes)
    partnership = locked(current.partnership)
    rows[partnership._meta.db_table, partnership.pk] = partnership
    before = {"ends_on": partnership.ends_on, "planned_total": partnership.planned_total}
    _check(partnership, changes, rows, on)
    set_fields(current, {"state": AmendmentState.APPLIED, "applied_by": actor}, actor=actor, action="applied")
    with db_errors_as_validation():
        _apply_changes(changes, rows)
        with connection.cursor() as cursor:
            # Run the deferred checks here: an error becomes a `ValidationError`, not a failed commit.
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
    """Lock the rows to change, in one order and before their partnership.

    Every other writer locks in the same order.
    """
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
    """Return the findings that would block the amendment on a day.

    They cover outdated values, limits, and constraints.
    """
    changes = list(amendment.changes.select_related("amendment").order_by("row_table", "row_id", "id"))
    partnership = Partnership.objects.get(pk=amendment.partnership_id)
    rows: dict[tuple[str, int], models.Model] = {(partnership._meta.db_table, partnership.pk): partnership}
    for change in changes:
        if change.row_id is not None and (change.row_table, change.row_id) not in rows:
            found = model_of(change.row_table)._default_manager.get(pk=change.row_id)
            rows[change.row_table, change.row_id] = found
    findings = _findings(partnership, changes, rows, on)
    known = {finding.code for finding in findings}
    return findings + [finding for finding in _constrained(changes, rows) if finding.code not in known]


def _findings_against(amendment: Amendment, on: date) -> list[Finding]:
    return amendment_findings(amendment=amendment, on=on)


AMENDMENT_CHECKS: Checks[Amendment] = {"submit": (_findings_against,), "apply": (_findings_against,)}


def _constrained(changes: list[AmendmentChange], rows: dict[tuple[str, int], models.Model]) -> list[Finding]:
    """Return the constraint violations of the rows after the changes.

    The rows are changed in memory and not saved.
    """
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
        raise validation_error(found)


def _findings(
    partnership: Partnership,
    changes: list[AmendmentChange],
    rows: dict[tuple[str, int], models.Model],
    on: date,
) -> list[Finding]:
    amounts = [change for change in changes if change.row_table == ProgramAmount._meta.db_table]
    then = planned_with(
        partnership,
        [
            ProgramAmount(**{k: v for k, v in c.new.items() if k != "amount"}, amount=Decimal(c.new["amount"]))
            for c in amounts
        ],
        withdrawn={
            c.row_id: c.new
            for c in changes
            if c.row_id is not None and c.row_table == Program._meta.db_table and c.column == "withdrawn"
        },
    )
    days = {c.column: c.new for c in changes if c.row_table == partnership._meta.db_table}
    starts_on, ends_on = (_day(days, partnership, name) for name in ("starts_on", "ends_on"))
    effect = Effect(
        kind=changes[0].amendment.kind if changes else "",
        has_document=bool(changes) and changes[0].amendment.document_id is not None,
        status=partnership.status,
        status_as_of=partnership.status_as_of,
        starts_on=partnership.starts_on,
        ends_on=partnership.ends_on,
        ends_on_then=ends_on,
        starts_on_then=starts_on,
        planned=partnership.planned_total,
        planned_then=then.planned,
        sets_amounts=bool(amounts),
    )
    binding, first = _binding(partnership, on), limits.counted_from(starts_on, partnership.signed_on)
    return [
        *_outdated(partnership, changes, rows),
        *effect_findings(effect),
        *objectives_with_their_terms(partnership, changes),
        *limits.term_within_limit(first, ends_on, binding, used=partnership.term_position(on).months_used or 0),
        *status_preconditions.obligations_since(partnership, first),
        *status_preconditions.obligations_until(partnership, partnership.ended_on or ends_on),
        *limits.funding_within_limits(then, binding),
    ]


def _day(days: Mapping[str, str | None], partnership: Partnership, name: str) -> date | None:
    if name not in days:
        now: date | None = getattr(partnership, name)
        return now
    text = days[name]
    return date.fromisoformat(text) if text else None


def _binding(partnership: Partnership, on: date) -> limits.Limits:
    """Return the limits on a day. Amounts already in use stay lawful if a limit fell."""
    binding, in_use = partnership.limits_on(on), partnership.limits
    return limits.Limits(
        max(binding.term_months, in_use.term_months), max(binding.funding, in_use.funding), binding.citation
    )


def _outdated(
    partnership: Partnership, changes: list[AmendmentChange], rows: dict[tuple[str, int], models.Model]
) -> list[Finding]:
    """Return a finding for each change whose old value no longer matches the record."""
    now = amounts_now(partnership.pk)
    found = []
    for change in changes:
        if change.row_id is not None:
            row = rows[change.row_table, change.row_id]
            what, is_now = f"{change.column} of {row}", encoded(getattr(row, change.column))
        elif change.row_table == ProgramAmount._meta.db_table:
            key = change.new["program_id"], change.new["government"]
            what, is_now = f"The amount ({Government(key[1]).label})", encoded(now.get(key))
        else:
            continue
        if is_now != change.old:
            message = f"{what} is no longer {change.old}. Remove this change and add it again."
            found.append(Finding("amendment_outdated", Severity.ERROR, message))
    return found


def amounts_now(partnership: int) -> dict[tuple[int, str], Decimal]:
    """Return the current allocations, by key of the program and government."""
    newest = ProgramAmount.objects.filter(program__partnership_id=partnership)
    newest = newest.order_by("program_id", "government", "-id").distinct("program_id", "government")
    return {(row.program_id, row.government): row.amount for row in newest}


def _apply_changes(changes: list[AmendmentChange], rows: dict[tuple[str, int], models.Model]) -> None:
    amounts: list[ProgramAmount] = []
    for change in sorted((change for change in changes if change.action == ChangeAction.ADD), key=lambda c: c.pk):
        model = model_of(change.row_table)
        columns = {f.attname: f for f in model._meta.concrete_fields}
        row = model(**{name: columns[name].to_python(value) for name, value in change.new.items()})
        if isinstance(row, ProgramAmount):
            amounts.append(row)
        else:
            save_validated(row, force_insert=True)
    _apply_plan(amounts, changes)
    changed: dict[tuple[str, int], list[str]] = {}
    for change in changes:
        if change.row_id is not None:
            row = rows[change.row_table, change.row_id]
            column = next(f for f in row._meta.concrete_fields if f.attname == change.column)
            setattr(row, change.column, column.to_python(change.new))
            changed.setdefault((change.row_table, change.row_id), []).append(column.name)
    for key, names in changed.items():
        save_validated(rows[key], update_fields=names)


PLAN = """
    WITH withdrawn AS (
        UPDATE partnerships_program p SET withdrawn = c.is_withdrawn
        FROM unnest(%s::bigint[], %s::boolean[]) c (id, is_withdrawn) WHERE p.id = c.id)
    INSERT INTO partnerships_programamount (id, program_id, government, amount, note)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::text[])
"""


def _apply_plan(amounts: list[ProgramAmount], changes: list[AmendmentChange]) -> None:
    """Set amounts, and withdraw or restore programs, in one statement.

    The total is derived at its end. One change after another could pass through a total above the limit, or below what
    is awarded, on the way to a lawful one.
    """
    withdrawn = [c for c in changes if c.row_table == Program._meta.db_table and c.column == "withdrawn"]
    if not amounts and not withdrawn:
        return
    for row in amounts:
        row.full_clean(exclude=("at",))  # the database sets `at`
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN,
            [
                [change.row_id for change in withdrawn],
                [change.new for change in withdrawn],
                [row.pk for row in amounts],
                [row.program_id for row in amounts],
                [row.government for row in amounts],
                [row.amount for row in amounts],
                [row.note for row in amounts],
            ],
        )
