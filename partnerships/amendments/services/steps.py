"""Steps of an amendment: submission, decision by another person, withdrawal, and application of all changes at once.

The database opens the terms of a signed partnership for the transaction that marks an approved amendment as applied.
It permits exactly the rows, columns, and values that the amendment names. At the end of the transaction it rejects an
amendment with a change missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.audit.steps import check_step
from cpc.validation import db_errors_as_validation, field_error, reject, save_validated
from partnerships.amendments.preconditions import (
    ChangedRows,
    added_row,
    amendment_findings,
    change_findings,
    cleared,
    set_column,
)
from partnerships.amendments.queries import model_of_table
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import lock_partnership, lock_row, service, set_fields
from partnerships.models import (
    Amendment,
    AmendmentChange,
    AmendmentState,
    ChangeAction,
    DocumentVersion,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.states import AMENDMENT
from partnerships.status.signing import record_signing


def _lock_for(name: str, amendment: Amendment, actor: User, reason: str = "") -> Amendment:
    """Return the current amendment, locked, if `actor` may take the step `name` with it.

    Raises the errors of `check_step`; `amendment_state` for another state.
    """
    current = lock_row(amendment)
    label, code = current.get_state_display(), "amendment_state"
    check_step(AMENDMENT, name, record=current, state=current.state, label=label, actor=actor, reason=reason, code=code)
    return current


@service(Permission.EDIT_PARTNERSHIPS)
def apply_amendment(*, amendment: Amendment, actor: User, on: date) -> Partnership:
    """Apply every change of an approved amendment, or none. Return the updated partnership.

    Raises `ValidationError` with code `amendment_state` if the amendment is not approved, `amendment_outdated` if a
    value is no longer the recorded old one, and the codes of the limits on the day `on` and of its clearance.
    """
    current = _lock_for("apply", amendment, actor)
    changes = list(current.changes.select_related("amendment").order_by("row_table", "row_id", "id"))
    rows = _lock_rows(changes)
    partnership = lock_partnership(current.partnership)
    rows[partnership._meta.db_table, partnership.pk] = partnership
    before = {"ends_on": partnership.ends_on, "planned_total": partnership.planned_total}
    reject([*change_findings(partnership, changes, rows, on), *cleared(current, on)])
    # The state comes first: it opens the terms for this transaction (`partnerships.database.rows.by_amendment`).
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


@transaction.atomic
def put_into_effect(
    *,
    amendment: Amendment,
    actor: User,
    on: date,
    us_signed_on: date | None = None,
    partner_signed_on: date | None = None,
    in_effect_on: date | None = None,
    document: DocumentVersion | None = None,
) -> None:
    """Apply an approved amendment and record the days on its document, if any is given: both or neither.

    Raises the errors of `apply_amendment` and `record_signing`.
    """
    apply_amendment(amendment=amendment, actor=actor, on=on)
    if us_signed_on or partner_signed_on or in_effect_on or document:
        record_signing(
            partnership=amendment.partnership,
            amendment=Amendment.objects.get(pk=amendment.pk),
            actor=actor,
            us_signed_on=us_signed_on,
            partner_signed_on=partner_signed_on,
            in_effect_on=in_effect_on,
            document=document,
        )


def _lock_rows(changes: Iterable[AmendmentChange]) -> ChangedRows:
    """Lock the rows to change, by table and key and before their partnership, as every other writer does."""
    rows: ChangedRows = {}
    for change in changes:
        if change.row_id is not None and change.row_table != Partnership._meta.db_table:
            manager = model_of_table(change.row_table)._default_manager
            row = manager.select_for_update(of=("self",), no_key=True).get(pk=change.row_id)
            rows[change.row_table, change.row_id] = row
    return rows


def _apply_changes(changes: list[AmendmentChange], rows: ChangedRows) -> None:
    amounts: list[ProgramAmount] = []
    # In the order in which they were proposed: a row may refer to one that was added before it.
    for change in sorted((change for change in changes if change.action == ChangeAction.ADD), key=lambda c: c.pk):
        row = added_row(change)
        if isinstance(row, ProgramAmount):
            amounts.append(row)
        else:
            save_validated(row, force_insert=True)
    _apply_plan(amounts, changes)
    changed: dict[tuple[str, int], list[str]] = {}
    for change in changes:
        if change.row_id is not None:
            key = change.row_table, change.row_id
            changed.setdefault(key, []).append(set_column(rows[key], change))
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


def take_amendment_step(*, amendment: Amendment, name: str, actor: User, on: date, reason: str = "") -> None:
    """Take the step `name` of the machine `AMENDMENT` with an amendment; see the function of each step.

    A step takes effect at once; `on` only chooses the day whose limits apply. Raises `ValidationError` with code
    `future_day` for a day after today.
    """
    if on > timezone.now().date():
        message = "A step of an amendment takes effect at once. Leave out the date, or take the step on that day."
        raise field_error("on", message, "future_day")
    match name:
        case "submit":
            submit_amendment(amendment=amendment, actor=actor, on=on)
        case "return":
            return_amendment(amendment=amendment, actor=actor, note=reason)
        case "approve" | "reject":
            decide_amendment(amendment=amendment, approve=name == "approve", actor=actor, note=reason)
        case "apply":
            apply_amendment(amendment=amendment, actor=actor, on=on)
        case "withdraw":
            withdraw_amendment(amendment=amendment, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def submit_amendment(*, amendment: Amendment, actor: User, on: date) -> Amendment:
    """Submit a draft for decision. It cannot be edited again unless it is returned.

    Raises `ValidationError` with code `amendment_state` if the amendment is no draft, `amendment_empty` for a draft
    without changes, and for the errors of `amendment_findings`.
    """
    current = _lock_for("submit", amendment, actor)
    if not current.changes.exists():
        raise ValidationError("The amendment has no changes yet.", code="amendment_empty")
    reject(amendment_findings(amendment=current, on=on))
    return set_fields(current, {"state": AmendmentState.SUBMITTED}, actor=actor, action="submitted")


@service(Permission.APPROVE_PARTNERSHIPS)
def return_amendment(*, amendment: Amendment, note: str, actor: User) -> Amendment:
    """Return a submitted amendment for more drafting. Its authors cannot do this.

    Raises `ValidationError` with code `amendment_state` if it is not submitted, `two_people`, or `reason` without a
    note.
    """
    current = _lock_for("return", amendment, actor, note)
    values = {"state": AmendmentState.DRAFT, "decision_note": note.strip()}
    returned = set_fields(current, values, actor=actor, action="returned")
    notify_authors(returned, did="returned", actor=actor, target=returned)
    return returned


@service(Permission.EDIT_PARTNERSHIPS)
def withdraw_amendment(*, amendment: Amendment, actor: User) -> Amendment:
    current = _lock_for("withdraw", amendment, actor)
    return set_fields(current, {"state": AmendmentState.WITHDRAWN}, actor=actor, action="withdrew")


@service(Permission.APPROVE_PARTNERSHIPS)
def decide_amendment(*, amendment: Amendment, approve: bool, actor: User, note: str = "") -> Amendment:
    """Approve or reject a submitted amendment. Its authors cannot decide.

    Raises `ValidationError` with code `amendment_state` if it is not submitted, `two_people`, or `reason` for a
    rejection without a note.
    """
    current = _lock_for("approve" if approve else "reject", amendment, actor, note)
    values = {
        "state": AmendmentState.APPROVED if approve else AmendmentState.REJECTED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decision_note": note.strip(),
    }
    did = "approved" if approve else "rejected"
    decided = set_fields(current, values, actor=actor, action=did)
    notify_authors(decided, did=did, actor=actor, target=decided)
    return decided
