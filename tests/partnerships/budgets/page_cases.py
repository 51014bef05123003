"""Page cases for the sheets of the plan by year and of budgets."""

from __future__ import annotations

from partnerships.models import Partnership, ReportDue
from tests.partnerships import records
from tests.partnerships.scenes import RUNNING, first, own
from tests.support.page_cases import ADDS, ALL_ERRORS, ONCE, Look, PageCase, fill, press, wait_for


def _report_with_lines(partnership: Partnership) -> int:
    """Return the first report with lines of the oldest award, which has no categories yet."""
    reports = ReportDue.objects.filter(award=partnership.awards.order_by("pk")[0], financial_reports__isnull=False)
    return reports.earliest("period_end").pk


CASES = (
    PageCase(
        "partnership-money-plan",
        Look("money-plan", RUNNING),
        Look("money-plan-sample", own("sample")),
        url=records.draft(),
        second_writer=ADDS,
    ),
    PageCase(
        "award-budget",
        Look("award-budget", own("sample", award=first("awards"))),
        Look(
            "award-budget-refused",
            own("running", award=first("awards")),
            states=ALL_ERRORS,
            actions=(
                fill("Category 1, Category", "Travel"),
                press("Check and save all rows"),
                wait_for("Nothing was saved."),
            ),
        ),
        url=records.draft(award=records.award_pk),
        second_writer=ADDS,
    ),
    PageCase(
        "award-report-parts",
        Look("award-report-parts", own("sample", award=first("awards"), row=_report_with_lines)),
        url=records.draft(award=records.reported_award_pk, row=records.report_with_lines),
        second_writer=ONCE,
    ),
)
