"""Queries on publications."""

from __future__ import annotations

from django.db.models import QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from indicators.models import (
    Import,
    ImportState,
)

SHARED = (ImportState.PUBLISHED, ImportState.RETRACTED)


def visible_imports(user: User) -> QuerySet[Import]:
    """Return the imports that the user may see.

    Published and retracted imports are visible to all; the others need permission to import.
    """
    rows = Import.objects.select_related("source", "file", "created_by")
    return rows if user.allows(Permission.IMPORT_DATA) else rows.filter(state__in=SHARED)
