"""Queries of inboxes, preferences, and notifications to be emailed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, permissions_of
from cpc.notifications.models import Frequency, MailPreference, Notification, NotificationQuerySet


def inbox(user: User) -> NotificationQuerySet:
    return Notification.objects.visible_to(user)


RECENT = dt.timedelta(days=30)
"""How long a notification that was read stays outside the archive."""
APPS = {"rounds": ("selection",), "partnerships": ("partnerships",), "data": ("indicators",)}
"""Filters of the inbox by the app of the object; all others are of the account."""


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """Numbers of notifications, as the filters of the inbox show them."""

    everything: int
    unread: int
    archive: int
    rounds: int
    partnerships: int
    data: int
    account: int


def shown_now(now: dt.datetime) -> Q:
    """Return the condition of a notification that is unread or recent; the others are in the archive."""
    return Q(read_at=None) | Q(created_at__gte=now - RECENT)


def about(name: str) -> Q:
    """Return the condition of a filter by subject."""

    def of(apps: Iterable[str]) -> Q:
        return reduce(or_, (Q(target_type__startswith=f"{app}.") for app in apps))

    return of(APPS[name]) if name in APPS else ~of(app for apps in APPS.values() for app in apps)


def inbox_counts(user: User, now: dt.datetime) -> InboxCounts:
    """Count the notifications of every filter with one query."""
    now_shown = shown_now(now)
    counted = inbox(user).aggregate(
        everything=Count("pk", filter=now_shown),
        unread=Count("pk", filter=Q(read_at=None)),
        archive=Count("pk", filter=~now_shown),
        **{name: Count("pk", filter=now_shown & about(name)) for name in (*APPS, "account")},
    )
    return InboxCounts(**counted)


def unread_count(user: User) -> int:
    return inbox(user).unread().count()


def has_inbox(user: User) -> bool:
    return user.is_active and Permission.USE_PAGES in permissions_of(user.role)


def frequency_of(user: User) -> Frequency:
    return frequencies([user])[user.pk]


def frequencies(users: Iterable[User]) -> Mapping[int, Frequency]:
    """Return how often each of these accounts wants email, by its key, with one query."""
    keys = [user.pk for user in users]
    chosen = dict(MailPreference.objects.filter(user__in=keys).values_list("user_id", "frequency"))
    return {key: Frequency(chosen.get(key, Frequency.DAILY)) for key in keys}


def to_be_mailed() -> QuerySet[Notification]:
    """Return unread notifications still to be emailed, of active accounts with an email address.

    Accounts that have since chosen no email get only urgent notifications.
    """
    quiet = MailPreference.objects.filter(user=OuterRef("recipient"), frequency=Frequency.NONE)
    return Notification.objects.filter(
        Q(urgent=True) | (Q(by_mail=True) & ~Exists(quiet)),
        read_at=None,
        mailed_at=None,
        recipient__is_active=True,
    ).exclude(recipient__email="")
