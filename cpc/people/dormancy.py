"""Dormant accounts: not used for 90 days, they are warned, and then disabled (NIST SP 800-53, AC-2(3)).

Used means a sign-in, or a request with one of the account's tokens. An account that was created, taken up, or enabled
counts as used then. The last active administrator is never disabled.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Greatest

from cpc.accounts.models import ApiToken, User
from cpc.audit.models import AuditEntry
from cpc.people import notifications
from cpc.people.services import end_access, is_last_administrator, lock_account

TAKEN_UP = ("enabled", "took up the account", "set a new password")
"""Actions of the audit trail after which an account counts as used."""


class DormancyCounts(NamedTuple):
    warned: int
    disabled: int


def due_at(last_used_at: dt.datetime) -> dt.datetime:
    """Return when an account is disabled unless it is used before."""
    return last_used_at + dt.timedelta(days=settings.DORMANT_DAYS)


def with_last_use(rows: QuerySet[User]) -> QuerySet[Any]:
    """Return accounts with `used_at`, the last time that each was used."""
    tokens = ApiToken.objects.filter(owner=OuterRef("pk")).order_by().values("owner")
    entries = AuditEntry.objects.filter(
        object_type=User._meta.label_lower, object_id=Cast(OuterRef("pk"), CharField()), action__in=TAKEN_UP
    )
    return rows.annotate(
        used_at=Greatest(
            F("date_joined"),
            F("last_login"),
            Subquery(tokens.annotate(at=Max("last_used_at")).values("at"), output_field=DateTimeField()),
            Subquery(entries.order_by("-at").values("at")[:1], output_field=DateTimeField()),
        )
    )


def disable_dormant(*, now: dt.datetime) -> DormancyCounts:
    """Warn accounts that will be dormant soon, and disable those that are; return how many of each.

    Each account has a transaction of its own. A second run changes nothing and sends no second warning.
    """
    warned = disabled = 0
    soon = now - dt.timedelta(days=settings.DORMANT_DAYS - settings.DORMANT_WARNING_DAYS)
    rows = with_last_use(User.objects.filter(is_active=True)).filter(used_at__lte=soon).order_by("used_at", "pk")
    for account_id, used_at in list(rows.values_list("pk", "used_at")):
        if due_at(used_at) <= now:
            disabled += _disable(account_id, now)
        else:
            warned += notifications.warn_of_dormancy(User.objects.get(pk=account_id), due_at(used_at))
    return DormancyCounts(warned, disabled)


@transaction.atomic
def _disable(account_id: int, now: dt.datetime) -> bool:
    """Disable an account that is still dormant once it is locked; return False for the last administrator."""
    user = lock_account(account_id)
    used_at = with_last_use(User.objects.filter(pk=account_id)).values_list("used_at", flat=True).get()
    if not user.is_active or due_at(used_at) > now or is_last_administrator(user):
        return False
    reason = f"Not used for {settings.DORMANT_DAYS} days"
    end_access(user, reason=reason, actor=None)
    notifications.notify_of_dormancy(user, used_at)
    return True
