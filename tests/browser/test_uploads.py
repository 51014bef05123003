"""The page after an upload in which the scanner found malware."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.files.scanner import Scanner
from tests.browser.conftest import Sound
from tests.cpc.files.scanners import MALWARE, running
from tests.support.accounts import make_account
from tests.support.browser import SignIn


def test_malware_is_named_and_the_way_back_shown(
    page: Page, sign_in: SignIn, settings: Settings, tmp_path: Path, assert_sound: Sound
) -> None:
    sign_in(make_account(Role.ANALYST))
    with running(tmp_path) as clamd:
        settings.SCANNER = Scanner(clamd.address, 5, 1_000_000)
        page.goto("/data/imports/")
        file = {"name": "tiers.csv", "mimeType": "text/csv", "buffer": MALWARE}
        page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]  # as Playwright documents
        page.locator("form[enctype] button[type=submit]").first.click()
        expect(page.get_by_role("heading", name="This file was not accepted")).to_be_visible()
        expect(page.get_by_text("Test.Malware-1")).to_be_visible()
        assert_sound(page)
        page.get_by_role("link", name="Back to the form").click()
        expect(page.locator("input[type=file]").first).to_be_attached()
