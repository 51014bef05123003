"""Every sum of the money page, from a ledger, reports, and contributions that are added up by hand here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partnerships.awards.services import awards as awards_services
from partnerships.awards.services.reports import schedule_reports
from partnerships.budgets.services import NewLine, plan_years, record_budget, record_parts
from partnerships.models import Award, AwardState, Contribution, Fund, LedgerKind, Partnership, PlannedYear, Program
from partnerships.money import queries, services
from partnerships.money.presenters import plan, spending
from partnerships.money.spending_queries import PROJECT_FUNDS, Position, spending_position
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.spending import NoPace, outlook_of
from tests.partnerships.funds_of import fund, received
from tests.partnerships.sending import client_of
from tests.support.outcomes import values
from tests.worlds.partnerships.build import START, Active, Stage

TODAY = date(2024, 11, 24)  # fiscal year 2024 is the last closed one; the term ends on January 1, 2026
DAY = timedelta(days=1)


@dataclass
class Made:
    stage: Stage
    partnership: Partnership
    courts: Award
    study: Award
    expired: Fund


def _award(active: Active, title: str, program: Program | None, ends_on: date, amount: str) -> Award:
    award = active.stage.award(active.partnership, amount, title)
    values = {"program": program, "ends_on": ends_on, "recipient": f"{title} center"}
    return awards_services.edit_award(award=award, actor=active.stage.analyst, values=values)


def _move(made: Stage, award: Award, kind: LedgerKind, amount: str, on: date, of: Fund | None) -> None:
    awards_services.record_ledger_entry(
        award=award, kind=kind, amount=Decimal(amount), on=on, fund=of, actor=made.analyst
    )


@pytest.fixture
def made(active: Active) -> Made:
    """Make two awards: one runs and lacks its report to September 2023, one ended in 2022; a fund expired in 2022."""
    stage, partnership = active.stage, active.partnership
    justice = partnership.programs.get()
    old = fund(stage, 2021, 2022, expires_on=date(2022, 9, 30), canceled_on=date(2027, 9, 30), days_from="Warrant")
    new = fund(stage, 2023, 2026)
    for of, sent_on, amount in ((old, START, "300000.00"), (new, date(2022, 12, 1), "100000.00")):
        services.record_notification(
            partnership=partnership, sent_on=sent_on, amount=Decimal(amount), reference=f"CN {of}", fund=of,
            actor=stage.analyst,
        )  # fmt: skip
    courts = _award(active, "Courts", justice, date(2025, 12, 31), "400000.00")
    study = _award(active, "Study", None, date(2022, 3, 31), "50000.00")
    spring = date(2021, 3, 1)
    _move(stage, courts, LedgerKind.OBLIGATION, "200000.00", spring, old)
    _move(stage, study, LedgerKind.OBLIGATION, "50000.00", spring, old)
    _move(stage, courts, LedgerKind.OBLIGATION, "100000.00", date(2023, 2, 1), new)
    _move(stage, courts, LedgerKind.DISBURSEMENT, "150000.00", date(2022, 6, 1), old)
    _move(stage, study, LedgerKind.DISBURSEMENT, "45000.00", date(2022, 2, 1), old)
    _move(stage, study, LedgerKind.REFUND, "500.00", date(2022, 5, 1), old)
    _reports(stage, courts, study)
    awards_services.change_award_state(
        award=study, state=AwardState.ENDED, on=date(2022, 3, 31), reason="Done", actor=stage.analyst
    )
    _give(active, justice)
    partnership.refresh_from_db()
    return Made(stage, partnership, courts, study, old)


def _reports(stage: Stage, courts: Award, study: Award) -> None:
    """Record what was expended to date. The report to September 30, 2023, was returned, so it is not accepted."""
    quarters = schedule_reports(
        award=courts, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.QUARTERLY, actor=stage.analyst
    )
    by_end = {report.period_end: report for report in quarters}
    for on, expended in (
        (date(2021, 9, 30), "20000.00"), (date(2022, 9, 30), "80000.00"), (date(2023, 6, 30), "130000.00"),
        (date(2024, 9, 30), "205000.00"),
    ):  # fmt: skip
        received(by_end[on], stage, is_accepted=True, expended=expended, authorized="300000.00")
    received(by_end[date(2023, 9, 30)], stage, expended="150000.00", authorized="300000.00")
    (final,) = schedule_reports(
        award=study, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.FINAL, actor=stage.analyst
    )
    received(final, stage, is_accepted=True, expended="44500.00", authorized="50000.00")


def _give(active: Active, program: Program) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "cash", "stage": "verified", "fiscal_year": 2022, "original_amount": Decimal(9000),
         "original_currency": "GHS", "amount_usd": Decimal(900), "rate": Decimal("0.1"), "rate_source": "A bank"},
        {"kind": "cash", "stage": "reported", "fiscal_year": 2023, "original_amount": Decimal(6000),
         "original_currency": "GHS"},
        {"kind": "cash", "stage": "pledged", "fiscal_year": 2024, "original_amount": Decimal(7000),
         "original_currency": "GHS"},
        {"kind": "staff", "stage": "reported", "fiscal_year": 2022, "staff_years": Decimal("2.5")},
        {"kind": "in_kind", "stage": "reported", "fiscal_year": 2022},
    ]  # fmt: skip
    for row in rows:
        services.record_contribution(
            contribution=Contribution(
                partnership=active.partnership, government="partner", program=program, description="Given",
                source="Letter", **row,
            ),
            actor=active.stage.analyst,
        )  # fmt: skip
    planned = [("cash", "GHS", year, 10_000) for year in (2022, 2023, 2024)] + [("staff", "", 2022, 2)]
    years = [
        PlannedYear(program=program, government="partner", kind=kind, unit=unit, fiscal_year=year, amount=amount)
        for kind, unit, year, amount in planned
    ]
    years += [
        PlannedYear(program=program, government="us", kind="cash", unit="USD", fiscal_year=year, amount=amount)
        for year, amount in ((2021, 30_000), (2022, 70_000), (2023, 80_000), (2024, 90_000), (2025, 130_000))
    ]
    plan_years(partnership=active.partnership, years=years, actor=active.stage.analyst)


def position(made: Made, today: date = TODAY) -> Position:
    money = queries.money_of(made.partnership, today)
    return spending_position(made.partnership, money.awards, money.contributions, today)


def test_ledger_and_reports_give_the_totals_of_the_page(made: Made) -> None:
    found = position(made)
    row, outlook = made.partnership, found.outlook
    assert (row.awarded_total, row.obligated_total, row.disbursed_total) == (450_000, 350_000, 194_500)
    assert values(outlook.obligated, outlook.expended, outlook.pipeline) == (350_000, 249_500, 100_500)
    assert [values(*of) for of in found.obligated] == [(date(2021, 3, 1), 250_000), (date(2023, 2, 1), 350_000)]
    assert [values(*of) for of in found.expended] == [
        (date(2021, 9, 30), 20_000), (date(2022, 3, 31), 64_500), (date(2022, 9, 30), 124_500),
        (date(2023, 6, 30), 174_500), (date(2024, 9, 30), 249_500),
    ]  # fmt: skip


def test_pace_counts_from_the_last_report_a_year_old_and_leaves_the_ended_award_out(made: Made) -> None:
    found = position(made)
    courts, study = (each.spending for each in found.awards)
    # The report to September 2023 is not accepted: 75,000 in the 15 months since June 2023.
    assert values(courts.a_month, courts.months, courts.pipeline) == (5_000, 15, 95_000)
    assert courts.lasts_months == 19
    assert courts.lasts_to == date(2026, 4, 30)
    assert values(study.no_pace, study.pipeline) == (NoPace.ENDED, 5_500)
    assert values(found.outlook.left, found.outlook.lasts_to) == (95_000, date(2026, 4, 30))
    assert spending.title(found.outlook, made.partnership.term_last_day) == (
        "Obligated money lasts to the end of the term"
    )
    assert spending.title(found.outlook, date(2026, 5, 1)) == "Obligated money lasts to April 2026"


def test_plan_against_contributions_by_program_year_and_unit(made: Made) -> None:
    found = position(made)
    groups = {group.source: group for group in found.groups}
    us = groups[PROJECT_FUNDS]
    justice, without = us.rows
    assert [values(cell.year, cell.given) for cell in justice.years if cell.given is not None] == [
        (2021, 20_000), (2022, 60_000), (2023, 50_000), (2024, 75_000),
    ]  # fmt: skip
    assert [cell.year for cell in justice.years if cell.is_missing] == [2023]
    # The report to September 2024 makes up for the one that is missing.
    assert values(justice.planned_to_date, justice.given_to_date, justice.difference) == (270_000, 205_000, -65_000)
    assert not justice.is_at_least
    assert values(without.given_to_date, without.planned_to_date, without.is_at_least) == (44_500, None, False)
    assert values(us.total.given_to_date, us.total.whole) == (249_500, 400_000)
    partner = {(source.kind, source.unit): group.total for source, group in groups.items() if source != PROJECT_FUNDS}
    cedis = partner["cash", "GHS"]
    assert values(cedis.planned_to_date, cedis.given_to_date, cedis.difference) == (30_000, 15_000, -15_000)
    assert values(cedis.verified_to_date, cedis.is_at_least) == (9_000, True), "what is pledged is not given"
    staff = partner["staff", "staff-years"]
    assert values(staff.planned_to_date, staff.given_to_date, staff.difference) == (2, Decimal("2.5"), Decimal("0.5"))
    assert partner["in_kind", "not valued"].given_to_date == 0
    table = plan.plan_table(found, made.partnership)
    assert table is not None
    assert table.sentence == (
        "To Sep 30, 2024, the United States is $20,500 and $400,000 of staff under its plan; Ghana is GHS 15,000 under "
        "its plan and 0.5 staff-years over it. Reports are missing, so a shortfall may be smaller."
    )
    allocation = next(part for part in table.parts if part.label.startswith("United States")).lines[0]
    assert allocation.whole_note == "3,600,000 of 4,000,000 not planned by year"


def test_budget_and_what_was_expended_of_it(made: Made) -> None:
    lines = [
        NewLine("Personnel", 2021, Decimal(150_000)), NewLine("Personnel", 2022, Decimal(50_000)),
        NewLine("Travel", 2022, Decimal(200_000)),
    ]  # fmt: skip
    record_budget(
        award=made.courts, basis="object_class", lines=lines, source="Approved budget", actor=made.stage.analyst
    )
    last = position(made).awards[0].last
    assert last is not None
    record_parts(
        report=last, parts={"Personnel": Decimal(140_000), "Travel": Decimal(65_000)}, actor=made.stage.analyst
    )
    (budget,) = spending.budget_texts(position(made).awards)
    assert [(row.name, row.budget, row.expended, row.left) for row in (*budget.rows, budget.total)] == [
        ("Personnel", "200,000", "140,000", "60,000"),
        ("Travel", "200,000", "65,000", "135,000"),
        ("Total", "400,000", "205,000", "195,000"),
    ]
    assert budget.total.years == [(2021, "150,000"), (2022, "250,000")]
    assert budget.gap == ""


def test_the_page_shows_these_sums(made: Made) -> None:
    page = client_of(made.stage.analyst).get(f"/partnerships/{made.partnership.pk}/money/").content.decode()
    for text in ("Courts center", "249,500", "100,500", "GHS", "staff-years", "5,000", "over 15 months", "15,000"):
        assert text in page, text
    file = client_of(made.stage.analyst).get(f"/partnerships/{made.partnership.pk}/money/?format=csv")
    assert b"Ghana: cash, reported" in b"".join(file)


def test_queries_do_not_grow_with_awards_and_entries(made: Made, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9):
        money = queries.money_of(made.partnership, TODAY)
        awards, contributions = money.awards, money.contributions
    with django_assert_max_num_queries(9):
        spending_position(made.partnership, awards, contributions, TODAY)


@pytest.mark.parametrize(("months", "text"), [(12, ""), (13, "over 13 months"), (15, "over 15 months")])
def test_a_pace_over_more_than_a_year_names_its_months(made: Made, months: int, text: str) -> None:
    spent = replace(position(made).awards[0].spending, months=months)
    column = next(
        column
        for column in spending.awards_table(made.partnership, outlook_of([spent])).columns
        if column.label == "Spent a month"
    )
    assert column.detail is not None
    assert column.detail(replace(position(made).awards[0], spending=spent)) == text


def test_an_award_without_an_obligation_owes_no_report(made: Made, active: Active) -> None:
    justice = made.partnership.programs.get()
    planned = _award(active, "Later", justice, date(2025, 12, 31), "1000.00")
    group = position(made).group(PROJECT_FUNDS)
    assert group is not None
    assert not group.total.is_at_least
    _move(made.stage, planned, LedgerKind.OBLIGATION, "1000.00", date(2023, 3, 1), None)
    group = position(made).group(PROJECT_FUNDS)
    assert group is not None
    assert group.total.is_at_least
