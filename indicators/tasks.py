"""Celery tasks; without a broker they run at once in the caller's process."""

from __future__ import annotations

from datetime import date

from celery import shared_task

from cpc import request_context
from cpc.accounts.models import User
from indicators.imports.publishing import publish
from indicators.imports.reading import Choice, process


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
) -> str:
    """Read an import up to its preview, publish it if `publish_it` is true, and return its state.

    With `partial`, it is published although fields of the file were not read; without it, that raises
    `FieldsNotRead`.

    If a worker dies, the message stays with the broker, and the next worker runs the same step again from its start.
    """
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    choice = Choice(source, edition, date.fromisoformat(published_on) if published_on else None, remark)
    with request_context.acting("task"):
        batch = process(batch_id=batch_id, actor=actor, choice=choice)
        if publish_it and batch.state == "preview":
            batch = publish(batch_id=batch_id, actor=actor, partial=partial).batch
        return str(batch.state)
