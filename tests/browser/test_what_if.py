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
DRAWN = "Ranges, shares, and groups are from 10,000 draws of data, weights, and method with your settings:"
QUESTIONS = (
    "w-need=90&w-feasibility=10",
    "w-need=0",
    "w-prevalence=100&w-births=0",
    "w-tier=5&w-cpi=90&show=all",
    "w-need=70&pool=tier3&rule-E2=5&off=E3",  # leaves hardly any country
    "w-need=70&pool=tier3&off=E1",
    "w-need=0&w-feasibility=0",
    "w-need=-5",
    "w-need=70&w-tier=101&rule-E2=0&rule-E3=1000000000",
    "take-child_labour=own_first&take-scale=log",
    "take-axes=percentiles&take-root=arithmetic&w-need=60&hold=tier",
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
    found["farthest"] = page.locator("#farthest").inner_text()
    found["rows"] = page.locator("#rows tbody").inner_text()
    return found


def unfold(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details.c-sublevel').forEach(fold => { fold.open = true; })")


def set_weights(page: Page, weights: dict[str, str]) -> None:
    unfold(page)
    for key, number in weights.items():
        page.locator(f"#w-{key}").fill(number)
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page has answered the last movement."""
    page.locator("html[data-what-if=ready]").wait_for()


def test_a_movement_changes_sentence_and_list_without_any_request(opened: Page) -> None:
    page = opened
    asked: list[str] = []
    before = shown(page)
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#w-need").fill("90")
    expect(page.locator("#say")).not_to_have_text(before["say"])
    expect(page.locator("#w-feasibility")).to_have_value("10")
    expect(page.locator('[data-for="w-feasibility"]')).to_have_value("10")
    expect(page.locator("#s-need")).to_have_text("90% of the whole, was 50%")
    after = shown(page)
    assert after["rows"] != before["rows"]
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


def test_changed_choice_moves_ranks_at_once_and_applies_in_draws(opened: Page) -> None:
    page = opened
    before = shown(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    unfold(page)
    page.locator("#take-prevalence").select_option("gsi_2018")
    expect(page.locator("#farthest")).to_have_text(
        re.compile("^With prevalence “2018 as published”, .+ moves from [0-9]+ to [0-9]+")
    )
    expect(page.locator(".c-take.is-changed label")).to_have_text("Prevalence")
    after = shown(page)
    assert after["rows"] != before["rows"]
    page.locator('label[for="hold-tier"]').click()
    expect(page).to_have_url(re.compile(r"\?take-prevalence=gsi_2018&hold=tier$"))
    assert not [url for url in asked if "/static/img/" not in url]
    assert shown(page)["rows"] == after["rows"]  # no rank depends on the labels of an overdue edition
    page.locator("#draw").click()
    expect(page.locator("#draw-say")).to_contain_text(DRAWN)
    groups = page.locator("#rows tbody td:last-child").all_inner_texts()
    assert set(groups) <= {"Firmly in", "Open", "Firmly out"}
    page.go_back()
    page.go_back()
    expect(page.locator("#take-prevalence")).to_have_value("pooled")
    expect(page.locator("#hold-tier")).not_to_be_checked()
    expect(page.locator("#farthest")).to_be_hidden()


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
    expect(page.locator("#rows [data-of]").first).to_have_text("your settings")
    drawn = cells.nth(2).inner_text()
    assert re.fullmatch(r"\d+\u2013\d+", drawn)
    page.locator("#w-need").fill("80")
    expect(cells.nth(2)).to_have_text("…")
    expect(page.locator("#draw-say")).to_have_text(re.compile("^The settings have changed since."))
    page.locator("#w-need").fill("90")
    expect(cells.nth(2)).to_have_text(drawn)
    page.locator("#w-need").fill("50")
    expect(cells.nth(2)).to_have_text(of_run)
    # A movement during draws: their results belong to no list on the page. The draws begin once the movement is shown.
    page.evaluate("""() => {
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message) {
            window.drawNow = () => new Promise((finished) => {
                this.addEventListener('message', ({ data }) => { if (data.findings) { finished(); } });
                post.call(this, message);
            });
        };
        document.getElementById('draw').click();
        Worker.prototype.postMessage = post;
        const field = document.getElementById('w-need');
        field.value = '70';
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    expect(page.locator("#say")).not_to_contain_text("Nothing has changed")
    expect(cells.nth(2)).to_have_text("…")
    page.evaluate("() => window.drawNow()")
    assert cells.nth(2).inner_text() == "…"
    page.locator("#draw").click()
    expect(page.locator("#draw-say")).to_contain_text(DRAWN)
    assert re.fullmatch(r"\d+\u2013\d+", cells.nth(2).inner_text())


def test_a_press_on_a_button_is_answered_after_its_release(opened: Page) -> None:
    page = opened
    before = shown(page)
    # The press comes before the page has answered what was typed, and ends the entry in the field.
    page.evaluate("""() => {
        const field = document.getElementById('w-need');
        field.value = '90';
        field.dispatchEvent(new Event('input', { bubbles: true }));
        document.getElementById('draw').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));
    }""")
    assert shown(page) == before, "the button would have moved away from the pointer"
    page.evaluate("""() => {
        const button = document.getElementById('draw');
        button.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
        button.click();
    }""")
    expect(page.locator("#draw-say")).to_contain_text(DRAWN)
    expect(page.locator("#w-feasibility")).to_have_value("10")
    page.go_back()
    expect(page.locator("#w-need")).to_have_value("50")


def test_cells_wait_and_a_bar_shows_progress_while_draws_run(opened: Page) -> None:
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
    expect(page.locator("#rows [data-of]").first).to_have_text("your settings")


def test_nothing_weighted_keeps_the_last_list_under_its_message(opened: Page) -> None:
    page = opened
    page.get_by_text("Keep each group at 100").click()
    set_weights(page, {"need": "0"})
    before = shown(page)
    set_weights(page, {"feasibility": "0"})
    expect(page.locator("#stops")).to_contain_text("Need and feasibility are both 0, so no country can be ranked.")
    now = shown(page)
    assert now["say"] == "No country can be ranked. Every weight is 0: raise need or feasibility."
    assert (now["ins"], now["outs"], now["noise"]) == ("None", "None", "Nothing to explain: no effect was computed.")
    assert {key: now[key] for key in ("rows", "counts", "slope")} == {
        key: before[key] for key in ("rows", "counts", "slope")
    }
    assert violations(page) == []
    page.locator("#w-feasibility").fill("1")
    expect(page.locator("#stops")).to_contain_text("Only feasibility counts now.")


def test_pool_and_evidence_move_the_list_too(opened: Page) -> None:
    page = opened
    page.locator("summary", has_text="The pool").click()
    page.locator("label[for=pool-tier3]").click()
    expect(page.locator("#say")).to_contain_text("a rank.")
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
    page.get_by_role("button", name="Draw 10,000 times with these settings").click()
    expect(page.locator("#draw-say")).to_contain_text(DRAWN)
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


@pytest.mark.parametrize(
    ("field", "number", "hint"),
    [
        ("w-need", "-5", "Enter a number from 0 to 100."),
        ("w-need", "100.1", "Enter a number from 0 to 100."),
        ("rule-E2", "0", "Enter whole years from 1 to 60."),
        ("rule-E2", "61", "Enter whole years from 1 to 60."),
        ("rule-E2", "1e9", "Enter whole years from 1 to 60."),
        ("rule-E2", "1.5", "Enter whole years from 1 to 60."),
    ],
)
def test_a_number_out_of_range_is_refused_at_its_field(opened: Page, field: str, number: str, hint: str) -> None:
    page = opened
    unfold(page)
    page.locator("#w-tier").fill("40")
    settled(page)
    before, address = shown(page), page.url
    message, control = page.locator(f"#e-{field}"), page.locator(f"#{field}")
    control.fill(number)
    expect(message).to_have_text(hint)
    expect(control).to_have_attribute("aria-invalid", "true")
    assert f"e-{field}" in (control.get_attribute("aria-describedby") or "")
    expect(page.locator("#say")).to_have_text(
        "A number is out of range. Correct each number that is marked to see the effect."
    )
    assert shown(page)["rows"] == before["rows"]
    control.fill("1")
    expect(message).to_be_hidden()
    expect(page.locator("#stops")).to_have_text("")
    assert page.locator("[aria-invalid]").count() == 0
    assert address.startswith(page.url.split("?")[0])


def test_a_share_is_compared_with_a_share(opened: Page) -> None:
    """Both numbers beside a weight are shares of the whole, whichever group was changed."""
    page = opened
    set_weights(page, {"child_labour": "50", "need": "60"})
    expect(page.locator("#s-child_labour")).to_have_text("30% of the whole, was 15%")
    expect(page.locator("#s-need")).to_have_text("60% of the whole, was 50%")
    set_weights(page, {"need": "50"})
    expect(page.locator("#s-child_labour")).to_have_text("25% of the whole, was 15%")
    expect(page.locator("#s-need")).to_have_text("50% of the whole", use_inner_text=True)


def test_back_undoes_one_committed_change_and_forward_does_it_again(opened: Page) -> None:
    page = opened
    start = shown(page)
    slider = page.locator('[data-for="w-need"]')
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    slider.blur()
    page.locator("label[for=keep]").focus()
    expect(page).to_have_url(re.compile("w-need=53"))
    page.locator("#w-need").fill("90")
    page.locator("#w-need").press("Enter")
    expect(page).to_have_url(re.compile("w-need=90"))
    at_90 = shown(page)
    # Many movements of one drag are one step.
    length = page.evaluate("history.length")
    page.evaluate("""() => {
        const slider = document.querySelector('[data-for="w-need"]');
        for (const value of [80, 70, 60]) {
            slider.value = value;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }
        slider.dispatchEvent(new Event('change', { bubbles: true }));
    }""")
    expect(page).to_have_url(re.compile("w-need=60"))
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    expect(page.locator("#w-need")).to_have_value("90")
    expect(page.locator("#w-feasibility")).to_have_value("10")
    expect(slider).to_have_value("90")
    assert shown(page) == at_90
    page.go_forward()
    expect(page.locator("#w-need")).to_have_value("60")
    for number in ("90", "53", "52", "51", "50"):  # each key of the slider is a step
        page.go_back()
        expect(page.locator("#w-need")).to_have_value(number)
    expect(page).to_have_url(re.compile("/what-if/$"))
    assert shown(page) == start


@pytest.mark.parametrize("height", [844, 420])
def test_the_strip_of_a_phone_never_covers_the_control_in_use(opened: Page, height: int) -> None:
    """Each control is free when it has the focus, wherever it is; 420 px are left above a keyboard on the screen."""
    page = opened
    page.set_viewport_size({"width": 390, "height": height})
    unfold(page)
    page.locator("#w-need").fill("90")
    settled(page)
    covered = page.evaluate("""async () => {
        const strip = document.getElementById('bar');
        const found = [];
        const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        for (const control of document.querySelectorAll('#what-if :is(input:not([type=hidden]), summary)')) {
            for (const block of ['start', 'center', 'end']) {
                control.focus({ preventScroll: true });
                control.scrollIntoView({ block, behavior: 'instant' });
                await frame();
                const [a, b] = [control.closest('.c-w, .c-rule, .usa-checkbox, summary'), strip]
                    .map((part) => part.getBoundingClientRect());
                if (a.height < innerHeight / 2 && a.top < b.bottom && b.top < a.bottom) {
                    found.push([control.id || control.textContent, block]);
                }
            }
        }
        return found;
    }""")
    assert covered == []
