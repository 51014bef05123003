"""Services to record, replace, and withdraw programs and plans; a record is never edited.

Each write takes the lock on publications and reads the clock under it, so that the records as of a past moment never
change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.services import record
from cpc.files.attachments import attachment_findings
from cpc.validation import validation_error
from indicators.models import NationalPlan, USGProgram
from indicators.publications import numbering

Row = TypeVar("Row", USGProgram, NationalPlan, USGProgram | NationalPlan)

SUPERSEDED = "It was replaced or withdrawn since you opened the page. Nothing was saved. Go on from what stands now."


@transaction.atomic
def record_row(*, row: Row, actor: User | None) -> Row:
    """Record a new program or plan.

    Raises `ValidationError` if it is incomplete or already on record.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    return stand(row=row, actor=actor)


@transaction.atomic
def stand(*, row: Row, actor: User | None) -> Row:
    """Record a program or plan for a caller that made its own permission check."""
    numbering.lock()
    row.recorded_at = numbering.moment()
    row.recorded_by = actor
    _check_document(row)
    return create(row, actor=actor, action="recorded")


@transaction.atomic
def replace_row(*, row: Row, values: Mapping[str, Any], reason: str, actor: User | None) -> Row:
    """Replace a live row with one that has other values; if nothing differs, do nothing.

    Fields that `values` does not name stay as they are. Raises `ValidationError`: `superseded` if the row is no
    longer live, `reason` without a reason, and for each invalid value.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    standing = _locked(row, reason)
    fields = [f for f in type(row)._meta.concrete_fields if f.editable and not f.primary_key]
    before = {field.name: getattr(standing, field.name) for field in fields}
    after = before | dict(values)
    if unknown := set(after) - set(before):
        raise ValidationError(f"There is no {', '.join(sorted(unknown))} to replace.", code="unknown_field")
    if after == before:
        return standing
    successor = type(row)(**after, replaces_id=standing.pk)
    successor.recorded_at = numbering.moment()
    successor.recorded_by = actor
    _check_document(successor)
    _close(standing, successor, reason, actor)
    successor.full_clean()
    successor.save(force_insert=True)
    successor.refresh_from_db()
    changed = {name: None for name in before if before[name] != after[name]}
    record(
        actor=actor,
        action="replaced",
        target=successor,
        before=audit_values(standing, changed),
        after={**audit_values(successor, changed), "reason": reason.strip()},
    )
    return successor


@transaction.atomic
def withdraw_row(*, row: Row, reason: str, actor: User | None) -> Row:
    """Withdraw a row without a replacement.

    Withdrawing it again (a double click) changes nothing.
    """
    require(actor, Permission.RECORD_PROGRAMS)
    numbering.lock()
    there = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if there.superseded_at is not None and not hasattr(there, "replaced_by"):
        return there
    standing = _locked(row, reason)
    standing.superseded_at = numbering.moment()
    standing.superseded_by = actor
    standing.superseded_reason = reason.strip()
    standing.save(update_fields=("superseded_at", "superseded_by", "superseded_reason"))
    record(actor=actor, action="withdrew", target=standing, after={"reason": standing.superseded_reason})
    return standing


def _locked(row: Row, reason: str) -> Row:
    """Lock the live row until the transaction ends.

    Raises `ValidationError` if it is superseded or without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why; the reason stays on record.", code="reason")})
    numbering.lock()
    standing = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.superseded_at is not None:
        raise ValidationError(SUPERSEDED, code="superseded")
    return standing


def _close(standing: Row, successor: Row, reason: str, actor: User | None) -> None:
    standing.superseded_at = successor.recorded_at
    standing.superseded_by = actor
    standing.superseded_reason = reason.strip()
    standing.save(update_fields=("superseded_at", "superseded_by", "superseded_reason"))


def _check_document(row: Row) -> None:
    """Check a newly uploaded document; a stored one was checked when it was uploaded."""
    document: Any = row.document
    if document and not document._committed:
        found = attachment_findings(document.name, document.size, document.file)
        if found:
            raise validation_error(replace(finding, field="document") for finding in found)
