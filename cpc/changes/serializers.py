"""REST representation of the feed. A webhook sends the same event."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cpc.api.serializers import NullIfEmpty, example, text_field
from cpc.changes.events import event_of
from cpc.changes.models import Change

EVENT = {
    "id": 18204,
    "cursor": "AVY3NSLOpkHbAAAAAAAAA_4AAAAAAABHHHuPpUA",
    "at": "2026-11-20T15:04:11.302145Z",
    "kind": "partnership.status_changed",
    "subject": "partnership",
    "key": 7,
    "url": "/api/v1/partnerships/7/",
    "partnership": 7,
    "round": None,
    "revision": 41,
    "changed": ["status", "status_as_of"],
    "before": {"status": "selected", "status_as_of": None},
    "after": {"status": "invited", "status_as_of": "2026-11-20"},
}
EXAMPLE = {"next": EVENT["cursor"], "more": False, "held_back": False, "results": [EVENT]}


class RecordedChangeSerializer(serializers.Serializer[Change]):
    """One change of one record."""

    id = serializers.IntegerField(help_text="Its number. Of two events on one record, the higher is the later one.")
    cursor = text_field("The cursor after this event.")
    at = serializers.DateTimeField(help_text="The time of the change.")
    kind = text_field("The subject and what happened to it, such as award.state_changed.")
    subject = text_field("The kind of record, such as award.")
    key = serializers.IntegerField(help_text="The number of the record.")
    url = serializers.CharField(
        allow_null=True,
        help_text="Where to read the record, or the list or record that has it; null if REST has neither.",
    )
    partnership = serializers.IntegerField(allow_null=True, help_text="The partnership it belongs to; null for none.")
    round = serializers.IntegerField(allow_null=True, help_text="The selection round it belongs to; null for none.")
    revision = serializers.IntegerField(
        allow_null=True,
        help_text="The revision of the partnership, or of the record outside of partnerships, with this change. A copy "
        "that was read at this revision or a later one has it. Null if the record has no revisions.",
    )
    changed = serializers.ListField(
        child=serializers.CharField(), help_text="The columns that differ, also those whose values are not shown."
    )
    before = serializers.DictField(
        allow_null=True,
        help_text="The earlier values of what changed; all values of a removed record, null for a new one.",
    )
    after = serializers.DictField(
        allow_null=True, help_text="The values of what changed; all values of a new record, null for a removed one."
    )

    def to_representation(self, instance: Change) -> dict[str, Any]:
        """Return the event."""
        return event_of(instance, self.context["epoch"])


@example("The changes after a cursor", EXAMPLE)
class RecordedChangesSerializer(serializers.Serializer[Any]):
    """Changes in their one order, and the cursor from which to go on."""

    next = NullIfEmpty(help_text="The cursor to send next. If nothing was read, it is the one that was sent.")
    more = serializers.BooleanField(help_text="Whether to go on at once.")
    held_back = serializers.BooleanField(
        help_text="Whether changes are saved that an older transaction, still open, keeps back. They come later."
    )
    results = RecordedChangeSerializer(many=True, source="changes")
