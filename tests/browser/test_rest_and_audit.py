"""Pages about the REST interface and the audit trail in Chromium: accessible, within the window, and working."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from tests.browser.conftest import Sound
from tests.support.accounts import PASSWORD, make_account
from tests.support.browser import SignIn
from tests.worlds.small_world import World


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.parametrize("role", [Role.ANALYST, pytest.param(Role.API_CLIENT, marks=pytest.mark.wide)])
def test_reference_and_problems(page: Page, assert_sound: Sound, sign_in: SignIn, role: Role) -> None:
    sign_in(make_account(role))
    page.goto("/api/docs/")
    assert_sound(page)
    page.locator("summary", has=page.get_by_role("heading", name="Observation", exact=True)).click()
    page.get_by_text("Example of Observation", exact=True).click()
    assert_sound(page)
    page.goto("/api/problems/")
    assert_sound(page)


def test_an_account_of_a_program_finds_its_way_from_the_home_page(
    page: Page, assert_sound: Sound, sign_in: SignIn
) -> None:
    sign_in(make_account(Role.API_CLIENT))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("REST interface")
    page.goto("/countries/")
    expect(page.get_by_text("This account is for programs")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Go to the REST interface").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("REST interface")


def test_console_requests_a_country_under_the_content_security_policy(
    page: Page, assert_sound: Sound, sign_in: SignIn, small: World
) -> None:
    sign_in(make_account(Role.API_CLIENT))
    page.goto("/api/docs/console/")
    page.locator("#operations-tag-countries").click()
    expect(page.get_by_text("One country", exact=True)).to_be_visible()
    assert_sound(page)
    page.get_by_text("One country", exact=True).click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_placeholder("code").fill("XKX")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").nth(1)).to_contain_text("200")
    expect(page.locator(".live-responses-table .response-col_description").nth(1)).to_contain_text("Kosovo")
    assert_sound(page)


def test_a_long_answer_of_the_console_covers_nothing_below_it(page: Page, sign_in: SignIn, small: World) -> None:
    sign_in(make_account(Role.API_CLIENT))
    page.goto("/api/docs/console/")
    page.locator("#operations-tag-countries").click()
    page.locator(".opblock-summary-description").get_by_text("Countries", exact=True).click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response-col_description pre").first
    expect(answer).to_contain_text("Aruba")
    assert answer.evaluate("box => box.scrollHeight - box.clientHeight") <= 1


def test_console_shows_writes_to_accounts_that_may_write(page: Page, assert_sound: Sound, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ANALYST))
    page.goto("/api/docs/console/")
    page.locator("#operations-tag-partnerships").click()
    expect(page.get_by_text("Open a partnership", exact=True)).to_be_visible()
    assert_sound(page)


def test_the_audit_trail_populated_empty_and_refused(
    page: Page, assert_sound: Sound, sign_in: SignIn, small: World
) -> None:
    sign_in(make_account(Role.APPROVER))
    page.goto("/audit/")
    expect(page.get_by_role("row")).not_to_have_count(1)
    assert_sound(page)
    page.get_by_role("combobox", name="Action").select_option("published")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(AuditEntry.objects.filter(action="published").count())
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("System: published")
    assert_sound(page)
    page.goto("/audit/?actor=nobody-of-this-name")
    expect(page.get_by_role("heading", name="No matching entries")).to_be_visible()
    assert_sound(page)
    page.goto("/audit/?since=2026-11-21&until=2026-11-20")
    expect(page.get_by_role("alert")).to_contain_text("The last date is before the first one.")
    assert_sound(page)


def test_tokens_are_issued_shown_once_and_revoked(page: Page, assert_sound: Sound, sign_in: SignIn) -> None:
    sign_in(make_account(Role.ADMINISTRATOR))
    page.goto("/account/tokens/all/")
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="API tokens").last.click()
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()
    page.get_by_role("button", name="Issue the token").click()
    expect(page.get_by_role("alert")).to_contain_text("No token was issued.")
    assert_sound(page)
    page.get_by_label("What it is for").fill("Nightly copy")
    page.get_by_text("Read rankings and scores", exact=True).click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Issue the token").click()
    expect(page.get_by_role("heading", name="Copy the token now")).to_be_visible()
    expect(page.locator("code", has_text="cpc_").first).to_be_visible()
    assert_sound(page)
    page.goto("/account/tokens/all/")
    assert_sound(page)
    page.get_by_role("link", name="Revoke Nightly copy").click()
    assert_sound(page)
    page.get_by_role("button", name="Revoke the token").click()
    expect(page.get_by_text("has been revoked. Requests with it now get a 401")).to_be_visible()
    expect(page.get_by_role("cell", name="Revoked")).to_be_visible()
    assert_sound(page)
