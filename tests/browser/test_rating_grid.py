"""The rating grid in Chromium: 80 cells by keyboard, a pasted block, undo, evidence, two raters, and no script."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from indicators.models import Observation
from selection.models import Rating, RatingHandIn, ScoreRun, SelectionRound
from tests.browser.conftest import Sound
from tests.support.browser import SignIn, session_cookie
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db(transaction=True)]

PASTE = """([cell, text]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
WHY = "Sample: the report names cases in two regions."
REPORT = "Sample report of the ministry, on file in the office"


@pytest.fixture
def office(ranking: ScoreRun) -> Office:
    return Office()


def opened(office: Office, size: int) -> SelectionRound:
    """Return a round in scoring with this many candidates, Ghana among them."""
    listed = Observation.objects.filter(indicator__code="tip.tier").values_list("country__code", flat=True).distinct()
    codes = ["GHA", *(code for code in sorted(listed) if code not in ("GHA", "USA"))][: size + 6]
    found = office.step(office.open(only=codes), "screen")
    for candidate in list(found.candidates.in_pool().exclude(country__code="GHA"))[size - 1 :]:
        candidate.excluded_because, candidate.reason, candidate.by_hand = "by_hand", "Sample", True
        candidate.save(update_fields=("excluded_because", "reason", "by_hand"))
    assert found.candidates.in_pool().count() == size
    return office.step(found, "start_scoring")


def address(found: SelectionRound) -> str:
    return reverse("round-ratings", args=[found.pk])


def steps_of(user: User) -> dict[tuple[str, str], int | None]:
    rows = Rating.objects.filter(rater=user, superseded_at=None).select_related("candidate__country")
    return {(row.candidate.country.code, row.criterion): row.step for row in rows}


def fill_all(page: Page, reason: str) -> None:
    """Give one reason and document for every cell that lacks it."""
    page.get_by_text("One reason or document for every cell that lacks it").click()
    page.get_by_label("Reason", exact=True).fill(reason)
    page.get_by_label("Document", exact=True).fill(REPORT)


def count(page: Page) -> str:
    return page.locator("[data-count]").inner_text()


def test_eighty_cells_are_rated_by_keyboard_and_handed_in(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office, assert_sound: Sound
) -> None:
    found = opened(office, 8)
    sign_in(office.analyst)
    page.goto(address(found))
    cells = page.locator("[data-cell]")
    expect(cells).to_have_count(80)
    cells.first.focus()
    for number in range(80):
        page.keyboard.press("n" if number % 9 == 8 else str(number % 5))
        page.keyboard.press("Enter")
    assert count(page) == "80 changes are not saved yet."
    # Up, left, and a cell that is cleared and taken back.
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Delete")
    assert count(page) == "79 changes are not saved yet."
    page.keyboard.press("Control+z")
    assert count(page) == "80 changes are not saved yet."
    assert_sound(page)
    fill_all(page, WHY)
    page.get_by_role("button", name="Save and hand in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("80 ratings are saved. You handed in 80 of 80.")).to_be_visible(timeout=60_000)
    given = steps_of(office.analyst)
    assert len(given) == 80
    assert sum(step is None for step in given.values()) == 8
    assert RatingHandIn.objects.get().is_complete
    assert Rating.objects.filter(step__isnull=False, evidence__document=REPORT).count() == 72


def test_a_cell_is_rated_with_the_evidence_beside_it_by_keyboard(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office
) -> None:
    found = opened(office, 2)
    sign_in(office.analyst)
    page.goto(address(found))
    page.get_by_label("Ghana, protection", exact=True).focus()
    page.keyboard.press("3")
    expect(page.locator("#h-cell")).to_have_text("Ghana · Protection")
    expect(page.locator('[data-rate="3"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("e")
    drawer = page.locator("aside [data-drawer]")
    box = drawer.get_by_role("checkbox").first
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    drawer.get_by_label("Why 3?").fill(WHY)
    # Another cell and back: what was ticked and written is still there.
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#h-cell")).to_have_text("Ghana · Prevention")
    page.keyboard.press("ArrowLeft")
    expect(drawer.get_by_label("Why 3?")).to_have_value(WHY)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("1 rating is saved.")).to_be_visible()
    made = Rating.objects.get()
    assert (made.step, made.rationale, made.evidence.count()) == (3, WHY, 1)
    expect(page.get_by_label("Ghana, protection", exact=True)).to_be_focused()


def test_a_pasted_block_names_two_bad_cells_and_takes_the_others(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office
) -> None:
    found = opened(office, 3)
    sign_in(office.analyst)
    page.goto(address(found))
    first = page.locator("[data-cell]").first
    first.focus()
    block = "3\t5\tn\r\n2: Sample reason.\t-1\t3.0\r\n"
    page.evaluate(PASTE, [first.element_handle(), block])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("6 cells would change. 2 do not fit, so nothing is pasted yet.")
    expect(dialog).to_contain_text("prosecution: 5 is not a step. Use 0 to 4, or n.")
    expect(dialog).to_contain_text("prosecution: -1 is not a step. Use 0 to 4, or n.")
    dialog.get_by_role("button", name="Cancel").click()
    assert count(page) == "Nothing is changed yet."
    page.evaluate(PASTE, [first.element_handle(), block])
    dialog.get_by_role("button", name="Paste the other 4").click()
    assert count(page) == "Four changes are not saved yet."
    page.keyboard.press("Control+z")
    page.evaluate(PASTE, [first.element_handle(), block])
    dialog.get_by_role("button", name="Paste the other 4").click()
    fill_all(page, "")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("1 rating is saved. Three cells are not saved")).to_be_visible()
    assert Rating.objects.get().rationale == "Sample reason."
    expect(page.locator("[data-faults] li")).to_have_count(3)
    # What is not saved is there in another window, and in one opened later.
    page.goto(address(found))
    assert count(page) == "Three changes are not saved yet."


def test_what_was_typed_is_stored_by_itself_and_a_wrong_step_is_linked(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office
) -> None:
    found = opened(office, 2)
    sign_in(office.analyst)
    page.goto(address(found))
    page.get_by_label("Ghana, action plan", exact=True).focus()
    page.keyboard.press("5")
    link = page.get_by_role("link", name="Ghana, action plan: 5 is not a step. Use 0 to 4, or n.")
    expect(link).to_be_visible()
    page.locator("[data-cell]").first.focus()
    link.click()
    expect(page.get_by_label("Ghana, action plan", exact=True)).to_be_focused()
    expect(page.locator("[data-stored-at]")).to_contain_text("Stored for you at")
    page.reload()
    expect(page.get_by_label("Ghana, action plan", exact=True)).to_have_value("5")


def test_letters_are_keys_unless_the_account_turned_them_off(
    live_server: LiveServer, page: Page, sign_in: SignIn, office: Office
) -> None:
    found = opened(office, 2)
    sign_in(office.analyst)
    page.goto("/account/settings/")
    page.get_by_role("checkbox", name="Single letters and digits are keys").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").press("Enter")
    page.goto(address(found))
    first, last = page.locator("[data-cell]").first, page.locator("[data-cell]").last
    first.focus()
    page.keyboard.press("3")
    page.keyboard.press("e")
    expect(first).to_be_focused()
    page.keyboard.press("n")
    expect(first).to_have_value("n")  # typed, as in any field of text
    page.keyboard.press("2")
    expect(first).to_have_value("2")
    page.keyboard.press("F2")
    expect(page.locator("aside [data-drawer] input").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("[data-cell]").nth(9)).to_be_focused()
    page.keyboard.press("Control+End")
    expect(last).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(first).to_be_focused()


def test_two_raters_at_once_see_each_other_only_where_both_have_rated(
    live_server: LiveServer, browser: Browser, office: Office
) -> None:
    found = opened(office, 2)
    pages = []
    for user in (office.analyst, office.second):
        context = browser.new_context(base_url=live_server.url)
        context.add_cookies([session_cookie(user, live_server.url)])
        pages.append(context.new_page())
        pages[-1].goto(address(found))
    for window, step in zip(pages, "14", strict=True):
        window.get_by_label("Ghana, protection", exact=True).focus()
        window.keyboard.press(step)
        fill_all(window, f"Sample reason {step}")
    pages[1].get_by_label("Ghana, prevention", exact=True).fill("2")
    for window in pages:
        window.get_by_role("button", name="Save", exact=True).last.click()
        window.wait_for_url("**cell=**")
    mine = pages[0]
    mine.goto(f"{address(found)}?cell=GHA.protection")
    expect(mine.locator("aside")).to_contain_text("Sample reason 4")
    mine.goto(f"{address(found)}?cell=GHA.prevention")
    expect(mine.locator("aside")).to_contain_text("One other has rated this.")
    expect(mine.locator("aside")).not_to_contain_text("Sample reason 4")
    assert (len(steps_of(office.analyst)), len(steps_of(office.second))) == (1, 2)
    for window in pages:
        window.context.close()


def test_without_a_script_the_same_ratings_are_saved(live_server: LiveServer, browser: Browser, office: Office) -> None:
    found = opened(office, 2)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(office.analyst, live_server.url)])
    page = context.new_page()
    page.goto(f"{address(found)}?cell=GHA.protection")
    page.get_by_label("Ghana, prevention", exact=True).fill("5")
    page.get_by_label("Ghana, protection", exact=True).fill("2")
    page.locator("aside label.usa-checkbox__label").first.click()
    page.locator("aside").get_by_role("textbox").last.fill(WHY)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("1 rating is saved. One cell is not saved")).to_be_visible()
    expect(page.get_by_role("link", name="Ghana, prevention: 5 is not a step. Use 0 to 4, or n.")).to_be_visible()
    assert steps_of(office.analyst) == {("GHA", "protection"): 2}
    made = Rating.objects.get()
    assert (made.rationale, made.evidence.count()) == (WHY, 1)
    context.close()


def test_on_a_phone_the_list_leads_to_the_form_of_a_candidate(
    live_server: LiveServer, browser: Browser, office: Office
) -> None:
    found = opened(office, 2)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.add_cookies([session_cookie(office.analyst, live_server.url)])
    page = context.new_page()
    page.goto(address(found))
    expect(page.locator("[data-grid]")).to_be_hidden()
    page.get_by_role("link", name="Ghana", exact=True).last.click()
    page.locator('label[for="k-protection-3"]').click()
    page.locator('input[name="doc.GHA.protection"]').fill(REPORT)
    page.locator('textarea[name="why.GHA.protection"]').fill(WHY)
    page.get_by_role("button", name="Save Ghana").click()
    expect(page.get_by_text("1 rating is saved.")).to_be_visible()
    assert steps_of(office.analyst) == {("GHA", "protection"): 3}
    page.get_by_role("button", name="Hand in what is complete").click()
    expect(page.get_by_text("You handed in 1 of 20.")).to_be_visible()
    context.close()
