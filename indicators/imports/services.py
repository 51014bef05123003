"""Start of the reading of a received file."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import User
from cpc.queue import task_named
from indicators.imports.reading import Choice


def start_reading(*, batch_id: int, actor: User | None, choice: Choice | None = None) -> None:
    """Read an import in a worker after the commit, or at once if there is no broker."""
    choice = choice or Choice()
    actor_id = actor.pk if actor else None
    arguments = choice.as_arguments()
    transaction.on_commit(
        lambda: task_named("indicators.read_import").delay(
            batch_id=batch_id,
            actor_id=actor_id,
            source=arguments["source"],
            edition=arguments["edition"],
            published_on=arguments["published_on"],
            remark=arguments["remark"],
        )
    )
