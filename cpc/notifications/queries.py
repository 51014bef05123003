"""Reading inboxes, preferences and what waits to be mailed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, permissions_of
from cpc.notifications.models import Frequency, MailPreference, Notification, NotificationQuerySet


def inbox(user: User) -> NotificationQuerySet:
    """What an account was told, newest first."""
    return Notification.objects.visible_to(user)


def unread_count(user: User) -> int:
    """How many of them are unread."""
    return inbox(user).unread().count()


def has_inbox(user: User) -> bool:
    """Whether an account reads pages; one of a program has no inbox, and a disabled one reads nothing more."""
    return user.is_active and Permission.USE_PAGES in permissions_of(user.role)


def frequency_of(user: User) -> Frequency:
    """How often the account wants mail."""
    return frequencies([user])[user.pk]


def frequencies(users: Iterable[User]) -> Mapping[int, Frequency]:
    """How often each of these accounts wants mail, by its key; one query."""
    keys = [user.pk for user in users]
    chosen = dict(MailPreference.objects.filter(user__in=keys).values_list("user_id", "frequency"))
    return {key: Frequency(chosen.get(key, Frequency.DAILY)) for key in keys}


def to_be_mailed() -> QuerySet[Notification]:
    """What is unread, was never mailed, and is still wanted by mail; of accounts that are active and have an address.

    Whoever has since chosen no mail gets what is urgent.
    """
    quiet = MailPreference.objects.filter(user=OuterRef("recipient"), frequency=Frequency.NONE)
    return Notification.objects.filter(
        Q(urgent=True) | (Q(by_mail=True) & ~Exists(quiet)),
        read_at=None,
        mailed_at=None,
        recipient__is_active=True,
    ).exclude(recipient__email="")
