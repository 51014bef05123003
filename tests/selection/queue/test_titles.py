"""Titles of the queue over a world with planted text in every field: none of it may leave by the daily email."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cpc.site import queue
from cpc.site.queue import Desk
from tests.security.agencies_world import Consultees
from tests.security.test_reach import MAILED

pytestmark = [pytest.mark.django_db, pytest.mark.world("agencies")]


def test_no_title_holds_what_a_person_wrote(agencies: Consultees) -> None:
    titles, lines = [], []
    for user in agencies.users.values():
        desk = Desk(user, timezone.now().date(), 1000)
        rows: list[queue.Item | queue.Sent] = [
            *(item for lane in queue.queue_of(desk).lanes for item in lane.items),
            *queue.waiting_on_others(desk).items,
        ]
        titles += [row.title for row in rows]
        lines += [row.why for row in rows]
    assert len(titles) > 10
    assert agencies.plant.found_in("\n".join(lines)), "the text is in the lines that are not mailed"
    written = {word.field_name.partition(",")[0] for word in agencies.plant.found_in("\n".join(titles))}
    assert written <= {field.partition(",")[0] for field in MAILED}
