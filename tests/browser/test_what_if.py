"""The What if page in Chromium: movements without requests, draws in a worker, and the server without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from tests.support.accounts import make_account
from tests.support.axe import violations
from tests.support.browser import SignIn, session_cookie

URL = "/ranking/what-if/"
DRAWN = "Ranges and shares of draws are from 10,000 draws with your weights."
QUESTIONS = (
    "w-need=90&w-feasibility=10",
    "w-need=0",
    "w-prevalence=100&w-births=0",
    "w-tier=5&w-cpi=90&show=all",
    "w-need=70&pool=tier3&rule-E2=5&off=E3",  # leaves hardly any country
    "w-need=70&pool=tier3&off=E1",
)


@pytest.fixture
def opened(live_server: LiveServer, ranking: ScoreRun, page: Page, sign_in: SignIn) -> Page:
    """Open the page of the newest run and wait until it accepts movements."""
    sign_in(make_account(Role.ANALYST))
    return ready(page, URL)


def ready(page: Page, url: str) -> Page:
    page.goto(url)
    page.locator("html[data-what-if=ready]").wait_for()
    return page


def shown(page: Page) -> dict[str, str]:
    """Return the page's sentences and lists."""
    found = {name: page.locator(f"#{name}").inner_text() for name in ("say", "ins", "outs", "noise", "counts", "stops")}
    found["slope"] = " ".join(page.locator("#slope .u-wide desc").all_text_contents())  # none of too few countries
    found["rows"] = page.locator("#rows tbody").inner_text()
    return found


