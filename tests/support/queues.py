"""The queue of a person, for tests."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.site import queue
from cpc.site.queue import Desk, Item, Queue


def queue_for(person: User | Client, limit: int = 1000) -> Queue:
    """Read the queue of an account, or of the account that a client signed in."""
    user = person if isinstance(person, User) else User.objects.get(pk=person.session["_auth_user_id"])
    return queue.queue_of(Desk(user, timezone.now().date(), limit))


def items_for(person: User | Client) -> list[Item]:
    return [item for section in queue_for(person).sections() for item in section.items]


def titles_for(person: User | Client) -> list[str]:
    return [item.title for item in items_for(person)]


def why_for(person: User | Client, key: str) -> str:
    """Return the reason of an item that waits."""
    return next(item.why for item in items_for(person) if item.key == key)
