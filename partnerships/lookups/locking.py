"""Shared parts of the services: permission and transaction, the lock of a partnership, and audited writes.

A function that writes is a service::

    @service(Permission.EDIT_PARTNERSHIPS)
    def edit_dialogue(*, dialogue: Dialogue, values: Mapping[str, Any], actor: User) -> Dialogue:
        return change(lock_row(dialogue), values, actor=actor)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit import audited_writes
from cpc.audit.audited_writes import audit_values, require
from cpc.validation import WRITTEN_BY_THE_DATABASE
from partnerships.closing import PLANS, is_refused, reason_against
from partnerships.models import Partnership, Status
from partnerships.models.sealing import is_loading, is_of_publication, partnership_of

__all__ = (
    "audit_values",
    "change",
    "check_columns",
    "check_same_partnership",
    "check_still_open",
    "create",
    "lock_partnership",
    "lock_row",
    "require",
    "service",
    "set_fields",
)

Row = TypeVar("Row", bound=models.Model)
Given = ParamSpec("Given")
Result = TypeVar("Result")


def service(permission: Permission) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Make a service of a function: one transaction, in which its `actor` needs the permission.

    Raises `PermissionDenied` without it. An actor of None is the software itself.
    """

    def decorate(write: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(write)
        def guarded(*args: Given.args, **values: Given.kwargs) -> Result:
            with transaction.atomic():
                require(cast("User | None", values["actor"]), permission)
                return write(*args, **values)

        return guarded

    return decorate


def lock_partnership(partnership: Partnership) -> Partnership:
    """Return the current row of a partnership, locked until the transaction ends.

    Raises `ValidationError` with code `documented_record` for a documented partnership outside its load.
    """
    current = lock_row(partnership)
    _check_writable(current)
    return current


def lock_row(row: Row) -> Row:
    """Return the current row, locked until the transaction ends. The lock permits new foreign keys to it."""
    return type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def check_columns(row: models.Model) -> None:
    """Raise `ValidationError` for values that the columns of a row can't hold, and normalize the others.

    A service calls it before the rules that compute with the values: an amount that can't be gives one message, about
    itself.
    """
    fields = row._meta.concrete_fields
    left_out = {field.name for field in fields if field.is_relation or field.name in WRITTEN_BY_THE_DATABASE}
    row.clean_fields(exclude=left_out)


def create(row: Row, *, actor: User | None, action: str = "created", private: Collection[str] = ()) -> Row:
    """Run `cpc.audit.audited_writes.create`, but reject rows under a documented partnership.

    Rows that plan or promise are rejected once the partnership is over, too (`check_still_open`).
    """
    partnership = partnership_of(row)
    _check_row_writable(row)
    _check_open(row, partnership)
    return audited_writes.create(row, actor=actor, action=action, private=private)


def change(row: Row, values: Mapping[str, Any], *, actor: User | None, action: str = "changed") -> Row:
    """Run `cpc.audit.audited_writes.change`, but reject rows under a documented partnership."""
    _check_row_writable(row)
    return audited_writes.change(row, values, actor=actor, action=action)


def set_fields(
    row: Row, values: Mapping[str, Any], *, actor: User | None, action: str, private: Collection[str] = ()
) -> Row:
    """Run `cpc.audit.audited_writes.set_fields`, but reject rows under a documented partnership."""
    _check_row_writable(row)
    return audited_writes.set_fields(row, values, actor=actor, action=action, private=private)


def check_still_open(row: models.Model) -> None:
    """Reject an unsaved row that plans or promises under a partnership that is over (`partnerships.closing`).

    Raises `ValidationError` with code `partnership_status`. `create` calls this; a service that checks more beforehand
    calls it first, so that its reader learns the decisive reason.
    """
    _check_open(row, partnership_of(row))


def _check_open(row: models.Model, partnership: Partnership | None) -> None:
    model = row._meta.model_name or ""
    if model not in PLANS or partnership is None or not partnership.is_run_here:
        return
    # The partnership may have been closed since the row was read.
    status = Partnership.objects.values_list("status", flat=True).get(pk=partnership.pk)
    if is_refused(model, status, lambda name: getattr(row, name)):
        raise ValidationError(reason_against(status, Status(status).label), code="partnership_status")


def check_same_partnership(partnership_id: int, **rows: Any) -> None:
    """Raise `ValidationError` at the field of each row that belongs to another partnership; None passes."""
    for field, row in rows.items():
        if row is not None and row.partnership_id != partnership_id:
            raise ValidationError({field: ValidationError("Choose one from this partnership.", code=field)})


def _check_row_writable(row: models.Model) -> None:
    if not is_of_publication(type(row)):
        _check_writable(partnership_of(row))


def _check_writable(partnership: Partnership | None) -> None:
    if partnership is None or partnership.is_run_here or is_loading(partnership.load_id):
        return
    raise ValidationError(
        "This partnership is known only from public statements. Its record can't be changed.",
        code="documented_record",
    )
