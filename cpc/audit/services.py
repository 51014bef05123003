"""Service that writes the audit trail."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, models, transaction

from cpc import request_context
from cpc.accounts.models import User
from cpc.audit.authors import record_authors
from cpc.audit.models import AuditEntry
from cpc.typed import refuse_hidden

SYSTEM = "System"

log = logging.getLogger(__name__)
_encoder = DjangoJSONEncoder()


def _plain(values: Mapping[str, Any] | None) -> Any:
    if values is None:
        return None
    return json.loads(_encoder.encode(dict(values)))


def record(
    *,
    actor: User | None,
    action: str,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one audit entry in the caller's transaction, so that both are saved or neither is.

    `action` is a verb in the past tense ("published"); `before` and `after` have only the fields that changed. `actor`
    is None if no person acted: a scheduled task, a migration, or a command. Raises `ValidationError` with code
    `hidden_character` if a recorded value has an invisible character. If the target is part of a record that another
    person decides on, the actor becomes one of its authors.
    """
    # A reason is stored only here, or in a column that is written without `full_clean`.
    refuse_hidden(_plain(after))
    if actor is not None:
        record_authors(actor, action, target)
    return append(
        AuditEntry(
            actor_id=str(actor.pk) if actor else "",
            actor_name=str(actor) if actor else SYSTEM,
            action=action,
            object_type=target._meta.label_lower,
            object_id="" if target.pk is None else str(target.pk),
            object_label=str(target)[:200],
            before=_plain(before),
            after=_plain(after),
        )
    )


def append(entry: AuditEntry) -> AuditEntry:
    """Add an entry with the request and channel of the current context.

    If the database rejects it and AUDIT_FAILURE is "go-on", the log gets it instead. Otherwise the error is raised, so
    that nothing is done that is not recorded.
    """
    entry.request_id, entry.channel = request_context.request_id(), request_context.channel()
    if settings.AUDIT_FAILURE == "stop":
        entry.save(force_insert=True)
        return entry
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except DatabaseError:
        lost = {name: getattr(entry, name) for name in ("actor_id", "action", "object_type", "object_id", "after")}
        log.critical("An entry of the audit trail could not be stored: %s", _encoder.encode(lost), exc_info=True)
    return entry
