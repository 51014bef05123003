"""Passkeys and codes in Chromium, with its virtual authenticator: adding, signing in, confirming, and recovering."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.people import access_changes
from tests.browser.conftest import Sound
from tests.support.accounts import PASSWORD, make_account, set_by_owner
from tests.support.passkeys import SECRET, VirtualKey, code_of, give_app


@pytest.fixture(autouse=True)
def _required(settings: Settings, live_server: LiveServer) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def enter_password(page: Page, user: User, password: str = PASSWORD) -> None:
    page.goto("/account/sign-in/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on to step 2").click()


def add_passkey(page: Page, name: str) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create the passkey").click()
    page.get_by_text("The passkey has been added.").wait_for()


def sign_out(page: Page) -> None:
    page.locator("details[data-menu] summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()


def sign_in_with_passkey(page: Page) -> None:
    page.goto("/account/sign-in/")
    with page.expect_navigation(url=re.compile(r"/$")):
        page.get_by_role("button", name="Sign in with a passkey").click()


def let_time_pass(user: User) -> None:
    """Make every proof of every session so old that it no longer counts."""
    from cpc.accounts.sign_ins import PROOFS
    from cpc.sessions.models import Session

    for row in Session.objects.all():
        stored = row.get_decoded()
        if stored.get(PROOFS, {}).get("account") == str(user.pk):
            stored[PROOFS]["at"] = {name: at - 3600 for name, at in stored[PROOFS]["at"].items()}
            row.session_data = Session.objects.encode(stored)
            row.save()


def test_an_approver_adds_a_passkey_before_anything_else_and_signs_in_with_it(page: Page, assert_sound: Sound) -> None:
    approver = make_account(Role.APPROVER)
    key = VirtualKey(page)
    enter_password(page, approver)
    expect(page.get_by_role("alert")).to_contain_text("Add a passkey before you go on.")
    assert_sound(page)
    for url in ("/", "/countries/", "/account/tokens/", "/account/settings/", "/account/password/"):
        page.goto(url)
        expect(page).to_have_url(re.compile("/account/security/$"))
    assert page.request.get("/api/v1/queue/").status == 403
    add_passkey(page, "Key ring")
    assert key.credentials() == 1
    expect(page.get_by_role("heading", level=1)).to_have_text("One passkey protects your account")
    assert_sound(page)
    sign_out(page)
    sign_in_with_passkey(page)
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    used = AuditEntry.objects.filter(action="used a passkey").get()
    assert (used.actor_id, used.after) == (str(approver.pk), {"factor": "Key ring", "to": "sign in"})
    # The password is only the first of two steps now.
    sign_out(page)
    enter_password(page, approver)
    expect(page.get_by_role("heading", level=1)).to_have_text("Prove that it is you")
    assert_sound(page)
    assert page.request.get("/api/v1/queue/").status == 401
    with page.expect_navigation(url=re.compile(r"/$")):
        page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


def test_a_key_without_a_pin_opens_nothing(page: Page) -> None:
    analyst = make_account(Role.ANALYST)
    VirtualKey(page, user_verifies=False)
    enter_password(page, analyst)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Without a PIN")
    page.get_by_role("button", name="Create the passkey").click()
    expect(page.locator("[data-passkey-error]")).to_contain_text("Nothing was sent")
    assert not Authenticator.objects.exists()


def test_an_analyst_signs_in_with_a_code_once(page: Page, assert_sound: Sound) -> None:
    analyst = make_account(Role.ANALYST)
    enter_password(page, analyst)
    page.get_by_role("link", name="Add an app").click()
    secret = page.locator("code.u-break").inner_text()
    assert_sound(page)
    page.get_by_label("Code from your authenticator app").fill("000000")
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("alert").first).to_contain_text("This code is wrong")
    assert page.locator("code.u-break").inner_text() == secret
    page.get_by_label("Code from your authenticator app").fill(code_of(secret, -1))
    page.get_by_role("button", name="Add the app").click()
    recovery = page.locator(".c-codes code").first.inner_text()
    assert_sound(page)
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret.replace(" ", "") not in str(app.data)
    page.get_by_role("link", name="I have written them down").click()
    sign_out(page)
    now = code_of(secret)
    enter_password(page, analyst)
    page.get_by_label("Code from your authenticator app").fill(now)
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    sign_out(page)
    enter_password(page, analyst)
    page.get_by_label("Code from your authenticator app").fill(now)
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("alert").first).to_contain_text("was used already")
    assert_sound(page)
    page.get_by_role("button", name="Start again").click()
    enter_password(page, analyst)
    page.get_by_label("Code from your authenticator app").fill(recovery)
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


def test_a_code_opens_nothing_for_an_approver(page: Page) -> None:
    approver = make_account(Role.ANALYST, username="later")
    give_app(approver)
    set_by_owner(User.objects.filter(pk=approver.pk), role=Role.APPROVER)
    VirtualKey(page)
    enter_password(page, approver)
    page.get_by_label("Code from your authenticator app").fill(code_of(SECRET))
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("alert")).to_contain_text("Add a passkey before you go on.")
    page.goto("/")
    expect(page).to_have_url(re.compile("/account/security/$"))
    page.goto("/account/security/codes/add/")
    expect(page.get_by_text("signs in with a passkey").first).to_be_visible()
    page.goto("/account/security/")
    add_passkey(page, "Key ring")
    sign_out(page)
    enter_password(page, approver)
    expect(page.get_by_role("button", name="Use my passkey")).to_be_visible()
    expect(page.get_by_label("Code from your authenticator app")).to_have_count(0)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(
        "/account/sign-in/second-step/",
        form={"code": code_of(SECRET, 1), "csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    )
    assert page.request.get("/api/v1/queue/").status == 401


def test_the_last_passkey_of_an_administrator_stays(page: Page) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    VirtualKey(page)
    enter_password(page, administrator)
    add_passkey(page, "First")
    only = Authenticator.objects.get()
    page.goto(f"/account/security/passkeys/{only.pk}/remove/")
    expect(page.get_by_text("This is your last passkey.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove the passkey")).to_have_count(0)
    page.goto("/account/security/")
    page.get_by_role("link", name="Rename First").click()
    page.get_by_label("Name").fill("Desk")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("Passkey renamed: Desk")).to_be_visible()


def test_without_javascript_there_is_no_passkey_button(browser: Browser, live_server: LiveServer) -> None:
    analyst = make_account(Role.ANALYST)
    give_app(analyst)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    enter_password(page, analyst)
    expect(page.get_by_role("button", name="passkey")).to_have_count(0)
    page.get_by_label("Code from your authenticator app").fill(code_of(SECRET))
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    page.goto("/account/security/")
    expect(page.get_by_role("link", name="Add a passkey")).to_be_hidden()
    context.close()


def test_a_token_and_a_confirmation_ask_for_the_passkey_again(page: Page, assert_sound: Sound) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    approver = make_account(Role.APPROVER)
    newcomer = {"username": "newcomer", "name": "Newcomer", "email": "newcomer@cpc.example"}
    change = access_changes.ask_to_invite(
        **newcomer, role=Role.APPROVER, agency=None, is_contact=False, actor=administrator
    )
    VirtualKey(page)
    enter_password(page, approver)
    add_passkey(page, "Key ring")
    let_time_pass(approver)
    page.goto("/account/tokens/")
    page.get_by_label("What it is for").fill("Nightly copy")
    page.get_by_text("Read observations, sources, indicators, and countries", exact=True).click()
    page.get_by_role("button", name="Issue the token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert_sound(page)
    assert not ApiToken.objects.exists()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_label("What it is for")).to_have_value("Nightly copy")
    page.get_by_role("button", name="Issue the token").click()
    expect(page.get_by_text("Copy the token now")).to_be_visible()
    let_time_pass(approver)
    page.goto(f"/account/access/{change.pk}/")
    page.get_by_text("Confirm", exact=True).click()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert AccessChange.objects.get().outcome == ""
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_label("Confirm", exact=True)).to_be_checked()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("The change has been confirmed")).to_be_visible()
    assert AccessChange.objects.get().outcome == "confirmed"


def test_two_people_recover_an_account_whose_passkey_is_lost(page: Page, live_server: LiveServer) -> None:
    administrator, approver = make_account(Role.ADMINISTRATOR), make_account(Role.APPROVER)
    lost = make_account(Role.APPROVER, username="lost")
    for account in (administrator, lost):
        set_by_owner(User.objects.filter(pk=account.pk), email=f"{account.username}@cpc.example")
    key = VirtualKey(page)
    for account in (administrator, approver, lost):
        enter_password(page, account)
        add_passkey(page, "Key ring")
        sign_out(page)
    assert key.credentials() == 3
    enter_password(page, administrator)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    page.goto(f"/account/people/{administrator.pk}/recover/")
    page.get_by_role("button", name="Recover the account").click()
    assert not AccessChange.objects.exists()
    page.goto(f"/account/people/{lost.pk}/recover/")
    page.get_by_role("button", name="Recover the account").click()
    expect(page.get_by_text("Nothing has changed yet.").first).to_be_visible()
    change = AccessChange.objects.get()
    assert Authenticator.objects.filter(user=lost).exists()
    sign_out(page)
    enter_password(page, approver)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    page.goto(f"/account/access/{change.pk}/")
    page.get_by_text("Confirm", exact=True).click()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("The change has been confirmed")).to_be_visible()
    assert not Authenticator.objects.filter(user=lost).exists()
    sign_out(page)
    enter_password(page, lost)
    expect(page.get_by_role("alert").first).to_contain_text("incorrect")
    link = re.search(r"/account/invitation/\S+", str(mail.outbox[-1].body))
    assert link
    page.goto(link[0])
    page.get_by_label("Password", exact=True).fill("four plain words together")
    page.get_by_label("Repeat the password").fill("four plain words together")
    page.get_by_role("button", name="Set the password").click()
    enter_password(page, lost, "four plain words together")
    expect(page.get_by_role("alert")).to_contain_text("Add a passkey before you go on.")
