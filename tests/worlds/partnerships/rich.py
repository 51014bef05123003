"""Terms and money in every state that pages display differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from indicators.models import NationalPlan
from indicators.models.programs import PlanKind, PlanStatus
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.limits import add_months
from partnerships.models import (
    Activity,
    Award,
    AwardState,
    AwardType,
    Contribution,
    Government,
    LedgerKind,
    Milestone,
    Objective,
    Partnership,
    Program,
    RecipientType,
    Responsibility,
    SubAward,
)
from partnerships.money import services as money_services
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.terms import services as terms_services
from tests.worlds.partnerships.build import Stage


def fill_terms(stage: Stage, draft: Partnership, start: date) -> None:
    """Add objectives, activities (done, late, and not begun), milestones, responsibilities, and a national plan."""
    analyst = stage.analyst
    courts = draft.objectives.get(number=1)
    shelters = terms_services.add_term(
        term=Objective(
            partnership=draft,
            number=2,
            title="Children are found and cared for",
            text="Social workers, police and shelters work from one procedure in every focus region",
            paradigm="protection",
            system="protection",
            outcome="More child victims are identified, referred within 72 hours, and stay in care for their age",
        ),
        actor=analyst,
    )
    _activities(stage, draft, start, courts, shelters)
    ministry = draft.participants.get(government=Government.PARTNER, is_lead=True)
    for text, months, status, evidence in (
        ("Names a coordinator in each focus region", 6, "done", "Decree of the ministry, published in its gazette"),
        ("Keeps a budget line for shelters", 12, "planned", ""),
    ):
        terms_services.add_term(
            term=Responsibility(
                partnership=draft,
                participant=ministry,
                objective=shelters,
                text=text,
                due_on=add_months(start, months),
                status=status,
                evidence=evidence,
            ),
            actor=analyst,
        )
    plan = NationalPlan(
        country=draft.country,
        kind=PlanKind.values[0],
        title="Sample national plan against trafficking",
        starts_year=start.year,
        ends_year=start.year + 4,
        status=PlanStatus.values[0],
        source="Sample",
    )
    agreements_services.record_national_plan(plan=plan, partnership=draft, actor=analyst)


def _activities(stage: Stage, draft: Partnership, start: date, courts: Objective, shelters: Objective) -> None:
    """Add activities with two milestones each: one done, two late, and one not begun."""
    for number, (objective, title, first, months, done) in enumerate(
        (
            (courts, "Train judges and prosecutors on evidence that spares the child a second interview", 1, 10, True),
            (courts, "Special units in three regions", 8, 12, None),
            (shelters, "Open child-friendly spaces at police stations", 14, 14, None),
            (shelters, "Standard procedure for referral", 30, 12, None),
        )
    ):
        planned = add_months(start, first), add_months(start, first + months)
        row = terms_services.add_term(
            term=Activity(
                partnership=draft,
                objective=objective,
                title=title,
                place="Coast region",
                implementer="A civil society organization",
                planned_start=planned[0],
                planned_end=planned[1],
                actual_start=planned[0] + timedelta(days=40) if number < 3 else None,
                actual_end=planned[1] + timedelta(days=20) if done else None,
                status="done" if done else "under_way" if number < 3 else "planned",
            ),
            actor=stage.analyst,
        )
        for title_of, day in (("First half", planned[0] + timedelta(days=120)), ("Handed over", planned[1])):
            reached = day + timedelta(days=9) if done else None
            mark = Milestone(activity=row, title=title_of, planned_on=day, reached_on=reached)
            terms_services.add_term(term=mark, actor=stage.analyst)


def begin(stage: Stage, code: str, starts_on: date, ends_on: date) -> Partnership:
    """Create a partnership in force with rich terms and money.

    $4 million is planned, and $3 million of it was notified to Congress in time.
    """
    draft = stage.draft(code, starts_on=starts_on, ends_on=ends_on)
    stage.program(draft, "4000000.00")
    stage.complete(draft)
    fill_terms(stage, draft, starts_on)
    stage.sign(draft, starts_on)
    money_services.record_notification(
        partnership=draft, sent_on=starts_on - timedelta(days=15), amount=Decimal("3000000.00"), reference="CN 1",
        actor=stage.analyst,
    )  # fmt: skip
    return stage.step(draft, "start", starts_on)


@dataclass(frozen=True)
class RichMoney:
    """Records of money that URLs of pages need as arguments."""

    award: Award
    subaward: SubAward
    contribution: Contribution


def fill_money(stage: Stage, running: Partnership, award: Award, today: date) -> RichMoney:
    """Record money in every state.

    That is contributions of each kind, a late notification, an exemption, sub-awards, reports, close-out, and a
    second award.
    """
    analyst = stage.analyst
    first = _contributions(stage, running, today.year)
    money_services.record_notification(
        partnership=running, sent_on=today - timedelta(days=4), amount=Decimal("250000.00"), reference="CN 2",
        actor=analyst,
    )  # fmt: skip
    money_services.exempt_from_notification(
        partnership=running, kind="within_tenth", amount=Decimal("90000.00"), from_on=today,
        authority="22 U.S.C. 2394-1(b)(1)", reason="Within a tenth of what was justified", actor=stage.approver,
    )  # fmt: skip
    subaward = awards_services.record_subaward(
        subaward=SubAward(award=award, recipient="A legal aid center", purpose="Help in court",
                          amount=Decimal("400000.00"), signed_on=award.starts_on),
        actor=analyst,
    )  # fmt: skip
    for kind, frequency in (
        (ReportKind.PERFORMANCE, ReportFrequency.SEMIANNUAL),
        (ReportKind.FINANCIAL, ReportFrequency.ANNUAL),
    ):
        reports_services.schedule_reports(award=award, kind=kind, frequency=frequency, actor=analyst)
    due = list(award.reports_due.filter(kind=ReportKind.PERFORMANCE))
    for report, events in ((due[0], ("received", "accepted")), (due[1], ("received", "returned"))):
        for event in events:
            reports_services.record_report_event(
                report=report, kind=event, on=report.due_on, actor=analyst,
                note="State the disaggregation by sex and age" if event == "returned" else "",
            )  # fmt: skip
    reports_services.plan_closeout(award=award, actor=analyst)
    step = award.closeout_steps.latest("pk")
    reports_services.record_closeout_step(step=step, actor=analyst, done_on=today)
    awards_services.record_ledger_entry(
        award=award, kind=LedgerKind.DEOBLIGATION, amount=Decimal("120000.00"), on=today, actor=analyst,
        reference="Amendment 3", note="Unused travel",
    )  # fmt: skip
    _government(stage, running)
    stage.document(running, "Legal review of the instrument")
    award.refresh_from_db()
    return RichMoney(award, subaward, first)


def _contributions(stage: Stage, running: Partnership, year: int) -> Contribution:
    rows = (
        ("partner", "cash", "reported", year - 2, "Budget line for shelters", "310000.00", "", ""),
        ("partner", "in_kind", "pledged", year - 1, "Offices of the special units", "120000.00", "Rent nearby", ""),
        ("partner", "staff", "verified", year - 1, "Prosecutors of the special units", None, "", "6.5"),
        ("us", "cash", "pledged", year - 1, "Research from another account", "150000.00", "", ""),
        ("partner", "cash", "pledged", year, "Budget line for shelters", "340000.00", "", ""),
    )  # fmt: skip
    made = [
        money_services.record_contribution(
            contribution=Contribution(
                partnership=running,
                government=government,
                kind=kind,
                stage=stage_of,
                fiscal_year=fiscal_year,
                description=description,
                amount_usd=Decimal(amount) if amount else None,
                valuation_method=method,
                staff_years=Decimal(years) if years else None,
                account="esf" if (government, kind) == ("us", "cash") else "",
                authority="Sample provision of an appropriations act" if (government, kind) == ("us", "cash") else "",
                source="Sample letter of the ministry",
            ),
            actor=stage.analyst,
        )
        for government, kind, stage_of, fiscal_year, description, amount, method, years in rows
    ]
    replaced = Contribution(
        partnership=running, government="partner", kind="cash", stage="verified", fiscal_year=year - 2,
        description="Budget line for shelters", amount_usd=Decimal("298500.00"),
        original_amount=Decimal("38500000.00"), original_currency="KES", rate=Decimal("0.00775325"),
        rate_source="Treasury rate of the quarter", source="Sample audit report", replaces=made[0],
    )  # fmt: skip
    return money_services.record_contribution(contribution=replaced, actor=stage.analyst)


def _government(stage: Stage, running: Partnership) -> None:
    """Make an award to a government that was not competed and is stopped, so that every mark is displayed."""
    award = awards_services.create_award(
        award=Award(
            partnership=running,
            title="Register of cases",
            type=AwardType.COOPERATIVE_AGREEMENT,
            recipient="A ministry",
            recipient_type=RecipientType.GOVERNMENT,
            competed=False,
            not_competed_because="No other body keeps the register",
            starts_on=running.starts_on,
            ends_on=running.ends_on,
        ),
        actor=stage.analyst,
    )
    assert running.starts_on is not None
    for state, reason in ((AwardState.ACTIVE, "Signed by both"), (AwardState.STOP_WORK, "Order of the Secretary")):
        awards_services.change_award_state(
            award=award, state=state, actor=stage.analyst, on=running.starts_on, reason=reason
        )


def add_programs(stage: Stage, draft: Partnership) -> Program:
    """Add two programs to a draft, and state amounts for one of them."""
    stage.program(draft, "1250000.00", title="Special courts")
    return terms_services.add_term(
        term=Program(partnership=draft, title="Shelters and care", description="In the focus regions"),
        actor=stage.analyst,
    )
