"""Shared by the services of people and agencies: locking a row, its audit values, and saving it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.accounts.programs import GRANT_FIELDS
from cpc.accounts.sign_ins import check_recent
from cpc.audit import queries as audit_queries
from cpc.audit.models import AuditEntry
from cpc.audit.services import record
from cpc.parameters import whole_number
from cpc.validation import save_validated

Row = TypeVar("Row", User, Agency)

AUDITED_FIELDS: Mapping[type[models.Model], tuple[str, ...]] = {
    User: ("username", "name", "email", "role", "agency", "is_contact", "is_active", *GRANT_FIELDS),
    Agency: (
        "code",
        "short_name",
        "name",
        "statutory",
        "on_criteria",
        "is_consulted",
        "is_state_office",
        "is_active",
        "successor",
        "successor_reason",
    ),
}
"""Fields whose values before and after go into the audit trail."""

SHOWN = 8
"""Number of history entries that a page shows."""

UNCHECKED = ("password",)
"""Fields of an account that are not validated: a person invited has no password yet."""

FIELD_OF = {"reviewer_agency": "agency", "contact_is_reviewer": "is_contact", "email_taken": "email"}
"""Field at which to show an error of a rule about several fields, by its code."""


def require(actor: User, permission: Permission = Permission.MANAGE_PEOPLE) -> None:
    """Raise `PermissionDenied` unless the account, as it is now, has the permission.

    Raises `StaleSignIn` in a session that confirmed too long ago who uses it.
    """
    if not actor.allows(permission):
        raise PermissionDenied(f"Your account does not have permission to {permission}.")
    check_recent(permission)


def current_revision(row: User | Agency) -> str:
    """Return the number of the newest entry of the trail about fields of a row: entries are only added.

    A column would count sign-ins too, which are no change of what an administrator sets.
    """
    return str(audit_queries.newest_change(row, AUDITED_FIELDS[type(row)]))


def history(row: User | Agency) -> list[tuple[AuditEntry, list[audit_queries.FieldChange]]]:
    return [
        (entry, audit_queries.changes(entry))
        for entry in audit_queries.changes_of(row, AUDITED_FIELDS[type(row)])[:SHOWN]
    ]


def changes_since(row: User | Agency, revision: str | None) -> list[tuple[AuditEntry, list[audit_queries.FieldChange]]]:
    """Return the changes of a row after a revision, oldest first; empty without a revision."""
    if revision is None:
        return []
    return audit_queries.changes_since(row, AUDITED_FIELDS[type(row)], whole_number(revision) or 0)


def audit_values(row: Row) -> dict[str, object]:
    """Return the field values to record in the audit trail, with an agency as its code and a person as user name."""
    values = {name: getattr(row, name) for name in AUDITED_FIELDS[type(row)]}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, Agency):
        return value.code
    return value.username if isinstance(value, User) else value


def insert(row: Row, *, actor: User | None, action: str) -> Row:
    _save(row, force_insert=True)
    after = {name: value for name, value in audit_values(row).items() if value or name not in GRANT_FIELDS}
    record(actor=actor, action=action, target=row, after=after)
    return row


def write(
    row: Row,
    values: Mapping[str, object],
    *,
    actor: User | None,
    action: str,
    reason: str = "",
    noted: Mapping[str, object] | None = None,
) -> bool:
    """Set fields of a locked row, validate and save it, and record the changes and what else is `noted`.

    Returns False if none differs.
    """
    before = audit_values(row)
    for name, value in values.items():
        setattr(row, name, value)
    after = audit_values(row)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return False
    _save(row, update_fields=tuple(values))
    record(
        actor=actor,
        action=action,
        target=row,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | ({"reason": reason} if reason else {}) | dict(noted or {}),
    )
    return True


def _save(row: models.Model, **how: Any) -> None:
    with errors_at_fields():
        save_validated(row, unchecked=UNCHECKED if isinstance(row, User) else (), **how)


def check(row: models.Model) -> None:
    with errors_at_fields():
        row.full_clean(exclude=UNCHECKED)


@contextmanager
def errors_at_fields() -> Iterator[None]:
    """Raise validation errors at the fields that can correct them."""
    try:
        yield
    except ValidationError as error:
        by_field: dict[str, list[ValidationError]] = {}
        for name, errors in error.error_dict.items():
            for fault in errors:
                by_field.setdefault(FIELD_OF.get(fault.code or "", name), []).append(fault)
        raise ValidationError(by_field) from error
