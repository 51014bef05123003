"""Page cases for the awards room."""

from __future__ import annotations

from datetime import date
from typing import Any

from cpc.accounts.permissions import Role
from partnerships.models import Award, ReportDue
from tests.partnerships import records
from tests.partnerships.scenes import RUNNING, first
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    DRAFTS,
    OFFICE,
    ONCE,
    REASONED,
    SAME,
    TITLES,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    refused,
    select,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _award(number: int, **more: Any) -> Arguments:
    """Return a function that gives the arguments of an award's URL.

    `number` counts the awards of the running partnership in the order in which they were created.
    """

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships["running"]
        award = own.awards.order_by("pk")[number]
        return {"pk": own.pk, "award": award.pk, **{name: take(award) for name, take in more.items()}}

    return arguments


def _financial_report(award: Award) -> int:
    return award.reports_due.filter(kind="financial", financial_reports=None).earliest("period_end").pk


def _reported(scene: Scene) -> dict[str, Any]:
    """Return the arguments of the report of the sample that differs from the ledger."""
    sample = scene.partnerships["sample"]
    report = ReportDue.objects.get(award__partnership=sample, award__fain="SAMPLE-24-002", kind="financial",
                                   period_end=date(2026, 6, 30))  # fmt: skip
    return {"pk": sample.pk, "award": report.award_id, "row": report.pk}


CASES = (
    PageCase(
        "award-new",
        Look("award-new", RUNNING),
        refused("award", "Open the award", RUNNING, then=wait_for("Nothing was saved.")),
        url=records.draft(),
        second_writer=ADDS,
    ),
    PageCase(
        "award",
        Look("award", _award(0), OFFICE),
        Look("award-stopped", _award(1), OFFICE),
        url=records.draft(award=records.award_pk),
    ),
    PageCase(
        "award-edit",
        Look("award-edit", _award(0)),
        url=records.draft(award=records.award_pk),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "award-state",
        Look("award-state", _award(0)),
        url=records.draft(award=records.award_pk),
        second_writer=TwoWriters(
            Role.ANALYST,
            REASONED,
            {"state": "stop_work"},
            shown_to_second=("Stop-work ordered",),
            second_may_send_again=False,
            prepare=records.award_is_active,
        ),
    ),
    PageCase(
        "award-ledger-new",
        Look("award-movement", _award(0)),
        Look(
            "award-movement-refused",
            _award(0),
            states=ALL_ERRORS,
            actions=(
                select("Kind of entry", "disbursement"),
                fill("Amount in U.S. dollars", "9000000"),
                press("Record the ledger entry"),
                wait_for("too much"),
            ),
        ),
        url=records.draft(award=records.award_pk),
        second_writer=ADDS,
    ),
    PageCase(
        "award-subaward-new",
        Look("award-sub-award", _award(0)),
        url=records.draft(award=records.award_pk),
        second_writer=ADDS,
    ),
    PageCase(
        "award-subaward-replace",
        Look("award-sub-award-replace", _award(0, row=first("subawards"))),
        url=records.draft(award=records.award_pk, row=records.subaward),
        second_writer=TwoWriters(Role.ANALYST, {"purpose": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "award-reports", Look("award-reports", _award(0)), url=records.draft(award=records.award_pk), second_writer=SAME
    ),
    PageCase(
        "award-report",
        Look("award-report", _award(0, row=first("reports_due"))),
        url=records.draft(award=records.award_pk, row=records.report),
        second_writer="each event follows on the state it is in, under the lock of the report",
    ),
    PageCase(
        "award-closeout",
        Look("award-closeout", _award(1)),
        url=records.draft(award=records.award_pk),
        second_writer=SAME,
    ),
    PageCase(
        "award-closeout-step",
        Look("award-closeout-step", _award(0, row=first("closeout_steps"))),
        url=records.draft(award=records.award_pk, row=records.step),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"not_applicable_because": DRAFTS},
            {"done_on": ""},
            second_may_send_again=False,
            shown_to_second=(),
        ),
    ),
    PageCase(
        "award-report-lines",
        Look("award-report-lines", _reported),
        refused("award-report-lines", "Record the lines", _award(0, row=_financial_report)),
        url=records.draft(award=records.reported_award_pk, row=records.report_with_lines),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"remarks": DRAFTS},
            second_may_send_again=False,
            shown_to_second=("The lines of this report were recorded",),
        ),
    ),
    PageCase(
        "award-report-difference",
        Look("award-report-difference", lambda scene: _reported(scene) | {"line": "10a"}),
        url=records.draft(award=records.reported_award_pk, row=records.report_with_lines, line=records.line),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"text": DRAFTS},
            second_may_send_again=False,
            shown_to_second=("This difference was explained meanwhile",),
        ),
    ),
    PageCase("api:partnership-ledger", url=records.a_partnership, second_writer=ADDS),
    PageCase(
        "award-closeout-all",
        Look("award-closeout-all", _award(1)),
        refused("award-closeout-all", "Save the close-out", _award(1)),
        url=records.draft(award=records.award_pk),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-ledger",
        Look("ledger-sheet", RUNNING),
        url=records.draft(),
        second_writer=ADDS,
    ),
)
