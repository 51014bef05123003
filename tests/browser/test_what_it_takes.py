"""From the page on one country to What if in Chromium: its changes are set there, and the strip follows movements."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from selection.models import ScoreRun
from tests.support.axe import violations
from tests.support.browser import SignIn, session_cookie

pytestmark = pytest.mark.world("newcomer")


@pytest.fixture
def reader(newcomer: ScoreRun) -> User:
    return User.objects.get(username="viewer")


def ready(page: Page) -> None:
    page.locator("html[data-what-if=ready]").wait_for()


def strip(page: Page) -> str:
    ready(page)
    return " ".join(page.locator(".c-follow").inner_text().split())


def test_a_set_is_opened_in_what_if_and_followed(
    live_server: LiveServer, page: Page, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader)
    page.goto("/countries/KEN/")
    page.get_by_role("link", name="What would it take?").click()
    page.get_by_label("In the first").select_option("10")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No single change would bring Kenya into the first 10.")).to_be_visible()
    page.locator("section", has=page.get_by_role("heading", name="Together")).get_by_role("link").first.click()
    assert strip(page).startswith("Kenya 9 was 49 in run 2 40 ranks up, in the first 20.")

    # One value left out in the form: below the first ten. The fields are sent to the server, which alone can answer.
    field = page.locator("#value-KEN-births")
    expect(field).to_have_value("60")
    field.fill("")
    page.get_by_role("button", name="Set these values").click()
    page.wait_for_url(lambda url: "births" not in url)
    rank = int(strip(page).split()[1])
    assert rank > 10

    # A weight moves strip, chart, and neighbors without a request, and as the server has them.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#w-need").fill("80")
    page.locator("#w-need").blur()
    expect(page.locator("#follow-rank")).not_to_have_text(str(rank))
    expect(page.locator("#h-sweep")).to_have_text("Kenya, by the weight of need")
    assert asked == []
    shown = {name: page.locator(name).inner_text() for name in ("#follow-rank", "#follow-say", "#around tbody")}
    sweep = page.locator("#sweep figcaption").inner_text()
    expect(page).to_have_url(re.compile("w-need=80"))
    assert violations(page) == []
    page.reload()
    ready(page)
    assert {name: page.locator(name).inner_text() for name in shown} == shown
    assert page.locator("#sweep figcaption").inner_text() == sweep

    # Another country keeps the values that are set, and the strip can be left.
    page.get_by_label("Country to follow").select_option("IND")
    page.wait_for_url(lambda url: "follow=IND" in url)
    assert strip(page).startswith("India")
    expect(page.get_by_text("Values of a country are changed here, not in the data.")).to_be_visible()
    page.get_by_role("link", name="Stop following").click()
    ready(page)
    expect(page.locator(".c-follow")).to_have_count(0)


def test_the_strip_stays_in_sight_on_a_wide_screen_and_scrolls_on_a_narrow_one(
    live_server: LiveServer, page: Page, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader)
    for width, position in ((1280, "sticky"), (390, "static")):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/ranking/what-if/?follow=KEN&w-births=40")
        ready(page)
        assert page.locator(".c-follow").evaluate("(strip) => getComputedStyle(strip).position") == position
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#value-KEN-births").evaluate(
            "(field) => { field.closest('details').open = true; field.focus(); }"
        )
        box, covered = page.locator("#value-KEN-births").bounding_box(), page.locator(".c-follow").bounding_box()
        assert box
        assert covered
        assert box["y"] >= covered["y"] + covered["height"] or position == "static"


def test_without_script_the_form_answers_the_same(live_server: LiveServer, browser: Browser, reader: User) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([session_cookie(reader, live_server.url)])
    page = context.new_page()
    page.goto("/ranking/what-if/")
    page.get_by_label("Country to follow").select_option("KEN")
    page.get_by_role("button", name="Show the effect").click()
    assert "Kenya 49" in " ".join(page.locator(".c-follow").inner_text().split())
    page.locator("summary", has_text="Values of Kenya").first.click()
    page.locator("#value-KEN-births").fill("60")
    page.locator("#w-need").fill("60")
    page.get_by_role("button", name="Set these values").click()
    text = " ".join(page.locator(".c-follow").inner_text().split())
    assert "w-need=60" in page.url
    assert "ranks up" in text
    expect(page.locator("#h-sweep")).to_have_text("Kenya, by the weight of need")
    expect(page.locator("#w-feasibility")).to_have_value("40")
    context.close()