def unfold(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details.c-sublevel').forEach(fold => { fold.open = true; })")


def set_weights(page: Page, weights: dict[str, str]) -> None:
    unfold(page)
    for key, number in weights.items():
        page.locator(f"#w-{key}").fill(number)
    page.wait_for_timeout(150)  # longer than the page waits after the last event


def test_a_movement_changes_sentence_and_list_without_any_request(opened: Page) -> None:
    page = opened
    asked: list[str] = []
    before = shown(page)
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#w-need").fill("90")
    expect(page.locator("#say")).not_to_have_text(before["say"])
    expect(page.locator("#w-feasibility")).to_have_value("10")
    expect(page.locator('[data-for="w-feasibility"]')).to_have_value("10")
    expect(page.locator("#s-need")).to_have_text("90% of the whole, was 50")
    after = shown(page)
    assert after["rows"] != before["rows"]
    page.wait_for_timeout(500)  # the URL changes with the movement
    expect(page).to_have_url(re.compile(r"\?w-feasibility=10&w-need=90$"))
    assert not [url for url in asked if "/static/img/" not in url]
    # The server shows the same at this URL.
    page.reload()
    assert shown(page) == after


@pytest.mark.parametrize("query", QUESTIONS)
def test_server_and_browser_write_the_same_page(
    live_server: LiveServer, ranking: ScoreRun, page: Page, browser: Browser, sign_in: SignIn, query: str
) -> None:
    sign_in(make_account(Role.ANALYST))
    in_browser = shown(ready(page, f"{URL}?{query}"))
    plain = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # what one call gives the other takes
    other = plain.new_page()
    other.goto(page.url)
    assert shown(other) == in_browser
    plain.close()


def test_siblings_give_way_in_proportion_or_not_at_all(opened: Page) -> None:
    page = opened
    page.locator("#w-prevalence").fill("65")
    values = [page.locator(f"#w-{key}").input_value() for key in ("child_labour", "marriage", "births")]
    assert values == ["15", "10", "10"]
    page.locator("#w-prevalence").fill("100")
    page.locator("#w-prevalence").fill("30")
    values = [page.locator(f"#w-{key}").input_value() for key in ("child_labour", "marriage", "births")]
    assert values == ["30", "20", "20"]
    page.get_by_text("Keep each group at 100").click()
    page.locator("#w-prevalence").fill("50")
    expect(page.locator("#sum-need")).to_have_text(
        "Adds up to 120, so the shares used are 41.7%, 25%, 16.7% and 16.7%."
    )
    page.locator('[data-for="w-need"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#w-need")).to_have_value("51")


def test_draws_arrive_and_never_belong_to_another_list(opened: Page) -> None:
    page = opened
    cells = page.locator("#rows tbody tr").first.locator("td.num")
    of_run = cells.nth(2).inner_text()
    page.locator("#w-need").fill("90")
    page.locator("#draw").click()
    expect(page.locator("#draw-say")).to_contain_text(DRAWN)
    expect(page.locator("#rows [data-of]").first).to_have_text("your weights")
    drawn = cells.nth(2).inner_text()
    assert re.fullmatch(r"\d+\u2013\d+", drawn)
    page.locator("#w-need").fill("80")
    expect(cells.nth(2)).to_have_text("…")
    expect(page.locator("#draw-say")).to_have_text(re.compile("^The numbers have changed since."))
    page.locator("#w-need").fill("90")
    expect(cells.nth(2)).to_have_text(drawn)
    page.locator("#w-need").fill("50")
    expect(cells.nth(2)).to_have_text(of_run)
    # A movement during draws: their results belong to no list on the page.
    page.evaluate("""() => {
        document.getElementById('draw').click();
        const field = document.getElementById('w-need');
        field.value = '70';
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    expect(page.locator("#say")).not_to_contain_text("Nothing has changed")
    page.wait_for_timeout(1500)
    expect(cells.nth(2)).to_have_text("…")
    expect(page.locator("#draw-say")).not_to_contain_text(DRAWN)


def test_while_draws_run_their_cells_wait_and_a_bar_says_how_far(opened: Page) -> None:
    page = opened
    page.route("**/draws/**", lambda route: None)  # never answered
    page.locator("#w-need").fill("90")
    page.locator("#draw").click()
    expect(page.get_by_label("0 of 10,000 draws")).to_be_visible()
    expect(page.locator("#rows tbody tr").first.locator("td.num").nth(3)).to_have_text("…")
    assert violations(page) == []


@pytest.mark.parametrize("fault", ["no worker", "no script of it", "no tables"])
def test_without_a_worker_the_server_draws(
    live_server: LiveServer, ranking: ScoreRun, page: Page, sign_in: SignIn, fault: str
) -> None:
    sign_in(make_account(Role.ANALYST))
    if fault == "no worker":
        page.add_init_script("delete window.Worker")
    elif fault == "no script of it":
        page.route("**/worker*.js", lambda route: route.abort())
    else:
        page.route("**/what-if/draws/**", lambda route: route.fulfill(status=500))
    ready(page, f"{URL}?w-need=90&w-feasibility=10")
    if fault != "no worker":
        page.locator("#draw").click()
    expect(page.locator("#draw-say")).to_have_text(re.compile("^Your browser cannot compute draws."))
    with page.expect_navigation(url=re.compile("draws=1")):
        page.locator("#draw").click()
    expect(page.locator("#draw-say")).not_to_have_text("")
    expect(page.locator("#rows [data-of]").first).to_have_text("your weights")


def test_nothing_weighted_keeps_the_last_list_under_its_message(opened: Page) -> None:
    page = opened
    page.locator("#w-need").fill("90")
    page.wait_for_timeout(150)
    before = shown(page)
    page.get_by_text("Keep each group at 100").click()
    set_weights(page, {"need": "0", "feasibility": "0"})
    expect(page.locator("#stops")).to_contain_text("Need and feasibility are both 0, so no country can be ranked.")
    assert {**shown(page), "stops": ""} == {**before, "stops": ""}
    assert violations(page) == []
    page.locator("#w-feasibility").fill("1")
    expect(page.locator("#stops")).to_contain_text("Only feasibility counts now.")


def test_pool_and_evidence_move_the_list_too(opened: Page) -> None:
    page = opened
    page.locator("summary", has_text="The pool").click()
    page.locator("label[for=pool-tier3]").click()
    expect(page.locator("#say")).to_contain_text("a rank.")
    page.wait_for_timeout(500)
    expect(page).to_have_url(re.compile(r"pool=tier3"))
    in_browser = shown(page)
    assert "a rank." in in_browser["say"] + in_browser["noise"]
    page.reload()
    assert shown(page) == in_browser


def test_without_scripts_the_form_is_answered(browser: Browser, live_server: LiveServer, ranking: ScoreRun) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([session_cookie(make_account(Role.ANALYST), live_server.url)])
    page = context.new_page()
    page.goto(URL)
    expect(page.get_by_role("checkbox", name="Keep each group at 100")).to_be_checked()
    expect(page.locator(".c-range").first).to_be_hidden()
    page.get_by_role("spinbutton", name="Need", exact=True).fill("90")
    page.get_by_role("button", name="Show the effect").click()
    expect(page).to_have_url(re.compile("w-need=90"))
    expect(page.get_by_role("spinbutton", name="Feasibility", exact=True)).to_have_value("10")
    expect(page.locator("#say")).not_to_contain_text("Nothing has changed")
    page.get_by_role("button", name="Draw 10,000 times with these weights").click()
    expect(page.locator("#draw-say")).to_contain_text("10,000 draws with your weights")
    context.close()


def test_links_follow_the_numbers(opened: Page) -> None:
    page = opened
    page.locator("#w-need").fill("90")
    query = "w-feasibility=10&w-need=90"
    expect(page.get_by_role("link", name="Save as scenario")).to_have_attribute("href", re.compile(query))
    expect(page.get_by_role("link", name="Make a draft model")).to_have_attribute("href", re.compile(query))
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile(query))


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_and_width(live_server: LiveServer, ranking: ScoreRun, page: Page, sign_in: SignIn, width: int) -> None:
    sign_in(make_account(Role.ANALYST))
    page.set_viewport_size({"width": width, "height": 900})
    ready(page, f"{URL}?w-need=90&w-feasibility=10&pool=tier3&off=E2")
    unfold(page)
    assert violations(page) == []
    for narrow in (320, width):
        page.set_viewport_size({"width": narrow, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow
