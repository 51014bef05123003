"""The office's annual report on its partnerships in one fiscal year: the portfolio first, then each partnership.

No statute asks for it. Samples are in no total; a report on the sample alone serves to demonstrate. Partnerships that
are known from public statements alone have no figures here, and are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Min

from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from partnerships.models import (
    ActionState,
    AmendmentState,
    AssessmentState,
    Dialogue,
    DialogueState,
    FieldFinding,
    FindingState,
    Partnership,
    RecordKind,
    Status,
    StatusChange,
)
from partnerships.states import BEFORE_SIGNATURE, ENDED, IN_FORCE, PARTNERSHIP
from partnerships.visits.queries import findings_of, in_order
from partnerships.withheld import outside_of
from partnerships.word_documents import report_money as money
from partnerships.word_documents.report_results import MET, IndicatorRow, met_sentence, result_rows
from partnerships.word_documents.report_year import Readers, ReportYear
from partnerships.word_documents.wording import CLASSIFICATION, day, dollars, sample_note, term_of

FINAL = frozenset({Status.CLOSED, Status.CANCELED})
"""Statuses with which a partnership is in no report on a later year."""
ENDS_SOON = 365
"""Days before the end of a term from which it is among the next steps."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A partnership in the year: its status on the last day, and the steps taken in the year."""

    partnership: Partnership
    status: Status
    steps: Sequence[StatusChange]


def covered(report: ReportYear, *, sample: bool = False) -> list[Covered]:
    """Return the partnerships that were run in the year, by country: all but samples, or samples alone."""
    kind = RecordKind.SAMPLE if sample else RecordKind.MANAGED
    rows = Partnership.objects.filter(kind=kind).select_related("country").prefetch_related("status_changes")
    found = []
    for row in rows.order_by("country__name", "pk"):
        changes = sorted(row.status_changes.all(), key=lambda change: (change.effective_on, change.pk))
        status = _status_on(changes, report.last)
        over = [change for change in changes if change.to_status in FINAL and change.effective_on < report.first]
        begun = changes[0].effective_on <= report.last if changes else report.has(report.today)
        if begun and not (over and _status_on(changes, report.first) in FINAL):
            found.append(Covered(row, status, [change for change in changes if report.has(change.effective_on)]))
    return found


def report_years(today: date) -> list[int]:
    """Return the fiscal years that a report can be on, the newest first: from the first step of a partnership on."""
    first = StatusChange.objects.exclude(partnership__kind=RecordKind.DOCUMENTED).aggregate(on=Min("effective_on"))
    newest = fiscal_year(today)
    oldest = min(fiscal_year(first["on"]) if first["on"] else newest, newest - 1)
    return list(range(newest, oldest - 1, -1))


