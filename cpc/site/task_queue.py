"""Tasks that wait for a worker or are with one, as the broker has them."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from celery import signals
from django.conf import settings
from redis import Redis, RedisError

QUEUE, TAKEN = "celery", "unacked"
"""Names in Redis of the list of messages that wait, and of the hash of those that a worker took."""
QUEUED_AT = "cpc_queued_at"
SHOWN = 50
SECONDS = 2


@dataclass(frozen=True, slots=True)
class Queued:
    """One task on its way: its name, its id in the log, and when it was queued, if that is known."""

    name: str
    run: str
    queued_at: dt.datetime | None
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """Tasks on their way; `oldest` is the moment at which the one that waits longest was queued.

    Without a broker, and while it does not respond, nothing is known: `is_known` is False.
    """

    waiting: int = 0
    taken: int = 0
    oldest: dt.datetime | None = None
    messages: tuple[Queued, ...] = ()
    is_known: bool = False


def connect() -> None:
    signals.before_task_publish.connect(_note_moment, dispatch_uid="cpc_task_queued_at")


def _note_moment(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[QUEUED_AT] = time.time()


def broker() -> Redis:
    """Return a client of the broker that gives up within seconds."""
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, **settings.REDIS_TLS
    )


def backlog() -> Backlog:
    """Return what waits and what workers have taken, the oldest of each first."""
    if not settings.REDIS_URL:
        return Backlog()
    try:
        with broker() as server:
            waiting = int(server.llen(QUEUE))
            oldest = server.lrange(QUEUE, -SHOWN, -1)
            taken = server.hvals(TAKEN)
    except (RedisError, OSError):
        return Backlog()
    queued = list(_messages(reversed(list(oldest)), is_taken=False))
    running = sorted(_messages((_message_of(text) for text in taken), is_taken=True), key=_moment)
    return Backlog(waiting, len(running), queued[0].queued_at if queued else None, (*running[:SHOWN], *queued), True)


def _moment(message: Queued) -> float:
    return message.queued_at.timestamp() if message.queued_at else 0


def _message_of(text: bytes) -> bytes:
    """Return the message of an entry of the hash, which has the exchange and the key as well."""
    return json.dumps(json.loads(text)[0]).encode()


def _messages(texts: Any, *, is_taken: bool) -> Iterator[Queued]:
    for text in texts:
        headers = json.loads(text).get("headers", {})
        at = headers.get(QUEUED_AT)
        moment = dt.datetime.fromtimestamp(at, dt.UTC) if isinstance(at, int | float) else None
        yield Queued(str(headers.get("task", "")), str(headers.get("id", "")), moment, is_taken)
