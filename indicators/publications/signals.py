"""Notification of other apps after a publication, a retraction, or a statement; they register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction

Handler = Callable[[int], object]
"""Function called after the commit with the number of the publication, or the newest number after a statement."""

handlers: list[Handler] = []


def after_publication(handler: Handler) -> Handler:
    """Register `handler` for each publication and retraction, and each statement that an edition is not published.

    Its exceptions are logged and stop nothing.
    """
    if handler not in handlers:
        handlers.append(handler)
    return handler


def announce(number: int) -> None:
    """Call every handler once the transaction commits."""
    for handler in handlers:
        transaction.on_commit(partial(handler, number), robust=True)
