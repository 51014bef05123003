"""Start of the reading of a received file."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cpc.accounts.models import User
from cpc.queue import enqueue, task_named
from indicators.imports import reading_lock
from indicators.imports.reading import WAITING, Choice
from indicators.models import Import

QUIET_FOR = dt.timedelta(minutes=2)
"""Time in which the message of an import that was just received is on its way."""


def start_reading(*, batch_id: int, actor: User | None, choice: Choice | None = None) -> None:
    """Read an import in a worker after the commit, or at once if there is no broker."""
    choice = choice or Choice()
    actor_id = actor.pk if actor else None
    arguments = choice.as_arguments()
    # If the broker does not respond, this raises, and `requeue_waiting` queues the import within minutes.
    transaction.on_commit(
        lambda: task_named("indicators.read_import").delay(batch_id=batch_id, actor_id=actor_id, **arguments)
    )


def requeue_waiting(now: dt.datetime) -> list[int]:
    """Queue each import again that waits although it was received minutes ago; return their numbers.

    Its message was lost with the broker, or with the worker that died. A message that still waits does no harm: the
    file is read once (see `reading.process`).
    """
    waiting = Import.objects.filter(state__in=WAITING, created_at__lt=now - QUIET_FOR).order_by("pk")
    stuck = [batch for batch in waiting if not reading_lock.is_held(batch.pk)]
    return [
        batch.pk
        for batch in stuck
        if enqueue("indicators.read_import", batch_id=batch.pk, actor_id=batch.created_by_id, only_waiting=True)
    ]
