"""The overview on paper: the partnership with the most on record fits two Letter pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from cpc.people.demo import load_accounts
from partnerships.models import Partnership, RecordKind
from partnerships.sample.load import load_sample
from tests.support.browser import SignIn
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage


def pages_of(page: Page, partnership: Partnership) -> int:
    page.goto(f"/partnerships/{partnership.pk}/")
    page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter", prefer_css_page_size=True)))


def test_the_sample_in_its_third_year_prints_on_two_pages(
    page: Page, transactional_db: None, live_server: LiveServer, sign_in: SignIn
) -> None:
    load_accounts(lambda _done, _total: None)
    load_sample(lambda _done, _total: None)
    sample = Partnership.objects.get(kind=RecordKind.SAMPLE)
    for name in ("analyst", "approver", "viewer"):
        sign_in(User.objects.get(username=name))
        assert pages_of(page, sample) <= 2, name


def test_the_overview_prints_on_two_pages_with_the_demonstration_line(
    page: Page, stage: Stage, sign_in: SignIn
) -> None:
    running = life.live(stage)
    sign_in(stage.analyst)
    assert pages_of(page, running) <= 2
    assert page.get_by_text("Not an official website of the United States government").first.is_visible()
