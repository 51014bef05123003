"""Sheets of the terms: several kinds of rows in one request, all or nothing, with errors at their cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.web.models import SheetDraft
from partnerships.models import (
    Activity,
    Contribution,
    History,
    Mechanism,
    Milestone,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    PlanState,
    Program,
    Responsibility,
)
from partnerships.monitoring.queries import targets_of
from partnerships.terms import services as terms_services
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.sending import SheetPage
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

SHELTERS = {"title": "Better care", "paradigm": "Protection", "system": "Protection", "outcome": "More places"}


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=date(2026, 10, 1), ends_on=date(2028, 9, 30))


def sheet(client: Client, partnership: Partnership, key: str, query: str = "") -> SheetPage:
    return SheetPage(client, f"/partnerships/{partnership.pk}/terms/sheet/{key}/", query)


def version(partnership: Partnership) -> int:
    return Partnership.objects.get(pk=partnership.pk).version


@pytest.mark.parametrize("key", ["plan", "people", "money", "all"])
def test_a_sheet_saved_as_it_is_shown_writes_nothing(analyst: Client, draft: Partnership, key: str) -> None:
    page = sheet(analyst, draft, key)
    before, states = version(draft), History.objects.count()
    response = page.send()
    assert response.status_code == 302, page.errors
    assert (version(draft), History.objects.count()) == (before, states)
    assert "Nothing was changed." in analyst.get(response.url).content.decode()


def test_a_whole_plan_goes_in_with_one_request(analyst: Client, draft: Partnership) -> None:
    Objective.objects.filter(partnership=draft).delete()
    page = sheet(analyst, draft, "plan").enter("objective", 0, **SHELTERS)
    page.add(
        "activity", title="Referral", implementer="Ministry", planned_start="Oct 1, 2026", planned_end="2027-03-31"
    )
    page.add("milestone", title="Decree", planned_on="2027-01-15")
    served = {
        "title": "Children served",
        "data_source": "Case system",
        "unit": "children",
        "measure": "Number of people",
    }
    page.add("indicator", **served, target_2027="1,000", target_2028="1500")
    page.add("objective", **SHELTERS | {"title": "Fewer children at risk"})
    page.add("activity", title="Committees", planned_start="2027-01-01", planned_end="2027-12-31")
    response = page.send()
    assert response.status_code == 302, page.errors
    first, second = draft.objectives.order_by("number")
    assert (first.title, first.number, second.number) == ("Better care", 1, 2)
    assert Activity.objects.get(title="Referral").objective == first
    assert Activity.objects.get(title="Committees").objective == second
    assert Milestone.objects.get().activity.title == "Referral"
    indicator = OutcomeIndicator.objects.get()
    assert (indicator.objective, indicator.code, indicator.paradigm) == (first, "I-1", "protection")
    assert indicator.responsible_office == "Case system"
    assert targets_of(indicator) == {2027: Decimal(1000), 2028: Decimal(1500), None: Decimal(2500)}
    assert "6 rows added." in analyst.get(response.url).content.decode()


def test_one_bad_cell_among_many_rows_saves_nothing(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    for number in range(5):
        page.add("participant", government="Partner government", name=f"Office {number}", is_lead="No")
    page.add("participant", government="Mars", name="Office 6")
    page.add("mechanism", kind="Oversight", body="Committee", procedure="Meets", frequency="Never")
    before = version(draft)
    assert page.send().status_code == 422
    assert page.errors == [
        "Participant 8, Government: “Mars” is not one of the choices: United States; Partner government.",
        "Mechanism 2, Frequency: “Never” is not one of the choices: "
        f"{'; '.join(label for _, label in Mechanism._meta.get_field('frequency').flatchoices)}.",
    ]
    assert page.value("participant", 7, "government") == "Mars", "what was entered stays in the cell"
    assert (Participant.objects.filter(name__startswith="Office").count(), version(draft)) == (0, before)
    page.enter("participant", 7, government="Partner government").enter("mechanism", 1, frequency="Quarterly")
    assert page.send().status_code == 302, page.errors
    assert Participant.objects.filter(name__startswith="Office").count() == 6


def test_a_rule_of_the_database_is_shown_at_the_cell_that_its_code_names(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    page.add("participant", government="Partner government", name="Office", is_lead="Yes")
    page.add("participant", government="Partner government", name="Twice", is_lead="No")
    page.add("participant", government="Partner government", name="Twice", is_lead="No")
    assert page.send().status_code == 422
    assert page.errors == [
        "Participant 3, Leads for its government: Another office already leads for this government.",
        "Participant 5, Ministry or office: This office is already a participant.",
    ]
    assert draft.participants.count() == 2


def test_a_row_can_name_a_row_that_is_new_in_the_same_sheet(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    page.add("participant", government="Partner government", name="Ministry of Labor", is_lead="No")
    page.add("responsibility", participant="ministry of labor", objective="1", text="Inspects", status="Planned")
    assert page.send().status_code == 302, page.errors
    made = Responsibility.objects.get()
    assert (made.participant.name, made.objective) == ("Ministry of Labor", draft.objectives.get())


def test_a_name_that_no_row_has_is_an_error_at_its_cell(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people").add(
        "responsibility", participant="Nobody", text="Inspects", status="Planned"
    )
    assert page.send().status_code == 422
    (error,) = page.errors
    assert error.startswith(
        "Responsibility 2, Participant: No row is called “Nobody”. There are: Lead partner; Lead us."
    )


def test_a_row_that_names_a_row_with_errors_has_no_error_of_its_own(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    page.add("participant", name="Ministry of Labor", is_lead="No")
    page.add("responsibility", participant="Ministry of Labor", text="Inspects", status="Planned")
    assert page.send().status_code == 422
    assert page.errors == ["Participant 3, Government: This field is required."]


def test_rows_are_changed_moved_and_removed_together(analyst: Client, draft: Partnership) -> None:
    first = draft.objectives.get()
    second = terms_services.add_term(
        term=Objective(
            partnership=draft, number=2, title="Care", paradigm="protection", system="protection", outcome="x"
        ),
        actor=None,
    )
    for title in ("Train", "Build"):
        days = {"planned_start": date(2027, 1, 1), "planned_end": date(2027, 2, 1)}
        row = Activity(partnership=draft, objective=first, title=title, **days)
        terms_services.add_term(term=row, actor=None)
    page = sheet(analyst, draft, "plan").enter("objective", 1, title="Better care").remove("activity", 0)
    fields, moved = page.fields, "row2-"  # the second activity, to the end of the sheet
    page.fields = {k: v for k, v in fields.items() if not k.startswith(moved)} | {
        k: v for k, v in fields.items() if k.startswith(moved)
    }
    assert page.send().status_code == 302, page.errors
    second.refresh_from_db()
    assert second.title == "Better care"
    assert [(row.title, row.objective) for row in draft.activities.all()] == [("Build", second)]


def test_two_people_change_one_row_and_the_second_sees_it_at_the_row(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "plan").enter("objective", 0, title="Mine")
    other = sheet(analyst, draft, "plan").enter("objective", 0, title="Theirs")
    assert other.send().status_code == 302
    assert page.send().status_code == 422
    assert "Objective 1, Title: Saved value: Theirs" in page.errors
    assert any("Someone else saved this row" in error for error in page.errors)
    assert page.value("objective", 0, "title") == "Mine"
    assert draft.objectives.get().title == "Theirs"
    assert page.send().status_code == 302, page.errors
    assert draft.objectives.get().title == "Mine"


def test_two_people_change_different_rows_without_a_conflict(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people").enter("participant", 0, contact_office="A")
    assert sheet(analyst, draft, "people").enter("participant", 1, contact_office="B").send().status_code == 302
    assert page.send().status_code == 302, page.errors
    assert {row.contact_office for row in draft.participants.all()} == {"A", "B"}


def test_a_row_that_someone_removed_can_be_added_again(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "plan").enter("objective", 0, title="Mine")
    draft.objectives.get().delete()
    assert page.send().status_code == 422
    assert "Someone else removed this row." in page.errors[0]
    assert page.send().status_code == 302, page.errors
    assert draft.objectives.get().title == "Mine"


def test_a_sheet_sent_twice_is_saved_once(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "plan").add("objective", **SHELTERS)
    assert page.send().status_code == 302
    assert page.send().status_code == 302
    assert draft.objectives.filter(title="Better care").count() == 1


@pytest.mark.parametrize(("rows", "status"), [(200, 302), (250, 302), (251, 422)])
def test_rows_up_to_the_limit_are_saved(analyst: Client, draft: Partnership, rows: int, status: int) -> None:
    page = sheet(analyst, draft, "people")
    page.fields = {name: value for name, value in page.fields.items() if not name.startswith("row")}
    for number in range(rows):
        page.add("participant", government="Partner government", name=f"Office {number}", is_lead="No")
    assert page.send().status_code == status, page.errors
    assert Participant.objects.filter(name__startswith="Office").count() == (rows if status == 302 else 0)
    if status == 422:
        assert "A sheet takes at most 250 rows." in page.html


def test_amounts_count_together_and_only_their_sum_meets_the_limit(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "money").enter(
        "program", 0, title="Courts", us_amount="$4,000,000", partner_amount="0"
    )
    page.add("program", title="Shelters", us_amount="1,000,000.01")
    assert page.send().status_code == 422
    (error,) = page.errors
    assert error.startswith("Program 1, United States, U.S. dollars:")
    assert not Program.objects.filter(partnership=draft).exists()
    page.enter("program", 1, us_amount="1,000,000")
    assert page.send().status_code == 302, page.errors
    draft.refresh_from_db()
    assert draft.planned_total == Decimal(5_000_000)
    # One goes down and the other up: every step between would be over the limit.
    page = (
        sheet(analyst, draft, "money")
        .enter("program", 0, us_amount="4,500,000")
        .enter("program", 1, us_amount="500,000")
    )
    assert page.send().status_code == 302, page.errors
    page = sheet(analyst, draft, "money").enter("program", 0, us_amount="")
    assert page.send().status_code == 422
    assert page.errors == ["Program 1, United States, U.S. dollars: You can't delete an amount. For nothing, enter 0."]


def test_contributions_are_added_and_replaced_but_never_edited(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "money")
    given = {"kind": "In kind", "stage": "Pledged", "source": "Note", "valuation_method": "Market rent"}
    page.add("program", title="Shelters")
    given |= {"government": "Partner government", "fiscal_year": "2027", "description": "Office space"}
    page.add("contribution", amount_usd="200,000", program="Shelters", **given)
    assert page.send().status_code == 302, page.errors
    first = Contribution.objects.get()
    assert str(first.program) == "Shelters"
    page = sheet(analyst, draft, "money").enter("contribution", 0, amount_usd="250,000")
    assert page.send().status_code == 302, page.errors
    assert Contribution.objects.count() == 2
    assert Contribution.objects.get(replaces=first).amount_usd == Decimal(250_000)


def test_a_plan_is_saved_and_sent_with_one_request(analyst: Client, draft: Partnership) -> None:
    row = {"title": "Convictions", "data_source": "Prosecutor", "unit": "cases"}
    page = sheet(analyst, draft, "plan").add("indicator", **row)
    assert page.send("send").status_code == 422
    assert page.errors == [
        "Indicator 1, FY 2027 and FY 2028: Give a target. A 0 is allowed if nothing is expected that year."
    ]
    assert "Correct two cells." in page.html
    page.enter("indicator", 0, target_2027="5")
    assert page.send("send").status_code == 422
    assert "Correct one cell." in page.html
    assert page.errors == ["Indicator 1, FY 2028: Give a target. A 0 is allowed if nothing is expected that year."]
    assert not OutcomeIndicator.objects.exists()
    page.enter("indicator", 0, target_2028="0")
    response = page.send("send")
    assert response.status_code == 302, page.errors
    assert draft.monitoring_plan.state == PlanState.SUBMITTED
    assert "waits for the approver" in analyst.get(response.url).content.decode()
    # What was sent can't be changed on the sheet until it is returned.
    page = sheet(analyst, draft, "plan")
    assert not any(name.endswith("-target_2027") for name in page.fields)


@pytest.mark.parametrize(("whole", "differs"), [("12", False), ("11", True), ("13", True), ("", False)])
def test_years_that_do_not_make_up_the_whole_term_are_named(
    analyst: Client, draft: Partnership, whole: str, *, differs: bool
) -> None:
    said = f"Convictions: The yearly targets add up to 12; the target for the whole term is {whole}."
    row = {"title": "Convictions", "data_source": "Prosecutor", "unit": "cases", "target_whole": whole}
    page = sheet(analyst, draft, "plan").add("indicator", **row, target_2027="5", target_2028="7")
    response = page.send()
    assert response.status_code == 302, page.errors
    assert (said in analyst.get(response.url).content.decode()) is differs
    assert ("Targets do not fit together" in sheet(analyst, draft, "plan").html) is differs


def test_the_plan_is_offered_to_be_sent_once_it_can_be(stage: Stage, analyst: Client) -> None:
    send, save = 'name="step" value="send"', 'class="usa-button" type="submit" name="step" value="save"'
    row = {"title": "Convictions", "data_source": "Prosecutor", "unit": "cases", "target_2021": "5"}
    for code, is_confirmed in (("KEN", True), ("GHA", False)):
        mine = stage.draft(code, is_confirmed=is_confirmed)
        page = sheet(analyst, mine, "plan")
        assert send not in page.html
        assert page.add("indicator", **row).send().status_code == 302, page.errors
        page = sheet(analyst, mine, "plan")
        assert (send in page.html) is is_confirmed
        assert save in page.html, "plain saving is the main button"
        assert send not in sheet(analyst, mine, "people").html


def test_after_signature_only_progress_changes(stage: Stage) -> None:
    running = stage.active("GHA")
    page = sheet(client_of(stage.analyst), running, "people")
    assert "+ Participant" not in page.html
    assert "The signature fixed these terms" in page.html
    assert not any(name.endswith("-name") for name in page.fields)
    page.enter("participant", 0, contact_office="Unit 4")
    assert page.send().status_code == 302, page.errors
    assert running.participants.filter(contact_office="Unit 4").count() == 1
    page = sheet(client_of(stage.analyst), running, "people")
    page.add("participant", government="Partner government", name="Ministry", is_lead="No")
    assert page.send().status_code == 422
    assert "No participant can be added now." in page.errors[0]
    assert not running.participants.filter(name="Ministry").exists()


def test_only_accounts_that_may_edit_open_a_sheet(stage: Stage, draft: Partnership) -> None:
    viewer = make_account(Role.VIEWER)
    assert client_of(viewer).get(f"/partnerships/{draft.pk}/terms/sheet/plan/").status_code == 403
    assert client_of(stage.analyst).get(f"/partnerships/{draft.pk}/terms/sheet/other/").status_code == 404


# --- drafts -----------------------------------------------------------------------------------------------------


def test_a_draft_is_offered_again_and_deleted_when_the_sheet_is_saved(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "plan").enter("objective", 0, title="Mine").add("objective", **SHELTERS)
    assert page.send("draft").status_code == 302
    assert draft.objectives.get().title != "Mine"
    page = sheet(analyst, draft, "plan")
    assert "You have a draft of this sheet" in page.html
    assert page.value("objective", 0, "title") != "Mine"
    page = sheet(analyst, draft, "plan", "?draft=open")
    assert (page.value("objective", 0, "title"), page.value("objective", 1, "title")) == ("Mine", "Better care")
    assert page.send().status_code == 302, page.errors
    assert draft.objectives.count() == 2
    assert not SheetDraft.objects.exists()


def test_rows_that_others_added_since_come_into_a_draft(analyst: Client, draft: Partnership) -> None:
    sheet(analyst, draft, "plan").enter("objective", 0, title="Mine").send("draft")
    row = Objective(partnership=draft, number=2, title="New", paradigm="protection", system="protection")
    terms_services.add_term(term=row, actor=None)
    page = sheet(analyst, draft, "plan", "?draft=open")
    assert (page.value("objective", 0, "title"), page.value("objective", 1, "title")) == ("Mine", "New")


def test_a_draft_over_a_record_that_changed_since_has_an_error_at_the_row(stage: Stage, draft: Partnership) -> None:
    mine = client_of(stage.analyst)
    sheet(mine, draft, "plan").enter("objective", 0, title="Mine").send("draft")
    terms_services.edit_term(term=draft.objectives.get(), actor=None, values={"title": "Theirs"})
    page = sheet(mine, draft, "plan", "?draft=open")
    assert "Objective 1, Title: Saved value: Theirs" in page.errors
    assert page.value("objective", 0, "title") == "Mine"
    assert page.send().status_code == 302, page.errors
    assert draft.objectives.get().title == "Mine"


def test_a_draft_is_of_one_account(stage: Stage, analyst: Client, draft: Partnership) -> None:
    sheet(analyst, draft, "plan").enter("objective", 0, title="Mine").send("draft")
    assert "You have a draft" not in sheet(client_of(stage.approver), draft, "plan").html


def test_the_automatic_draft_answers_with_its_time_and_an_unchanged_sheet_keeps_none(
    analyst: Client, draft: Partnership
) -> None:
    page = sheet(analyst, draft, "plan")

    def store() -> object:
        sent = page.fields | {"step": "draft"}
        return analyst.post(page.url, sent, headers={"accept": "application/json"}).json()["stored"]

    assert store() is None
    page.enter("objective", 0, title="Mine")
    assert store()
    assert SheetDraft.objects.count() == 1
    assert page.send("discard").status_code == 302
    assert not SheetDraft.objects.exists()
