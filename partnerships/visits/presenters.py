"""Labels, badges, and tables of field checks and findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.models import (
    FieldCheck,
    FieldCheckKind,
    FieldFinding,
    FindingState,
    Tested,
)
from partnerships.models.field_checks import TESTS, WIDER_REGIONS
from partnerships.visits.queries import ASSESSED_WITHIN, Coverage

NEXT = {FindingState.OPEN: "Record evidence", FindingState.REOPENED: "Record evidence", FindingState.EVIDENCE: "Check"}
"""Label of the link to a finding, by its state."""


def span_of(check: FieldCheck) -> str:
    """Return the days of a check: "Sep 9 to 11, 2026"; "Jun 18, 2026"."""
    first, last = check.first_on, check.last_on
    if first == last:
        return formats.day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{formats.day(first).split(',')[0]} to {last.day}, {last.year}"
    return f"{formats.day(first)} to {formats.day(last)}"


def tests_text(check: FieldCheck) -> str:
    """Return the outcome of the five tests: "Reliability, no; validity, integrity, precision, timeliness, yes"."""
    by_outcome: dict[str, list[str]] = {}
    for name in TESTS:
        if outcome := getattr(check, name):
            by_outcome.setdefault(outcome, []).append(name)
    order = (Tested.NO, Tested.NOT_TESTED, Tested.YES)
    parts = [f"{', '.join(by_outcome[one])}: {one.label.lower()}" for one in order if one in by_outcome]
    return "; ".join(parts).capitalize()


def _region(check: FieldCheck) -> str:
    return check.region.lower() if check.region in WIDER_REGIONS else check.region


def source_of(check: FieldCheck) -> str:
    """Return what a finding comes from: kind, days, region, and the indicator of an assessment with its tests."""
    kind = check.get_kind_display()
    if check.kind == FieldCheckKind.DATA_QUALITY and check.indicator:
        return f"{kind} of “{check.indicator.title}”, {span_of(check)}. {tests_text(check)}."
    region = f", {_region(check)}" if check.region else ""
    return f"{kind}, {span_of(check)}{region}"


def coverage_text(coverage: Coverage) -> str:
    """Return the last checks as sentences."""
    visit, assessment = coverage.last_visit, coverage.last_assessment
    parts = [
        f"Last site visit: {span_of(visit)}, {_region(visit)}." if visit else "No site visit is on record.",
        f"Last data quality assessment: {span_of(assessment)}."
        if assessment
        else "No data quality assessment is on record.",
    ]
    if coverage.indicators:
        years = formats.count_of(ASSESSED_WITHIN // 12, "year")
        parts.append(
            f"{formats.spell_out(coverage.assessed)} of {formats.spell_out(coverage.indicators).lower()} "
            f"{formats.agree(coverage.indicators, 'indicator', 'indicators')} "
            f"{formats.agree(coverage.assessed, 'has', 'have')} had one in the last {years}."
        )
    return " ".join(parts)


def finding_badge(row: FieldFinding, today: date) -> Badge:
    """Return the state of a finding; one without evidence is late from the day after it is due."""
    state = FindingState(row.state)
    if state is FindingState.CLOSED:
        closed = [step.at for step in row.steps.all() if step.name == "close"]
        return Badge("good", f"Closed {formats.day(max(closed))}" if closed else "Closed")
    if state is FindingState.EVIDENCE:
        return Badge("info", row.get_state_display())
    late = formats.late_by(row.due_on, today)
    if late:
        return Badge("warn", late, "alarm")
    return Badge("info", row.get_state_display())


def findings_table(today: date, *, may_edit: bool) -> Table[FieldFinding]:
    """Return the table of findings; an editor gets a link to what comes next."""

    def address(row: FieldFinding) -> str:
        return reverse("partnership-finding", args=[row.partnership_id, row.pk])

    def following(row: FieldFinding) -> SafeString:
        label = NEXT.get(FindingState(row.state), "")
        return link(address(row), label, f": {row}") if label else SafeString("")

    columns: list[Column[FieldFinding]] = [
        Column(
            "Finding",
            lambda row: row.text,
            html=lambda row: link(address(row), row.text),
            detail=lambda row: source_of(row.field_check),
            css="c-ind",
            row_header=True,
            width=50,
        ),
        Column("Weight", lambda row: row.get_weight_display()),
        Column("Responsible", lambda row: row.responsible, width=30),
        Column("Action", lambda row: row.action, css="is-wide", width=40),
        Column("Due", lambda row: row.due_on, "day"),
        Column("State", lambda row: finding_badge(row, today), "badge"),
    ]
    if may_edit:
        columns.append(Column("Next", lambda row: row.state, html=following, hidden_label=True, is_action=True))
    return Table("Findings", columns, caption="Findings of visits and assessments, followed to closure")


def checks_table(*, may_edit: bool) -> Table[FieldCheck]:
    def name(row: FieldCheck) -> SafeString:
        text = f"{row.get_kind_display()}, {span_of(row)}"
        return link(reverse("partnership-visit", args=[row.partnership_id, row.pk]), text)

    columns: list[Column[FieldCheck]] = [
        Column("Visit or assessment", lambda row: f"{row.get_kind_display()}, {span_of(row)}", html=name, css="c-ind"),
        Column("About", _about, detail=lambda row: tests_text(row)),
        Column("Region", lambda row: row.region),
        Column("Took part", lambda row: row.took_part),
        Column("Findings", lambda row: getattr(row, "found", 0), "number"),
    ]
    if may_edit:
        columns.append(
            Column(
                "Add",
                lambda row: row.pk,
                html=lambda row: link(
                    reverse("partnership-finding-new", args=[row.partnership_id, row.pk]),
                    "Add a finding",
                    f": {row.get_kind_display().lower()}, {span_of(row)}",
                ),
                hidden_label=True,
                is_action=True,
            )
        )
    return Table("Visits and assessments", columns, caption="Site visits, data quality assessments, and desk reviews")


def _about(row: FieldCheck) -> str:
    if row.indicator:
        return row.indicator.title
    return row.award.recipient if row.award else "The partnership"


def check_facts(row: FieldCheck) -> list[tuple[str, Any]]:
    """Return a check as label and value, without what is empty."""
    facts = [
        ("Kind", row.get_kind_display()),
        ("Days", span_of(row)),
        ("Region", row.region),
        ("Took part", row.took_part),
        ("Award", str(row.award) if row.award else ""),
        ("Indicator", str(row.indicator) if row.indicator else ""),
        ("Tests", tests_text(row)),
        ("Seen", row.summary),
        ("Report", str(row.document) if row.document else ""),
        ("Recorded", f"{row.recorded_by}, {formats.day(row.at)}"),
    ]
    return [(label, value) for label, value in facts if value]


def finding_facts(row: FieldFinding) -> list[tuple[str, Any]]:
    return [
        ("Finding", row.text),
        ("From", source_of(row.field_check)),
        ("Weight", row.get_weight_display()),
        ("Responsible", row.responsible),
        ("Action", row.action),
        ("Due", formats.day(row.due_on)),
        *([("Indicator", str(row.indicator))] if row.indicator else []),
        *([("Evidence on file", ", ".join(filed))] if (filed := _documents_of(row)) else []),
    ]


def _documents_of(row: FieldFinding) -> list[str]:
    return [str(step.document) for step in row.steps.all() if step.document is not None]
