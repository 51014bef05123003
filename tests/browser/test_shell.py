"""The kernel's pages in Chromium: accessible, within the window, and working under the CSP."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from tests.browser.conftest import Sound
from tests.support.browser import SignIn

PASSWORD = "correct-horse-battery"


@pytest.fixture
def analyst(sign_in: SignIn) -> User:
    user = User.objects.create_user("ana", PASSWORD, name="Ana Lyst", role=Role.ANALYST)
    sign_in(user)
    return user


LISTED = ("/find/", "/find/?q=x", "/about/states/", "/nowhere/", "/?p=1")
"""URL names from the list of pages; axe always checks one page of each of their templates."""


@pytest.mark.parametrize(
    "url",
    ["/", "/find/?q=nobody", "/account/password/", *(pytest.param(url, marks=pytest.mark.wide) for url in LISTED)],
)
def test_pages_are_sound(page: Page, assert_sound: Sound, analyst: User, url: str) -> None:
    page.goto(url)
    assert_sound(page)


@pytest.mark.parametrize("url", ["/account/sign-in/", "/about/accessibility/", "/about/what-is-real/", "/nowhere/"])
def test_pages_of_visitors_are_sound(page: Page, assert_sound: Sound, url: str) -> None:
    page.goto(url)
    assert_sound(page)


def test_failed_sign_in_focuses_the_error_and_a_valid_one_opens_home(
    page: Page, assert_sound: Sound, live_server: LiveServer
) -> None:
    User.objects.create_user("ana", PASSWORD, name="Ana Lyst", role=Role.ANALYST)
    page.goto("/account/sign-in/")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_sound(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    assert page.url.removesuffix("/") == live_server.url


def test_the_account_menu_closes_on_escape_and_signs_out(page: Page, assert_sound: Sound, analyst: User) -> None:
    page.goto("/")
    page.get_by_text("Ana Lyst").first.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert_sound(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_text("Ana Lyst").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
