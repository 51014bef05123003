"""Registry of the tables whose changes the feed tells. Each app declares its tables once, in its `changes.py`.

    feed(
        Position,
        Permission.VIEW_ROUNDS,
        round="(SELECT q.round_id FROM selection_consultationrequest q WHERE q.id = {r}.request_id)",
        agency="(SELECT q.agency_id FROM selection_consultationrequest q WHERE q.id = {r}.request_id)",
    )
    leave_out("A draft is its author's alone.", PositionDraft)

From that follow the triggers, the kinds of events, and the list in docs/changes.md. In SQL, `{r}` is the row. A kind
is the subject and what happened to it: `position.added`, `position.changed`, `position.removed`, `position.superseded`,
and `award.state_changed` for a column of a state.

An event has values of columns that cannot hold free text: states, amounts, days, counts, codes, and keys. Texts, names,
files, and accounts are named in `changed`, if they are not `hidden`, and read at the URL of the record.
"""

from __future__ import annotations

import re
from typing import Any

import pgtrigger
from django.db import models
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.changes.models import Change
from cpc.changes.tables import CODES, Feed, Url
from cpc.changes.triggers import writes_changes
from cpc.registry import Registry

FEEDS: Registry[Feed] = Registry(key=lambda one: one.subject)
LEFT_OUT: dict[str, str] = {}
"""Tables that are in no feed, by the label of their model, with the reason."""


def at(name: str, *facts: str) -> Url:
    """Return a function that gives the REST URL of this name, with facts of the change as arguments: `key`, `round`."""

    def url(change: Change) -> str | None:
        found = [getattr(change, fact) for fact in facts]
        return None if None in found else reverse(f"api:{name}", args=found)

    return url


def subject_of(model: type[models.Model]) -> str:
    """Return the name of a model in the feed: LedgerEntry is ledger_entry."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def feed(model: type[models.Model], permission: Permission, **options: Any) -> Feed:
    """Declare a table, and register the triggers that write its changes."""
    options.setdefault("subject", subject_of(model))
    declared = FEEDS.add(Feed(model, permission, **options))
    for trigger in writes_changes(declared):
        pgtrigger.register(trigger)(model)
    return declared


def leave_out(because: str, *left_out: type[models.Model]) -> None:
    """State why the changes of some tables are in no feed."""
    LEFT_OUT.update((model._meta.label, because) for model in left_out)


def named_by(model: type[models.Model], column: str) -> None:
    """Name the rows of a table in events by a code instead of their key."""
    CODES[model._meta.db_table] = column


def kinds() -> list[str]:
    """Return every kind of event, in alphabetical order."""
    return sorted(kind for one in FEEDS for kind in one.kinds)
