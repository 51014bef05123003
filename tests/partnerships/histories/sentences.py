"""Sentences that pages and REST generate about a partnership, compared with its record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

from django.test import Client

from tests.partnerships.histories.record import (
    POLICY_FUNDING,
    POLICY_MONTHS,
    Record,
    months_to_cover,
    whole_months,
)

BEFORE_SIGNATURE = ("selected", "invited", "negotiating", "in_clearance")
IN_FORCE = ("signed", "active", "suspended")
EVENTS = {
    "invite": "Invited",
    "open_negotiations": "Negotiations opened",
    "submit_for_clearance": "Submitted for clearance",
    "sign": "Signed",
    "start": "Started",
    "suspend": "Suspended",
    "reinstate": "Reinstated",
    "complete": "Completed",
    "terminate": "Terminated",
    "close": "Closed",
    "reopen": "Reopened",
    "cancel": "Canceled",
}
"""How the timeline calls each step."""


@dataclass(frozen=True)
class Told:
    """Texts of the overview, of the history, and of the partnership's row in the list, and the answer of REST."""

    overview: str
    history: str
    row: str
    rest: dict[str, Any]


def text_of(html: str) -> str:
    """Return the text of markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def read_pages(record: Record, reader: Client, client: Client) -> Told:
    """Open the overview, the history, the list, and the REST resource."""
    pk, title = record.stored.id, record.stored.title
    overview, rest = reader.get(f"/partnerships/{pk}/"), client.get(f"/api/v1/partnerships/{pk}/")
    listed = reader.get("/partnerships/", {"q": title})
    history = reader.get(f"/partnerships/{pk}/as-of/")
    assert {answer.status_code for answer in (overview, history, listed, rest)} == {200}
    rows = re.findall(r"<tr\b.*?</tr>", listed.content.decode(), re.DOTALL)
    own = [text_of(row) for row in rows if f'href="/partnerships/{pk}/"' in row]
    shown, past = (text_of(page.content.decode()) for page in (overview, history))
    return Told(shown, past, " ".join(own), rest.json())


def untrue(record: Record, told: Told, today: date) -> list[str]:
    """Return what pages and REST state and the record does not bear out."""
    return [f"{check.__name__}: {sentence}" for check in CHECKS for sentence in check(record, told, today)]


# ---- texts of figures ----------------------------------------------------------------------------------------------


def day(value: date) -> str:
    """Return a day as pages write it."""
    return f"{value:%b} {value.day}, {value.year}"


def distance(value: date, today: date) -> str:
    """Return the distance of a day as pages write it."""
    days = (value - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def short(amount: Decimal) -> str:
    """Return an amount as charts write it."""
    return f"${amount / 1_000_000:.1f}M" if amount >= 1_000_000 else f"${amount:,.0f}"


def months(number: int) -> str:
    """Return a number of months as text."""
    return f"{number} month{'' if number == 1 else 's'}"


# ---- checks --------------------------------------------------------------------------------------------------------


def end_of_term(record: Record, told: Told, today: date) -> Iterator[str]:
    """The sentence on the end follows from the status and the actual end."""
    ends_on, last = record.stored.ends_on, record.last_day
    if record.status == "canceled":
        expected = "It was canceled before signature."
    elif record.status in BEFORE_SIGNATURE:
        passed = f"Its planned last day was {distance(ends_on, today)}."
        expected = passed if ends_on < today else f"It is planned to end {distance(ends_on, today)}."
    elif record.status in IN_FORCE and ends_on >= today:
        expected = f"It ends {distance(ends_on, today)}."
    else:
        expected = f"It ended {distance(last, today)}"
    if expected not in told.overview:
        yield f"“{expected}” is missing for {record.status}."
    is_coming = record.status in IN_FORCE and ends_on >= today
    for sentence, is_true in (
        ("It ends ", is_coming),
        ("Term ends", is_coming),
        ("It ended ", record.status in ("completed", "terminated", "closed") or expected.startswith("It ended")),
        ("no later status recorded", record.status in IN_FORCE and ends_on < today),
    ):
        if sentence in told.overview + told.history and not is_true:
            yield f"“{sentence}” appears for a partnership that is {record.status} and ends {ends_on}."


def months_of_the_limit(record: Record, told: Told, today: date) -> Iterator[str]:
    """The months used run from entry into force or the first day to the end, and before signature none is used."""
    used = 0
    if record.signed_on is not None and record.first_day is not None:
        last = min(one for one in (today, record.ended_on, record.stored.ends_on) if one is not None)
        used = whole_months(record.first_day, last)
    for found, limit in re.findall(r"(\d+) of (\d+) months? used", told.overview):
        if int(found) != used or int(limit) != record.stored.term_limit_months:
            yield f"“{found} of {limit} months used”, the record gives {used} of {record.stored.term_limit_months}."
    past = max(record.counted_months - POLICY_MONTHS, 0)
    for found in re.findall(r"(\d+) past the limit of", told.overview):
        if int(found) != past:
            yield f"“{found} past the limit”, the record gives {past}."
    if past and "past the limit of" not in told.overview:
        yield f"Nothing says that the term is {past} months past the limit."


def signed_end(record: Record) -> date:
    """Return the last day of the term as signed: what the first change of it that took effect replaced."""
    applied = sorted((row for row in record.amendments if row.state == "applied"), key=lambda row: row.applied_at)
    for amendment in applied:
        for change in record.changes:
            if change.amendment_id == amendment.id and change.column == "ends_on":
                return date.fromisoformat(str(change.old).strip('"'))
    return date.fromisoformat(str(record.stored.ends_on))


def months_as_signed(record: Record, told: Told, today: date) -> Iterator[str]:
    """The months are those as signed and those added since, in the order in which amendments took effect."""
    first, ends_on, ended_on = record.stored.starts_on, record.stored.ends_on, record.ended_on
    signed, agreed = months_to_cover(first, signed_end(record)), months_to_cover(first, ends_on)
    if ended_on is not None and ended_on < ends_on:
        expected = f"{months_to_cover(first, ended_on)} of {months(agreed)}"
    elif agreed == signed:
        expected = months(signed)
    else:
        expected = f"{signed} {'+' if agreed > signed else 'minus'} {months(abs(agreed - signed))}"
    if expected not in told.row:
        yield f"“{expected}” is missing in “{told.row}”."


def money(record: Record, told: Told, today: date) -> Iterator[str]:
    """The amounts are those of the programs shown and of the ledger."""
    planned, obligated = record.planned, record.total("obligated")
    expected = (
        f"Money: {short(obligated)} of {short(planned)} planned is obligated" if planned else "nothing is planned"
    )
    if expected not in told.overview:
        yield f"“{expected}” is missing."
    over = max(max(planned, record.notified, record.total("awarded")) - POLICY_FUNDING, Decimal(0))
    if over and f"{short(over)} past the limit" not in told.overview:
        yield f"Nothing says that {over} is past the limit."
    if not over and re.search(r"\$[\d.,]+M? past the limit", told.overview):
        yield "Money is called past the limit, and none is."


def exceptions(record: Record, told: Told, today: date) -> Iterator[str]:
    """An exception that is only requested is called so, and so is one that is granted and not used."""
    past = record.counted_months > POLICY_MONTHS
    over = max(record.planned, record.notified, record.total("awarded")) > POLICY_FUNDING
    waiting = any(row.granted_by_id is None and row.refused_by_id is None for row in record.exceptions)
    usable = any(row.expires_on >= today for row in record.granted)
    if past or over:
        expected = "over"
    elif usable:
        expected = "exception granted, not used"
    else:
        expected = "exception requested" if waiting else "Within both limits"
    if expected not in told.row:
        yield f"“{expected}” is missing in “{told.row}”."
    if expected == "Within both limits" and "exception" in told.row:
        yield f"An exception is named in “{told.row}”."


def timeline(record: Record, told: Told, today: date) -> Iterator[str]:
    """The timeline has each step once, under its own name."""
    for name, label in EVENTS.items():
        taken = sum(step.transition == name for step in record.steps)
        shown = len(re.findall(rf"\b{label}, recorded by ", told.history))
        if taken != shown:
            yield f"“{label}” is listed {shown} times, and the step was taken {taken} times."


def elements(record: Record, told: Told, today: date) -> Iterator[str]:
    """Pages call all seven elements complete only if they are."""
    complete = re.search(r"(\d) of 7\b", told.overview)
    if "All seven are complete" in told.overview and (complete is None or complete[1] != "7"):
        yield f"“All seven are complete” beside {complete and complete[0]}."


def rest_answer(record: Record, told: Told, today: date) -> Iterator[str]:
    """REST gives the status, days, and sums of the record."""
    term, funding = told.rest["term"], told.rest["funding"]
    sums = {"planned": record.planned, "notified": record.notified}
    sums |= {name: record.total(name) for name in ("awarded", "obligated", "disbursed")}
    expected: dict[str, object] = {name: f"{amount:.2f}" for name, amount in sums.items()}
    expected |= {"status": record.status, "starts_on": record.stored.starts_on, "ends_on": record.stored.ends_on}
    expected |= {"signed_on": record.signed_on, "ended_on": record.ended_on}
    given = {**funding, **term, "status": told.rest["status"]}
    for name, value in expected.items():
        if given[name] != (None if value is None else str(value)):
            yield f"{name} is {given[name]}, the record gives {value}."


CHECKS: tuple[Callable[[Record, Told, date], Iterator[str]], ...] = (
    end_of_term,
    months_of_the_limit,
    months_as_signed,
    money,
    exceptions,
    timeline,
    elements,
    rest_answer,
)
