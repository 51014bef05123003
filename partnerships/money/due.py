"""Rows of the reader's queue that are about the money of one partnership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import queue
from cpc.site.queue import Desk
from cpc.site.queue_rows import does_office_work
from partnerships.due_rows import DueRow, due_row
from partnerships.models import Partnership

ABOUT_MONEY = ("award-", "fund-", "notification", "report-", "contribution-owed")
"""Beginnings of the keys of branches of the queue whose rows are about money."""
PER_GROUP = 20


@dataclass(frozen=True, slots=True)
class MoneyDue:
    rows: Sequence[DueRow]
    late: int


def money_due(partnership: Partnership, user: User, today: date) -> MoneyDue | None:
    """Return the rows, or None for a reader who does not do the daily work of the office."""
    if not does_office_work(user, Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS):
        return None
    waiting = queue.queue_of(Desk(user, today, PER_GROUP, partnership.pk))
    items = [item for section in waiting.sections() for item in section.items if item.key.startswith(ABOUT_MONEY)]
    late = sum(item.due is not None and item.due < today for item in items)
    return MoneyDue([due_row(item, partnership, today) for item in items], late)
