"""Steps that every service shares: check the permission, lock, validate, save, and record an audit entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import models

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.sign_ins import check_recent
from cpc.audit.services import record
from cpc.database.revisions import REVISION
from cpc.validation import save_validated

Row = TypeVar("Row", bound=models.Model)


def require(actor: User | None, permission: Permission) -> None:
    """Raise `PermissionDenied` if the account lacks the permission; scheduled tasks and the demo loader pass None.

    Raises `StaleSignIn` in a session that confirmed too long ago who uses it, for a permission that takes that.
    """
    if actor is not None and not actor.allows(permission):
        raise PermissionDenied(f"{actor} does not have permission to {permission}.")
    check_recent(permission)


def audit_values(row: models.Model, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the field values to record: those in `names`, or all filled fields except the revision."""
    wanted = names if names is not None else {field.name for field in row._meta.concrete_fields} - {REVISION}
    fields = [field for field in row._meta.concrete_fields if field.name in wanted]
    values = {field.name: field.value_from_object(row) for field in fields}
    if names is None:
        values = {name: value for name, value in values.items() if value not in (None, "", [])}
    return {name: str(value) if isinstance(value, models.Model) else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return getattr(value, "name", value) if hasattr(value, "storage") else value


def create(row: Row, *, actor: User | None, action: str = "created", private: Collection[str] = ()) -> Row:
    """Validate and insert a row, and record an entry.

    Columns that the database derives are read back. Values of the columns in `private` are left out of the entry, since
    some readers of the audit trail may not see them.
    """
    save_validated(row, force_insert=True)
    row.refresh_from_db()
    record(actor=actor, action=action, target=row, after=_shown(audit_values(row), private))
    return row


def _shown(values: Mapping[str, Any], private: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in private}


def change(row: Row, values: Mapping[str, Any], *, actor: User | None, action: str = "changed") -> Row:
    """Set fields of a row, validate it, save only those, and record an entry.

    Do nothing if no value differs. Raises `ValidationError` with code `unknown_field` for a field that does not exist
    or is not editable.
    """
    for name in values:
        try:
            editable = row._meta.get_field(name).editable
        except FieldDoesNotExist:
            editable = False
        if not editable:
            raise ValidationError(f"{row._meta.verbose_name} has no field {name} to edit.", code="unknown_field")
    return set_fields(row, values, actor=actor, action=action)


def set_fields(
    row: Row, values: Mapping[str, Any], *, actor: User | None, action: str, private: Collection[str] = ()
) -> Row:
    """Set fields as `change` does, including those that only services set; `private` as for `create`."""
    before = audit_values(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    if audit_values(row, values) == before:
        return row
    save_validated(row, update_fields=tuple(values))
    row.refresh_from_db()
    after = audit_values(row, values)
    record(actor=actor, action=action, target=row, before=_shown(before, private), after=_shown(after, private))
    return row
