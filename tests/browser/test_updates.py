"""The year's update in Chromium: several files dropped at once, looked at, published together, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cpc.accounts.permissions import Role
from indicators.models import Import, ImportState, Publication
from selection.models import CountryScore, ScoreRun
from selection.runs.services import follow_the_data
from selection.update_effect.found import Found
from selection.update_effect.queries import latest_effect
from tests.browser.conftest import Sound
from tests.support.accounts import make_account
from tests.support.browser import SignIn
from tests.support.updates import tier_file

COMPUTED_WITHIN = 60_000  # milliseconds, on a machine that is busy
pytestmark = pytest.mark.world("ranking")


@pytest.fixture
def five(ranking: ScoreRun, tmp_path: Path) -> list[Path]:
    """Return five files: one that moves ranks, three of earlier years, and one that is a web page."""
    rows = CountryScore.objects.filter(run=ranking, rank__lte=5).select_related("country")
    sent = [
        tier_file("tiers_2025.csv", *((2025, row.country.code, row.country.name, "Tier 3") for row in rows)),
        *(tier_file(f"tiers_{year}.csv", (year, "GHA", "Ghana", "Tier 2")) for year in (2001, 2002, 2003)),
    ]
    paths = []
    for one in sent:
        paths.append(tmp_path / one.name)
        paths[-1].write_bytes(b"".join(one.chunks))
    paths.append(tmp_path / "wgi_export.xlsx")
    paths[-1].write_text("<!DOCTYPE html><html><body>Sign in</body></html>", encoding="utf-8")
    return paths


def test_five_files_are_dropped_looked_at_and_published_together(
    page: Page, assert_sound: Sound, sign_in: SignIn, five: list[Path], settings: Any
) -> None:
    settings.RANKING_FOLLOWS_DATA = False
    sign_in(make_account(Role.ANALYST))
    page.goto(reverse("updates"))
    assert_sound(page)
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one or more files.")
    page.get_by_label("Publishers' files").set_input_files(five)
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Update from 5 files")
    effect_shown = page.get_by_role("region", name="Effect on the ranking")
    expect(effect_shown).to_contain_text("If you publish these four files", timeout=COMPUTED_WITHIN)
    expect(page.get_by_text("wgi_export.xlsx can\N{RIGHT SINGLE QUOTATION MARK}t be read.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish 4 files together")).to_be_visible()
    assert_sound(page)

    box = page.get_by_label("Publish Trafficking in Persons Report 2001")
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Publish 3 files together")).to_be_visible(timeout=COMPUTED_WITHIN)
    expect(box).to_be_focused()
    expect(effect_shown).to_contain_text("If you publish these three files", timeout=COMPUTED_WITHIN)
    page.get_by_role("link", name="ranks, before and after").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ranks before and after 3 files")
    assert_sound(page)
    page.go_back()
    page.get_by_role("button", name="Publish 3 files together").dblclick()
    expect(page.get_by_role("status")).to_contain_text("3 files were published together, as numbers")
    assert_sound(page)

    assert Import.objects.filter(state=ImportState.PUBLISHED, via="upload").count() == 3
    update = Import.objects.get(file_name="tiers_2025.csv").update_files.get().update
    effect = latest_effect(update)
    assert effect is not None
    shown = {row.code: row.after for row in Found.from_dict(effect.found).rows if row.after}
    settings.RANKING_FOLLOWS_DATA = True
    run = follow_the_data()
    rows = CountryScore.objects.filter(run=run, rank__isnull=False)
    assert shown == dict(rows.values_list("country__code", "rank"))

    page.get_by_role("link", name="Take back", exact=True).click()
    page.get_by_label("Why are you taking them back?").fill("A trial")
    assert_sound(page)
    page.get_by_role("button", name="Take them back").click()
    expect(page.get_by_role("status")).to_contain_text("3 files were taken back")
    assert list(Publication.objects.order_by("-seq").values_list("kind", flat=True)[:3]) == ["retract"] * 3
