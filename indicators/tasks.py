"""Celery tasks; without a broker they run at once in the caller's process."""

from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from cpc import request_context
from cpc.accounts.models import User
from cpc.queue import enqueue
from indicators.bulk.services import build_newest
from indicators.imports.publishing import publish
from indicators.imports.reading import WAITING, Choice, process
from indicators.imports.services import requeue_waiting
from indicators.models import Import
from indicators.updates.services import after_reading


@shared_task(name="indicators.read_import")
def read_import(
    *,
    batch_id: int,
    actor_id: int | None = None,
    source: str = "",
    edition: str = "",
    published_on: str = "",
    remark: str = "",
    publish_it: bool = False,
    partial: bool = False,
    only_waiting: bool = False,
) -> str:
    """Read an import up to its preview, publish it if `publish_it` is true, and return its state.

    With `partial`, it is published although fields of the file were not read; without it, that raises
    `FieldsNotRead`.

    With `only_waiting`, an import that was read meanwhile is left as it is.

    If a worker dies, the message stays with the broker, and the next worker runs the same step again from its start.
    """
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    choice = Choice(source, edition, date.fromisoformat(published_on) if published_on else None, remark)
    with request_context.acting("task"):
        if only_waiting and not Import.objects.filter(pk=batch_id, state__in=WAITING).exists():
            return "read already"
        try:
            batch = process(batch_id=batch_id, actor=actor, choice=choice)
        finally:
            after_reading(batch_id)
        if publish_it and batch.state == "preview":
            batch = publish(batch_id=batch_id, actor=actor, partial=partial).batch
        return str(batch.state)


@shared_task(name="indicators.requeue_imports")
def requeue_imports() -> list[int]:
    """Queue imports again whose message was lost; return their numbers."""
    return requeue_waiting(timezone.now())


@shared_task(name="indicators.build_bulk_package")
def build_bulk_package() -> int | None:
    """Build the bulk package of the newest publication unless there is one; return the number of that publication.

    If a worker dies, the message stays with the broker, and the next worker builds it from its start.
    """
    with request_context.acting("task"):
        made = build_newest()
    return made.as_of if made else None


@worker_ready.connect(dispatch_uid="indicators_requeue_imports")
def requeue_at_start(**_: Any) -> None:
    """Look for imports that wait once a worker starts: none may have run when they were received."""
    enqueue("indicators.requeue_imports")
