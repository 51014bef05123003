"""An exercise in Chromium: weights follow what is typed, by keyboard, and without a script the server shows them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from selection.models import StatedWeights
from tests.support.accounts import make_account
from tests.support.axe import unsound
from tests.support.browser import SignIn, session_cookie
from tests.support.weighing import opened, points_of, ranks_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_weights_follow_what_is_typed_by_keyboard(live_server: LiveServer, page: Page, sign_in: SignIn) -> None:
    analyst = make_account(Role.ANALYST)
    exercise = opened(analyst)
    sign_in(analyst)
    page.goto(f"/weightings/{exercise.pk}/answer/")
    assert not unsound(page, closely=False)
    page.get_by_label("Rank of Need", exact=True).focus()
    for keys in ("1", "100", "2", "50"):
        page.keyboard.type(keys)
        page.keyboard.press("Tab")
    row = page.get_by_role("row").filter(has=page.get_by_label("Points of Need", exact=True))
    expect(row.locator("[data-weight]")).to_have_text("67%")
    expect(page.get_by_text("Ranks and points agree.")).to_be_visible()
    page.get_by_label("Rank of Feasibility", exact=True).fill("1")
    page.get_by_label("Rank of Need", exact=True).fill("2")
    expect(page.get_by_text("Feasibility ranks above Need, but has fewer points.")).to_be_visible()
    points = points_of(exercise)
    for kind, numbers in (("r", ranks_of(points)), ("p", points)):
        for node, parts in numbers.items():
            for part, value in parts.items():
                page.locator(f"[name={kind}_{node}__{part}]").fill(f"{value:g}")
    page.get_by_label("Why you weigh them in this way", exact=True).fill("Sample: need first.")
    page.get_by_role("button", name="Submit the weights").press("Enter")
    expect(page.get_by_text("Your weights are on record.")).to_be_visible()
    assert not unsound(page, closely=False)
    assert StatedWeights.objects.get().comment == "Sample: need first."


def test_without_a_script_the_server_shows_the_weights(browser: Browser, live_server: LiveServer) -> None:
    analyst = make_account(Role.ANALYST)
    exercise = opened(analyst)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(analyst, live_server.url)])
    page = context.new_page()
    page.goto(f"/weightings/{exercise.pk}/answer/")
    page.get_by_label("Points of Need", exact=True).fill("100")
    page.get_by_label("Points of Feasibility", exact=True).fill("25")
    page.get_by_role("button", name="Show the weights").click()
    row = page.get_by_role("row").filter(has=page.get_by_label("Points of Need", exact=True))
    expect(row.locator("[data-weight]")).to_have_text("80%")
    assert not StatedWeights.objects.exists()
    context.close()
