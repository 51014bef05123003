"""REST interface to the queue: what waits for the account, and what it sent to others. Read-only."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.resources import LARGEST_KEY
from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import NullIfEmpty, day_field, example, text_field
from cpc.api.views import Endpoint
from cpc.parameters import whole_number
from cpc.site import queue
from cpc.site.queue import Category, Counts, Desk, Item, Queue, Sent, SentLane

LISTED = 100
"""The most rows of a group, and of what was sent."""
KINDS = ", ".join(one.key for one in Category)
EXAMPLE = {
    "on": "2026-11-24",
    "counts": {"late": 1, "today": 0, "week": 0, "later": 0, "undated": 0, "total": 1},
    "kinds": [{"kind": "reports", "name": "Reports and dialogues", "count": 1}],
    "items": [
        {
            "key": "report:12",
            "kind": "reports",
            "title": "Log the performance report of Kenya",
            "why": "July to September 2026.",
            "verb": "Log",
            "url": "/partnerships/7/awards/3/reports/",
            "due": "2026-10-30",
            "since": None,
            "asked_by": None,
            "count": 1,
            "partnership": 7,
        }
    ],
    "sent_count": 1,
    "sent": [
        {
            "key": "amendment-decide:4",
            "title": "Amendment 1 to Kenya",
            "why": None,
            "url": "/partnerships/7/amendments/1/",
            "with_whom": "the approver",
            "since": "2026-11-20",
            "opened_on": None,
            "due": None,
            "partnership": 7,
        }
    ],
}


@dataclass(frozen=True, slots=True)
class KindCount:
    category: Category
    count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that the answer holds."""

    queue: Queue
    sent: SentLane

    @property
    def kinds(self) -> list[KindCount]:
        return [KindCount(category, counts.total) for category, counts in self.queue.by_category.items()]

    @property
    def items(self) -> list[Item]:
        return [item for section in self.queue.sections(LISTED) for item in section.items]


class QueueCountsSerializer(RowSerializer[Counts]):
    """Numbers of items by due day; items that are not listed count, too."""

    late = serializers.IntegerField(help_text="Due before today.")
    today = serializers.IntegerField(help_text="Due today.")
    week = serializers.IntegerField(help_text="Due after today, up to and including the next Monday.")
    later = serializers.IntegerField(help_text="Due after that Monday.")
    undated = serializers.IntegerField(help_text="Without a due day.")
    total = serializers.IntegerField(help_text="All of them.")


class QueueKindSerializer(RowSerializer[KindCount]):
    """The number of items of one kind."""

    kind = text_field(f"The kind of work: {KINDS}.", source="category.key")
    name = text_field("The kind as pages show it.", source="category.label")
    count = serializers.IntegerField(help_text="Number of items of this kind.")


class QueueItemSerializer(RowSerializer[Item]):
    """One piece of work that waits for the account."""

    key = text_field("A name that stays the same while the item waits.")
    kind = text_field(f"The kind of work: {KINDS}.", source="category.key")
    title = text_field("The work, as a verb phrase.")
    why = NullIfEmpty(allow_null=True, help_text="The reason, in one line.")
    verb = text_field("The label of its button.")
    url = text_field("The path of the form on this site.")
    due = day_field("The due day; null if it has none.")
    since = day_field("The day on which it came to this account; null if that is not recorded.")
    asked_by = NullIfEmpty(allow_null=True, help_text="Who sent it; null if no one in particular did.")
    count = serializers.IntegerField(help_text="More than 1 if it represents several items.")
    partnership = serializers.IntegerField(allow_null=True, help_text="The partnership it is about, if any.")


class QueueSentSerializer(RowSerializer[Sent]):
    """One record that the account sent, and that waits for somebody else."""

    key = text_field("A name that stays the same while it waits.")
    title = text_field("What was sent.")
    why = NullIfEmpty(allow_null=True, help_text="More about it, in one line.")
    url = text_field("The path of its page on this site.")
    with_whom = NullIfEmpty(allow_null=True, help_text="Who has it.")
    since = day_field("The day on which it was sent; null if that is not recorded.")
    opened_on = day_field("The day on which they opened it; null if they did not, or if that is not recorded.")
    due = day_field("The due day; null if it has none.")
    partnership = serializers.IntegerField(allow_null=True, help_text="The partnership it is about, if any.")


@example("A queue with one item", EXAMPLE)
class QueueSerializer(RowSerializer[Waiting]):
    """Items that wait for the account today, by due day, and records that it sent to others."""

    on = day_field("The day of the answer.", allow_null=False, source="queue.today")
    counts = QueueCountsSerializer(source="queue.counts")
    kinds = QueueKindSerializer(many=True)
    items = QueueItemSerializer(many=True)
    sent_count = serializers.IntegerField(source="sent.total", help_text="Number of records that wait for others.")
    sent = QueueSentSerializer(many=True, source="sent.items")


PARTNERSHIP = OpenApiParameter(
    "partnership",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
    description="The number of a partnership: only what is about it.",
)


def _partnership(request: Request) -> int | None:
    """Return the partnership that the request narrows the queue to. Raises `ValidationError` (400) for no number."""
    text = request.query_params.get("partnership")
    if text is None:
        return None
    number = whole_number(text)
    if not number or number > LARGEST_KEY:
        raise ValidationError({"partnership": [f"“{text}” is not the number of a partnership."]})
    return number


class OwnQueue(Endpoint):
    """The queue of the account; a token reads only the part that its scopes allow."""

    required_permission = Permission.USE_API

    def known_parameters(self) -> frozenset[str]:
        return frozenset({PARTNERSHIP.name})

    @extend_schema(
        operation_id="queue",
        summary="The queue",
        parameters=[PARTNERSHIP],
        description=f"What waits for the account: true counts, and the first {LISTED} items of each group by due day. "
        "A token lists only what its scopes allow. The same list is on the home page.",
        responses=QueueSerializer,
        tags=["queue"],
    )
    def get(self, request: Request) -> Response:
        """Return the queue of the account."""
        desk = Desk(user_of(request._request), timezone.now().date(), LISTED, _partnership(request))
        return Response(QueueSerializer(Waiting(queue.queue_of(desk), queue.waiting_on_others(desk))).data)
