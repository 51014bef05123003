"""Laws that every record obeys, whoever wrote it and by whichever route. Each yields a sentence per violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from tests.partnerships.histories.record import Record, months_later, total

EDGES = {
    ("invite", "selected", "invited"),
    ("withdraw_invitation", "invited", "selected"),
    ("open_negotiations", "invited", "negotiating"),
    ("pause_negotiations", "negotiating", "invited"),
    ("submit_for_clearance", "negotiating", "in_clearance"),
    ("return_to_negotiation", "in_clearance", "negotiating"),
    ("sign", "in_clearance", "signed"),
    ("start", "signed", "active"),
    ("suspend", "active", "suspended"),
    ("reinstate", "suspended", "active"),
    ("complete", "active", "completed"),
    ("complete", "suspended", "completed"),
    ("terminate", "signed", "terminated"),
    ("terminate", "active", "terminated"),
    ("terminate", "suspended", "terminated"),
    ("close", "completed", "closed"),
    ("close", "terminated", "closed"),
    ("cancel", "selected", "canceled"),
    ("cancel", "invited", "canceled"),
    ("cancel", "negotiating", "canceled"),
    ("cancel", "in_clearance", "canceled"),
}


def ledger_of_every_day(record: Record) -> Iterator[str]:
    """At the end of every day, awarded >= obligated >= disbursed >= 0 for each award."""
    for award in record.awards:
        entries = [entry for entry in record.ledger if entry.award_id == award.id]
        for on in sorted({entry.on for entry in entries}):
            sums = [total(entries, name, on=on) for name in ("awarded", "obligated", "disbursed")]
            if not sums[0] >= sums[1] >= sums[2] >= 0:
                yield f"On {on}, award {award.id} has awarded, obligated, disbursed {sums}."


def obligations_in_force(record: Record) -> Iterator[str]:
    """Nothing is obligated before the partnership is in force and before its first day."""
    for entry in record.ledger:
        if entry.kind in ("obligation", "adjustment") and (record.first_day is None or entry.on < record.first_day):
            yield f"Obligation {entry.id} of {entry.on} is before {record.first_day}."


def disbursements_under_an_award(record: Record) -> Iterator[str]:
    """Nothing is disbursed before the award's start."""
    starts = {award.id: award.starts_on for award in record.awards}
    for entry in record.ledger:
        start = starts[entry.award_id]
        if entry.kind == "disbursement" and start is not None and entry.on < start:
            yield f"Disbursement {entry.id} of {entry.on} is before the award's start on {start}."


def congress_was_told(record: Record) -> Iterator[str]:
    """On every day, no more is obligated than was notified 15 days before or is exempt."""
    for on in sorted({entry.on for entry in record.ledger}):
        if record.total("obligated", on=on) > record.may_obligate(on):
            yield f"On {on}, {record.total('obligated', on=on)} is obligated, {record.may_obligate(on)} was notified."
    if record.total("obligated") > record.may_obligate(date.max):
        yield "More is obligated than what was ever notified."


def within_limits(record: Record) -> Iterator[str]:
    """No sum is over the largest funding that was permitted, and no term over the longest."""
    for name in ("planned", "notified", "awarded", "obligated", "disbursed"):
        if (found := record.stored.values[f"{name}_total"]) > record.most_funding:
            yield f"{found} {name}, {record.most_funding} permitted."
    first, last = record.first_day, record.stored.ends_on
    if first and last and last > months_later(first, record.most_months):
        yield f"The term from {first} to {last} is over {record.most_months} months."


def totals_are_sums(record: Record) -> Iterator[str]:
    """Each total equals the sum of the rows that it counts."""
    sums = {"planned": record.planned, "notified": record.notified}
    sums |= {name: record.total(name) for name in ("awarded", "obligated", "disbursed")}
    for name, expected in sums.items():
        if record.stored.values[f"{name}_total"] != expected:
            yield f"{name}: {record.stored.values[f'{name}_total']} stored, the rows add up to {expected}."
    for award in record.awards:
        for name in ("awarded", "obligated", "disbursed"):
            if award.values[f"{name}_total"] != record.total(name, award.id):
                yield f"Award {award.id}, {name}: {award.values[f'{name}_total']} stored."


def steps_follow_each_other(record: Record) -> Iterator[str]:
    """Steps follow the states, none is dated before the last, and what is reopened becomes what it was."""
    status, on = "selected", date.min
    before_close = ""
    for step in record.steps:
        edge = (step.transition, step.from_status, step.to_status)
        wanted = ("reopen", "closed", before_close) if step.transition == "reopen" else edge
        if edge != wanted or (step.transition != "reopen" and edge not in EDGES) or step.from_status != status:
            yield f"The step {edge} was taken from {status}."
        if step.effective_on < on or step.effective_on > date.today():
            yield f"The step {step.transition} is dated {step.effective_on}, after one of {on}."
        if step.transition == "close":
            before_close = step.from_status
        status, on = step.to_status, step.effective_on
    if record.stored.status != record.status:
        yield f"The status is {record.stored.status}, the last step led to {record.status}."
    if (record.stored.signed_on, record.stored.ended_on) != (record.signed_on, record.ended_on):
        days = record.stored.signed_on, record.stored.ended_on
        yield f"Stored are signature and end {days}, the steps give {record.signed_on} and {record.ended_on}."


def amendments_have_two_people(record: Record) -> Iterator[str]:
    """Nobody decided on an amendment that they requested."""
    for row in record.amendments:
        if row.state in ("approved", "applied") and row.decided_by_id in (None, row.requested_by_id):
            yield f"Amendment {row.number} was decided by {row.decided_by_id}, requested by {row.requested_by_id}."
    for row in record.granted:
        if row.granted_by_id == row.requested_by_id:
            yield f"Exception {row.id} was granted by the person who requested it."


LAWS: tuple[Callable[[Record], Iterator[str]], ...] = (
    ledger_of_every_day,
    obligations_in_force,
    disbursements_under_an_award,
    congress_was_told,
    within_limits,
    totals_are_sums,
    steps_follow_each_other,
    amendments_have_two_people,
)


def violations(record: Record) -> list[str]:
    """Return every violation of a law."""
    return [f"{law.__name__}: {sentence}" for law in LAWS for sentence in law(record)]
