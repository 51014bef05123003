"""Sessions and sign-ins of an account as pages show them, and the texts on the end of a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.sessions import throttle
from cpc.sessions.limits import WARNING, End, limits_for
from cpc.sessions.models import Session
from cpc.sessions.queries import FAILED, device_name, open_sessions, sign_in_entries
from cpc.sessions.store import SessionStore
from cpc.sessions.throttle_rules import CAP
from cpc.web import formats

SHOWN = 8
"""Number of events that the page shows."""

EVENTS = {
    "signed in": "Signed in",
    "signed out": "Signed out",
    "changed password": "Password changed",
    "set a new password": "New password set with a link",
    "ended a session": "One session ended from another one",
    "ended all other sessions": "All other sessions ended",
    "ended all sessions": "All sessions ended",
}


SIGNED_OUT = {
    End.IDLE: "You were signed out, since nothing was done for a while.",
    End.LIFE: "You were signed out: a session ends some hours after the sign-in, whatever is done in it.",
    End.ELSEWHERE: "You were signed out: this session was ended from another one of yours.",
    End.ADMINISTRATOR: "You were signed out: an administrator ended your sessions.",
}


def signed_out_text(why: End, *, stored: bool | None) -> str:
    """Return why a session is over, and what became of a form; `stored` is None if none was sent."""
    after = {
        True: " What you typed is not lost. Sign in, and it is offered to you again.",
        False: " Nothing was saved.",
        None: "",
    }
    return SIGNED_OUT[why] + after[stored]


@dataclass(frozen=True, slots=True)
class SessionRow:
    handle: UUID
    device: str
    address: str
    started_at: dt.datetime
    last_seen_at: dt.datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class SignInEvent:
    """One event, or several failed sign-ins in a row from one address."""

    title: str
    icon: str
    first_at: dt.datetime
    last_at: dt.datetime
    address: str = ""


def session_rows(rows: Iterable[Session], current_key: str | None) -> list[SessionRow]:
    return [
        SessionRow(
            row.handle,
            device_name(row.device),
            row.address,
            row.started_at,
            row.last_seen_at,
            row.session_key == current_key,
        )
        for row in rows
    ]


def events(entries: Iterable[AuditEntry]) -> Iterator[SignInEvent]:
    """Yield events, newest first; failed sign-ins in a row from one address are one."""
    for (action, address), group in groupby(entries, key=lambda entry: (entry.action, entry.address)):
        found = list(group)
        if action == FAILED:
            title = formats.count_of(len(found), "failed sign-in")
            yield SignInEvent(title, "warning", found[-1].at, found[0].at, address)
        else:
            icon = "check_circle" if action == "signed in" else "lock"
            for entry in found:
                yield SignInEvent(EVENTS[action], icon, entry.at, entry.at, address)


def security_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the partials `account/sessions/_sessions.html` and `_lately.html`."""
    user = user_of(request)
    rows = session_rows(open_sessions(user), request.session.session_key)
    shown = list(events(sign_in_entries(user)[:200]))[:SHOWN]
    failures = throttle.failures_of(user)
    return {
        "sessions": rows,
        "other_sessions": sum(not row.is_current for row in rows),
        "idle_minutes": idle_minutes(user),
        "warning_minutes": int(WARNING.total_seconds() // 60),
        "session_hours": settings.SESSION_HOURS,
        "events": shown,
        "failures": failures if failures >= CAP else 0,
    }


def idle_minutes(user: User) -> int:
    return int(limits_for(user.role).idle.total_seconds() // 60)


def use_notice() -> dict[str, Any]:
    """Return the notice before sign-in, its edition, and how long a session lasts."""
    return {
        "text": settings.SYSTEM_USE_NOTICE,
        "edition": settings.SYSTEM_USE_EDITION,
        "idle": settings.SESSION_IDLE_MINUTES,
        "idle_privileged": settings.SESSION_IDLE_MINUTES_PRIVILEGED,
        "hours": settings.SESSION_HOURS,
    }


def end_of_session(request: HttpRequest) -> dict[str, Any] | None:
    """Return when a page warns of the end of its session, in seconds; None for a visitor.

    `left` is set only if the longest life of the session ends first: otherwise each page would differ.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not isinstance(request.session, SessionStore):
        return None
    limits = limits_for(user.role)
    left = request.session.started_at + limits.life - timezone.now()
    return {
        "idle": int(limits.idle.total_seconds()),
        "warning": int(WARNING.total_seconds()),
        "left": int(left.total_seconds()) if left < limits.idle else None,
        "minutes": int(limits.idle.total_seconds() // 60),
    }