def _status_on(changes: Sequence[StatusChange], on: date) -> Status:
    taken = [change for change in changes if change.effective_on <= on]
    return Status(taken[-1].to_status) if taken else Status.SELECTED


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One partnership of the report: its fields, and the figures that count in the portfolio."""

    covered: Covered
    money: money.YearMoney
    results: Sequence[IndicatorRow]
    findings: Sequence[FieldFinding]
    fields: Mapping[str, Any]


def report_fields(report: ReportYear, readers: Readers, made_from: str, *, sample: bool = False) -> Mapping[str, Any]:
    """Return the fields of the template, which `docs/word-documents.md` lists."""
    rows = covered(report, sample=sample)
    parts = [_part(row, report, readers) for row in rows]
    if readers is Readers.OUTSIDE:
        views = outside_of(row.partnership.pk for row in rows)
        parts = [replace(part, fields=views.of(part.covered.partnership.pk).fields(part.fields)) for part in parts]
    totals = money.total_of([part.money for part in parts])
    contributions = money.unit_totals(money.contributions_in([row.partnership for row in rows], report))
    return {
        "classification": CLASSIFICATION,
        "sample_note": sample_note(is_sample=sample),
        "made_from": made_from,
        "year": report.label,
        "period": f"{day(report.first)}, to {day(report.last)}",
        "is_over": report.is_over,
        "readers": "For readers outside the office" if readers is Readers.OUTSIDE else "For the office",
        "lead": _lead(parts, totals, report),
        "money": totals.rows() if parts else [],
        "contributions": money.contribution_rows(contributions, "Partner governments"),
        "overview": [_overview(part) for part in parts],
        "partnerships": [part.fields for part in parts],
        "documented": "" if sample else _documented(),
        "notes": _notes(parts, readers, report),
    }


# ---- the portfolio -------------------------------------------------------------------------------------------------


def _lead(parts: Sequence[ReportPart], totals: money.YearMoney, report: ReportYear) -> list[str]:
    if not parts:
        return [f"No partnership was run in this application in {report.label}."]
    statuses = [part.covered.status for part in parts]
    groups = [
        (sum(status in group for status in statuses), label)
        for label, group in (
            ("in force", IN_FORCE),
            ("before signature", BEFORE_SIGNATURE),
            ("over", ENDED | {Status.CANCELED}),
        )
    ]
    number = len(parts)
    by_group = formats.listing(
        [f"{count} {formats.agree(count, 'was', 'were')} {label}" for count, label in groups if count]
    )
    if number == 1:
        by_group = f"it {by_group.removeprefix('1 ')}"
    sentences = [
        f"{formats.spell_out(number, 'partnership was', 'partnerships were')} run in {report.label}. On "
        f"{day(report.last)}, {by_group}.",
        f"In the year the United States obligated {dollars(totals.in_year[money.OBLIGATED])} and disbursed "
        f"{dollars(totals.in_year[money.DISBURSED])}. To date, {dollars(totals.to_date[money.OBLIGATED])} of "
        f"{dollars(totals.to_date[money.PLANNED])} planned is obligated.",
    ]
    results = [row for part in parts for row in part.results]
    if number > 1:
        sentences.append(met_sentence(results, report, "The partnerships", "have"))
    else:
        sentences.append(met_sentence(results, report, parts[0].covered.partnership.country.name))
    return sentences


def _overview(part: ReportPart) -> dict[str, str]:
    compared = [row for row in part.results if row.status is not None]
    met = sum(row.status in MET for row in compared)
    return {
        "country": part.covered.partnership.country.name,
        "status": part.covered.status.label,
        "obligated": dollars(part.money.in_year[money.OBLIGATED]),
        "disbursed": dollars(part.money.in_year[money.DISBURSED]),
        "findings": formats.number(len(part.findings)),
        "targets": f"{met} of {len(compared)}" if compared else formats.DASH,
    }


def _documented() -> str:
    rows = Partnership.objects.filter(kind=RecordKind.DOCUMENTED).select_related("country")
    names = sorted({row.country.name for row in rows})
    if not names:
        return ""
    more = formats.spell_out(len(names), "more partnership is", "more partnerships are")
    return f"{more} known from public statements alone, and not in these figures: {formats.listing(names)}."


def _notes(parts: Sequence[ReportPart], readers: Readers, report: ReportYear) -> list[str]:
    results = [row for part in parts for row in part.results]
    own_use = "The office makes this report for its own use. It meets no statutory reporting duty."
    if not parts:
        return [own_use]
    notes = [
        own_use,
        f"Money is project funds in U.S. dollars, through {day(report.last)}: obligations net of de-obligations, and "
        "disbursements net of refunds. Notifications are those now in effect.",
        "Contributions are stated in their own units, which are never added to each other or to project funds; "
        "currencies have their ISO 4217 codes.",
        "A target is met if the result is at or above it, or at or below it where less is better.",
    ]
    if any(money.EXPENDED in part.money.to_date for part in parts):
        notes.append(
            "Expended is the Federal share of expenditures in each recipient's last accepted Federal Financial Report "
            "(SF-425, line 10e) of a period up to that day; “at least” marks a sum with a report missing."
        )
    if readers is Readers.OUTSIDE:
        notes.append("Names and locations that are withheld (22 U.S.C. 2394c(b)(3)) are replaced.")
        notes.append(
            "Only approved results are shown. A count of people from 1 to 4 reads “fewer than 5”, and another from "
            "which it could be worked out reads “held back”."
        )
    elif any(row.waits for row in results):
        notes.append("Results marked “not approved” wait for the approval of a second person.")
    return notes


# ---- one partnership -----------------------------------------------------------------------------------------------


def _part(row: Covered, report: ReportYear, readers: Readers) -> ReportPart:
    partnership, country = row.partnership, row.partnership.country.name
    own, results = money.year_money(partnership, report), result_rows(partnership, report, readers)
    totals = money.unit_totals(money.contributions_in([partnership], report))
    findings = [row for row in in_order(findings_of(partnership)) if row.state != FindingState.CLOSED]
    dialogues = list(partnership.dialogues.prefetch_related("key_indicators__indicator").order_by("number"))
    fields = {
        "country": country,
        "title": partnership.title,
        "status": f"{row.status.label} on {day(report.last)}",
        "term": term_of(partnership),
        "lead": [met_sentence(results, report, country), _money_sentence(own)],
        "assessment": _assessment(partnership, report, readers),
        "steps": [_step(change) for change in row.steps],
        "money": own.rows(),
        "contributions": money.contribution_rows(totals, country),
        "results": [
            {key: value for key, value in asdict(result).items() if key not in ("status", "waits")}
            for result in results
        ],
        "dialogues": [_held(dialogue) for dialogue in dialogues if report.has(dialogue.held_from)],
        "findings": _findings(findings, report.today, readers),
        "next_steps": _next_steps(partnership, dialogues, report, readers),
    }
    return ReportPart(row, own, results, findings, fields)


def _money_sentence(own: money.YearMoney) -> str:
    return (
        f"The United States obligated {dollars(own.in_year[money.OBLIGATED])} and disbursed "
        f"{dollars(own.in_year[money.DISBURSED])} in the year; {dollars(own.to_date[money.OBLIGATED])} of "
        f"{dollars(own.to_date[money.PLANNED])} planned is obligated to date."
    )


def _step(change: StatusChange) -> str:
    past = PARTNERSHIP.transition(change.transition).past
    return f"{day(change.effective_on)}: {past.lower()}"


def _held(dialogue: Dialogue) -> str:
    assert dialogue.held_from is not None
    days = day(dialogue.held_from)
    if dialogue.held_until is not None and dialogue.held_until != dialogue.held_from:
        days = f"{days}, to {day(dialogue.held_until)}"
    codes = sorted(str(key.indicator) for key in dialogue.key_indicators.all())
    about = f" Key indicators: {'; '.join(codes)}." if codes else ""
    minutes = "Its minutes are concluded." if dialogue.state == DialogueState.CONCLUDED else "Its minutes are open."
    return f"{dialogue}, held {days}. {minutes}{about}"


def _assessment(partnership: Partnership, report: ReportYear, readers: Readers) -> str:
    """Return the approved assessment of the year, which the office writes for itself."""
    rows = partnership.year_assessments.filter(fiscal_year=report.year, state=AssessmentState.APPROVED)
    return "" if readers is Readers.OUTSIDE else "".join(row.text.strip() for row in rows)


def _findings(findings: Sequence[FieldFinding], today: date, readers: Readers) -> list[str]:
    """Return the findings of field checks that are open on the day of the report; outside the office, their number."""
    if readers is Readers.OUTSIDE:
        return [f"{formats.spell_out(len(findings), 'finding', 'findings')}."] if findings else []
    return [
        f"{row.get_weight_display()}, {_due(row.due_on, today)}: {row.text}"
        f"{f', on {row.indicator.code}' if row.indicator else ''} ({row.responsible}: {row.action})."
        for row in findings
    ]


def _next_steps(
    partnership: Partnership, dialogues: Sequence[Dialogue], report: ReportYear, readers: Readers
) -> list[str]:
    """Return what is next as of the day on which the report is made, by day; outside the office, without texts."""
    today = report.today
    steps: list[tuple[date, str]] = []
    for dialogue in dialogues:
        if dialogue.state in (DialogueState.PLANNED, DialogueState.READY):
            verb = "was" if dialogue.planned_on < today else "is"
            late = ", but is not recorded as held" if dialogue.planned_on < today else ""
            steps.append((dialogue.planned_on, f"{dialogue} {verb} planned for {day(dialogue.planned_on)}{late}."))
    items = [item for dialogue in dialogues for item in dialogue.actions.select_related("owner").all()]
    still = [item for item in items if item.state == ActionState.OPEN]
    if readers is Readers.OFFICE:
        steps += [(item.due_on, f"{item.text} ({item.owner}; {_due(item.due_on, today)}).") for item in still]
    elif still:
        subject = formats.spell_out(len(still), "action item of the dialogues is", "action items of the dialogues are")
        text = f"{subject} open."
        steps.append((min(item.due_on for item in still), text))
    if partnership.ends_on is not None and 0 <= (partnership.ends_on - today).days <= ENDS_SOON:
        steps.append((partnership.ends_on, f"The term ends on {day(partnership.ends_on)}."))
    waiting = partnership.amendments.filter(state__in=(AmendmentState.SUBMITTED, AmendmentState.APPROVED))
    if readers is Readers.OFFICE:
        for amendment in waiting.order_by("number"):
            what = "waits for approval" if amendment.state == AmendmentState.SUBMITTED else "is to be put into effect"
            steps.append((today, f"Amendment {amendment.number} ({amendment.title}) {what}."))
    return [text for _, text in sorted(steps, key=lambda step: step[0])]


def _due(on: date, today: date) -> str:
    return f"was due {day(on)}" if on < today else f"due {day(on)}"
