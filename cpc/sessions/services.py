"""Services to end sessions: one, all others, or all of an account."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.sessions import notifications, throttle
from cpc.sessions.limits import End
from cpc.sessions.models import Session
from cpc.sessions.queries import device_name, open_sessions
from cpc.sessions.throttle_rules import CAP, FREE

UNKNOWN = "This session has ended already."


@transaction.atomic
def end_session(*, handle: UUID, user: User) -> Session:
    """End one session of an account; its next request is refused.

    Raises `ValidationError` for one that has ended, or is not the account's.
    """
    row = next((row for row in open_sessions(user) if row.handle == handle), None)
    if row is None or not _end([row], End.ELSEWHERE):
        raise ValidationError(UNKNOWN, code="session_over")
    record(actor=user, action="ended a session", target=user, after=_named(row))
    return row


@transaction.atomic
def end_other_sessions(*, user: User, key: str | None) -> int:
    """End all sessions of an account but the one with this key; return how many."""
    rows = [row for row in open_sessions(user) if row.session_key != key]
    ended = _end(rows, End.ELSEWHERE)
    if ended:
        after = {"sessions": [_named(row) for row in rows]}
        record(actor=user, action="ended all other sessions", target=user, after=after)
    return ended


@transaction.atomic
def end_all_sessions(*, account_id: int, actor: User) -> int:
    """End all sessions of an account and forget its known devices; return how many sessions were open.

    The caller has checked that `actor` may do this. Also a session that is not listed ends, since each stores how often
    all were ended. Raises `User.DoesNotExist`.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=account_id)
    rows = open_sessions(user)
    _end(rows, End.ELSEWHERE if user == actor else End.ADMINISTRATOR)
    before = user.sessions_ended
    user.sessions_ended += 1
    user.save(update_fields=("sessions_ended",))
    record(
        actor=actor,
        action="ended all sessions",
        target=user,
        before={"sessions_ended": before},
        after={"sessions_ended": user.sessions_ended, "sessions": [_named(row) for row in rows]},
    )
    return len(rows)


@transaction.atomic
def report_sessions(*, user: User) -> int:
    """End all sessions of one's own account, and ask the administrators to look into it; return how many ended."""
    ended = end_all_sessions(account_id=user.pk, actor=user)
    user.refresh_from_db(fields=("sessions_ended",))
    notifications.notify_of_report(user)
    return ended


def _end(rows: list[Session], reason: End) -> int:
    keys = [row.session_key for row in rows]
    return Session.objects.filter(session_key__in=keys, ended_because="").update(ended_because=reason)


def _named(row: Session) -> dict[str, str]:
    return {"device": device_name(row.device), "address": row.address}


def notify_of_failure(attempt: throttle.CountedTry) -> None:
    """Notify the owner of an account when failures in an unknown browser begin to wait, and at the cap."""
    user = attempt.account
    if user is None or attempt.from_known_device:
        return
    today = timezone.now().date()
    if attempt.failures == FREE:
        notifications.notify_of_failures(user, attempt.failures + 1, today)
    if (failures := throttle.failures_of(user)) >= CAP:
        notifications.notify_of_cap(user, failures, today)
