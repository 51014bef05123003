"""Loads of documented partnerships from the facts shipped with the project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from cpc.audit.audited_writes import create, set_fields
from cpc.database.roles import as_owner
from partnerships.models import DocumentedLoad


@contextmanager
def documenting(*, source: str, sha256: str) -> Iterator[DocumentedLoad]:
    """Open a load in one transaction, as the owner. Its records can't change after the block ends.

    Raises `ImproperlyConfigured` if this process does not have the owner's URL.
    """
    with as_owner(), transaction.atomic():
        load = create(DocumentedLoad(source=source, sha256=sha256), actor=None, action="opened")
        yield load
        set_fields(load, {"closed_at": timezone.now()}, actor=None, action="closed")
