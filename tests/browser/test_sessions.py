"""The end of a session in a browser: the warning, stored drafts, remote sign-out, and failed sign-ins of a stranger."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.sessions.models import Session, UnsentForm
from tests.browser.conftest import Sound
from tests.support.accounts import PASSWORD, make_account
from tests.support.browser import SignIn

FORM = "/account/people/agencies/new/"
SIGN_IN = re.compile(r"/account/sign-in/")


@pytest.fixture
def administrator(live_server: LiveServer) -> User:
    return make_account(Role.ADMINISTRATOR)


def wait(page: Page, minutes: float) -> None:
    """Let time pass in the browser and for the sessions on the server, without an act."""
    seconds = int(minutes * 60)
    Session.objects.update(last_seen_at=timezone.now() - dt.timedelta(seconds=seconds))
    page.clock.fast_forward(seconds * 1000)


def fill_in(page: Page, user: User, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_dialog_warns_two_minutes_before_and_keeps_the_person_signed_in(
    page: Page, administrator: User, sign_in: SignIn, assert_sound: Sound, width: int
) -> None:
    sign_in(administrator)
    page.clock.install()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(FORM)
    page.locator("input[name=name]").fill("Department of the Treasury")
    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    wait(page, 7.5)
    page.clock.run_for(3000)
    expect(dialog).to_be_hidden()
    wait(page, 8.5)
    page.clock.run_for(3000)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("status")).to_have_text("2 minutes")
    button = dialog.get_by_role("button", name="Stay signed in")
    expect(button).to_be_focused()
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert_sound(page)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert timezone.now() - Session.objects.get().last_seen_at < dt.timedelta(minutes=1)
    expect(page.locator("input[name=name]")).to_have_value("Department of the Treasury")


def test_what_was_typed_is_in_the_form_again_after_sign_in(page: Page, administrator: User, sign_in: SignIn) -> None:
    sign_in(administrator)
    page.clock.install()
    page.goto(FORM)
    page.locator("input[name=name]").fill("Department of the Treasury")
    wait(page, 10)
    page.clock.run_for(3000)
    # The page with the form is gone from the screen.
    expect(page).to_have_url(SIGN_IN)
    expect(page.get_by_text("What you typed is not lost.")).to_be_visible()
    fill_in(page, administrator)
    expect(page).to_have_url(re.compile(FORM))
    expect(page.get_by_text("Your session ended while you typed here.")).to_be_visible()
    expect(page.locator("input[name=name]")).to_have_value("Department of the Treasury")
    assert not Agency.objects.filter(name="Department of the Treasury").exists()
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("input[name=name]")).to_have_value("")
    assert not UnsentForm.objects.exists()


def test_typing_keeps_a_session_and_a_page_that_refreshes_itself_does_not(
    page: Page, administrator: User, sign_in: SignIn
) -> None:
    def idle() -> float:
        return (timezone.now() - Session.objects.get().last_seen_at).total_seconds()

    sign_in(administrator)
    page.clock.install()
    page.goto(FORM)
    wait(page, 5)
    with page.expect_response(lambda response: response.url.endswith("/account/settings/")):
        page.evaluate(
            """() => {
                const poll = document.createElement("div");
                poll.setAttribute("hx-get", "/account/settings/");
                poll.setAttribute("hx-trigger", "every 1s");
                poll.setAttribute("hx-swap", "none");
                document.body.append(poll);
                htmx.process(poll);
            }"""
        )
        page.clock.run_for(2000)
    assert idle() > 290
    with page.expect_response(lambda response: response.url.endswith("/account/session/")):
        page.locator("input[name=name]").press_sequentially("Tr")
    assert idle() < 60


def test_a_session_is_ended_from_another_browser(
    page: Page, administrator: User, sign_in: SignIn, browser: Browser, live_server: LiveServer
) -> None:
    sign_in(administrator)
    page.goto("/account/settings/")
    with browser.new_context(base_url=live_server.url) as elsewhere:
        other = elsewhere.new_page()
        other.goto("/account/sessions/")
        fill_in(other, administrator)
        expect(other.get_by_text("2 sessions")).to_be_visible()
        other.get_by_role("button", name=re.compile("^Sign out ")).click()
        expect(other.get_by_text("1 session", exact=True)).to_be_visible()
    page.reload()
    expect(page).to_have_url(SIGN_IN)
    expect(page.get_by_text("ended from another one of yours")).to_be_visible()


def test_a_stranger_waits_and_the_owner_signs_in_in_a_known_browser(
    page: Page, administrator: User, browser: Browser, live_server: LiveServer
) -> None:
    page.goto("/account/sign-in/")
    expect(page.get_by_text("Use of this system is monitored and recorded.")).to_be_visible()
    fill_in(page, administrator)
    expect(page).not_to_have_url(SIGN_IN)
    page.context.clear_cookies(name="sessionid")
    with browser.new_context(base_url=live_server.url) as elsewhere:
        stranger = elsewhere.new_page()
        stranger.goto("/account/sign-in/")
        for _ in range(5):
            fill_in(stranger, administrator, "a wrong guess")
            expect(stranger.get_by_text("The user name or password is incorrect.").first).to_be_visible()
        fill_in(stranger, administrator)
        expect(stranger.get_by_text("Wait 30 seconds").first).to_be_visible()
    page.goto("/account/sessions/")
    fill_in(page, administrator)
    expect(page.get_by_text("5 failed sign-ins")).to_be_visible()
