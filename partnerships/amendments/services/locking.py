"""Bulk changes of a draft amendment: whole rows and tables of amounts at once.

New values replace earlier changes of the same draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.database.revisions import RevisionedModel, check_revision
from partnerships.amendments.queries import amounts_revision, row_revision
from partnerships.amendments.services.applying import encoded
from partnerships.amendments.services.drafting import drop_change, propose_amount, propose_change
from partnerships.lookups.locking import locked, require
from partnerships.models import Amendment, AmendmentChange, ChangeAction, Government, Program, ProgramAmount


@transaction.atomic
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
    require(actor, Permission.EDIT_PARTNERSHIPS)
    locked(amendment.partnership)
    row.refresh_from_db()
    check_revision(row_revision(amendment, row), expected_revision)
    before = {change.column: change for change in amendment.changes.filter(row_table=row._meta.db_table, row_id=row.pk)}
    added = []
    for name, value in values.items():
        column = row._meta.get_field(name)
        assert isinstance(column, models.Field)
        now, then = encoded(column.value_from_object(row)), encoded(getattr(value, "pk", value))
        earlier = before.get(column.attname)
        if earlier is not None:
            if earlier.new == then:
                continue
            drop_change(change=earlier, actor=actor)
        if then != now:
            added.append(propose_change(amendment=amendment, row=row, field=name, value=value, actor=actor))
    return added


@transaction.atomic
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
    require(actor, Permission.EDIT_PARTNERSHIPS)
    locked(amendment.partnership)
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
