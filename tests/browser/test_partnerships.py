"""Partnership pages in Chromium: sound at every width, usable without scripts, and readable for their roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from partnerships.limits import add_months
from partnerships.models import Determination, DeterminationKind, Ground, LedgerKind, Partnership
from partnerships.status.services import determine
from tests.support.axe import violations
from tests.support.browser import HEIGHT, SignIn, overflow, session_cookie
from tests.worlds.partnerships.build import Stage

WIDTHS = (320, 390, 640, 900, 1280)
TODAY = timezone.now().date()


@pytest.fixture
def stage(documented: None, live_server: LiveServer) -> Stage:
    """Return the office, with the real partnerships, one in force with money, a draft, and one without dates."""
    made = Stage()
    start = add_months(TODAY, -36)
    running = made.active("KEN", starts_on=start, ends_on=TODAY + timedelta(days=90))
    award = made.award(running, "3000000.00")
    made.move(award, LedgerKind.OBLIGATION, "2000000.00", on=start)
    made.move(award, LedgerKind.DISBURSEMENT, "1500000.00", on=start)
    made.draft("NGA", starts_on=TODAY, ends_on=add_months(TODAY, 48))
    return made


def address(code: str) -> str:
    return f"/partnerships/{Partnership.objects.get(country__code=code).pk}/"


def test_from_the_home_page_to_a_statement(page: Page, stage: Stage, sign_in: SignIn) -> None:
    sign_in(stage.analyst)
    page.goto("/")
    page.get_by_role("link", name="Partnerships that need attention").click()
    page.goto("/partnerships/")
    page.get_by_role("table", name="Partnerships with term and money against their limits").get_by_role(
        "link", name="Colombia"
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Colombia")
    expect(page.get_by_role("img", name="U.S. money for Colombia against the limit").first).to_be_visible()
    statements = page.get_by_role("table", name="Public statements, with date and source")
    expect(statements).to_contain_text("9.6 million U.S. dollars awarded")


def test_the_list_is_filtered_without_a_script(browser: Browser, live_server: LiveServer, stage: Stage) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session_cookie(stage.analyst, live_server.url)])
    page = context.new_page()
    page.goto("/partnerships/")
    page.get_by_label("Show only").select_option("Ends within 180 days")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("output#count")).to_have_text("2 of 10 partnerships")
    rows = page.get_by_role("table", name="Partnerships with term and money against their limits").get_by_role("row")
    expect(rows.filter(has=page.get_by_role("rowheader"))).to_have_count(2)
    context.close()


def test_a_suspended_partnership_beside_another_fits_every_width(page: Page, stage: Stage, sign_in: SignIn) -> None:
    running = Partnership.objects.get(country__code="KEN")
    stage.program(stage.draft("KEN", reason="Another region"), "1000000.00")
    suspension = Determination(
        partnership=running,
        kind=DeterminationKind.SUSPENSION,
        grounds=[Ground.ELIGIBILITY, Ground.RESPONSIBILITIES],
        text="The register was not kept",
        signatory="The Secretary",
        determined_on=TODAY - timedelta(days=30),
    )
    determine(determination=suspension, actor=stage.approver)
    sign_in(stage.analyst)
    page.goto(f"/partnerships/{running.pk}/")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert overflow(page) == ""
    assert violations(page) == []
    rows = page.get_by_role("table", name="Partnerships with Kenya and their money").get_by_role("row")
    expect(rows.filter(has_text="Total of the ledgers here")).to_contain_text("$5,000,000.00")
    page.get_by_role("link", name="Open a correction").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open a correction")
