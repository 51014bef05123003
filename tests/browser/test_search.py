"""The key / in Chromium: it goes to the search field that is shown, and does nothing where a text is typed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cpc.accounts.permissions import Role
from cpc.people.services import choose_letter_keys
from tests.support.accounts import make_account
from tests.support.browser import SignIn


@pytest.mark.parametrize(
    ("width", "url", "field"), [(1280, "/", "#find"), (1280, "/find/", "#find"), (390, "/find/", "#q")]
)
def test_slash_goes_to_the_field_and_types_nothing(
    live_server: Any, page: Page, sign_in: SignIn, width: int, url: str, field: str
) -> None:
    sign_in(make_account(Role.VIEWER))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(url)
    page.keyboard.press("/")
    expect(page.locator(field)).to_be_focused()
    expect(page.locator(field)).to_have_value("")
    page.keyboard.type("a/b")
    expect(page.locator(field)).to_have_value("a/b")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=a%2Fb**")
    expect(page.locator("#find")).to_have_value("a/b")


def test_slash_does_nothing_without_a_field_with_a_modifier_or_if_turned_off(
    live_server: Any, page: Page, sign_in: SignIn
) -> None:
    user = make_account(Role.VIEWER)
    sign_in(user)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#find")).not_to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Control+/")
    expect(page.locator("#find")).not_to_be_focused()
    choose_letter_keys(has_letter_keys=False, user=user)
    page.goto("/find/")
    page.keyboard.press("/")
    expect(page.locator("#find")).not_to_be_focused()
    expect(page.locator("#q")).not_to_be_focused()
