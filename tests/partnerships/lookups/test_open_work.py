"""Counts of open work on the pages below a tab."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.web.pages import all_pages
from partnerships.limit_exceptions.services import request_exception
from partnerships.limits import add_months
from partnerships.lookups.open_work import OPEN_WORK, open_work
from partnerships.models import Partnership
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
PAGES = {kind.page for kind in OPEN_WORK}


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=add_months(TODAY, -12), ends_on=add_months(TODAY, 36))


def ask(stage: Stage, partnership: Partnership, funding: str) -> None:
    request_exception(
        partnership=partnership,
        actor=stage.analyst,
        reason="A second survey",
        expires_on=TODAY + timedelta(days=60),
        funding=Decimal(funding),
    )


def test_each_kind_belongs_to_a_page_with_a_name_of_its_own_below_a_tab() -> None:
    below = {page.name for page in all_pages() if page.tab is not None and page.tab.page}
    assert below >= PAGES


def test_none_one_and_many_are_counted_in_one_query(stage: Stage, running: Partnership) -> None:
    none = open_work(running, TODAY, PAGES)
    assert "partnership-exceptions" not in none
    assert "partnership-amendments" not in none
    ask(stage, running, "6000000.00")
    assert open_work(running, TODAY, PAGES)["partnership-exceptions"] == "1 to decide"
    ask(stage, running, "7000000.00")
    with CaptureQueriesContext(connection) as queries:
        assert open_work(running, TODAY, PAGES)["partnership-exceptions"] == "2 to decide"
    assert len(queries) == 1


def test_the_page_of_a_tab_links_to_the_others_and_they_lead_back(stage: Stage, running: Partnership) -> None:
    ask(stage, running, "6000000.00")
    client = Client()
    client.force_login(stage.analyst)
    money = client.get(f"/partnerships/{running.pk}/money/").content.decode()
    assert f'<a href="/partnerships/{running.pk}/exceptions/">Limit exceptions</a>' in money
    assert "1 to decide" in money
    exceptions = client.get(f"/partnerships/{running.pk}/exceptions/").content.decode()
    assert f'<a href="/partnerships/{running.pk}/money/" aria-current="true">Money</a>' in exceptions
    assert "Related pages" not in exceptions


PAGES_AND_FORMS = ("money/", "money/contributions/new/", "amendments/new/", "determinations/new/suspension/")


@pytest.mark.parametrize("page", PAGES_AND_FORMS)
def test_pages_and_forms_have_one_row_of_seven_tabs(stage: Stage, running: Partnership, page: str) -> None:
    client = Client()
    client.force_login(stage.approver if page.startswith("determinations") else stage.analyst)
    response = client.get(f"/partnerships/{running.pk}/{page}", follow=True)
    assert response.status_code == 200
    assert response.content.decode().count('aria-label="Pages of this record"') == 1
    assert response.content.decode().count('class="c-jump"') == 0
