"""The office's own entries in the library of indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import change, create
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from partnerships.lookups.locking import lock_row, service
from partnerships.models import OfficeIndicator
from partnerships.standard_indicators import LIBRARY


@service(Permission.EDIT_PARTNERSHIPS)
def add_office_indicator(*, entry: OfficeIndicator, actor: User | None) -> OfficeIndicator:
    """Add an unsaved entry. Raises `ValidationError` at `code` if a standard or suggested indicator has its code."""
    _check_code(entry.code)
    return create(entry, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def edit_office_indicator(
    *, entry: OfficeIndicator, values: Mapping[str, Any], actor: User | None, expected_revision: str | None = None
) -> OfficeIndicator:
    """Change an entry. Indicators that were started from it stay as they are."""
    current = lock_row(entry)
    check_revision(current.current_revision(), expected_revision)
    _check_code(values.get("code", current.code))
    return change(current, values, actor=actor)


def _check_code(code: str) -> None:
    if code in LIBRARY:
        raise field_error("code", "A standard or suggested indicator has this code. Choose another one.", "library")
