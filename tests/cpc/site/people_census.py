"""All that waits about accounts and the system, found by SQL that is written by hand, and who must do it."""

from __future__ import annotations

from django.db import connection

from cpc.accounts.models import User

OPEN_LINK = "i.used_at IS NULL AND i.withdrawn_at IS NULL"
LAST_DIGEST = "(SELECT max(e.day) FROM notifications_digest e WHERE e.recipient_id = u.id)"
WAITING_CHANGE = "accounts_accesschange c WHERE c.outcome = '' AND c.expires_at > now()"
UNSENT = "i.sent_at IS NULL AND i.created_at < now() - interval '1 hour'"
SCHEDULED = "t.name = ANY(%(scheduled)s)"
LAST_END = "(SELECT max(greatest(t.succeeded_at, t.failed_at)) FROM site_backgroundtask t WHERE " + SCHEDULED + ")"

CONFIRMING = {
    "access-change": f"""SELECT c.id FROM {WAITING_CHANGE} AND c.asked_by_id <> %(user)s
        AND (c.account_id IS NULL OR c.account_id <> %(user)s)""",
}
"""Queries of the rows that wait for approvers and administrators."""

MANAGING = {
    "invitation-expired": f"""SELECT u.id FROM accounts_user u JOIN accounts_invitation i ON i.user_id = u.id
        WHERE {OPEN_LINK} AND i.expires_at <= now() AND (NOT u.is_active OR u.password LIKE '!%%')""",
    "password-missing": f"""SELECT u.id FROM accounts_user u WHERE u.is_active AND u.password LIKE '!%%'
        AND u.id NOT IN (SELECT i.user_id FROM accounts_invitation i WHERE {OPEN_LINK})""",
    "link-unsent": f"SELECT i.id FROM accounts_invitation i WHERE {OPEN_LINK} AND i.expires_at > now() AND {UNSENT}",
    "mail-refused": f"""SELECT u.id FROM accounts_user u JOIN notifications_digest d ON d.recipient_id = u.id
        WHERE d.day = {LAST_DIGEST} AND d.refused_at IS NOT NULL AND u.is_active AND u.email <> ''
        AND EXISTS (SELECT FROM notifications_notification n WHERE n.recipient_id = u.id AND n.read_at IS NULL
            AND n.mailed_at IS NULL AND (n.urgent OR (n.by_mail AND NOT EXISTS (
                SELECT FROM notifications_mailpreference p WHERE p.user_id = u.id AND p.frequency = 'none'))))""",
    "task-failing": "SELECT t.id FROM site_backgroundtask t WHERE t.failures > 0 AND t.name <> 'of.an.earlier.version'",
    "scheduler-stopped": f"""SELECT min(t.id) FROM site_backgroundtask t WHERE {SCHEDULED}
        AND greatest(t.succeeded_at, t.failed_at) = {LAST_END} HAVING {LAST_END} < now() - interval '2 hours'""",
}
"""Queries of the rows that wait for administrators."""

SENT = {
    "access-change": f"SELECT c.id FROM {WAITING_CHANGE} AND c.asked_by_id = %(user)s",
    "invitation": f"""SELECT i.id FROM accounts_invitation i WHERE {OPEN_LINK} AND i.expires_at > now()
        AND NOT ({UNSENT}) AND i.created_by_id = %(user)s""",
}
"""Queries of what an administrator asked for or sent and another person has to do something about."""

OF_ROLE = {"approver": CONFIRMING, "administrator": {**CONFIRMING, **MANAGING}}


def open_for(user: User, scheduled: list[str]) -> set[str]:
    """Return the keys of all rows that must stand in the queue of an account."""
    return _found(OF_ROLE.get(user.role, {}), user, scheduled)


def sent_by(user: User) -> set[str]:
    return _found(SENT if user.role == "administrator" else {}, user, [])


def _found(queries: dict[str, str], user: User, scheduled: list[str]) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for key, query in queries.items():
            cursor.execute(query, {"user": user.pk, "scheduled": scheduled})
            found |= {f"{key}:{row}" for (row,) in cursor.fetchall()}
    return found
