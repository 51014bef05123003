"""Who acts and in which request, carried to the audit trail without passing it through every call."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_channel: ContextVar[str] = ContextVar("channel", default="command")


def request_id() -> str:
    """Identifier of the current request, task or command; empty outside of one."""
    return _request_id.get()


def channel() -> str:
    """How the write came in: page, api, task or command."""
    return _channel.get()


@contextmanager
def acting(channel_name: str, identifier: str = "") -> Iterator[str]:
    """Mark everything inside as one request, task or command; yields its identifier."""
    identifier = identifier or uuid.uuid4().hex
    id_token, channel_token = _request_id.set(identifier), _channel.set(channel_name)
    try:
        yield identifier
    finally:
        _request_id.reset(id_token)
        _channel.reset(channel_token)
