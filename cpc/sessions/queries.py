"""Open sessions of an account, and what happened to its sign-ins lately."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import HASH_SESSION_KEY
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.audit.queries import entries_of
from cpc.sessions.limits import limits_for, why_over
from cpc.sessions.models import Session

LATELY = dt.timedelta(days=30)
FAILED = "sign-in failed"
ACTIONS = (
    "signed in",
    FAILED,
    "signed out",
    "changed password",
    "set a new password",
    "ended a session",
    "ended all other sessions",
    "ended all sessions",
)
"""Actions of the audit trail that the page of sessions shows to the account."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("OPR", "Opera"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_name(description: str) -> str:
    """Return system and browser from a browser's description of itself, such as "Windows, Edge"."""
    found = [next((name for sign, name in signs if sign in description), "") for signs in (SYSTEMS, BROWSERS)]
    return ", ".join(filter(None, found)) or "Unknown device"


def open_sessions(user: User) -> list[Session]:
    """Return the sessions in which an account is signed in, the last used first.

    Sessions that a new password or the end of all sessions made void are left out.
    """
    now = timezone.now()
    return [row for row in _not_ended(now).filter(account=user) if _is_open(row, user, now)]


def sessions_of_everyone() -> list[Session]:
    """Return the open sessions of all accounts that may sign in, with their account, the last used first."""
    now = timezone.now()
    rows = _not_ended(now).filter(account__is_active=True).select_related("account")
    return [row for row in rows if row.account and _is_open(row, row.account, now)]


def _not_ended(now: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(ended_because="", expire_date__gt=now).order_by("-last_seen_at")


def _is_open(row: Session, user: User, now: dt.datetime) -> bool:
    ended = why_over(limits_for(user.role), started_at=row.started_at, last_seen_at=row.last_seen_at, now=now)
    signed = row.get_decoded().get(HASH_SESSION_KEY, "")
    return ended is None and constant_time_compare(signed, user.get_session_auth_hash())


def sign_in_entries(user: User) -> QuerySet[AuditEntry]:
    """Return what the audit trail has of an account's sign-ins in the last 30 days, newest first."""
    return entries_of(user).filter(action__in=ACTIONS, at__gt=timezone.now() - LATELY)
