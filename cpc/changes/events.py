"""One change as programs get it, by REST and by webhooks."""

from __future__ import annotations

from typing import Any

from cpc.changes.cursors import FeedPosition
from cpc.changes.feed import FEEDS
from cpc.changes.models import Change


def event_of(change: Change, epoch: bytes) -> dict[str, Any]:
    """Return the event; `RecordedChangeSerializer` describes its fields. `epoch` is that of the database."""
    found = FEEDS.get(change.subject)  # a subject of an earlier version of the software has none
    return {
        "id": change.pk,
        "cursor": FeedPosition(change.xid, change.pk).text(epoch),
        "at": change.at.isoformat().replace("+00:00", "Z"),
        "kind": change.kind,
        "subject": change.subject,
        "key": change.key,
        "url": found.url(change) if found else None,
        "partnership": change.partnership,
        "round": change.round,
        "revision": change.revision,
        "changed": change.changed,
        "before": change.before,
        "after": change.after,
    }
