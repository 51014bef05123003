"""The elements of an IATI activity in the order of the file, as a publisher would see them. Pure.

Each goes out, is missing, or is withheld in part. What is missing names the page on which people enter it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import formats
from partnerships.publication.facts import HUNDRED, ActivityFacts, PublishedName
from partnerships.publication_codes import (
    ActivityStatus,
    AidType,
    CollaborationType,
    DateType,
    FinanceType,
    FlowType,
    OrganizationRole,
    Sector,
    TiedStatus,
    TransactionType,
)

GOES_OUT, MISSING, WITHHELD, NONE = "good", "warn", "withheld", "none"
WHO, WHEN, WHAT, MONEY, RESULTS = "Who and what", "When and where", "What for", "Money", "Results and documents"


@dataclass(frozen=True, slots=True)
class Remedy:
    """The page on which people enter what is missing: its name, the label of the link, and a further key."""

    page: str
    label: str
    key: int | None = None


@dataclass(frozen=True, slots=True)
class FileElement:
    """One row: the element, the text that goes out and what is withheld of it, and its state with a note."""

    group: str
    label: str
    tag: str
    text: str
    state: str
    state_text: str
    note: str = ""
    held: str = ""
    remedy: Remedy | None = None

    @property
    def is_missing(self) -> bool:
        return self.state == MISSING

    @property
    def is_withheld(self) -> bool:
        return self.state == WITHHELD


def elements_of(facts: ActivityFacts, countries: Collection[str]) -> list[FileElement]:
    """Return the sixteen elements. `countries` are the codes of ISO 3166 that exist."""
    reporting = facts.reporting
    return [
        _out(WHO, "Identifier", "iati-identifier", facts.identifier, _draft_note(facts)),
        _out(
            WHO, "Reporting organization", "reporting-org",
            f"{reporting.name} ({reporting.ref}), type {reporting.type}",
        ),
        _out(WHO, "Title", "title", facts.title),
        _description(facts),
        _organizations(facts),
        _out(WHEN, "Status", "activity-status", f"{facts.status}, {ActivityStatus(facts.status).label}",
             f"from “{facts.status_label}”"),
        _dates(facts),
        _country(facts, countries),
        _locations(facts),
        _sectors(facts),
        _defaults(facts),
        _budgets(facts),
        _movements(facts, TransactionType.COMMITMENT, "Commitments", "obligation"),
        _movements(facts, TransactionType.DISBURSEMENT, "Disbursements", "disbursement"),
        _results(facts),
        _links(facts),
    ]  # fmt: skip


def summary_of(elements: Sequence[FileElement]) -> str:
    missing = sum(one.is_missing for one in elements)
    part = sum(one.is_withheld for one in elements)
    return f"{len(elements)} elements: {len(elements) - missing - part} complete, {part} in part, {missing} missing"


def _out(group: str, label: str, tag: str, text: str, note: str = "") -> FileElement:
    return FileElement(group, label, tag, text, GOES_OUT, "Goes out", note)


def _draft_note(facts: ActivityFacts) -> str:
    return "" if facts.is_signed else "of a draft; it is final once signed"


def _description(facts: ActivityFacts) -> FileElement:
    if facts.description:
        return _out(WHO, "Description", "description", facts.description)
    remedy = Remedy("partnership-publication-description", "Write it")
    return FileElement(
        WHO, "Description", "description", "", MISSING, "Missing", "At least one is required.", remedy=remedy
    )


def _organizations(facts: ActivityFacts) -> FileElement:
    named = [one for one in facts.organizations if not one.is_withheld]
    held = [one for one in facts.organizations if one.is_withheld]
    label, tag = "Organizations", "participating-org"
    text, held_text = "; ".join(map(_with_role, named)), "; ".join(f"{one.name}, name withheld" for one in held)
    if facts.without_type:
        count = len(facts.without_type)
        state = f"{formats.count_of(count, 'type')} missing"
        remedy = Remedy("partnership-publication-organizations", "Choose")
        names = formats.listing([one.name for one in facts.without_type])
        return FileElement(WHO, label, tag, text, MISSING, state, f"{names} without a type.", held_text, remedy)
    if not held:
        return _out(WHO, label, tag, text)
    state = f"{len(held)} of {len(facts.organizations)} withheld"
    return FileElement(WHO, label, tag, text, WITHHELD, state, held=held_text)


def _with_role(one: PublishedName) -> str:
    return f"{one.name}, {OrganizationRole(one.role).label}"


def _dates(facts: ActivityFacts) -> FileElement:
    label, tag = "Dates", "activity-date"
    days = [f"{DateType(kind).label} {formats.day(day)}" for kind, day in sorted(facts.dates.items())]
    text = "; ".join(days)
    text = text[:1].upper() + text[1:]
    if facts.dates.keys() & {DateType.PLANNED_START, DateType.ACTUAL_START}:
        return _out(WHEN, label, tag, text)
    remedy = Remedy("partnership-edit", "Enter the term")
    return FileElement(WHEN, label, tag, text, MISSING, "Missing", "A first day is required.", remedy=remedy)


def _country(facts: ActivityFacts, countries: Collection[str]) -> FileElement:
    label, tag = "Country", "recipient-country"
    if facts.country_code in countries:
        return _out(WHEN, label, tag, f"{facts.country_code}, {facts.country_name}")
    note = "A sample country has no code. A real one has." if facts.is_sample else "This country has no code."
    return FileElement(WHEN, label, tag, facts.country_code, MISSING, "Not in the code list", note)


def _locations(facts: ActivityFacts) -> FileElement:
    label, tag = "Locations", "location"
    text = f"{formats.listing(list(facts.regions))}, as {formats.agree(len(facts.regions), 'region', 'regions')}"
    text = text if facts.regions else ""
    held = facts.withheld_locations
    if held:
        what = f"{formats.count_of(held, 'location')} withheld"
        return FileElement(WHEN, label, tag, text, WITHHELD, f"{held} withheld", "Regions only.", what)
    if not text:
        return FileElement(WHEN, label, tag, "", NONE, "None on record", "It may be left out.")
    return _out(WHEN, label, tag, text)


def _sectors(facts: ActivityFacts) -> FileElement:
    label, tag = "Sectors", "sector"
    text = "; ".join(f"{Sector(code).label} {_percent(percent)}" for code, percent in facts.sectors)
    total = sum((percent for _, percent in facts.sectors), Decimal(0))
    if total == HUNDRED:
        return _out(WHAT, label, tag, text, _confirmed(facts.sectors_confirmed_on))
    key, title, percent = facts.without_sector[0]
    others = len(facts.without_sector) - 1
    more = f" and {others} more have" if others else " has"
    note = f"“{title}”{'' if others else f', {_percent(percent)},'}{more} no sector." if key else "No sector."
    remedy = Remedy("partnership-publication-sectors", "Choose", key)
    state = f"Adds up to {_percent(total)}" if facts.sectors else "Missing"
    return FileElement(WHAT, label, tag, text, MISSING, state, note, remedy=remedy)


def _confirmed(day: object) -> str:
    return f"confirmed {formats.day(day)}" if day else ""  # type: ignore[arg-type]  # a date or None


def _defaults(facts: ActivityFacts) -> FileElement:
    defaults = facts.defaults
    label, tag = "Defaults", "default-flow-type …"
    chosen = [
        f"{choices(code).label} ({code})"
        for choices, code in (
            (FlowType, defaults.flow),
            (FinanceType, defaults.finance),
            (AidType, defaults.aid),
            (TiedStatus, defaults.tied),
            (CollaborationType, defaults.collaboration),
        )
        if code
    ]
    text = "; ".join(chosen)
    if defaults.is_whole:
        return _out(WHAT, label, tag, text, _confirmed(defaults.confirmed_on))
    remedy = Remedy("partnership-publication-defaults", "Confirm them")
    state = "Not confirmed" if not chosen else "In part missing"
    return FileElement(WHAT, label, tag, text, MISSING, state, "", remedy=remedy)


def _percent(value: Decimal) -> str:
    text = f"{value:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def _budgets(facts: ActivityFacts) -> FileElement:
    label, tag = "Budgets", "budget"
    amounts = [formats.dollars(one.amount) for one in facts.budgets]
    total = sum((one.amount for one in facts.budgets), Decimal(0))
    if amounts:
        text = f"{len(amounts)}, one for each fiscal year: {'; '.join(amounts)}"
        return _out(MONEY, label, tag, text, f"sum {formats.dollars(total)}")
    if not facts.totals.planned:
        return FileElement(MONEY, label, tag, "", NONE, "None on record", "Nothing is planned.")
    remedy = Remedy("partnership-money-plan", "Enter the plan")
    note = f"{formats.dollars(facts.totals.planned)} is planned, by no fiscal year."
    return FileElement(MONEY, label, tag, "", MISSING, "Missing", note, remedy=remedy)


def _movements(facts: ActivityFacts, kind: str, label: str, noun: str) -> FileElement:
    rows = facts.movements_of(kind)
    tag = f"transaction, type {kind}"
    if not rows:
        return FileElement(MONEY, label, tag, "", NONE, "None on record")
    total = sum((one.amount for one in rows), Decimal(0))
    text = f"{formats.count_of(len(rows), 'entry', 'entries')}, {noun}s less what was taken back: "
    text += formats.dollars(total)
    held = sum(one.receiver.is_withheld for one in rows)
    note = f"{formats.count_of(held, 'name')} of recipients left out" if held else ""
    return _out(MONEY, label, tag, text, note)


def _results(facts: ActivityFacts) -> FileElement:
    label, tag = "Results", "result"
    indicators = [one for result in facts.results for one in result.indicators]
    if not indicators:
        return FileElement(RESULTS, label, tag, "", NONE, "None on record", "Once a monitoring plan is approved.")
    years = {(period.first, period.last) for one in indicators for period in one.periods}
    text = f"{formats.count_of(len(indicators), 'indicator')}, {formats.count_of(len(years), 'period')}"
    hidden = facts.hidden_values
    if not hidden:
        return _out(RESULTS, label, tag, text)
    held = f"{formats.count_of(hidden, 'value')} withheld"
    return FileElement(
        RESULTS, label, tag, text, WITHHELD, f"{hidden} withheld", "Fewer than 5, and what tells them.", held
    )


def _links(facts: ActivityFacts) -> FileElement:
    label, tag = "Documents", "document-link"
    text = "; ".join(f"{one.title} ({one.category})" for one in facts.links)
    left = f"{formats.count_of(facts.unpublished_documents, 'document is', 'documents are')} not published"
    note = left if facts.unpublished_documents else ""
    if facts.instrument_missing and facts.is_signed:
        remedy = Remedy("partnership-documents", "Open the documents")
        return FileElement(
            RESULTS, label, tag, text, MISSING, "Missing", "The instrument has no public address.", "", remedy
        )
    if facts.withheld_links:
        held = f"{formats.count_of(facts.withheld_links, 'link')} withheld"
        return FileElement(RESULTS, label, tag, text, WITHHELD, f"{facts.withheld_links} withheld", note, held)
    if not text:
        return FileElement(RESULTS, label, tag, "", NONE, "None on record", note)
    return _out(RESULTS, label, tag, text, note)
