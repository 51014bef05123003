"""Late and coming work of one partnership: the reader's rows of the queue, or for other readers its deadlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import queue
from cpc.site.queue import Desk, Item, Sent
from cpc.site.queue_rows import does_office_work
from partnerships.deadlines.queries import late_and_upcoming
from partnerships.due_rows import DueRow, day_mark, due_row
from partnerships.models import Partnership

EDIT, APPROVE = Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS
PER_GROUP = 20
"""The most rows to read of each group of due days."""


@dataclass(frozen=True, slots=True)
class Due:
    """Rows in the order of their days, with the true numbers of late and of other tasks.

    `mine` and `sent` are the reader's rows of the queue by their keys, for other parts of the page.
    """

    rows: Sequence[DueRow]
    late: int
    coming: int
    mine: Mapping[str, Item]
    sent: Mapping[str, Sent]

    @property
    def hidden(self) -> int:
        """Return the number of tasks without a row."""
        return max(self.late + self.coming - len(self.rows), 0)


def due_of(partnership: Partnership, user: User, today: date) -> Due:
    """Return what is late or due: to the office its queue, with forms; to approvers what they decide on, then the rest.

    Rows that are not the reader's have no form.
    """
    works = user.allows(EDIT) or user.allows(APPROVE)
    if not works or not any(row.narrows for row in queue.sources):
        return _of_deadlines(partnership, today)
    desk = Desk(user, today, PER_GROUP, partnership.pk)
    others = None if does_office_work(user, EDIT, APPROVE) else _of_deadlines(partnership, today)
    waiting = queue.queue_of(desk)
    counts = waiting.counts
    items = [item for section in waiting.sections() for item in section.items]
    sent = queue.waiting_on_others(desk).items
    coming = counts.total - counts.late + (others.coming if others else 0)
    return Due(
        rows=[
            *(due_row(item, partnership, today) for item in items),
            *(others.rows if others else ()),
        ],
        late=_late(partnership),
        coming=coming,
        mine={item.key: item for item in items},
        sent={row.key: row for row in sent},
    )


def _of_deadlines(partnership: Partnership, today: date) -> Due:
    found = late_and_upcoming(today, partnership)
    rows = [DueRow(row.text, "", day_mark(row.day, today)) for row in found]
    return Due(rows, _late(partnership), sum(row.day >= today for row in found), {}, {})


def _late(partnership: Partnership) -> int:
    """Return what is late, as counted with the partnership: the same number for all readers."""
    return int(getattr(partnership, "overdue", 0))
