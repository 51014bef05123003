"""Queries of inboxes, preferences, and notifications to be emailed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, permissions_of
from cpc.notifications.models import Frequency, MailPreference, Notification, NotificationQuerySet


def inbox(user: User) -> NotificationQuerySet:
    return Notification.objects.visible_to(user)


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
