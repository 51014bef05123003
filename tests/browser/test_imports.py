"""A file's import in Chromium: upload, preview, publication, the value's cell, and retraction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from cpc.accounts.permissions import Role
from indicators.models import NameMapping, Narrative, Observation
from tests.browser.conftest import Sound
from tests.support.accounts import make_account
from tests.support.browser import SignIn, session_cookie
from tests.support.facts import publish_facts
from tests.support.pages import NARRATIVE, a_narrative, previewed, published, tiers

LONG = "a_file_name_that_a_publisher_would_hardly_choose_but_somebody_renamed_it_like_this_2026_final_v2.csv"
TWO = tiers(("GHA", "Ghana", "Tier 2"), ("", "The Grand and Sovereign Duchy of Ruritania and its Islands", "Tier 1"))


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_file_is_uploaded_previewed_published_traced_and_taken_back(
    page: Page, assert_sound: Sound, sign_in: SignIn, tmp_path: Path
) -> None:
    sign_in(make_account(Role.ANALYST))
    (tmp_path / LONG).write_text(TWO, encoding="utf-8")
    page.goto(reverse("imports"))
    assert_sound(page)
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_sound(page)
    page.get_by_label("Publisher's file").set_input_files(tmp_path / LONG)
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check before publishing")
    assert_sound(page)
    page.get_by_label("Country or territory").fill("nowhere")
    expect(page.get_by_text("No matching values")).to_be_visible()
    expect(page.get_by_label("Country or territory")).to_be_focused()
    page.get_by_label("Country or territory").fill("")
    expect(page.locator("#shown")).to_have_text("New: 1 value")
    page.get_by_role("button", name="Publish and leave out 1 row").dblclick()
    expect(page.get_by_role("status")).to_contain_text("was published as number 1")
    assert_sound(page)
    page.goto(reverse("indicator", args=["tip.tier"]))
    page.get_by_role("link", name="the source of the value for Ghana").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ghana, 2023: Tier 2")
    assert_sound(page)
    page.get_by_role("link", name="Trafficking in Persons Report 2023").click()
    page.get_by_role("link", name="Take it back").last.click()
    page.get_by_label("Why are you taking it back?").fill("Wrong year")
    assert_sound(page)
    page.get_by_role("button", name="Take the import back").click()
    expect(page.get_by_text("Wrong year")).to_be_visible()
    assert not Observation.objects.live().exists()
    assert_sound(page)


def test_one_click_maps_an_unknown_name_and_matches_the_file_again(
    page: Page, assert_sound: Sound, sign_in: SignIn, tmp_path: Path
) -> None:
    sign_in(make_account(Role.ANALYST))
    batch = previewed(
        tmp_path, tiers(("GHA", "Ghana", "Tier 2"), ("", "Nigeer", "Tier 1"), ("", "The World", "Tier 1"))
    )
    page.goto(reverse("import", args=[batch.pk]))
    page.get_by_role("link", name="Map them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map 2 unknown names")
    expect(page.get_by_text("Easily confused with Nigeria")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Map The World to this country").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_sound(page)
    page.get_by_role("button", name="Map Nigeer to Niger", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map 1 unknown name")
    assert NameMapping.objects.count() == 1
    page.get_by_role("button", name="Set The World aside: A group of countries").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unknown names in")
    assert_sound(page)
    page.get_by_role("link", name="Back to the import").click()
    expect(page.get_by_text("No row was rejected.")).to_be_visible()
    assert_sound(page)


def test_the_filters_of_values_answer_while_typing_and_the_address_keeps_them(
    page: Page, assert_sound: Sound, sign_in: SignIn, tmp_path: Path
) -> None:
    facts = [("cpi.score", code, "2023", "40") for code in ("GHA", "CIV", "XKX")]
    publish_facts(tmp_path, name="CPI", edition="2023", facts=facts)
    sign_in(make_account(Role.REVIEWER))
    page.goto(reverse("indicator", args=["cpi.score"]))
    page.get_by_label("Country", exact=True).fill("ivoire")
    expect(page.locator("#count")).to_have_text("1 of 3 values")
    expect(page.get_by_role("rowheader")).to_have_text("Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire")
    assert "q=ivoire" in page.url
    assert_sound(page)


def test_pages_work_without_javascript(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    analyst = make_account(Role.ANALYST)
    narrative = a_narrative(tmp_path)
    batch = previewed(tmp_path, TWO)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(analyst, live_server.url)])
    page = context.new_page()
    page.goto(reverse("import", args=[batch.pk]))
    page.get_by_label("Country or territory").fill("ghana")
    page.get_by_role("button", name="Apply").click()
    assert "q=ghana" in page.url
    page.get_by_role("button", name="Publish and leave out 1 row").click()
    expect(page.get_by_role("status")).to_contain_text("was published as number 2")
    page.goto(reverse("narrative", args=[narrative.pk]))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("1 verdict recorded")
    context.close()


def test_a_narrative_is_confirmed_by_keyboard(page: Page, assert_sound: Sound, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(make_account(Role.ANALYST))
    text = f"{NARRATIVE}PROSECUTION\nThe government convicted 12 traffickers.\n"
    narrative = Narrative.objects.get(batch=published(tmp_path, text, "ghana_2023.txt"))
    page.goto(reverse("narrative", args=[narrative.pk]))
    assert_sound(page)
    form = page.get_by_label("In the text: Domestic servitude")
    form.focus()
    page.keyboard.press("Space")
    number = page.get_by_label("Number: Trafficking convictions")
    number.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 verdict and 1 figure recorded")
    expect(form).not_to_be_checked()
    expect(number).to_have_value("13")
    assert_sound(page)
