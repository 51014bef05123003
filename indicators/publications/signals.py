"""Telling the apps to the right that something was published or taken back; they register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction

Handler = Callable[[int], object]
"""Called with the number of the publication, once its transaction is through."""

handlers: list[Handler] = []


def after_publication(handler: Handler) -> Handler:
    """Have `handler` called after each publication and retraction. What it raises is logged and stops nothing."""
    if handler not in handlers:
        handlers.append(handler)
    return handler


def announce(number: int) -> None:
    """Call every handler once the transaction commits."""
    for handler in handlers:
        transaction.on_commit(partial(handler, number), robust=True)
