"""Rankings in Chromium: sound at every width and for every role, usable without a script, and live with one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from selection.services import compute_screen
from tests.support.accounts import make_account
from tests.support.browser import SignIn, session_cookie
from tests.support.rankings import publish_values, value

WIDTHS = (320, 390, 640, 900, 1280)


@pytest.fixture
def run(live_server: LiveServer, ranking: ScoreRun, tmp_path: Path) -> ScoreRun:
    """Two runs, the later one on one more publication, and a publication after both."""
    publish_values(tmp_path / "2", [value("cpi.score", "GHA", "2025", "70", error="2.5")], edition="2026")
    later = compute_screen(actor=None)
    publish_values(tmp_path / "3", [value("cpi.score", "GHA", "2025", "60", error="2.5")], edition="2027")
    return later


def test_the_list_filters_while_typing_and_says_how_many_are_left(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/")
    count = page.locator("output#count")
    expect(count).to_have_text("30 countries")
    field = page.get_by_label("Country", exact=True)
    field.press_sequentially("ivoire")
    expect(count).to_have_text("1 of 30 countries")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"/ranking/\?q=ivoire$"))
    page.get_by_label("Tier").select_option("Tier 3")
    expect(count).to_have_text("0 of 30 countries")
    page.get_by_role("link", name="Clear the filters").click()
    expect(count).to_have_text("30 countries")
    page.get_by_role("link", name="Need", exact=True).click()
    expect(page.get_by_role("columnheader", name="Need", exact=True)).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="Show all 30").click()
    expect(page.locator("#rows tbody tr")).to_have_count(30)


def test_rows_open_compute_and_replay_by_keyboard(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/")
    page.get_by_role("button", name="Compute again").press("Enter")
    expect(page.get_by_role("status").filter(has_text="is computed")).to_be_visible()
    newest = ScoreRun.objects.order_by("pk").last()
    assert newest is not None
    page.get_by_role("link", name="replayed bit for bit").press("Enter")
    page.get_by_role("button", name=f"Replay run {newest.pk}").press("Enter")
    expect(page.get_by_role("status").filter(has_text="identical bit for bit")).to_be_visible()


def test_everything_works_without_a_script(browser: Browser, live_server: LiveServer, run: ScoreRun) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(make_account(Role.ANALYST), live_server.url)])
    page = context.new_page()
    page.goto("/ranking/")
    page.get_by_label("Country", exact=True).fill("ghana")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("output#count")).to_have_text("1 of 30 countries")
    page.get_by_role("link", name="Ghana").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ghana")
    page.goto("/ranking/")
    page.get_by_role("button", name="Compute again").click()
    expect(page.get_by_role("status").filter(has_text="is computed")).to_be_visible()
    context.close()


@pytest.fixture
def first_run(live_server: LiveServer, newcomer: ScoreRun) -> ScoreRun:
    """What a newcomer gets: the shipped facts and a first ranking."""
    assert newcomer.ranked >= 150
    return newcomer


# Read by hand in the publisher's workbook, edition 2025: the row of the country; political rights are in column W.
FILE, SHEET, COLUMN = "All_data_FIW_2013-2025.xlsx", "FIW13-25", "W"
CELLS = (("Ghana", 69, "35"), ("Kosovo", 95, "28"), ("Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", 45, "19"))


def test_a_score_is_followed_down_to_the_publishers_cell(page: Page, first_run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.VIEWER, username="reader"))
    for name, row, rights in CELLS:
        page.goto("/ranking/")
        page.get_by_label("Country", exact=True).fill(name)
        expect(page.locator("output#count")).to_have_text(f"1 of {first_run.ranked} countries")
        score = page.locator("#rows tbody td[data-label=Score]").inner_text()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.locator("dl.c-facts")).to_contain_text(score)
        total = page.locator("tfoot td[data-label=Points]")
        expect(total).to_have_text(score)
        factor = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Political rights"))
        expect(factor.locator("td[data-label=Value]")).to_contain_text(f"{rights} points")
        factor.get_by_role("link", name=f"{SHEET}!{COLUMN}{row}", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}, 2024: {rights}")
        place = page.get_by_role("table", name="File and place of the value")
        for said in (f"{SHEET}!{COLUMN}{row}", FILE, "file is not held here"):
            expect(place).to_contain_text(said)


def test_the_method_is_folded_on_a_phone_and_unfolds_where_a_link_leads(
    page: Page, run: ScoreRun, sign_in: SignIn
) -> None:
    sign_in(make_account(Role.VIEWER))
    rules = page.get_by_text("Points add up.")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/method/")
    expect(rules).to_be_hidden()
    page.get_by_role("link", name="From value to score").click()
    expect(rules).to_be_visible()
    page.reload()
    expect(rules).to_be_visible()
    page.goto("/countries/")
    page.goto("/method/#intervals")
    expect(rules).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(rules).to_be_visible()
