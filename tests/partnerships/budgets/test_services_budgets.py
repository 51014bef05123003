"""Plans by year and budgets of awards: what is recorded, and what services and database refuse."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.budgets.queries import budgets_of, parts_of, plan_revision, planned_years
from partnerships.budgets.services import NewLine, plan_years, record_budget, record_parts
from partnerships.models import Award, AwardBudget, FinancialReport, LedgerKind, PlannedYear, Program
from tests.partnerships.error_codes import db_error_code
from tests.partnerships.funds_of import received, scheduled
from tests.partnerships.sending import client_of, send
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import Active


def justice(active: Active) -> Program:
    """Return the program with the largest allocation of the United States: $4,000,000.00."""
    return active.partnership.programs.get(title="Justice")


def planned(active: Active, year: int, amount: str, **more: Any) -> PlannedYear:
    values: dict[str, Any] = {"program": justice(active), "government": "us", "kind": "cash", "unit": "USD"}
    return PlannedYear(partnership=active.partnership, fiscal_year=year, amount=Decimal(amount), **{**values, **more})


def plan(active: Active, *years: PlannedYear, **more: Any) -> list[PlannedYear]:
    return plan_years(partnership=active.partnership, years=years, actor=active.stage.analyst, **more)


def in_effect(active: Active) -> list[tuple[str, int, Decimal]]:
    return [(row.unit, row.fiscal_year, row.amount) for row in planned_years(active.partnership)]


def test_the_newest_amount_of_a_year_counts_and_the_earlier_ones_stay(active: Active) -> None:
    plan(active, planned(active, 2022, "3000000.00"), planned(active, 2023, "1000000.00"))
    plan(active, planned(active, 2022, "2500000.00"), planned(active, 2024, "500000.00"))
    plan(active, planned(active, 2022, "2", government="partner", kind="staff", unit="", program=None))
    assert in_effect(active) == [
        ("", 2022, Decimal("2.00")),
        ("USD", 2022, Decimal("2500000.00")),
        ("USD", 2023, Decimal("1000000.00")),
        ("USD", 2024, Decimal("500000.00")),
    ]
    assert active.partnership.planned_years.count() == 5
    assert [entry[1] for entry in trail(active.partnership)][-3:] == ["planned years"] * 3


@pytest.mark.parametrize(("amount", "fits"), [("2999999.99", True), ("3000000.00", True), ("3000000.01", False)])
def test_years_of_project_funds_add_up_to_at_most_the_allocation(active: Active, amount: str, *, fits: bool) -> None:
    plan(active, planned(active, 2022, "1000000.00"))
    row = planned(active, 2023, amount)
    if fits:
        plan(active, row)
        return
    assert refusals(lambda: plan(active, row)) == {"amount": "planned_over_allocated"}
    assert db_error_code(lambda: row.save(force_insert=True)) == "planned_over_allocated"


def test_a_lower_year_makes_room_for_another_in_the_same_plan(active: Active) -> None:
    plan(active, planned(active, 2022, "4000000.00"))
    plan(active, planned(active, 2023, "1500000.00"), planned(active, 2022, "2500000.00"))
    # Contributions of the partner and staff of the United States split no allocation.
    plan(active, planned(active, 2023, "9000000.00", government="partner"))
    plan(active, planned(active, 2023, "9000000.00", kind="staff"))


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"unit": ""}, {"unit": "unit", "program": "program"}),
        ({"unit": "XYZ", "kind": "in_kind"}, {"unit": "unit"}),
        ({"unit": "EUR"}, {"program": "program"}),
        ({"program": None}, {"program": "program"}),
        ({"unit": "XTS", "kind": "in_kind"}, {"unit": "unit"}),
        ({"amount": Decimal("-0.01")}, {"amount": "amount"}),
        ({"fiscal_year": 2012}, {"fiscal_year": "fiscal_year"}),
    ],
)
def test_refused_lines(active: Active, more: dict[str, Any], refused: dict[str, str]) -> None:
    row = planned(active, 2022, "1.00")
    for name, value in more.items():
        setattr(row, name, value)
    found = refusals(lambda: plan(active, row))
    assert set("".join(found.values()).split()) <= set(" ".join(refused.values()).split()), found
    assert not active.partnership.planned_years.exists()


def test_a_plan_that_someone_else_changed_is_not_overwritten(active: Active) -> None:
    opened = plan_revision(active.partnership)
    plan(active, planned(active, 2022, "1.00"), expected_revision=opened)
    with pytest.raises(EditConflict):
        plan(active, planned(active, 2022, "2.00"), expected_revision=opened)
    assert in_effect(active) == [("USD", 2022, Decimal("1.00"))]


def test_only_who_records_money_plans_it(active: Active) -> None:
    with pytest.raises(PermissionDenied):
        plan_years(
            partnership=active.partnership, years=[planned(active, 2022, "1.00")], actor=make_account(Role.VIEWER)
        )


# ---- budgets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def award(active: Active) -> Award:
    return active.stage.award(active.partnership, "1000.00")


LINES = (
    NewLine("Personnel", 2021, Decimal("600.00")),
    NewLine("Travel", 2021, Decimal("150.00")),
    NewLine("Personnel", 2022, Decimal("250.00")),
)


def record(active: Active, award: Award, *lines: NewLine, basis: str = "object_class", **more: Any) -> AwardBudget:
    return record_budget(
        award=award, basis=basis, lines=lines, source="Approved budget", actor=active.stage.analyst, **more
    )


def test_a_budget_adds_up_to_its_award_and_a_new_version_replaces_it(active: Active, award: Award) -> None:
    record(active, award, *LINES)
    second = record(active, award, NewLine("Courts", 2021, Decimal("1000.00")), basis="component")
    found = budgets_of([award])[award.pk]
    assert found.budget == second
    assert found.total == 1000
    assert found.categories == ["Courts"]
    assert award.budgets.count() == 2
    first = award.budgets.order_by("pk").first()
    assert first is not None
    assert [str(line) for line in first.lines.all()] == [
        "Personnel, FY 2021: USD 600.00",
        "Travel, FY 2021: USD 150.00",
        "Personnel, FY 2022: USD 250.00",
    ]


@pytest.mark.parametrize(
    ("lines", "basis", "code"),
    [
        (LINES[:2], "object_class", "budget_sum"),
        ((*LINES, NewLine("Other", 2022, Decimal("0.01"))), "object_class", "budget_sum"),
        ((), "component", "budget_sum"),
        ((NewLine("Salaries", 2021, Decimal("1000.00")),), "object_class", "object_class"),
        ((*LINES[:2], NewLine("Travel ", 2021, Decimal("250.00"))), "component", "budget_line_once"),
    ],
)
def test_refused_budgets(active: Active, award: Award, lines: tuple[NewLine, ...], basis: str, code: str) -> None:
    assert code in " ".join(refusals(lambda: record(active, award, *lines, basis=basis)).values())
    assert not AwardBudget.objects.exists()


def test_the_database_refuses_a_budget_that_does_not_add_up(active: Active, award: Award) -> None:
    def write(*amounts: str) -> None:
        budget = AwardBudget.objects.create(award=award, basis="component", source="Letter")
        for year, amount in enumerate(amounts, 2021):
            budget.lines.create(category="Courts", fiscal_year=year, amount=Decimal(amount))

    for amounts in ((), ("999.99",), ("1000.00", "0.01")):
        assert db_error_code(partial(write, *amounts)) == "budget_sum"
    write("999.99", "0.01")
    connection.check_constraints()


def test_a_raised_award_keeps_its_budget_until_there_is_a_new_one(active: Active, award: Award) -> None:
    record(active, award, *LINES)
    active.stage.move(award, LedgerKind.AWARD, "500.00")
    award.refresh_from_db()
    assert budgets_of([award])[award.pk].total == 1000
    assert refusals(lambda: record(active, award, *LINES)) == {"amount": "budget_sum"}
    record(active, award, *LINES, NewLine("Other", 2022, Decimal("500.00")))


def test_two_people_cannot_replace_the_same_budget(active: Active, award: Award) -> None:
    record(active, award, *LINES, expected_revision="0")
    with pytest.raises(EditConflict):
        record(active, award, *LINES, expected_revision="0")


# ---- what was expended by category ---------------------------------------------------------------------------------


@pytest.fixture
def report(active: Active, award: Award) -> FinancialReport:
    """Return a report of $70.00 expended, of an award with a budget for personnel and travel."""
    record(active, award, *LINES)
    active.stage.move(award, LedgerKind.OBLIGATION, "100.00")
    return received(scheduled(award, active.stage)[0], active.stage, is_accepted=True)


def parts(active: Active, report: FinancialReport, **amounts: str) -> dict[str, str]:
    """Return the codes of the refusal of categories, or an empty dictionary once they are recorded."""
    given = {category: Decimal(amount) for category, amount in amounts.items()}
    try:
        record_parts(report=report, parts=given, actor=active.stage.analyst)
    except ValidationError:
        return refusals(lambda: record_parts(report=report, parts=given, actor=active.stage.analyst))
    return {}


def test_categories_add_up_to_the_report_and_are_recorded_once(active: Active, report: FinancialReport) -> None:
    assert parts(active, report, Personnel="69.99") == {"__all__": "expended_sum"}
    assert parts(active, report, Personnel="70.00", Travel="0.01") == {"__all__": "expended_sum"}
    assert parts(active, report, Salaries="70.00") == {"__all__": "category"}
    assert not report.parts.exists()
    assert parts(active, report, Personnel="60.00", Travel="10.00") == {}
    assert parts_of([report]) == {report.pk: {"Personnel": 60, "Travel": 10}}
    assert "expended_part_once" in " ".join(parts(active, report, Personnel="70.00").values())


def test_the_database_refuses_categories_that_do_not_add_up(active: Active, report: FinancialReport) -> None:
    def write(*amounts: str) -> None:
        for number, amount in enumerate(amounts):
            report.parts.create(category=f"Category {number}", amount=Decimal(amount))

    assert db_error_code(partial(write, "70.01")) == "expended_sum"
    assert db_error_code(partial(write, "60.00", "9.99")) == "expended_sum"
    write("60.00", "10.00")
    connection.check_constraints()


def test_the_page_of_categories_shows_each_of_the_budget(active: Active, report: FinancialReport) -> None:
    award, client = report.report.award, client_of(active.stage.analyst)
    url = f"/partnerships/{award.partnership_id}/awards/{award.pk}/reports/{report.report_id}/categories/"
    assert send(client, url, part_0="60", part_1="9").status_code == 422
    assert send(client, url, part_0="60", part_1="10").status_code == 302
    assert "on record" in client.get(url).content.decode()
    assert client.get(url.replace(f"/awards/{award.pk}/", "/awards/0/")).status_code == 404
