"""Reader of the three Word documents that compares them with the record, with queries of its own.

It reads tables of the database and the document alone, and none of the code that makes documents. What it returns are
the faults: facts of the record that the document lacks or states otherwise.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from cpc.web.formats import DASH
from partnerships.models import (
    ActionItem,
    CongressionalNotification,
    Contribution,
    DoubleCount,
    FieldFinding,
    FinancialReport,
    LedgerEntry,
    OutcomeIndicator,
    Partnership,
    PlannedYear,
    ProgramAmount,
    Result,
    Target,
)
from partnerships.withheld import outside_of

COMMITTEES = (
    "Committee on Foreign Relations of the Senate",
    "Committee on Foreign Affairs of the House of Representatives",
    "Committee on Appropriations of the Senate",
    "Committee on Appropriations of the House of Representatives",
)
SIGNS = {"obligation": 1, "deobligation": -1, "adjustment": 1, "disbursement": 1, "refund": -1}
OBLIGATIONS, DISBURSEMENTS = ("obligation", "deobligation", "adjustment"), ("disbursement", "refund")


def flat(text: str) -> str:
    return " ".join(text.split())


def long_day(value: date) -> str:
    return f"{value:%B} {value.day}, {value.year}"


def day_first(value: date) -> str:
    return f"{value.day} {value:%B} {value.year}"


def usd(value: Decimal) -> str:
    return f"${value:,.2f}".removesuffix(".00")


def number(value: Decimal) -> str:
    return f"{value.normalize():,f}"


@dataclass
class Reading:
    """The document as text, its tables by caption without their header rows, and the text below each heading."""

    document: Any
    text: str = ""
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    frame: str = ""

    @classmethod
    def of(cls, data: bytes) -> Reading:
        read = cls(Document(io.BytesIO(data)))
        parts, heading, above = [], "", ""
        for block in _blocks(read.document):
            if isinstance(block, Table):
                rows = [[flat(cell.text) for cell in row.cells] for row in block.rows]
                read.tables[_caption(block)] = rows[1:]
                parts += [cell for row in rows for cell in row]
                continue
            style = str(block.style.name) if block.style else ""
            if style == "Heading 1":
                above = heading = flat(block.text)
            elif style == "Heading 2":
                heading = f"{above}: {flat(block.text)}"
            elif block.text.strip():
                read.sections.setdefault(heading, []).append(flat(block.text))
            parts.append(block.text)
        read.text = flat(" ".join(parts))
        section = read.document.sections[0]
        read.frame = flat(" ".join(p.text for part in (section.header, section.footer) for p in part.paragraphs))
        return read

    def row_of(self, caption: str, first: str) -> list[str]:
        return next((row for row in self.tables.get(caption, []) if row[0] == first), [])


def _blocks(document: Any) -> Iterator[Paragraph | Table]:
    for child in document.element.body.iterchildren():
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)


def _caption(table: Table) -> str:
    found: Any = table._tbl.tblPr.find(qn("w:tblCaption"))
    return "" if found is None else str(found.get(qn("w:val")))


Faults = list[str]


def _form(read: Reading, partnership: Partnership | None, *, marked: bool = True) -> Faults:
    """Check the parts that every document has: header rows, source, and marking of a sample."""
    found = []
    for table in read.document.tables[: None if marked else 0]:
        properties = table.rows[0]._tr.trPr
        if not _caption(table) or properties is None or properties.find(qn("w:tblHeader")) is None:
            found.append(f"The table “{_caption(table)}” has no name or header row.")
    if "{{" in read.text or "{%" in read.text:
        found.append("A placeholder is left.")
    if marked and "UNCLASSIFIED" not in read.frame:
        found.append("The marking is missing.")
    of = "sample record" if partnership and partnership.is_sample else "record"
    version = f"version {partnership.version} of the {of}" if partnership else "the record"
    if f"Made from {version} as of" not in read.frame or "with version 1 of the template" not in read.frame:
        found.append("The source is missing or another.")
    if read.document.core_properties.comments not in read.frame:
        found.append("The properties do not name the source.")
    return found


def _lacks(read: Reading, *facts: str) -> Faults:
    return [f"“{fact}” is missing." for fact in facts if flat(fact) not in read.text]


def _compare(read: Reading, caption: str, expected: list[list[str]]) -> Faults:
    """Compare whole rows of a table, in any order."""
    shown = read.tables.get(caption)
    if shown is None:
        return [f"The table “{caption}” is missing."]
    found = [f"{caption}: {row} is missing." for row in expected if row not in shown]
    return found + [f"{caption}: {row} is not in the record." for row in shown if row not in expected]


def amount_of(program: Any, government: str) -> Decimal:
    rows = ProgramAmount.objects.filter(program=program, government=government).order_by("-pk")
    amount: Decimal = rows[0].amount
    return amount


# ---- notification --------------------------------------------------------------------------------------------------


def notification_faults(data: bytes, row: CongressionalNotification) -> Faults:
    partnership, read = row.partnership, Reading.of(data)
    country = partnership.country.name
    others = CongressionalNotification.objects.filter(partnership=partnership, replaced_by__isnull=True)
    rest = others.exclude(pk=row.pk).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    facts = {
        "Reference": row.reference,
        "Day of notification": long_day(row.sent_on),
        "Country": country,
        "Amount": usd(row.amount),
        "Account": row.fund.get_account_display() if row.fund else partnership.get_fund_account_display(),
        "Funds": _funds(row),
        "First obligation not before": long_day(row.sent_on + timedelta(days=15)),
        "Term of the partnership": f"{long_day(partnership.starts_on)}, to {long_day(partnership.ends_on)}",  # type: ignore[arg-type]
    }
    shown = {each[0]: each[1] for each in read.tables.get("Facts of the notification", [])}
    found = [f"{name} is {shown.get(name)}, not {value}." for name, value in facts.items() if shown.get(name) != value]
    found += _form(read, partnership)
    if partnership.is_sample and "Sample for demonstration" not in read.text:
        found.append("The sample is not marked.")
    found += [f"{name} is not notified." for name in COMMITTEES if name not in read.sections.get("Committees", [])]
    opening = f"first obligation will follow no earlier than {facts['First obligation not before']}."
    found += _lacks(read, opening, *(["by more than $5,000,000 "] if row.amount > 1_000_000 else []))
    if f"obligate up to {usd(row.amount)}" not in read.text:
        found.append("The opening states another amount.")
    if "7103a(d)(1)" not in " ".join(read.sections.get("Purpose", [])):
        found.append("The purpose is missing.")
    if ("2394-1(a)(2)" in read.text) is not (row.amount > 1_000_000):
        found.append("The paragraph to complete is there without need, or missing.")
    programs = partnership.programs.filter(withdrawn=False)
    found += _compare(
        read,
        "Programs and allocations",
        [
            [each.title, flat(each.description), usd(amount_of(each, "us")), usd(amount_of(each, "partner"))]
            for each in programs
        ],
    )
    objectives = partnership.objectives.filter(withdrawn=False)
    found += _lacks(read, *(f"{each.number}. {each.title}: {each.outcome}" for each in objectives))
    outside = outside_of([partnership.pk])
    found += _compare(
        read,
        "Implementers and their awards",
        [
            [
                outside.name(partnership.pk, each.recipient),
                each.title,
                each.get_type_display(),
                usd(_ledger(each.ledger.all(), ("award",)) - _ledger(each.ledger.all(), ("reduction",))),
                usd(_ledger(each.ledger.all(), OBLIGATIONS)),
            ]
            for each in partnership.awards.all()
        ],
    )
    entries = LedgerEntry.objects.filter(award__partnership=partnership)
    found += _lacks(read, f"Money of the partnership on {long_day(timezone.now().date())}")
    found += _compare(
        read,
        "Money of the partnership",
        [
            ["Planned by the United States for the whole term", usd(sum(amount_of(p, "us") for p in programs))],  # type: ignore[arg-type]
            ["Other notifications in effect", usd(rest)],
            ["This notification", usd(row.amount)],
            ["Notified in all, this notification included", usd(rest + row.amount)],
            ["Obligated to date, net", usd(_ledger(entries, OBLIGATIONS))],
            ["Disbursed to date", usd(_ledger(entries, DISBURSEMENTS))],
        ],
    )
    return found


def _funds(row: CongressionalNotification) -> str:
    if row.fund is None:
        return "[fiscal years of the funds]"
    first, last = row.fund.first_fiscal_year, row.fund.last_fiscal_year
    return f"Fiscal year {first}" if first == last else f"Fiscal years {first} to {last}"


def _ledger(entries: Any, kinds: tuple[str, ...], since: date | None = None, until: date | None = None) -> Decimal:
    rows = entries.filter(kind__in=kinds)
    if since:
        rows = rows.filter(on__gte=since)
    if until:
        rows = rows.filter(on__lte=until)
    return sum((SIGNS.get(row.kind, 1) * row.amount for row in rows), Decimal(0))


# ---- annual report -------------------------------------------------------------------------------------------------


def report_faults(data: bytes, partnership: Partnership, year: int) -> Faults:
    """Compare the report on one partnership in a fiscal year that is over, as made for the office."""
    read, country = Reading.of(data), partnership.country.name
    first, last = date(year - 1, 10, 1), date(year, 9, 30)
    found = _form(read, None) + _lacks(read, f"FY {year}", f"{long_day(first)}, to {long_day(last)}", partnership.title)
    if partnership.is_sample and "Sample for demonstration" not in read.text:
        found.append("The sample is not marked.")
    if "no statutory reporting duty" not in read.text:
        found.append("It does not tell that no statute asks for it.")
    money = _money(partnership, first, last)
    found += _compare(read, f"Money of {country}", [[name, *amounts] for name, amounts in money.items()])
    status = partnership.status_changes.filter(effective_on__lte=last).order_by("effective_on", "pk").last()
    assert status is not None
    label = status.get_to_status_display()
    results = [_result(row, year) for row in partnership.outcome_indicators.filter(withdrawn=False)]
    found += _compare(read, f"Results of {country}", [row.cells for row in results])
    met = sum(row.is_met for row in results if row.is_compared)
    compared = sum(row.is_compared for row in results)
    without = len(results) - compared
    rest = f"; {without} indicator{'s' if without > 1 else ''} cannot be compared" if without else ""
    obligated, disbursed = money["Obligated, net"][0], money["Disbursed, net"][0]
    findings = FieldFinding.objects.filter(partnership=partnership).exclude(state="closed")
    obligated_to_date, planned = money["Obligated, net"][1], money["Planned by the United States, whole term"][1]
    found += _compare(
        read,
        "Partnerships in the year",
        [[country, label, obligated, disbursed, f"{met} of {compared}", str(len(findings))]],
    )
    found += _lacks(
        read,
        f"{label} on {long_day(last)}",
        f"term {long_day(partnership.starts_on)}, to {long_day(partnership.ends_on)}",  # type: ignore[arg-type]
        f"One partnership was run in FY {year}. On {long_day(last)}, it was in force.",
        f"The United States obligated {obligated} and disbursed {disbursed} in the year",
        f"In the year the United States obligated {obligated} and disbursed {disbursed}. "
        f"To date, {obligated_to_date} of {planned} planned is obligated.",
        f"{obligated_to_date} of {planned} planned is obligated to date.",
        *(row.explanation for row in results),
    )
    if read.text.count(f"{country} met {met} of {compared} targets for FY {year}{rest}.") != 2:
        found.append("The number of targets met is missing, or another.")
    for row in findings:
        responsible = row.award.recipient if row.award else str(row.participant or row.person)
        facts = [row.get_weight_display(), row.text, row.action, responsible, long_day(row.due_on)]
        facts += [row.indicator.code] if row.indicator else []
        lines = read.sections.get(f"{country}: Dialogues and findings", [])
        if not any(all(fact in line for fact in facts) for line in lines):
            found.append(f"The finding “{row}” is missing, or has another day, action, or owner.")
    approved = partnership.year_assessments.filter(fiscal_year=year, state="approved")
    found += _lacks(read, *(row.text for row in approved))
    found += _contributions(read, partnership, year)
    found += _course(read, partnership, first, last)
    return found


def _money(partnership: Partnership, first: date, last: date) -> dict[str, list[str]]:
    entries = LedgerEntry.objects.filter(award__partnership=partnership)
    notices = CongressionalNotification.objects.filter(partnership=partnership, replaced_by__isnull=True)

    def notified(**days: date) -> Decimal:
        return notices.filter(**days).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)

    planned = sum((amount_of(row, "us") for row in partnership.programs.filter(withdrawn=False)), Decimal(0))
    return {
        "Planned by the United States, whole term": [DASH, usd(planned)],
        "Notified to Congress": [
            usd(notified(sent_on__gte=first, sent_on__lte=last)),
            usd(notified(sent_on__lte=last)),
        ],
        "Obligated, net": [
            usd(_ledger(entries, OBLIGATIONS, first, last)),
            usd(_ledger(entries, OBLIGATIONS, None, last)),
        ],
        "Disbursed, net": [
            usd(_ledger(entries, DISBURSEMENTS, first, last)),
            usd(_ledger(entries, DISBURSEMENTS, None, last)),
        ],
        **_plan_by_year(partnership, last.year),
        **_expended(partnership, first, last),
    }


def _plan_by_year(partnership: Partnership, year: int) -> dict[str, list[str]]:
    newest: dict[tuple[Any, int], Decimal] = {}
    rows = PlannedYear.objects.filter(partnership=partnership, government="us", kind="cash", unit="USD")
    for row in rows.exclude(program__withdrawn=True).order_by("pk"):
        newest[row.program_id, row.fiscal_year] = row.amount
    if not newest:
        return {}
    of_year = sum((amount for (_, when), amount in newest.items() if when == year), Decimal(0))
    to_date = sum((amount for (_, when), amount in newest.items() if when <= year), Decimal(0))
    return {"Planned by fiscal year": [usd(of_year), usd(to_date)]}


def _expended(partnership: Partnership, first: date, last: date) -> dict[str, list[str]]:
    """Return line 10e of the last accepted SF-425 of each award; “at least” if one up to the last day is missing."""
    ends: list[tuple[Decimal, Decimal, bool, bool]] = []
    for award in partnership.awards.all():
        obligated = award.ledger.filter(kind="obligation", on__lte=last).order_by("on").first()
        if obligated is None:
            continue
        lines = FinancialReport.objects.filter(report__award=award, replaced_by=None, report__period_end__lte=last)
        accepted = [
            row
            for row in lines.order_by("report__period_end", "pk")
            if row.report.events.order_by("pk").last().kind == "accepted"  # type: ignore[union-attr]  # a report with lines has events
        ]
        before = [row for row in accepted if row.report.period_end < first]
        now, then = (rows[-1].expended if rows else Decimal(0) for rows in (accepted, before))
        ends.append(
            (
                now - then,
                now,
                bool(accepted) and accepted[-1].report.period_end == last,
                bool(before) or obligated.on >= first,
            )
        )
    if not any(to_date for _, to_date, _, _ in ends):
        return {}
    least = "" if all(whole for _, _, whole, _ in ends) else "at least "
    in_year = sum((amount for amount, *_ in ends), Decimal(0))
    to_date = sum((amount for _, amount, *_ in ends), Decimal(0))
    split = all(known for *_, known in ends)
    return {
        "Expended, as recipients report": [
            f"{least}{usd(in_year)}" if split else DASH,
            f"{least}{usd(to_date)}",
        ]
    }


@dataclass
class ResultFacts:
    cells: list[str]
    is_met: bool
    is_compared: bool
    explanation: str


def _result(indicator: OutcomeIndicator, year: int) -> ResultFacts:
    """Return the row of an indicator; `Against the target` is worked out here for the measures of the sample."""
    first, last = date(year - 1, 10, 1), date(year, 9, 30)
    live = Result.objects.filter(indicator=indicator, replaced_by__isnull=True, period__ends_on__lte=last)
    live = live.select_related("period").order_by("period__ends_on")
    own = [row for row in live if row.period.ends_on >= first]
    target = Target.objects.filter(indicator=indicator, fiscal_year=year).order_by("-pk").first()
    value = _combined(indicator, own)
    unit = "%" if indicator.measure == "percent" else ""
    exact, value = value, value if value is None or not unit else Decimal(round(value))
    waits = any(row.period.state != "approved" for row in own if row.value is not None)
    shown = "no result" if value is None else f"{number(value)}{unit}{', not approved' if waits else ''}"
    to_date = _combined(indicator, list(live))
    to_date = to_date if to_date is None or not unit else Decimal(round(to_date))
    goal = f"{number(target.value)}{unit}" if target else "no target"
    against, is_met = _against(exact, target.value if target else None, indicator.measure)
    return ResultFacts(
        [
            f"{indicator.code}: {indicator.title} ({indicator.unit})",
            goal,
            shown,
            against,
            DASH if to_date is None else f"{number(to_date)}{unit}",
        ],
        is_met,
        value is not None and target is not None,
        f"{indicator.code}: {own[-1].narrative or own[-1].no_data_reason}" if own and not is_met else "",
    )


def _combined(indicator: OutcomeIndicator, rows: list[Result]) -> Decimal | None:
    """Return the value over all who report, by period and then over periods, for the methods of the sample."""
    by_period: dict[int, list[Result]] = {}
    for row in rows:
        if row.value is not None:
            by_period.setdefault(row.period_id, []).append(row)
    totals = [_total(indicator, own) for own in by_period.values()]
    if not totals:
        return None
    assert indicator.accumulation in ("sum", "latest"), "The sample has no other method."
    return sum(totals, Decimal(0)) if indicator.accumulation == "sum" else totals[-1]


def _total(indicator: OutcomeIndicator, rows: list[Result]) -> Decimal:
    values = [row.value or Decimal(0) for row in rows]
    if indicator.aggregation == "latest":
        return max(rows, key=lambda row: row.pk).value or Decimal(0)
    if indicator.aggregation == "share":
        numerator, denominator = (sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator"))
        return Decimal(round(Decimal(numerator) * 100 / Decimal(denominator), 4))
    doubles = DoubleCount.objects.filter(indicator=indicator, period=rows[0].period, replaced_by__isnull=True).first()
    return sum(values, Decimal(0)) - (doubles.value if doubles else 0)


def _against(value: Decimal | None, target: Decimal | None, measure: str) -> tuple[str, bool]:
    if value is None or target is None:
        return DASH, False
    off = value - target
    if off == 0:
        return "Met", True
    points, share = round(abs(off), 1).normalize(), round(abs(off) * 100 / target)
    size = f"{points:f} points" if measure == "percent" else f"{share}%"
    return (f"Met, {size} above", True) if off > 0 else (f"Behind by {size}", False)


def _contributions(read: Reading, partnership: Partnership, year: int) -> Faults:
    rows = Contribution.objects.filter(partnership=partnership, fiscal_year=year, replaced_by__isnull=True)
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for row in rows:
        who = "United States" if row.government == "us" else partnership.country.name
        kind = row.get_kind_display()
        if row.original_amount is not None:
            key, value = (who, kind, f"{row.original_currency} "), row.original_amount
        elif row.amount_usd is not None:
            key, value = (who, kind, "$"), row.amount_usd
        else:
            assert row.staff_years is not None
            key, value = (who, f"{kind}, in years of work", ""), row.staff_years
        by_stage = sums.setdefault(key, {})
        by_stage[row.stage] = by_stage.get(row.stage, Decimal(0)) + value
    expected = [
        [who, kind, *(_stated(unit, by_stage.get(stage)) for stage in ("pledged", "reported", "verified"))]
        for (who, kind, unit), by_stage in sums.items()
    ]
    return _compare(read, f"Contributions of {partnership.country.name}", expected)


def _stated(unit: str, value: Decimal | None) -> str:
    if value is None:
        return DASH
    return number(value) if not unit else f"{unit}{value:,.2f}".removesuffix(".00")


def _course(read: Reading, partnership: Partnership, first: date, last: date) -> Faults:
    country = partnership.country.name
    found = []
    for dialogue in partnership.dialogues.all():
        if dialogue.held_from and first <= dialogue.held_from <= last:
            keys = [str(key.indicator) for key in dialogue.key_indicators.all()]
            found += _lacks(read, f"Dialogue {dialogue.number}, held {long_day(dialogue.held_from)}", *keys)
        elif dialogue.state in ("planned", "ready"):
            found += _lacks(read, f"Dialogue {dialogue.number} ", f"planned for {long_day(dialogue.planned_on)}")
    if not partnership.dialogues.filter(held_from__gte=first, held_from__lte=last).exists():
        found += _lacks(read, f"No dialogue was held in FY {last.year}.")
    steps = " ".join(read.sections.get(f"{country}: Next steps", []))
    for item in ActionItem.objects.filter(dialogue__partnership=partnership, state="open"):
        for fact in (item.text, str(item.owner), long_day(item.due_on)):
            if fact not in steps:
                found.append(f"The action item lacks {fact}.")
    for amendment in partnership.amendments.filter(state="submitted"):
        if f"Amendment {amendment.number} ({amendment.title}) waits for approval" not in steps:
            found.append(f"Amendment {amendment.number} is missing.")
    return found


# ---- instrument ----------------------------------------------------------------------------------------------------


def instrument_faults(data: bytes, partnership: Partnership) -> Faults:
    """Compare the text of an instrument with the terms of its partnership: 22 U.S.C. 7103a(d)(2)(A) to (G)."""
    read, country = Reading.of(data), partnership.country.name
    assert partnership.starts_on is not None
    assert partnership.ends_on is not None
    found = _form(read, partnership, marked=False)
    found += _lacks(
        read,
        f"Government of {country}",
        f"come into effect on {day_first(partnership.starts_on)} and to last until {day_first(partnership.ends_on)}",
        "It is not legally binding",
        "as a rule 90 days before",
        f"over the next {_years(partnership.starts_on, partnership.ends_on)} to prevent",
    )
    if [row[0] for row in read.tables.get("", [])[-2:]] != ["Name and title:", "Place and date:"]:
        found.append("The lines of the signatures are missing.")
    live: Callable[[Any], Any] = lambda rows: rows.filter(withdrawn=False)  # noqa: E731  # six lists below
    found += _lacks(read, *(row.name for row in partnership.participants.all()))
    found += _lacks(
        read, *(f"{row.number}. {row.title}. Outcome wanted: {row.outcome}" for row in live(partnership.objectives))
    )
    responsibilities = live(partnership.responsibilities)
    found += _lacks(read, *(f"{row.participant.name}: {row.text}{_by(row.due_on)}" for row in responsibilities))
    cells = [
        [row.title, *(f"USD {amount_of(row, side):,.2f}" for side in ("us", "partner"))]
        for row in live(partnership.programs)
    ]
    shown = read.tables.get("Programs and allocations", [])
    found += [f"The program {row} is missing or another." for row in cells if row not in shown]
    found += [f"The program {row} is not in the record." for row in shown if row not in cells]
    outcomes = live(partnership.outcome_indicators).exclude(level="output")
    found += _lacks(read, *(f"{row.title}. {row.definition}" for row in outcomes))
    found += _lacks(read, *(f"{row.body}. {row.procedure}" for row in live(partnership.mechanisms)))
    for row in partnership.contributions.filter(replaced_by__isnull=True):
        who = "United States of America" if row.government == "us" else country
        amounts = [] if row.original_amount is None else [f"{row.original_currency} {row.original_amount:,.2f}"]
        amounts += [] if row.amount_usd is None else [f"USD {row.amount_usd:,.2f}"]
        amounts += [] if row.staff_years is None else [f"{number(row.staff_years)} years of work"]
        line = f"{who}, fiscal year {row.fiscal_year}, {row.get_kind_display().lower()}: {row.description}"
        lines = [text for text in read.sections.get("IV. Programs and contributions", []) if text.startswith(line)]
        if not any(all(amount in text for amount in amounts) for text in lines):
            found.append(f"The contribution “{line}” is missing, or has another amount.")
    strategies = live(partnership.strategies)
    found += _lacks(read, *(f"{row.institution}: {row.approach}{_by(row.due_on)}" for row in strategies))
    found += _lacks(read, *(f"{row.institution}, {row.system}: {row.what}" for row in live(partnership.data_plans)))
    return found


def _by(due_on: date | None) -> str:
    return f" (by {day_first(due_on)})" if due_on else ""


def _years(starts_on: date, ends_on: date) -> str:
    """Return the term of whole years, as the sample has one."""
    after = ends_on + timedelta(days=1)
    assert (after.month, after.day) == (starts_on.month, starts_on.day)
    return f"{after.year - starts_on.year} years"
