"""The overview on paper: the partnership with the most on record fits two Letter pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.support.browser import SignIn
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage


def test_the_overview_prints_on_two_pages_with_the_demonstration_line(
    page: Page, stage: Stage, sign_in: SignIn
) -> None:
    running = life.live(stage)
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{running.pk}/")
    page.emulate_media(media="print")
    pdf = page.pdf(format="Letter", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    assert page.get_by_text("Not an official website of the United States government").first.is_visible()
