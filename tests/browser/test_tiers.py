"""Tiers confirmed in Chromium: sixty in one sitting by the keyboard alone, and the same without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from cpc.people.services import choose_letter_keys
from indicators.models import Observation, Publication, TierAnswer, TierConfirmation, TierDraw
from tests.browser.conftest import Sound
from tests.support.browser import SignIn, session_cookie
from tests.support.tier_sittings import YEAR, People, codes, list_tiers, load_narrative, on_record

SIXTY = 60
KEY = {"Tier 1": "1", "Tier 2": "2", "Tier 2 Watch List": "w", "Tier 3": "3"}
TIERS = tuple(KEY)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def people(live_server: Any) -> People:
    return People.there()


def listed(folder: Path, count: int) -> dict[str, str]:
    """Publish a list of unconfirmed tiers, of which every fourth is the same; return them by country code."""
    tiers = {code: TIERS[number % 4] for number, code in enumerate(codes(count))}
    list_tiers(folder, tiers)
    return tiers


def shown_code(page: Page) -> str:
    """Return the code of the country whose form is shown."""
    action = page.locator("#confirm").get_attribute("action") or ""
    return action.rstrip("/").rpartition("/")[2]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_sixty_tiers_are_confirmed_by_the_keyboard_in_one_sitting(
    page: Page, sign_in: SignIn, people: People, tmp_path: Path, assert_sound: Sound
) -> None:
    tiers = listed(tmp_path, SIXTY)
    differs = codes(3)[2]
    sign_in(people.first)
    page.goto(f"{reverse('tier-list')}#country")
    heading = page.locator("#country")
    assert_sound(page)
    for number in range(SIXTY):
        expect(heading).to_be_focused()
        expect(page.locator("#confirm input[type=radio]:checked")).to_have_count(0)
        code = shown_code(page)
        press(page, KEY["Tier 1" if code == differs else tiers[code]], "p")
        page.keyboard.type(str(100 + number))
        with page.expect_navigation():
            press(page, "Enter")
    expect(page.get_by_role("heading", name="Second person: spot check")).to_be_visible()
    stored = {
        row.country.code: (row.tier, row.recorded_by) for row in TierConfirmation.objects.select_related("country")
    }
    assert stored == {code: ("Tier 1" if code == differs else tier, people.first) for code, tier in tiers.items()}
    assert sorted(int(row.page) for row in TierConfirmation.objects.all()) == list(range(100, 160))
    assert Publication.objects.count() == 1
    assert Observation.objects.live().filter(quality="unconfirmed").count() == SIXTY
    assert TierDraw.objects.filter(reason="random").count() == 10
    assert TierDraw.objects.get(reason="changed").confirmation.country.code == differs
    read_by_keyboard(page, sign_in, people, tiers | {differs: "Tier 1"})
    assert Publication.objects.count() == 2
    assert Observation.objects.live().filter(quality="stated").count() == SIXTY
    assert on_record(differs).label == "Tier 1"


def read_by_keyboard(page: Page, sign_in: SignIn, people: People, tiers: dict[str, str]) -> None:
    """Read every drawn tier as the second person, with keys alone."""
    page.context.clear_cookies()
    sign_in(people.second)
    page.goto(reverse("tier-list"))
    page.get_by_role("link", name="Read 11 tiers again").click()
    page.get_by_role("link", name="Read 11 tiers again").click()
    for _ in range(11):
        expect(page.locator("#country")).to_be_focused()
        expect(page.locator("main")).not_to_contain_text("page 1")
        draw = TierDraw.objects.get(pk=re.findall(r"/(\d+)/(?:#|$)", page.url)[0])
        press(page, KEY[tiers[draw.confirmation.country.code]], "p")
        page.keyboard.type("7")
        with page.expect_navigation():
            press(page, "Enter")
    expect(page.get_by_text("All agree, and 60 tiers are published")).to_be_visible()
    assert TierAnswer.objects.count() == 11


def test_sixty_tiers_are_confirmed_without_javascript(
    browser: Browser, live_server: Any, people: People, tmp_path: Path
) -> None:
    tiers = listed(tmp_path, SIXTY)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(people.first, live_server.url)])
    page = context.new_page()
    page.goto(reverse("tier-list"))
    for number in range(SIXTY):
        assert page.locator("#confirm input[type=radio]:checked").count() == 0
        page.locator(f'#confirm input[value="{tiers[shown_code(page)]}"]').focus()
        press(page, "Space")
        page.locator("#confirm input[name=page]").fill(str(100 + number))
        with page.expect_navigation():  # the page before it says "confirmed." too, of the previous country
            press(page, "Enter")
        expect(page.get_by_role("status")).to_contain_text("confirmed.")
    context.close()
    assert {row.country.code: row.tier for row in TierConfirmation.objects.select_related("country")} == tiers
    assert TierDraw.objects.count() == 10
    assert Publication.objects.count() == 1


def test_keys_move_undo_and_stay_out_of_fields(page: Page, sign_in: SignIn, people: People, tmp_path: Path) -> None:
    first, second, third = "AFG", "ALB", "AGO"  # in the order of their names
    list_tiers(tmp_path, dict.fromkeys((first, second, third), "2"))
    sign_in(people.first)
    page.goto(reverse("tier-list"))
    press(page, "2", "j")
    assert shown_code(page) == first
    expect(page.locator("#confirm input[type=radio]:checked")).to_have_count(0)
    page.goto(f"{reverse('tier-list')}#country")
    for key, code in (("j", second), ("j", third), ("k", second), ("k", first)):
        with page.expect_navigation():
            press(page, key)
        assert shown_code(page) == code
        expect(page.locator("#country")).to_be_focused()
    press(page, "w")
    expect(page.get_by_role("button", name=re.compile("^Confirm Tier 2 Watch List, go to"))).to_be_visible()
    press(page, "s", "p")
    page.keyboard.type("jk2")
    page.get_by_label("Note").focus()
    page.keyboard.type("u12w3sp")
    expect(page.get_by_label("Note")).to_have_value("u12w3sp")
    with page.expect_navigation():
        press(page, "Enter")
    made = TierConfirmation.objects.get()
    assert (made.country.code, made.tier, made.page, made.note) == (first, "Special Case", "jk2", "u12w3sp")
    expect(page.locator("#country")).to_be_focused()
    with page.expect_navigation():
        press(page, "u")
    expect(page.locator("#country")).to_be_focused()
    assert shown_code(page) == first
    assert not TierConfirmation.objects.live().exists()


def test_letters_do_nothing_if_the_account_turned_them_off(
    page: Page, sign_in: SignIn, people: People, tmp_path: Path
) -> None:
    list_tiers(tmp_path, dict.fromkeys(codes(3), "2"))
    choose_letter_keys(has_letter_keys=False, user=people.first)
    sign_in(people.first)
    page.goto(f"{reverse('tier-list')}#country")
    expect(page.locator("#country")).to_be_focused()
    press(page, "2", "j", "p")
    expect(page.locator("#country")).to_be_focused()
    expect(page.locator("#confirm input[type=radio]:checked")).to_have_count(0)


def test_a_passage_marks_its_tier_and_asks_where_the_text_was_obtained_once(
    page: Page, sign_in: SignIn, people: People, tmp_path: Path, assert_sound: Sound
) -> None:
    list_tiers(tmp_path, {"GHA": "2", "KEN": "2", "TGO": "2"})
    load_narrative(tmp_path, "GHA", "2")
    sign_in(people.first)
    page = page.context.new_page()  # whose console may name the refused answer
    page.goto(f"{reverse('tier-list')}?year={YEAR}&country=GHA#country")
    expect(page.locator(".w-quote mark")).to_have_count(2)
    expect(page.locator(".w-quote")).to_contain_text("Therefore Ghana remained on Tier 2.")
    expect(page.locator(".w-quote")).not_to_contain_text("Courts worked")
    press(page, "2", "Enter")
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    expect(page.locator("#confirm [value='Tier 2']")).to_be_checked()
    assert_sound(page)
    page.get_by_label("Where the text was obtained").fill("https://www.state.gov/reports/")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Ghana: Tier 2, confirmed.")
    made = TierConfirmation.objects.get()
    assert (made.page, made.origin) == ("", "https://www.state.gov/reports/")
    page.goto(f"{reverse('tier-list')}?year={YEAR}&country=KEN")
    expect(page.get_by_text("No heading of Kenya was found")).to_be_visible()
