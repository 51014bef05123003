"""A partnership by its key, and the versions of its documents."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from partnerships.lookups.late import with_overdue
from partnerships.models import DocumentVersion, Partnership


def find(pk: int, *, overdue_on: date | None = None) -> Partnership | None:
    """Return the partnership with its country, policy, and origin, or None.

    With `overdue_on` it also counts the overdue duties on that day. The count queries every kind of duty, so pages
    that do not show it leave it out.
    """
    origin = ("opened_by", "origin_confirmation__confirmed_by")
    rows = Partnership.objects.select_related("country", "limit_policy", *origin)
    if overdue_on is not None:
        rows = with_overdue(rows, overdue_on)
    return rows.filter(pk=pk).first()


def document_versions_of(partnership: Partnership) -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.filter(document__partnership=partnership).select_related("document").order_by("-pk")
