"""Lines of federal financial reports: when they are taken, which differences they show, and who explains them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from partnerships.awards.services.financial_reports import explain_difference
from partnerships.awards.services.reports import record_report_event
from partnerships.financial_lines import FormLine
from partnerships.lookups.financial_reports import accepted_reports, reported
from partnerships.models import Award, FinancialReport, LedgerKind, ReportDue
from partnerships.schedules import ReportFrequency
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.funds_of import DAY, LINES, enter, fund, notify_from, received, scheduled, signed, step
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.worlds.partnerships.build import START, Stage

MARCH, JUNE = date(2021, 3, 31), date(2021, 6, 30)


def running(stage: Stage) -> Award:
    """Return an award with $100 obligated and $60 disbursed in its first quarter."""
    partnership = signed(stage)
    of = fund(stage)
    notify_from(stage, partnership, of, "100.00")
    award = stage.award(partnership, "100.00")
    enter(award, LedgerKind.OBLIGATION, "100.00", of, START + 20 * DAY, stage)
    enter(award, LedgerKind.DISBURSEMENT, "60.00", of, MARCH, stage)
    return award


def quarters(award: Award, stage: Stage) -> list[ReportDue]:
    return [row for row in scheduled(award, stage) if row.frequency != "final"]


def raw(report: ReportDue, **values: Any) -> FinancialReport:
    amounts = {name: Decimal(amount) for name, amount in LINES.items()}
    return FinancialReport(**{"report": report, "received_on": report.period_end + DAY, **amounts, **values})


def test_lines_record_the_receipt_once_and_are_computed_as_on_the_form(stage: Stage) -> None:
    first, *_ = quarters(running(stage), stage)
    assert db_error_code(raw(first).save) == "report_state"
    row = received(first, stage, unliquidated="12.00", recipient_required="40.00", recipient_expended="15.00")
    assert [event.kind for event in first.events.all()] == ["received"]
    assert [row.cash_on_hand, row.federal_share, row.unobligated, row.recipient_remaining] == [5, 82, 18, 25]
    assert error_codes(lambda: received(first, stage)) == ["financial_report_once"]
    assert db_error_code(raw(first).save) == "financial_report_once"
    received(first, stage, replaces=row, expended="71.00")
    assert [event.kind for event in first.events.all()] == ["received"]


def test_lines_of_an_accepted_report_wait_for_its_return(stage: Stage) -> None:
    first, *_ = quarters(running(stage), stage)
    row = received(first, stage, is_accepted=True)
    assert error_codes(lambda: received(first, stage, replaces=row)) == ["report_state"]
    assert db_error_code(raw(first, replaces=row).save) == "report_state"
    step(first, "returned", stage)
    assert accepted_reports(awards=[first.award]) == {}
    received(first, stage, replaces=row, expended="65.00")
    assert [event.kind for event in first.events.all()] == ["received", "returned", "accepted", "received"]
    step(first, "accepted", stage)
    assert [each.expended for each in accepted_reports(awards=[first.award])[first.award_id]] == [65]


@pytest.mark.parametrize(("after", "code"), [(-1, "received_on"), (0, "")])
def test_a_report_is_not_received_before_its_period_ends(stage: Stage, after: int, code: str) -> None:
    first, *_ = quarters(running(stage), stage)
    record_report_event(report=first, kind="received", on=MARCH, actor=stage.analyst)
    row = raw(first, received_on=MARCH + after * DAY)
    if code:
        assert db_error_code(row.save) == code
    else:
        row.save()
    assert db_error_code(raw(first, received_on=timezone.now().date() + DAY).save) == "future_day"


def test_a_performance_report_has_no_lines(stage: Stage) -> None:
    award = running(stage)
    report = ReportDue.objects.create(
        award=award, kind="performance", frequency="quarterly", period_start=START, period_end=date(2021, 2, 14),
        due_on=MARCH,
    )  # fmt: skip
    assert error_codes(lambda: received(report, stage)) == ["report_kind"]
    step(report, "received", stage)
    assert db_error_code(raw(report).save) == "report_kind"


@pytest.mark.parametrize(
    ("kind", "frequency", "period_end", "code"),
    [
        ("financial", "quarterly", date(2021, 3, 30), "period_quarter"),
        ("financial", "quarterly", date(2021, 3, 31), ""),
        ("financial", "annual", date(2021, 4, 1), "period_quarter"),
        ("financial", "annual", date(2021, 12, 31), ""),
        ("financial", "semiannual", date(2021, 5, 14), ""),  # the award ends
        ("financial", "final", date(2021, 5, 13), ""),
        ("performance", "quarterly", date(2021, 4, 14), ""),
    ],
)
def test_an_interim_financial_report_ends_with_a_quarter_or_with_its_award(
    stage: Stage, kind: str, frequency: str, period_end: date, code: str
) -> None:
    award = stage.award(signed(stage), "0")
    Award.objects.filter(pk=award.pk).update(ends_on=date(2021, 5, 14))
    row = ReportDue(
        award=award, kind=kind, frequency=frequency, period_start=START, period_end=period_end,
        due_on=period_end + 30 * DAY,
    )  # fmt: skip
    if code:
        assert db_error_code(row.save) == code
        return
    row.save()
    # What is on record stays, also when the award changes.
    Award.objects.filter(pk=award.pk).update(ends_on=date(2022, 5, 14))
    ReportDue.objects.filter(pk=row.pk).update(due_on=period_end + 31 * DAY)


@pytest.mark.parametrize("name", ["cash_receipts", "cash_disbursements", "expended", "recipient_expended"])
def test_a_cumulative_line_falls_only_with_remarks(stage: Stage, name: str) -> None:
    first, second, *_ = quarters(running(stage), stage)
    share: dict[str, Any] = {"recipient_required": "40.00", "recipient_expended": "10.00"}
    received(first, stage, is_accepted=True, **share)
    before = {**LINES, **share}[name]
    less: dict[str, Any] = {**share, name: str(Decimal(before) - Decimal("0.01"))}
    with pytest.raises(ValidationError) as refused:
        received(second, stage, **less)
    assert f"Enter at least USD {Decimal(before):.2f}, or explain it in the remarks." in refused.value.messages[0]
    assert list(refused.value.error_dict) == [name]
    record_report_event(report=second, kind="received", on=JUNE + DAY, actor=stage.analyst)
    values: dict[str, Any] = {key: Decimal(value) for key, value in less.items()}
    assert db_error_code(raw(second, **values).save) == "cumulative_falls"
    received(second, stage, **less, remarks="A payment was returned")


def test_differences_stay_until_they_are_explained(stage: Stage) -> None:
    award = running(stage)
    first, *_ = quarters(award, stage)
    row = received(
        first, stage, cash_receipts="70.00", cash_disbursements="71.00", authorized="99.00", expended="90.00",
        unliquidated="10.00",
    )  # fmt: skip
    (found,) = reported([award])[award.pk]
    assert [(str(each.line), int(each.amount)) for each in found.unexplained] == [
        ("10a", 10), ("10d", -1), ("10b", 1), ("10g", 1),
    ]  # fmt: skip
    assert found.unexplained[0].message == (
        "USD 10.00 more than the USD 60.00 that the ledger has disbursed by the period end."
    )
    receipts: dict[str, Any] = {"lines": row, "line": FormLine.RECEIPTS, "difference": Decimal(10)}
    explain = partial(explain_difference, **receipts, actor=stage.analyst)
    assert error_codes(lambda: explain(text=" ")) == ["text"]
    made = explain(text="Paid on April 1")
    assert (made.recorded_by, made.text) == (stage.analyst, "Paid on April 1")
    assert error_codes(lambda: explain(text="Again")) == ["difference"]
    assert len(reported([award])[award.pk][0].unexplained) == 3
    # The ledger changes, and with it the difference.
    enter(award, LedgerKind.DISBURSEMENT, "4.00", award.ledger.exclude(fund=None)[0].fund, MARCH, stage)
    assert reported([award])[award.pk][0].unexplained[0].amount == 6


def test_a_final_report_shows_what_is_unliquidated(stage: Stage) -> None:
    award = running(stage)
    (final,) = scheduled(award, stage, ReportFrequency.FINAL)
    record_report_event(report=final, kind="received", on=final.period_end + DAY, actor=stage.analyst)
    received(final, stage, unliquidated="0.01", cash_receipts="60.00")
    assert [each.line for each in reported([award])[award.pk][0].unexplained] == ["10f"]


def test_accepted_reports_come_by_award_and_period(stage: Stage) -> None:
    one, two = running(stage), stage.award(stage.draft("KEN"), "0")
    first, second, third, *_ = quarters(one, stage)
    received(second, stage, is_accepted=True)
    received(first, stage, is_accepted=True, expended="50.00")
    received(third, stage)
    every = accepted_reports()
    assert [row.report.period_end for row in every[one.pk]] == [MARCH, JUNE]
    assert accepted_reports(partnerships=[two.partnership]) == {}
    assert accepted_reports(partnerships=[one.partnership]).keys() == {one.pk}


def test_two_people_record_the_same_report_at_once(transactional_db: None, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stage = Stage()
    first, *_ = quarters(running(stage), stage)
    answers = all_at_once([partial(received, first, stage, expended=f"6{number}.00") for number in range(4)])
    assert sorted(answers) == ["", *["financial_report_once"] * 3]
    assert FinancialReport.objects.count() == 1
    assert first.events.count() == 1
