"""The reviewer's workbench in Chromium: with the keyboard alone, with notes in place, and at both widths."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.people.services import choose_letter_keys
from selection.models import ConsultationRequest, Note, Position
from tests.browser.conftest import Sound
from tests.support.browser import SignIn
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.world("consultation")]


@pytest.fixture
def office() -> Office:
    return Office.there()


@pytest.fixture
def request_(office: Office) -> ConsultationRequest:
    today = timezone.now().date()
    labor = office.agency()
    return office.ask(office.consulting(), labor, "CIV", "GHA", "XKX", due_on=today + dt.timedelta(9), today=today)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_three_candidates_are_answered_with_the_keyboard_alone(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, request_: ConsultationRequest
) -> None:
    sign_in(office.contact(request_.agency))
    page.goto(f"/consultation/{request_.pk}/GHA/#candidate")
    expect(page.locator("h1")).to_be_focused()
    press(page, "j")
    expect(page.locator("h1")).to_have_text("Kosovo")
    expect(page.locator("h1")).to_be_focused()
    press(page, "k")
    expect(page.locator("h1")).to_have_text("Ghana")
    expect(page.locator("h1")).to_be_focused()
    press(page, "n")
    page.keyboard.type("1 jumps no further, and 5 stays text.")
    note = page.locator("[data-compose] textarea").first
    expect(note).to_have_value("1 jumps no further, and 5 stays text.")
    expect(note).to_be_focused()
    assert not page.locator("form[data-position] input[type=radio]:checked").count()
    for _ in range(2):
        press(page, "Tab")
    press(page, "m")  # Major
    press(page, "Control+Enter")
    expect(page.get_by_text("Note saved.", exact=True)).to_be_attached()
    made = Note.objects.get()
    assert (made.kind, made.text) == ("major", "1 jumps no further, and 5 stays text.")
    assert page.url.endswith("/GHA/#candidate"), "the note was saved in its place"
    expect(page.locator(f"#n{made.reference}")).to_be_visible()
    press(page, "5")
    expect(page.get_by_role("radio", name="No equities")).to_be_checked()
    press(page, "Control+Enter")
    expect(page.locator("h1")).to_have_text("Kosovo")
    expect(page.locator("h1")).to_be_focused()
    press(page, "1", "Control+Enter")
    expect(page.locator("h1")).to_have_text(re.compile("Ivoire"))
    expect(page.locator("h1")).to_be_focused()
    press(page, "1", "Control+Enter")
    page.wait_for_url("**/consultation/")
    given = {row.candidate.country.code: row.value for row in Position.objects.all()}
    assert given == {"GHA": "no_equities", "XKX": "clear", "CIV": "clear"}
    assert not any(row.is_unopened for row in Position.objects.all())


def test_letters_in_a_field_and_outside_of_the_workbench_do_nothing(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, request_: ConsultationRequest
) -> None:
    sign_in(office.contact(request_.agency))
    page.goto(f"/consultation/{request_.pk}/GHA/")
    press(page, "j", "1")
    assert heading(page) == "Ghana"
    page.locator("form[data-position] textarea").focus()
    page.keyboard.type("jkn123456")
    expect(page.locator("form[data-position] textarea")).to_have_value("jkn123456")
    assert not page.locator("[data-compose]").count()
    assert not page.locator("form[data-position] input[type=radio]:checked").count()


def test_letters_do_nothing_if_the_account_turned_them_off(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, request_: ConsultationRequest
) -> None:
    contact = office.contact(request_.agency)
    choose_letter_keys(has_letter_keys=False, user=contact)
    sign_in(contact)
    page.goto(f"/consultation/{request_.pk}/GHA/#candidate")
    expect(page.locator("h1")).to_be_focused()
    press(page, "j", "n", "1")
    assert heading(page) == "Ghana"
    assert not page.locator("form[data-position] input[type=radio]:checked").count()
    # The first Tab leads to the link that skips the evidence.
    press(page, "Tab", "Enter", "Tab", "Space")
    expect(page.locator('form[data-position] [value="clear"]')).to_be_checked()
    press(page, "Control+Enter")
    expect(page.locator("h1")).to_have_text("Kosovo")
    assert Position.objects.get().value == "clear"
    assert not Note.objects.exists()


def test_a_note_at_its_row_keeps_what_is_typed_elsewhere(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, request_: ConsultationRequest
) -> None:
    sign_in(office.contact(request_.agency))
    page = page.context.new_page()  # whose console may name the refused note
    page.goto(f"/consultation/{request_.pk}/GHA/")
    page.locator("form[data-position] textarea").fill("Typed comment")
    page.locator("[data-row] [data-note]").first.click()
    form = page.locator("[data-compose]")
    form.get_by_role("button", name="Save note").click()
    expect(form.get_by_text("Nothing was saved.")).to_be_visible()
    form.locator("textarea").first.fill("Show both figures.")
    form.get_by_label("Type").select_option("major")
    form.get_by_role("button", name="Save note").click()
    expect(page.locator(".w-inlinenote")).to_contain_text("Show both figures.")
    expect(page.locator("#notes")).to_contain_text("DOL-1")
    expect(page.locator("form[data-position] textarea")).to_have_value("Typed comment")
    page.locator("[data-row] [data-note]").first.click()
    page.locator("[data-close-note]").click()
    expect(page.locator("[data-compose]")).to_have_count(0)
    assert Note.objects.count() == 1


def test_several_shows_what_will_be_submitted(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, request_: ConsultationRequest
) -> None:
    sign_in(office.contact(request_.agency))
    page.goto(f"/consultation/{request_.pk}/GHA/")
    page.get_by_role("checkbox", name="Choose Kosovo").check()
    page.get_by_role("checkbox", name="Choose Ghana").check()
    page.get_by_role("button", name="Same position for 2 chosen").click()
    for name in ("Kosovo", "Ghana"):
        page.locator("fieldset label", has_text=name).click()
    expect(page.get_by_text("Choose candidates above.")).to_be_visible()
    expect(page.get_by_text("The others stay open.")).to_be_hidden()
    for name in ("Kosovo", "Ghana"):
        page.locator("fieldset label", has_text=name).click()
    expect(page.get_by_text("Choose candidates above.")).to_be_hidden()
    page.locator("label", has_text="No equities").click()
    rows = page.locator("[data-for]:visible")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("No equities")
    page.get_by_role("button", name="Submit 2 positions").click()
    expect(page.get_by_text("2 positions submitted for DOL.")).to_be_visible()
    assert Position.objects.count() == 2


def test_the_pages_are_sound(
    live_server: LiveServer,
    page: Page,
    sign_in: SignIn,
    office: Office,
    request_: ConsultationRequest,
    assert_sound: Sound,
) -> None:
    office.answer(request_, "XKX")
    office.rate(office.candidate(request_.round, "XKX"))
    sign_in(office.contact(request_.agency))
    for path in ("XKX/", "GHA/note/?row=notes", "several/?c=GHA", "XKX/withdraw/", "upload/"):
        page.goto(f"/consultation/{request_.pk}/{path}")
        assert_sound(page)
    sign_in(office.analyst)
    office.agency("doj", "Department of Justice", statutory=True)
    page.goto(f"/rounds/{request_.round_id}/requests/ask/")
    assert_sound(page)
