"""Page cases for the results of a year, accounts, and assessments."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import ONCE, TEXTS, Look, PageCase, TwoWriters


def _report(own: Any) -> int:
    return int(own.narratives.filter(report__isnull=False).order_by("pk")[0].report_id)


CASES = (
    PageCase(
        "partnership-results",
        Look("results", own(), (*DESK, Role.ADMINISTRATOR)),
        Look("results-sample", own("sample"), DESK),
        Look("results-sample-earlier", own("sample"), query="?year=2025&indicator=JU-2"),
        Look("results-empty", own("bare")),
        url=records.life(),
    ),
    PageCase(
        "partnership-account",
        Look("account", own("sample", report=_report)),
        url=records.life(report=records.performance_report),
        second_writer=TwoWriters(Role.ANALYST, TEXTS),
    ),
    PageCase(
        "partnership-account-office",
        Look("account-office", own("sample", year=2026, office=records.partner_office)),
        url=records.life(year=lambda p: 2025, office=records.partner_office),
        second_writer=TwoWriters(Role.ANALYST, TEXTS, {"received_on": "2025-11-12"}),
    ),
    PageCase(
        "partnership-assessment",
        Look("assessment", own("sample", year=2026)),
        url=records.life(year=records.assessed_year),
        second_writer=TwoWriters(Role.ANALYST, TEXTS),
    ),
    PageCase(
        "partnership-assessment-step",
        Look("assessment-submit", own("sample", year=2026, name="submit")),
        url=records.life(year=records.assessed_year, name=lambda p: "submit"),
        second_writer=ONCE,
    ),
)
