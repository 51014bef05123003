"""Money of the sample: contributions, notifications, three awards with their ledger, and recipients' reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cpc.currency_codes import SAMPLE_CURRENCY
from cpc.fiscal_years import last_day_of_year
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.awards.services.financial_reports import record_financial_report
from partnerships.funds.services import add_fund
from partnerships.ledger_days import day_ends
from partnerships.lookups.ledger import movements_of
from partnerships.models import (
    Award,
    AwardState,
    AwardType,
    Contribution,
    Fund,
    LedgerKind,
    Partnership,
    Program,
    RecipientType,
    ReportDue,
    SubAward,
)
from partnerships.money.services import record_contribution, record_notification
from partnerships.sample.office import LAST_DAY, Office
from partnerships.schedules import ReportFrequency, ReportKind

FUNDS = ((2023, 2024), (2025, 2026), (2026, 2027))
"""First and last fiscal year of each fund. Its days are those that the law in general gives such a fund."""
NOTIFIED = (
    (date(2024, 1, 22), "2500000.00", "SAMPLE CN 24-01"),
    (date(2025, 3, 3), "1250000.00", "SAMPLE CN 25-02"),
    (date(2026, 11, 2), "400000.00", "SAMPLE CN 27-01"),
)
"""Notifications, one from each fund."""
PLEDGED, REPORTED, VERIFIED = "pledged", "reported", "verified"
LETTER = "Sample letter of the Ministry of Justice"
CASH = (
    # program, fiscal year, stage, XTS
    (0, 2024, VERIFIED, 200_000), (0, 2025, VERIFIED, 480_000), (0, 2026, REPORTED, 410_000),
    (1, 2024, VERIFIED, 350_000), (1, 2025, VERIFIED, 900_000), (1, 2026, REPORTED, 640_000),
    (2, 2025, REPORTED, 300_000), (2, 2026, PLEDGED, 300_000), (2, 2027, PLEDGED, 300_000),
    (0, 2027, PLEDGED, 500_000), (1, 2027, PLEDGED, 1_000_000),
)  # fmt: skip
STAFF = ((2024, VERIFIED, 4), (2025, VERIFIED, 6), (2026, REPORTED, 5), (2027, PLEDGED, 7))
"""Fiscal year, stage, and staff-years."""
ROOMS = ((2025, VERIFIED, 2), (2026, REPORTED, 2), (2027, PLEDGED, 4))
"""Fiscal year, stage, and interview rooms handed over."""

JUSTICE_PAID = (120, 110, 130, 130, 110, 120, 90, 100, 110)
CARE_PAID = (140, 130, 150, 140, 130, 140, 110, 120, 130)
PAID_ON = (
    date(2024, 7, 15), date(2024, 10, 15), date(2025, 1, 15), date(2025, 4, 15), date(2025, 7, 15), date(2025, 10, 15),
    date(2026, 1, 15), date(2026, 4, 15), date(2026, 7, 15),
)  # fmt: skip
SURVEY_PAID = ((date(2024, 9, 16), 90), (date(2025, 1, 15), 72), (date(2025, 6, 16), 90), (date(2025, 12, 15), 80))
THOUSAND = Decimal(1000)
QUARTERS = (
    date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30),
    date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30),
)  # fmt: skip
EXPENDED: Mapping[str, Mapping[date, Decimal]] = {
    fain: dict(zip(QUARTERS, map(Decimal, amounts.split()), strict=False))
    for fain, amounts in {
        "SAMPLE-24-001": "30 96 200 310 428 548 678 806 934 1062",
        "SAMPLE-24-002": "26 88 205 325 448 573.5 716 860 1004 1148",
        "SAMPLE-24-003": "10 131 190 240 290 338.5 338.5",
    }.items()
}
"""Line 10e of each award by the end of the period, in thousands; the survey reports it once, at the end."""
UNLIQUIDATED = {"SAMPLE-24-001": 210, "SAMPLE-24-002": 330, "SAMPLE-24-003": 0}
IN_TRANSIT = {("SAMPLE-24-002", date(2026, 6, 30)): 10}
"""Money that a recipient reports as received beyond what the ledger has paid by then, in thousands."""
RATE = Decimal("0.125")
"""U.S. dollars for one unit of the sample currency."""
KNOWN_UNTIL = date(2026, 11, 20)
"""Day until which reports of recipients are on record. What was due later is overdue once its day is past."""


def record_money(office: Office, partnership: Partnership, programs: Sequence[Program]) -> None:
    """Record what each government gives, the notifications, and a contribution that another one replaces."""
    for (sent_on, amount, reference), fund in zip(NOTIFIED, funds(office), strict=True):
        record_notification(
            partnership=partnership, sent_on=sent_on, amount=Decimal(amount), reference=reference, fund=fund,
            actor=office.drafter,
        )  # fmt: skip
    rows = [
        Contribution(
            kind="cash", stage=stage, fiscal_year=year, program=programs[program],
            description=f"Budget of the ministries for {programs[program].title.lower()}",
            original_amount=Decimal(amount), original_currency=SAMPLE_CURRENCY, **_valued(stage, amount),
        )
        for program, year, stage, amount in CASH
    ]  # fmt: skip
    rows += [
        Contribution(
            kind="staff", stage=stage, fiscal_year=year, description="Prosecutors, social workers, and officers",
            staff_years=Decimal(years),
        )
        for year, stage, years in STAFF
    ]  # fmt: skip
    rows += [
        Contribution(
            kind="in_kind", stage=stage, fiscal_year=year, program=programs[0],
            description=f"{rooms} interview rooms in police stations", original_amount=Decimal(60_000 * rooms),
            original_currency=SAMPLE_CURRENCY, valuation_method="Rent of a like room for four years",
        )
        for year, stage, rooms in ROOMS
    ]  # fmt: skip
    for row in rows:
        row.partnership, row.government, row.source = partnership, "partner", LETTER
        record_contribution(contribution=row, actor=office.drafter)
    study = Contribution(
        partnership=partnership, government="us", kind="cash", stage=REPORTED, fiscal_year=2025, program=programs[3],
        description="Share of the survey paid from another account", amount_usd=Decimal("150000.00"), account="esf",
        authority="Sample appropriation", source="Sample memorandum",
    )  # fmt: skip
    record_contribution(contribution=study, actor=office.drafter)


def funds(office: Office) -> list[Fund]:
    """Return the funds of the sample, which it adds to the list of the office."""
    rows = []
    for first, last in FUNDS:
        found = Fund.objects.filter(account="incle", first_fiscal_year=first, last_fiscal_year=last).first()
        new = Fund(
            account="incle", first_fiscal_year=first, last_fiscal_year=last, expires_on=last_day_of_year(last),
            canceled_on=last_day_of_year(last + 5), days_from=f"Sample apportionment FY {last}",
        )  # fmt: skip
        rows.append(found or add_fund(fund=new, actor=office.drafter))
    return rows


def _valued(stage: str, amount: int) -> dict[str, Any]:
    """Return the value in U.S. dollars of what was verified; what is only reported or pledged has none yet."""
    if stage != VERIFIED:
        return {}
    return {
        "amount_usd": (amount * RATE).quantize(Decimal("0.01")),
        "rate": RATE,
        "rate_source": "Sample rate of the fiscal year",
    }


def make_awards(office: Office, partnership: Partnership, programs: Sequence[Program]) -> list[Award]:
    """Make three awards with obligations and disbursements; the third has ended."""
    justice = _award(
        office, partnership, programs[0], "Justice for children", "Sample Justice Institute",
        (date(2024, 4, 15), LAST_DAY), AwardType.COOPERATIVE_AGREEMENT, "SAMPLE-24-001", "SAMPLE000001",
    )  # fmt: skip
    care = _award(
        office, partnership, programs[1], "Care and referral", "Sample Child Care Network",
        (date(2024, 5, 1), LAST_DAY), AwardType.GRANT, "SAMPLE-24-002", "SAMPLE000002",
    )  # fmt: skip
    survey = _award(
        office, partnership, programs[3], "First survey of households", "Sample Survey Center",
        (date(2024, 6, 3), date(2025, 12, 31)), AwardType.COOPERATIVE_AGREEMENT, "SAMPLE-24-003", "SAMPLE000003",
    )  # fmt: skip
    justice_paid, care_paid = (tuple(zip(PAID_ON, paid, strict=True)) for paid in (JUSTICE_PAID, CARE_PAID))
    for award, amount, obligated, paid, from_oldest in (
        (justice, 1500, ((date(2024, 4, 15), 1000), (date(2025, 5, 12), 500)), justice_paid, 1000),
        (care, 1900, ((date(2024, 5, 1), 1150), (date(2025, 5, 12), 600)), care_paid, 998),
        (survey, 350, ((date(2024, 6, 3), 350),), SURVEY_PAID, 350),
    ):
        assert award.starts_on is not None
        _move(office, award, LedgerKind.AWARD, amount, award.starts_on)
        for (on, thousands), fund in zip(obligated, funds(office), strict=False):
            _move(office, award, LedgerKind.OBLIGATION, thousands, on, fund)
        _pay(office, award, paid, from_oldest)
    subaward = SubAward(
        award=care, recipient="Sample Legal Aid Center", purpose="Help for children in court",
        amount=Decimal("240000.00"), signed_on=date(2024, 7, 1),
    )  # fmt: skip
    awards_services.record_subaward(subaward=subaward, actor=office.drafter)
    awards_services.change_award_state(
        award=survey, state=AwardState.ENDED, actor=office.drafter, on=date(2025, 12, 31), reason="The study is done"
    )
    return [justice, care, survey]


def raise_awards(office: Office, awards: Sequence[Award]) -> None:
    """Raise two awards by what the first amendment added."""
    for award in awards[:2]:
        _move(office, award, LedgerKind.AWARD, 200, date(2026, 3, 16))


def _award(
    office: Office, partnership: Partnership, program: Program, title: str, recipient: str,
    days: tuple[date, date], kind: AwardType, fain: str, uei: str,
) -> Award:  # fmt: skip
    award = Award(
        partnership=partnership, program=program, title=title, type=kind, recipient=recipient,
        recipient_type=RecipientType.CIVIL_SOCIETY, fain=fain, uei=uei, assistance_listing="19.019",
        nofo="SAMPLE-NOFO-24-01",
        certifies_training=True, certifies_no_promotion=True, starts_on=days[0], ends_on=days[1],
    )  # fmt: skip
    return awards_services.create_award(award=award, actor=office.drafter)


def _pay(office: Office, award: Award, paid: Iterable[tuple[date, int]], from_oldest: int) -> None:
    """Disburse what is paid, first from the oldest fund up to `from_oldest`, in thousands, then from the next."""
    oldest, following, _ = funds(office)
    for on, thousands in paid:
        part = min(thousands, from_oldest)
        from_oldest -= part
        for amount, fund in ((part, oldest), (thousands - part, following)):
            if amount:
                _move(office, award, LedgerKind.DISBURSEMENT, amount, on, fund)


def _move(office: Office, award: Award, kind: LedgerKind, thousands: int, on: date, fund: Fund | None = None) -> None:
    awards_services.record_ledger_entry(
        award=award, kind=kind, amount=thousands * THOUSAND, on=on, fund=fund, actor=office.drafter,
        reference=f"SAMPLE {on:%y-%m}",
    )  # fmt: skip


def receive_reports(office: Office, awards: Sequence[Award]) -> None:
    """Schedule the reports of each award. Some are accepted, one was returned, and one is missing."""
    justice, care, survey = awards
    for award in (justice, care):
        for kind, frequency in (
            (ReportKind.PERFORMANCE, ReportFrequency.SEMIANNUAL),
            (ReportKind.FINANCIAL, ReportFrequency.QUARTERLY),
        ):
            reports_services.schedule_reports(award=award, kind=kind, frequency=frequency, actor=office.drafter)
    for kind in ReportKind:
        reports_services.schedule_reports(
            award=survey, kind=kind, frequency=ReportFrequency.FINAL, actor=office.drafter
        )
    for award in awards:
        due = award.reports_due.filter(due_on__lte=KNOWN_UNTIL).order_by("due_on", "-kind")
        performance = [report for report in due if report.kind == ReportKind.PERFORMANCE]
        for report in due:
            is_newest = report == performance[-1]
            if award == care and report == due.last():
                continue  # its SF-425 is overdue
            _receive(office, report, is_returned=award == justice and is_newest, is_accepted=not is_newest)
    _close_out(office, survey)


def _receive(office: Office, report: ReportDue, *, is_returned: bool, is_accepted: bool) -> None:
    received = report.due_on - timedelta(days=3)
    events = [("received", received, "")]
    if report.kind == ReportKind.FINANCIAL:
        _enter_lines(office, report, received)
        events.clear()
    if is_returned:
        events.append(("returned", received + timedelta(days=5), "State the numbers by sex and age"))
    elif is_accepted or report.frequency == ReportFrequency.FINAL:
        events.append(("accepted", received + timedelta(days=12), ""))
    for kind, on, note in events:
        reports_services.record_report_event(report=report, kind=kind, on=on, actor=office.drafter, note=note)


def _enter_lines(office: Office, report: ReportDue, received: date) -> None:
    """Enter the lines of an SF-425, with 10a and 10d as in the ledger. One report differs by money in transit."""
    award, end = report.award, report.period_end
    ends = [each for each in day_ends(movements_of(award)) if each.on <= end]
    receipts, expended = ends[-1].disbursed, EXPENDED[award.fain][end] * THOUSAND
    on_hand = 0 if report.frequency == ReportFrequency.FINAL else 15 * THOUSAND
    record_financial_report(
        report=report,
        received_on=received,
        actor=office.drafter,
        cash_receipts=receipts + IN_TRANSIT.get((award.fain, end), 0) * THOUSAND,
        cash_disbursements=max(min(receipts - on_hand, expended), Decimal(0)),
        authorized=ends[-1].obligated,
        expended=expended,
        unliquidated=UNLIQUIDATED[award.fain] * THOUSAND,
    )


def _close_out(office: Office, award: Award) -> None:
    """Do all but two steps of the close-out: what was not spent is still obligated."""
    for step in reports_services.plan_closeout(award=award, actor=office.drafter):
        if step.kind in ("deobligation", "lessons"):
            continue
        why = "No property was bought" if step.kind == "property" else ""
        done_on = None if why else date(2026, 5, 11)
        reports_services.record_closeout_step(
            step=step, actor=office.drafter, done_on=done_on, not_applicable_because=why
        )
