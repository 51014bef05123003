"""Demonstration data: real partnerships, as documented by public statements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cpc.demo import Progress
from indicators.models import Country
from partnerships.agreements.services import document_partnership, documenting, edit_partnership, state_figure
from partnerships.limit_exceptions.services import document_practice
from partnerships.lookups.locking import create
from partnerships.models import (
    Dialogue,
    DocumentedLoad,
    EventConcern,
    FigureStatement,
    GeneralEvent,
    Participant,
    Partnership,
    RecordKind,
)
from partnerships.terms.services import add_term

FACTS = Path(__file__).resolve().parent / "reference" / "real_partnerships.json"
NO_DECISION = "Recorded from public statements; the decision that selected the country was not found."


def facts() -> Mapping[str, Any]:
    """Return the shipped facts: partnerships, and events that concern several."""
    read: Mapping[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return read


def load_partnerships(progress: Progress) -> str:
    """Record the real partnerships that are not on record yet.

    A partnership with a country that is not loaded is skipped.
    """
    entries: Sequence[Mapping[str, Any]] = facts()["partnerships"]
    there = set(
        Partnership.objects.filter(kind=RecordKind.DOCUMENTED).values_list("country__code", "starts_on").order_by()
    )
    countries = {country.code: country for country in Country.objects.filter(code__in=[e["country"] for e in entries])}
    made = 0
    for number, entry in enumerate(entries, start=1):
        country = countries.get(entry["country"])
        if country is not None and (country.code, date.fromisoformat(entry["starts_on"])) not in there:
            record_documented(country, entry)
            made += 1
        progress(number, len(entries))
    return f"{made} partnerships known from public statements" if made else ""


def record_documented(country: Country, entry: Mapping[str, Any]) -> Partnership:
    """Record one documented partnership in its own load, after which no one can change it."""
    with documenting(source=FACTS.name, sha256=hashlib.sha256(FACTS.read_bytes()).hexdigest()) as load:
        return _record_entry(load, country, entry)


def _record_entry(load: DocumentedLoad, country: Country, entry: Mapping[str, Any]) -> Partnership:
    """Record the statements, then the exceptions that they show and the events of that time, then the last day."""
    partnership = document_partnership(
        load=load,
        country=country,
        title=entry["title"],
        origin_reason=entry.get("origin_reason", NO_DECISION),
        status=entry["status"],
        status_as_of=_day(entry["status_as_of"]),
        starts_on=date.fromisoformat(entry["starts_on"]),
        signed_on=_day(entry["signed_on"]),
        ended_on=_day(entry["ended_on"]),
    )
    for office in entry["participants"]:
        add_term(term=Participant(partnership=partnership, **office), actor=None)
    statements = [state_figure(statement=_statement(partnership, stated), actor=None) for stated in entry["statements"]]
    for exception in entry["exceptions"]:
        funding = exception.get("funding")
        document_practice(
            partnership=partnership,
            statement=statements[exception["statement"]],
            term_months=exception.get("term_months"),
            funding=Decimal(funding) if funding else None,
        )
    for key in entry.get("events", ()):
        create(EventConcern(partnership=partnership, event=_event(key)), actor=None, action="documented")
    for held in entry["dialogues"]:
        create(_dialogue(partnership, held), actor=None, action="documented")
    return edit_partnership(
        partnership=partnership,
        actor=None,
        values={
            "ends_on": _day(entry["ends_on"]),
            "focus_regions": entry["focus_regions"],
            "forms": entry["forms"],
            "coordination_body": entry["coordination_body"],
        },
    )


def _statement(partnership: Partnership, stated: Mapping[str, Any]) -> FigureStatement:
    return FigureStatement(
        partnership=partnership,
        kind=stated["kind"],
        text=stated["text"],
        amount=Decimal(stated["amount"]) if "amount" in stated else None,
        currency=stated.get("currency", ""),
        day=_day(stated.get("day")),
        stated_on=_day(stated.get("stated_on")),
        stated_in=stated.get("stated_in", ""),
        source=stated["source"],
    )


def _event(key: str) -> GeneralEvent:
    """Return a general event of the facts, recorded with the first partnership that it concerns."""
    found = GeneralEvent.objects.filter(key=key).first()
    if found is not None:
        return found
    stated = next(event for event in facts()["events"] if event["key"] == key)
    happened_on = date.fromisoformat(stated["happened_on"])
    return create(GeneralEvent(**{**stated, "happened_on": happened_on}), actor=None, action="documented")


def _dialogue(partnership: Partnership, held: Mapping[str, Any]) -> Dialogue:
    first, last = date.fromisoformat(held["held_from"]), date.fromisoformat(held["held_until"])
    return Dialogue(partnership=partnership, number=held["number"], planned_on=first, held_from=first, held_until=last)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
