"""The queue of the partnerships, as an account reads it."""

from __future__ import annotations

from datetime import date

from cpc.accounts.models import User
from cpc.site import queue
from cpc.site.queue import Desk, Item, Sent
from partnerships.queue import registrations

EVERY = 1000


def items(user: User, today: date, limit: int = EVERY, partnership: int | None = None) -> list[Item]:
    own = [source for source in queue.sources if source.key in ("partnerships", "clearance")]
    with queue.sources.only(*own):
        return [item for lane in queue.queue_of(Desk(user, today, limit, partnership)).lanes for item in lane.items]


def keys(user: User, today: date) -> set[str]:
    return {item.key for item in items(user, today)}


def sent(user: User, today: date, limit: int = EVERY) -> list[Sent]:
    return list(registrations.sent(Desk(user, today, limit)).items)


def sent_keys(user: User, today: date) -> set[str]:
    return {item.key for item in sent(user, today)}
