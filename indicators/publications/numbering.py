"""Numbered sequence of publications and retractions, and the number as of a moment.

Every publication and retraction takes one advisory lock until its transaction ends, and reads the clock under it.
Resolving a moment takes the same lock shared: it waits for a publication in progress, so that the same moment never
resolves to two numbers.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max

from cpc.accounts.models import User
from indicators.models import Import, Publication, PublicationKind

_LOCK = 0x43504350  # any constant of this project's own


def lock() -> None:
    """Take the lock until the end of the transaction.

    Call inside `transaction.atomic`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def moment() -> dt.datetime:
    """Return the time by the database's clock.

    Read under the lock, such times are in the order of commits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now


def next_number(
    *, batch: Import, kind: PublicationKind, actor: User | None, reason: str = "", at: dt.datetime | None = None
) -> Publication:
    """Create the next number of the sequence. The caller holds the lock.

    Numbers that one transaction gives to several imports share the moment `at`, so that a moment never resolves to
    only some of them: no one ever saw the data in between.
    """
    return Publication.objects.create(
        seq=current() + 1, kind=kind, batch=batch, at=at or moment(), actor=actor, reason=reason
    )


def current() -> int:
    """Return the newest number, or 0 before the first publication."""
    newest: int | None = Publication.objects.aggregate(newest=Max("seq"))["newest"]
    return newest or 0


def known_at(moment: dt.datetime) -> int:
    """Return the newest number at `moment`, or 0 before the first publication."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
        newest: int | None = Publication.objects.filter(at__lte=moment).aggregate(newest=Max("seq"))["newest"]
    return newest or 0
