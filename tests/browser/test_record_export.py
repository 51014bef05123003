"""The page inside the ZIP of a partnership, opened from a folder as a reader without the product opens it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Sound
from tests.partnerships.sending import client_of
from tests.worlds.partnerships.build import Active


def test_the_page_of_an_export_is_sound_and_leads_to_its_tables(
    page: Page, live_server: LiveServer, active: Active, tmp_path: Path, assert_sound: Sound
) -> None:
    url = f"/partnerships/{active.partnership.pk}/record.zip"
    response: Any = client_of(active.stage.analyst).get(url)
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        archive.extractall(tmp_path)
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text(str(active.partnership))
    assert_sound(page)
    for link in page.locator("nav a[href^='data/']").all():
        assert (tmp_path / str(link.get_attribute("href"))).stat().st_size
    page.locator("nav a[href^='#']").first.click()
    expect(page.locator("main h2").first).to_be_in_viewport()
