"""Sign-in through a real OpenID provider that runs on this machine: there, back, and out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.openid.configuration import Provider
from cpc.openid.models import LinkedIdentity
from tests.browser.conftest import Sound
from tests.cpc.openid.conftest import with_address
from tests.cpc.openid.providers import PASSWORD_ONLY, PIV, SECOND_FACTOR, real_provider
from tests.support.browser import SignIn

SIGN_IN = "/account/department/department/"


def person(address: str, acr: str = SECOND_FACTOR, *, verified: bool = True) -> dict[str, Any]:
    return {"sub": f"sub-of-{address}", "email": address, "email_verified": verified, "acr": acr, "amr": ["otp"]}


PEOPLE = {
    "analyst": person("analyst@state.example"),
    "approver": person("approver@state.example", PIV),
    "stranger": person("stranger@state.example"),
    "unverified": person("viewer@state.example", verified=False),
    "careless": person("analyst@state.example", PASSWORD_ONLY),
}


@pytest.fixture
def provider(live_server: LiveServer, settings: Settings) -> Iterator[Provider]:
    cache.clear()
    with real_provider(live_server.url, PEOPLE) as running:
        settings.OPENID_PROVIDERS = {"department": running}
        yield running
    cache.clear()


def choose(page: Page, name: str) -> None:
    """Say at the provider who one is."""
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.get_by_role("button", name=name, exact=True).click()


def test_analyst_signs_in_and_out(page: Page, provider: Provider, assert_sound: Sound) -> None:
    analyst = with_address(Role.ANALYST, "analyst@state.example")
    page.goto("/account/sign-in/?next=/account/department/")
    assert_sound(page)
    page.get_by_role("link", name="Sign in with your Department account").click()
    choose(page, "analyst")
    expect(page).to_have_url(re.compile("/account/department/$"))
    expect(page.get_by_text("Verified address")).to_be_visible()
    assert_sound(page)
    assert analyst.linked_identities.get().subject == "analyst"
    page.get_by_text(analyst.name).first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out here")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Sign out at the provider").click()
    page.get_by_role("button", name=re.compile("Yes, sign me out")).click()
    expect(page).to_have_url(re.compile("/account/sign-in/"))
    page.goto("/inbox/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stranger", "No account here is linked to it"),
        ("unverified", "No account here is linked to it"),
        ("careless", "did not confirm the second factor"),
        ("Cancel", "did not finish signing in"),
    ],
)
def test_others_do_not_get_in(name: str, message: str, page: Page, provider: Provider, assert_sound: Sound) -> None:
    with_address(Role.ANALYST, "analyst@state.example")
    with_address(Role.VIEWER, "viewer@state.example")
    page.goto(SIGN_IN)
    choose(page, name)
    expect(page.get_by_text(message)).to_be_visible()
    assert_sound(page)
    page.goto("/inbox/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert not LinkedIdentity.objects.exists()


def test_approver_connects_a_card_and_signs_in_with_it(
    page: Page, provider: Provider, sign_in: SignIn, settings: Settings
) -> None:
    approver = with_address(Role.APPROVER, "approver@state.example")
    page.goto(SIGN_IN)
    choose(page, "approver")
    expect(page.get_by_text("is not found by its address")).to_be_visible()
    sign_in(approver)
    page.goto("/account/department/")
    page.get_by_role("link", name="Connect your Department account").click()
    expect(page.get_by_text("Connected. You can now sign in")).to_be_visible()
    page.context.clear_cookies()
    page.goto(SIGN_IN)
    choose(page, "approver")
    expect(page.get_by_text(approver.name).first).to_be_visible()
    assert User.objects.get(pk=approver.pk).linked_identities.get().basis == "owner"
    assert is_resistant(page, settings)


def is_resistant(page: Page, settings: Settings) -> bool:
    """Return whether the session of the browser was signed in resistant to phishing."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return sign_ins.is_phishing_resistant(store(cookies[settings.SESSION_COOKIE_NAME]))
