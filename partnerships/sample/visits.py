"""Field monitoring of the sample: three checks with findings, accounts of those who report, and a draft assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from partnerships.models import Award, DocumentVersion, FieldCheck, FieldFinding, Partnership
from partnerships.sample.office import Office, ministry
from partnerships.sample.terms import JUSTICE
from partnerships.visits.services import add_finding, record_check, take_finding_step
from partnerships.year_results.queries import performance_reports_of
from partnerships.year_results.services import record_account, record_account_of_office, write_assessment

YEAR = 2026
ACCOUNTS = {
    "Sample Justice Institute": (
        "Two courts had no judge for child cases from February to July. We trained 142 officers and opened two rooms; "
        "two more wait for the Interior Ministry's lease."
    ),
    "Sample Child Care Network": (
        "Fewer children were referred to us than planned because the hotline was out for eleven weeks. Staff traced 31 "
        "families who had left."
    ),
}
ASSESSMENT = "Training is ahead; courts and the hotline hold back the rest. Raise both at the dialogue."


def monitor(
    office: Office, partnership: Partnership, awards: Mapping[str, Award], visit_report: DocumentVersion
) -> None:
    """Record an assessment, a site visit, and a desk review, with one finding closed, one checked, and two open."""
    children = partnership.outcome_indicators.get(code="CA-1")
    tests = dict.fromkeys(("validity", "integrity", "precision", "timeliness"), "yes")
    assessed = _check(
        office, partnership, "data_quality", date(2026, 6, 18), indicator=children, award=awards["care"],
        took_part="Program officer, data manager of the recipient", reliability="no", **tests,
    )  # fmt: skip
    visited = _check(
        office, partnership, "site_visit", date(2026, 9, 11), first_on=date(2026, 9, 9), region="Several regions",
        took_part="Program officer, embassy", summary="Three of four centers.", document=visit_report,
    )  # fmt: skip
    reviewed = _check(
        office, partnership, "desk_review", date(2026, 11, 18), took_part="Program officer",
        summary="The reports on fiscal year 2026.",
    )  # fmt: skip
    register = _finding(
        office, assessed, "Returning children are counted again in two of four centers", "major", date(2026, 11, 30),
        "FY 2025 corrected from 187 to 171; one register for all centers", award=awards["care"], indicator=children,
    )  # fmt: skip
    cabinet = _finding(
        office, visited, "The file cabinet in the north center has no lock", "minor", date(2026, 10, 15),
        "Lock bought and photo sent", award=awards["care"],
    )  # fmt: skip
    _finding(
        office, visited, "Attendance lists do not show the agency", "minor", date(2026, 11, 15),
        "New list since October 1; first copy is due", award=awards["justice"],
    )  # fmt: skip
    _finding(
        office, reviewed, "The hotline has no backup line", "major", date(2027, 1, 31),
        "No plan yet; for the next dialogue", participant=ministry(partnership, JUSTICE),
    )  # fmt: skip
    for row, evidence in ((register, "The register of all four centers"), (cabinet, "Photo of the lock")):
        take_finding_step(finding=row, name="give_evidence", actor=office.drafter, reason=evidence)
    take_finding_step(finding=cabinet, name="close", actor=office.approver)


def _check(office: Office, partnership: Partnership, kind: str, last_on: date, **values: Any) -> FieldCheck:
    given = {"first_on": last_on} | values
    check = FieldCheck(partnership=partnership, kind=kind, last_on=last_on, **given)
    return record_check(check=check, actor=office.drafter)


def _finding(
    office: Office, check: FieldCheck, text: str, weight: str, due_on: date, action: str, **who: Any
) -> FieldFinding:
    finding = FieldFinding(
        partnership=check.partnership, field_check=check, text=text, weight=weight, action=action, due_on=due_on, **who
    )
    return add_finding(finding=finding, actor=office.drafter)


def tell(office: Office, partnership: Partnership) -> None:
    """Record what two recipients and the ministry wrote on the newest year, and draft the office's assessment."""
    reports = [report for report in performance_reports_of(partnership, YEAR) if report.events.exists()]
    newest = {report.award.recipient: report for report in reports}
    for recipient, text in ACCOUNTS.items():
        if recipient in newest:
            record_account(report=newest[recipient], text=text, actor=office.drafter)
    record_account_of_office(
        participant=ministry(partnership, JUSTICE), fiscal_year=YEAR, text="Seven convictions, two of them on appeal.",
        received_on=date(2026, 11, 12), actor=office.drafter,
    )  # fmt: skip
    write_assessment(partnership=partnership, fiscal_year=YEAR, text=ASSESSMENT, actor=office.drafter)
