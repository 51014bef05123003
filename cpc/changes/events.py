"""One change as programs get it, by REST and by webhooks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.changes.cursors import FeedPosition
from cpc.changes.feed import FEEDS
from cpc.changes.models import Change
from cpc.changes.tables import OF_RECORDS


def url_of(change: Change) -> str | None:
    """Return where REST has the record of a change, else the list or record that it is part of, if any."""
    found = FEEDS.get(change.subject)
    if found is None:
        return None  # a subject of an earlier version of the software
    reverse("api:changes")  # loads the URLs, and with them the resources
    finders = () if change.after is None else OF_RECORDS
    return next((url for find in finders if (url := find(found, change))), None) or found.url(change)


def event_of(change: Change, epoch: bytes) -> dict[str, Any]:
    """Return the event; `RecordedChangeSerializer` describes its fields. `epoch` is that of the database."""
    return {
        "id": change.pk,
        "cursor": FeedPosition(change.xid, change.pk).text(epoch),
        "at": change.at.isoformat().replace("+00:00", "Z"),
        "kind": change.kind,
        "subject": change.subject,
        "key": change.key,
        "url": url_of(change),
        "partnership": change.partnership,
        "round": change.round,
        "revision": change.revision,
        "changed": change.changed,
        "before": change.before,
        "after": change.after,
    }
