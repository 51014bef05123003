"""Registration of the partnerships with the queue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import queue
from cpc.site.queue import ComingSource, Desk, Lane, QueueSource, SentLane, WaitingSource
from cpc.site.queue_rows import Branch, Branches, does_office_work
from partnerships.queue import agency
from partnerships.queue.awards import awards, closing
from partnerships.queue.clearance import offices_asked
from partnerships.queue.coming import coming
from partnerships.queue.decisions import decisions
from partnerships.queue.duties import duties
from partnerships.queue.funds import funds
from partnerships.queue.office import office_work, own_returns


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    queue.register(QueueSource("partnerships", see, lanes, order=20, narrows=True))
    queue.register(QueueSource("clearance", Permission.CONSULT, agency.lanes, order=15))
    queue.register_coming(ComingSource("partnerships", see, coming, order=20))
    queue.register_waiting(WaitingSource("partnerships", see, sent, order=20, narrows=True))


@cache
def branches_of(reader: Reader) -> Branches:
    """Return the branches of what waits for a kind of reader."""
    found: list[Branch] = []
    if reader.decides:
        found += [*decisions(sent=False), *closing()]
    if reader.works:
        found += [*office_work(), *duties()]
    elif reader.edits:
        found += own_returns()
    if reader.works and reader.records_money:
        found += [*awards(), *funds()]
    return Branches(found)


@cache
def sent_branches() -> Branches:
    return Branches([*decisions(sent=True), offices_asked()])


@dataclass(frozen=True, slots=True)
class Reader:
    """Kind of reader: it decides, edits, does the daily work of the office, and records money."""

    decides: bool
    edits: bool
    works: bool
    records_money: bool


def reader_of(user: User) -> Reader:
    edit, approve = Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS
    return Reader(
        decides=user.allows(approve),
        edits=user.allows(edit),
        works=does_office_work(user, edit, approve),
        records_money=user.allows(Permission.RECORD_MONEY),
    )


def lanes(desk: Desk) -> list[Lane]:
    return branches_of(reader_of(desk.user)).lanes(desk)


def sent(desk: Desk) -> SentLane:
    return sent_branches().sent(desk) if desk.user.allows(Permission.EDIT_PARTNERSHIPS) else SentLane()
