"""Sheets in Chromium: paste, keys, undo, and the stored draft; and a plain form without a script."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.web.models import SheetDraft
from partnerships.limits import add_months
from partnerships.models import Activity, Objective, Participant, Partnership, Result
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from partnerships.terms.services import add_term
from tests.support.browser import SignIn, session_cookie
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db(transaction=True)

TWO = "Partner government\tMinistry of Labor\tNo\r\npartner government\tInterior\tNo\r\n"
PASTE = """([cell, text]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=date(2026, 10, 1), ends_on=date(2028, 9, 30))


def paste(page: Page, label: str, text: str) -> None:
    page.evaluate(PASTE, [page.get_by_label(label, exact=True).element_handle(), text])


def test_a_block_is_pasted_at_a_cell_undone_and_saved(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/people/")
    count = page.locator("[data-sheet-count]")
    expect(count).to_have_text("Nothing is changed yet.")
    page.get_by_role("button", name="+ Participant").click()
    paste(page, "New participant, Government", TWO)
    expect(count).to_have_text("2 rows added.")
    page.keyboard.press("Control+z")
    expect(count).to_have_text("Nothing is changed yet. 1 new row is empty.")
    paste(page, "New participant, Government", TWO)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved: 2 rows added.")).to_be_visible()
    assert Participant.objects.filter(name="Interior").exists()


def test_a_block_that_does_not_fit_is_shown_before_anything_is_pasted(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/people/")
    paste(page, "Participant 1, Government", "Mars\tMinistry of Labor")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 cells would change. 1 does not fit, so nothing is pasted yet.")
    expect(dialog).to_contain_text("Not one of United States, Partner government")
    name = page.get_by_label("Participant 1, Ministry or office")
    expect(name).to_have_value("Lead partner")
    dialog.get_by_role("button", name="Cancel").click()
    expect(name).to_have_value("Lead partner")
    paste(page, "Participant 1, Government", "Mars\tMinistry of Labor")
    page.get_by_role("button", name="Paste the other 1").click()
    expect(name).to_have_value("Ministry of Labor")
    expect(page.locator("[data-sheet-count]")).to_have_text("1 cell changed.")


def test_a_block_is_pasted_into_the_parts_of_a_result(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage
) -> None:
    start = add_months(timezone.now().date(), -24)
    partnership = stage.active("KEN", starts_on=start, ends_on=add_months(start, 48))
    period = schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)[0]
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{partnership.pk}/periods/{period.pk}/results/")
    paste(page, "CV-1, Value", "30\tA new register\n50\tAs planned")
    expect(page.get_by_label("SH-1, What explains the value")).to_have_value("As planned")
    paste(page, "CV-1, Female, 12 to 17", "10\t20")
    expect(page.get_by_label("CV-1, Female, 18 and over")).to_have_value("20")
    expect(page.locator("[data-sheet-count]")).to_have_text("6 cells changed.")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-sheet-count]")).to_have_text("4 cells changed.")
    paste(page, "CV-1, Female, 12 to 17", "10\t20\n1\t2")
    expect(page.get_by_role("dialog")).to_contain_text("2 do not fit, so nothing is pasted yet.")
    page.get_by_role("button", name="Paste the other 2").click()
    page.get_by_role("button", name="Save the results").click()
    expect(page.get_by_text("Saved: 2 rows changed.")).to_be_visible()
    assert Result.objects.count() == 2


def test_keys_lead_from_cell_to_cell_and_add_rows(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/people/")
    page.get_by_label("Participant 1, Contact office").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Participant 2, Contact office")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_label("Participant 1, Contact office")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("New participant, Government")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("New participant, Government")).to_have_count(0)


def test_alt_with_an_arrow_moves_a_row_also_under_another_objective(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    first = draft.objectives.get()
    kept = {"paradigm": "protection", "system": "protection", "outcome": "Better care"}
    second = add_term(term=Objective(partnership=draft, number=2, title="Care", **kept), actor=None)
    days = {"planned_start": date(2027, 1, 1), "planned_end": date(2027, 2, 1)}
    for objective, title in ((first, "Train"), (first, "Equip"), (second, "Build")):
        add_term(term=Activity(partnership=draft, objective=objective, title=title, **days), actor=None)
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/plan/")
    titles = page.get_by_label(re.compile(r"^Activity \d+, Title"))

    def shown() -> list[str]:
        order: list[str] = titles.evaluate_all("cells => cells.map(cell => cell.value)")
        return order

    moved = titles.first.element_handle()
    moved.focus()
    page.keyboard.press("Alt+ArrowUp")
    assert shown() == ["Train", "Equip", "Build"], "the first row has none to change places with"
    page.keyboard.press("Alt+ArrowDown")
    assert shown() == ["Equip", "Train", "Build"]
    assert moved.evaluate("cell => cell === document.activeElement"), "the cell keeps the focus"
    page.keyboard.press("Alt+ArrowDown")
    assert shown() == ["Equip", "Build", "Train"]
    page.keyboard.press("Control+z")
    assert shown() == ["Equip", "Train", "Build"]


def test_what_is_typed_is_stored_as_a_draft_and_offered_again(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    sign_in(stage.analyst)
    address = f"/partnerships/{draft.pk}/terms/sheet/people/"
    page.goto(address)
    page.get_by_label("Participant 1, Contact office").fill("Unit 4")
    expect(page.locator("[data-sheet-stored]")).to_contain_text("Draft saved", timeout=10_000)
    assert SheetDraft.objects.count() == 1
    assert not Participant.objects.filter(contact_office="Unit 4").exists()
    page.goto(address)
    page.get_by_role("link", name="Open the draft").click()
    expect(page.get_by_label("Participant 1, Contact office")).to_have_value("Unit 4")


def test_without_a_script_a_sheet_is_a_form(
    browser: Browser, live_server: LiveServer, stage: Stage, draft: Partnership
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(stage.analyst, live_server.url)])
    page = context.new_page()
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/people/")
    page.get_by_label("Paste cells here").fill("Partner government\tMinistry of Labor\tNo")
    page.get_by_role("button", name="Add the rows").click()
    expect(page.get_by_label("Participant 3, Ministry or office")).to_have_value("Ministry of Labor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: 1 row added.")).to_be_visible()
    context.close()


def test_a_new_activity_takes_a_milestone_before_it_is_saved(
    live_server: LiveServer, page: Page, sign_in: SignIn, stage: Stage, draft: Partnership
) -> None:
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{draft.pk}/terms/sheet/plan/")
    expect(page.get_by_role("button", name="+ Milestone")).to_have_count(0)
    page.get_by_role("button", name="+ Activity").click()
    page.get_by_label("New activity, Title", exact=True).fill("Train judges")
    page.get_by_role("button", name="+ Milestone").click()
    expect(page.get_by_label("New milestone, Planned for", exact=True)).to_be_visible()
    expect(page.locator("[data-sheet-count]")).to_have_text("1 row added. 1 new row is empty.")
    page.get_by_role("button", name="+ Objective").click()
    expect(page.get_by_role("button", name="+ Activity")).to_have_count(2)
    expect(page.get_by_role("button", name="+ Milestone")).to_have_count(1)
