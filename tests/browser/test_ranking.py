"""Ranking pages in Chromium: sound at every width and for every role, and usable with and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from selection.runs.services import compute_screen
from tests.support.accounts import make_account
from tests.support.browser import SignIn, session_cookie
from tests.support.rankings import publish_values, value

WIDTHS = (320, 390, 640, 900, 1280)


@pytest.fixture
def run(live_server: LiveServer, ranking: ScoreRun, tmp_path: Path) -> ScoreRun:
    """Return the later of two runs, with one publication between them and one after both."""
    publish_values(tmp_path / "2", [value("cpi.score", "GHA", "2025", "70", error="2.5")], edition="2026")
    later = compute_screen(actor=None)
    publish_values(tmp_path / "3", [value("cpi.score", "GHA", "2025", "60", error="2.5")], edition="2027")
    return later


def test_list_filters_while_typing_and_counts_the_matches(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/")
    count = page.locator("output#count")
    expect(count).to_have_text(re.compile("^1 to 20 of 30"))
    field = page.get_by_label("Country", exact=True)
    field.press_sequentially("ivoire")
    expect(count).to_have_text("1 of 30 countries")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"/ranking/\?q=ivoire$"))
    expect(page.get_by_text("One country matches: Côte d")).to_be_visible()
    page.get_by_text("More filters").click()
    page.get_by_role("form", name="Filter the countries").get_by_label("Tier").select_option("Tier 3")
    expect(count).to_have_text("0 of 30 countries")
    page.get_by_role("link", name="Remove “Tier 3”").click()
    expect(count).to_have_text("1 of 30 countries")
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(count).to_have_text(re.compile("^1 to 20 of 30"))
    page.get_by_role("link", name="Need", exact=True).click()
    expect(page.get_by_role("columnheader", name="Need", exact=True)).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="All 30").click()
    expect(page.locator("#rows tbody tr")).to_have_count(30)


def test_picture_map_and_list_follow_the_filters(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/?view=chart")
    marks = page.locator("#rows .u-wide svg a")
    expect(marks).to_have_count(30)
    page.get_by_label("Region", exact=True).select_option("Africa")
    africa = run.countries.filter(rank__isnull=False, region="Africa").count()
    expect(marks).to_have_count(africa)
    page.get_by_role("navigation", name="View").get_by_role("link", name="Map").click()
    expect(page).to_have_url(re.compile(r"view=map&region=Africa"))
    expect(page.get_by_label("Region", exact=True)).to_have_value("Africa")
    expect(page.locator("output#count")).to_have_text(f"{africa} of 30 countries")
    page.get_by_label("Country", exact=True).press_sequentially("ghana")
    expect(page.locator(".c-short a")).to_have_text(["Ghana"])
    page.get_by_role("navigation", name="Groups of countries").get_by_role("link", name="Provisional").click()
    expect(page).to_have_url(re.compile(r"q=ghana"))
    expect(page.get_by_label("Country", exact=True)).to_have_value("ghana")


def test_columns_are_chosen_without_losing_the_filters(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/?region=Africa")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_text("Missing or old", exact=True).first.click()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Missing or old")).to_have_count(1)
    expect(page.get_by_label("Region", exact=True)).to_have_value("Africa")
    page.get_by_label("Country", exact=True).press_sequentially("gha")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.get_by_role("columnheader", name="Missing or old")).to_have_count(1)


def test_a_mark_of_the_scatter_leads_to_its_country(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.VIEWER))
    page.goto("/ranking/?view=chart")
    page.locator('#rows .u-wide svg a[href="/countries/GHA/"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ghana")


def test_rows_open_compute_and_replay_by_keyboard(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/ranking/")
    page.get_by_role("button", name="Compute again").press("Enter")
    expect(page.get_by_role("status").filter(has_text="is complete")).to_be_visible()
    newest = ScoreRun.objects.order_by("pk").last()
    assert newest is not None
    page.get_by_text("How this list is made.").click()
    page.get_by_role("link", name="replay the run bit for bit").press("Enter")
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
    page.get_by_role("link", name="Ghana", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ghana")
    page.goto("/ranking/")
    page.get_by_role("button", name="Compute again").click()
    expect(page.get_by_role("status").filter(has_text="is complete")).to_be_visible()
    context.close()


@pytest.fixture
def first_run(live_server: LiveServer, newcomer: ScoreRun) -> ScoreRun:
    """Return the first ranking of a new installation, computed from the shipped facts."""
    assert newcomer.ranked == 81
    return newcomer


# Read by hand in the publisher's workbook, edition 2025: the row of the country; political rights are in column W.
FILE, SHEET, COLUMN = "All_data_FIW_2013-2025.xlsx", "FIW13-25", "W"
CELLS = (
    ("Ghana", "", 69, "35"),
    ("Kosovo", "provisional", 95, "28"),
    ("Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "outside", 45, "19"),
)
"""A country, the list that it is in, and its row and rating in the workbook."""


def test_a_score_is_followed_down_to_the_publishers_cell(page: Page, first_run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.VIEWER, username="reader"))
    for name, tab, row, rights in CELLS:
        page.goto(f"/ranking/?tab={tab}")
        page.get_by_label("Country", exact=True).fill(name)
        expect(page.locator("output#count")).to_have_text(re.compile(r"1 of \d+ countr"))
        score = page.locator("#rows tbody td[data-label=Feasibility]").inner_text().strip()
        page.locator("#rows").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.locator("main")).to_contain_text(f"Feasibility {score}")
        page.get_by_role("link", name=f"{rights} (2024)", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}, 2024: {rights}")
        table = page.get_by_role("table", name="File and location of the value")
        for text in (f"{SHEET}!{COLUMN}{row}", FILE, "file is not stored here"):
            expect(table).to_contain_text(text)


def test_details_of_the_method_are_folded_until_they_are_asked_for(page: Page, run: ScoreRun, sign_in: SignIn) -> None:
    sign_in(make_account(Role.VIEWER))
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/method/")
    criteria = page.get_by_role("rowheader", name="Political rights").first
    expect(criteria).to_be_hidden()
    page.get_by_text("All criteria with weights and sources").click()
    expect(criteria).to_be_visible()
