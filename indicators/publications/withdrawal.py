"""Withdrawal of curated records: once, with a reason, under the lock on publications."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.audit.services import record
from indicators.models.curated import CuratedRecord
from indicators.publications import numbering


def require_reason(reason: str) -> None:
    """Raise `ValidationError` with code `reason` on the field if there is none."""
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter a reason; it stays on file.", code="reason")})


def withdraw(row: CuratedRecord, *, reason: str, actor: User | None) -> None:
    """Close a live row without a successor. The caller holds the locks on publications and on the row."""
    require_reason(reason)
    row.close(at=numbering.moment(), by=actor, reason=reason)
    record(actor=actor, action="withdrew", target=row, after={"reason": row.superseded_reason})
