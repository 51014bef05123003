"""Weights of a draft model in Chromium: shares update as a person types, without a request."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.support.browser import SignIn, session_cookie
from tests.support.models import draft

pytestmark = pytest.mark.django_db(transaction=True)


def test_shares_follow_what_is_typed_without_a_request(live_server: LiveServer, page: Page, sign_in: SignIn) -> None:
    analyst = make_account(Role.ANALYST)
    made = draft(analyst)
    sign_in(analyst)
    page.goto(f"/models/{made.pk}/weights/need/")
    total = page.locator("output[data-points]")
    row = page.get_by_role("row").filter(has=page.get_by_label("Child marriage"))
    expect(total).to_have_text("The points add up to 100.")
    expect(row.locator("[data-here]")).to_have_text("14.0%")
    expect(page.get_by_role("button", name="Show the shares")).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_label("Child marriage")
    field.fill("26")
    expect(total).to_have_text("The points add up to 112; each counts in proportion.")
    expect(row.locator("[data-here]")).to_have_text("23.2%")
    expect(row.locator("[data-whole]")).to_have_text("11.6%")
    field.fill("many")
    expect(total).to_have_text("Enter a number of 0 or more in each field.")
    expect(row.locator("[data-here]")).to_have_text("\N{EN DASH}")
    for one in page.locator("[data-shares] input").all():
        one.fill("0")
    expect(total).to_have_text("All points are 0, so nothing below need counts. Give at least one of them points.")
    assert asked == []


def test_without_a_script_the_server_prints_the_same_shares(browser: Browser, live_server: LiveServer) -> None:
    analyst = make_account(Role.ANALYST)
    made = draft(analyst)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(analyst, live_server.url)])
    page = context.new_page()
    page.goto(f"/models/{made.pk}/weights/need/")
    page.get_by_label("Child marriage").fill("26")
    page.get_by_role("button", name="Show the shares").click()
    total = page.locator("output[data-points]")
    expect(total).to_have_text("The points add up to 112; each counts in proportion.")
    expect(page.get_by_role("row").filter(has=page.get_by_label("Child marriage"))).to_contain_text("23.2%")
    for one in page.locator("[data-shares] input").all():
        one.fill("0")
    page.get_by_role("button", name="Show the shares").click()
    expect(total).to_contain_text("All points are 0")
    context.close()
