"""The acting account and request, available to the audit trail and the log without passing them through every call."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_channel: ContextVar[str] = ContextVar("channel", default="command")
_origin: ContextVar[Callable[[], Mapping[str, Any]] | None] = ContextVar("origin", default=None)
_task: ContextVar[dict[str, str]] = ContextVar("task", default={})  # noqa: B039  # never changed, only replaced

STARTED_BY = "started_by"


def request_id() -> str:
    """Return the identifier of the current request, task, or command; empty outside of one."""
    return _request_id.get()


def channel() -> str:
    """Return the channel of the write: page, api, task, or command."""
    return _channel.get()


def origin() -> Callable[[], Mapping[str, Any]] | None:
    """Return the function that gives the account and address of the current request.

    Returns None outside a request.
    """
    return _origin.get()


def acting_now() -> dict[str, str]:
    """Return the key of the acting account, address, session, request, and channel; "" for what is not known."""
    found = origin()
    facts = found() if found else {}
    return {
        "actor": str(facts.get("actor_id", "")),
        "address": str(facts.get("client", "")),
        "session": str(facts.get("session", "")),
        "request": request_id() or started_by(),
        "channel": channel(),
    }


def task() -> dict[str, str]:
    """Return name and id of the task that runs; empty outside of one."""
    return {name: value for name, value in _task.get().items() if name != STARTED_BY}


def started_by() -> str:
    """Return the identifier of the request that started the running task; empty if none did."""
    return _task.get().get(STARTED_BY, "")


def run_task(known: Mapping[str, str], started_by: str) -> Token[dict[str, str]]:
    """Mark the following code as a task, until `end_task` receives the returned token."""
    return _task.set({**known, STARTED_BY: started_by})


def end_task(token: Token[dict[str, str]]) -> None:
    _task.reset(token)


@contextmanager
def acting(
    channel_name: str, identifier: str = "", origin_of: Callable[[], Mapping[str, Any]] | None = None
) -> Iterator[str]:
    """Mark everything inside as one request, task or command; yields its identifier.

    `origin_of` is called for each log event, since the account is often not known until later in the request.
    """
    identifier = identifier or uuid.uuid4().hex
    id_token, channel_token = _request_id.set(identifier), _channel.set(channel_name)
    origin_token = _origin.set(origin_of or _origin.get())
    try:
        yield identifier
    finally:
        _request_id.reset(id_token)
        _channel.reset(channel_token)
        _origin.reset(origin_token)
