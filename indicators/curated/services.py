"""Services to record, replace, and withdraw programs and plans; a record is never edited.

Each write takes the lock on publications and reads the clock under it, so that the records as of a past moment never
change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.files.attachments import attachment_findings
from cpc.validation import save_validated, validation_error
from indicators.models import NationalPlan, USGProgram
from indicators.publications import numbering
from indicators.publications.withdrawal import require_reason, withdraw

Row = TypeVar("Row", USGProgram, NationalPlan, USGProgram | NationalPlan)

SUPERSEDED = "Someone replaced or withdrew this version after you opened the page. Nothing was saved."


def revision_of(row: models.Model) -> str:
    """Return the revision of a program or plan, which is replaced and never edited: its key."""
    return str(row.pk)


@transaction.atomic
def record_row(*, row: Row, actor: User | None) -> Row:
    """Record a new program or plan.

    Raises `ValidationError` if it is incomplete or already on record.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    return record_authorized(row=row, actor=actor)


@transaction.atomic
def record_authorized(*, row: Row, actor: User | None) -> Row:
    """Record a program or plan for a caller that made its own permission check."""
    numbering.lock()
    row.recorded_at = numbering.moment()
    row.recorded_by = actor
    _check_document(row)
    return create(row, actor=actor, action="recorded")


@transaction.atomic
def replace_row(
    *,
    row: Row,
    values: Mapping[str, Any],
    reason: str,
    actor: User | None,
    expected_revision: str | None = None,
) -> Row:
    """Replace a live row with one that has other values; if nothing differs, do nothing.

    Fields that `values` does not name stay as they are. Raises `EditConflict` if `expected_revision` is that of another
    row (see `revision_of`), and `ValidationError`: `superseded` if the row is no longer live, `reason` without a
    reason, `unknown_field`, and for each invalid value.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    check_revision(revision_of(row), expected_revision)
    current = _locked(row, reason)
    fields = [f for f in type(row)._meta.concrete_fields if f.editable and not f.primary_key]
    before = {field.name: getattr(current, field.name) for field in fields}
    after = before | dict(values)
    if unknown := set(after) - set(before):
        raise ValidationError(f"There is no field {', '.join(sorted(unknown))} to replace.", code="unknown_field")
    if after == before:
        return current
    successor = type(row)(**after, replaces_id=current.pk)
    successor.recorded_at = numbering.moment()
    successor.recorded_by = actor
    _check_document(successor)
    # The live row goes first: only one version may be live at a time.
    current.close(at=successor.recorded_at, by=actor, reason=reason)
    save_validated(successor, force_insert=True)
    successor.refresh_from_db()
    changed = {name: None for name in before if before[name] != after[name]}
    record(
        actor=actor,
        action="replaced",
        target=successor,
        before=audit_values(current, changed),
        after={**audit_values(successor, changed), "reason": reason.strip()},
    )
    return successor


@transaction.atomic
def withdraw_row(*, row: Row, reason: str, actor: User | None) -> Row:
    """Withdraw a row without a replacement.

    Withdrawing it again (a double click) changes nothing. Raises `ValidationError`: `superseded` if another row has
    replaced it, `reason` without a reason.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    numbering.lock()
    stored = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if stored.superseded_at is not None and not hasattr(stored, "replaced_by"):
        return stored
    current = _locked(row, reason)
    withdraw(current, reason=reason, actor=actor)
    return current


def _locked(row: Row, reason: str) -> Row:
    """Lock the live row until the transaction ends.

    Raises `ValidationError` if it is superseded or without a reason.
    """
    require_reason(reason)
    numbering.lock()
    current = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if current.superseded_at is not None:
        raise ValidationError(SUPERSEDED, code="superseded")
    return current


def _check_document(row: Row) -> None:
    """Check a newly uploaded document; a stored one was checked when it was uploaded.

    Raises `ValidationError` on the field `document`.
    """
    document: Any = row.document
    if document and not document._committed:
        findings = attachment_findings(document.name, document.size, document.file)
        if findings:
            raise validation_error(replace(finding, field="document") for finding in findings)
