"""The end of a session: after a time without activity, after its whole life, or by someone's order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import models

from cpc.accounts.access_changes import is_held_by_two

WARNING = dt.timedelta(minutes=2)
"""Time before the end of a session at which its person is warned."""


class End(models.TextChoices):
    """Reasons for which a session is over."""

    IDLE = "idle", "Nothing was done in it for too long"
    LIFE = "life", "Its longest life was over"
    ELSEWHERE = "elsewhere", "Its person ended it from another session"
    ADMINISTRATOR = "administrator", "An administrator ended it"

    @property
    def keeps_forms(self) -> bool:
        """Return whether what was typed is stored: not if someone ended the session, since a stranger may use it."""
        return self in (End.IDLE, End.LIFE)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Time without activity after which a session ends, and its longest life."""

    idle: dt.timedelta
    life: dt.timedelta

    def end_of(self, started_at: dt.datetime, last_seen_at: dt.datetime) -> tuple[dt.datetime, End]:
        """Return when a session ends unless its person does something, and why."""
        ends = (last_seen_at + self.idle, End.IDLE), (started_at + self.life, End.LIFE)
        return min(ends, key=lambda end: end[0])


def limits_for(role: str) -> SessionLimits:
    """Return the limits of a role: those of approvers and administrators are shorter (NIST SP 800-53, SC-10)."""
    minutes = settings.SESSION_IDLE_MINUTES_PRIVILEGED if is_held_by_two(role) else settings.SESSION_IDLE_MINUTES
    return SessionLimits(dt.timedelta(minutes=minutes), dt.timedelta(hours=settings.SESSION_HOURS))


def why_over(
    limits: SessionLimits,
    *,
    started_at: dt.datetime,
    last_seen_at: dt.datetime,
    now: dt.datetime,
    ended_because: str = "",
) -> End | None:
    """Return why a session is over at `now`; None while it goes on. It is over at the very moment of its limit."""
    if ended_because:
        return End(ended_because)
    ends_at, reason = limits.end_of(started_at, last_seen_at)
    return reason if now >= ends_at else None
