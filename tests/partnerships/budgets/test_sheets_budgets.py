"""The sheets of the plan by year and of a budget: saved as a whole, or each wrong cell named and nothing saved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from partnerships.budgets.queries import budgets_of, planned_years
from partnerships.models import Award, AwardBudget, PlannedYear
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.sending import SheetPage
from tests.worlds.partnerships.build import Active

US = {"program": "Justice", "government": "United States", "kind": "Cash", "unit": "USD"}
STAFF = {"program": "", "government": "Ghana", "kind": "Staff", "unit": ""}


def plan(active: Active) -> SheetPage:
    return SheetPage(client_of(active.stage.analyst), f"/partnerships/{active.partnership.pk}/money/plan/")


def in_effect(active: Active) -> dict[tuple[str, int], Decimal]:
    return {(row.unit or "staff-years", row.fiscal_year): row.amount for row in planned_years(active.partnership)}


def test_a_plan_is_typed_changed_and_shown_again(active: Active) -> None:
    page = plan(active).add("line", **US, fy_2022="1,500,000", fy_2023="2500000.00", source="Annex B")
    assert page.add("line", **STAFF, fy_2022="2.5").send().status_code == 302
    assert in_effect(active) == {
        ("USD", 2022): 1_500_000,
        ("USD", 2023): 2_500_000,
        ("staff-years", 2022): Decimal("2.5"),
    }
    page = plan(active)
    number = next(n for n in range(2) if page.value("line", n, "fy_2023"))
    assert page.value("line", number, "source") == "Annex B"
    # Half of a year moves to another one: only the sum has to fit.
    assert page.enter("line", number, fy_2022="500,000", fy_2024="1,000,000").send().status_code == 302
    assert in_effect(active)["USD", 2024] == 1_000_000
    assert PlannedYear.objects.count() == 5
    # Saved again without a change, nothing is written.
    assert plan(active).send().status_code == 302
    assert PlannedYear.objects.count() == 5


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({**US, "fy_2022": "4000000.01"}, "FY 2022: The years of Justice would add up to $4,000,000.01"),
        ({**US, "program": "Courts of justice", "fy_2022": "1"}, "Program: No row is called “Courts of justice”."),
        ({**US, "unit": "DOLLARS", "fy_2022": "1"}, "Unit: "),
        ({**US, "unit": "XYZ", "kind": "In kind", "fy_2022": "1"}, "Unit: This isn't the code of a currency"),
        ({**US, "unit": "EUR", "fy_2022": "1"}, "Program: Cash of the United States is planned in U.S. dollars"),
        ({**US, "kind": "Gift", "fy_2022": "1"}, "Kind: “Gift” is not one of the choices"),
        ({**US, "fy_2022": "about a million"}, "FY 2022: “about a million” is not a clear number."),
        ({**US, "fy_2022": "-1"}, "FY 2022: "),
        (US | {"source": "Annex"}, "Enter an amount for a year."),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved(active: Active, wrong: dict[str, str], expected: str) -> None:
    page = plan(active).add("line", **STAFF, fy_2022="2.5").add("line", **wrong)
    assert page.send().status_code == 422
    assert any("Line of the plan 3, " in error and expected in error for error in page.errors), page.errors
    assert not PlannedYear.objects.exists()


def test_the_same_line_twice_and_an_emptied_year_are_refused(active: Active) -> None:
    assert plan(active).add("line", **US, fy_2022="1").send().status_code == 302
    page = plan(active).add("line", **US, fy_2023="1")
    assert page.send().status_code == 422
    assert any("This line is on the sheet already." in error for error in page.errors), page.errors
    page = plan(active).enter("line", 0, fy_2022="")
    assert page.send().status_code == 422
    assert any("For nothing, enter 0." in error for error in page.errors), page.errors
    assert in_effect(active) == {("USD", 2022): 1}


def test_two_people_change_one_line(active: Active) -> None:
    plan(active).add("line", **US, fy_2022="1").send()
    first, second = plan(active), plan(active)
    assert first.enter("line", 0, fy_2022="2").send().status_code == 302
    assert second.enter("line", 0, fy_2022="3").send().status_code == 422
    assert any("Someone else saved this row" in error for error in second.errors), second.errors
    assert in_effect(active) == {("USD", 2022): 2}


# ---- the budget of an award ----------------------------------------------------------------------------------------


@pytest.fixture
def award(active: Active) -> Award:
    return active.stage.award(active.partnership, "1000.00")


def budget(active: Active, award: Award) -> SheetPage:
    url = f"/partnerships/{active.partnership.pk}/awards/{award.pk}/budget/"
    return SheetPage(client_of(active.stage.analyst), url)


HEAD = {"basis": "By object class", "source": "Amendment 1"}


def test_a_budget_is_typed_and_a_change_makes_a_version(active: Active, award: Award) -> None:
    page = budget(active, award).enter("budget", 0, **HEAD)
    page.enter("line", 0, category="Personnel", fy_2021="600", fy_2022="250").add(
        "line", category="Travel", fy_2021="150"
    )
    assert page.send().status_code == 302
    assert budgets_of([award])[award.pk].by_category() == {
        "Personnel": {2021: 600, 2022: 250},
        "Travel": {2021: 150},
    }
    page = budget(active, award).enter("line", 0, fy_2022="300").enter("line", 1, fy_2021="100")
    assert page.send().status_code == 302
    found = budgets_of([award])[award.pk]
    assert dict(found.by_category()["Travel"]) == {2021: Decimal(100)}
    assert found.budget.source == "Amendment 1"
    assert budget(active, award).remove("line", 1).enter("line", 0, fy_2022="400").send().status_code == 302
    assert budgets_of([award])[award.pk].categories == ["Personnel"]
    assert budget(active, award).send().status_code == 302
    assert AwardBudget.objects.count() == 3


@pytest.mark.parametrize(
    ("head", "lines", "expected"),
    [
        (HEAD, [{"category": "Personnel", "fy_2021": "999.99"}], "$0.01 less than the award of $1,000.00"),
        (HEAD, [{"category": "Salaries", "fy_2021": "1000"}], "Category: “Salaries” is not an object class"),
        (HEAD, [{"category": "Travel", "fy_2021": "1"}, {"category": "Travel", "fy_2021": "999"}], "has two rows"),
        ({}, [{"category": "Travel", "fy_2021": "1000"}], "Choose how the budget is divided"),
        ({"basis": "By object class"}, [{"category": "Travel", "fy_2021": "1000"}], "Source: This field is required."),
    ],
)
def test_a_wrong_budget_is_refused_whole(
    active: Active, award: Award, head: dict[str, str], lines: list[dict[str, str]], expected: str
) -> None:
    page = budget(active, award).enter("budget", 0, **head).enter("line", 0, **lines[0])
    for line in lines[1:]:
        page.add("line", **line)
    assert page.send().status_code == 422
    assert any(expected in error for error in page.errors), page.errors
    assert not AwardBudget.objects.exists()


def test_the_award_of_another_partnership_is_not_found(active: Active, award: Award) -> None:
    client = client_of(active.stage.analyst)
    assert client.get(f"/partnerships/{active.partnership.pk + 1}/awards/{award.pk}/budget/").status_code == 404
