"""Registration of the selection with the queue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import queue
from cpc.site.queue import ComingSource, Desk, Lane, QueueSource, SentLane, WaitingSource
from cpc.site.queue_rows import Branch, Branches
from selection.queue.agency import for_agency, sent_to_office
from selection.queue.approvals import answers_outstanding, any_approver, decisions
from selection.queue.coming import coming
from selection.queue.office import office_work, rating
from selection.queue.weights import exercise_work, for_contacts, own_weights, sent_weights


def register() -> None:
    queue.register(QueueSource("selection", Permission.USE_PAGES, lanes, order=10))
    queue.register_coming(ComingSource("selection", Permission.USE_PAGES, coming, order=10))
    queue.register_waiting(WaitingSource("selection", Permission.USE_PAGES, sent, order=10))


@dataclass(frozen=True, slots=True)
class Reader:
    """Kind of reader: it decides, runs rounds, rates, and answers for an agency."""

    decides: bool
    runs: bool
    rates: bool
    consults: bool


def reader_of(user: User) -> Reader:
    return Reader(
        decides=user.allows(Permission.APPROVE_SELECTION),
        runs=user.allows(Permission.RUN_ROUNDS),
        rates=user.allows(Permission.RATE),
        consults=user.allows(Permission.CONSULT),
    )


@cache
def branches_of(reader: Reader) -> Branches:
    """Return the branches of what waits for a kind of reader."""
    found: list[Branch] = []
    found += [*for_agency(), *for_contacts()] if reader.consults else []
    found += [*decisions(sent=False), *any_approver()] if reader.decides else []
    found += [*office_work(), *exercise_work()] if reader.runs else []
    found += own_weights() if reader.runs or reader.decides else []
    found += rating() if reader.rates else []
    return Branches(found)


@cache
def sent_branches(reader: Reader) -> Branches:
    """Return the branches of what a kind of reader sent and others have to do something about."""
    found: list[Branch] = []
    found += sent_to_office() if reader.consults else []
    found += decisions(sent=True) if reader.runs or reader.decides else []
    found += [answers_outstanding(), *sent_weights()] if reader.runs else []
    return Branches(found)


def lanes(desk: Desk) -> list[Lane]:
    return branches_of(reader_of(desk.user)).lanes(desk)


def sent(desk: Desk) -> SentLane:
    return sent_branches(reader_of(desk.user)).sent(desk)
