"""Rows to start a sheet from: the library of indicators, and the terms of another partnership."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from partnerships.models import Activity, IndicatorSource, OfficeIndicator, OutcomeIndicator, Partnership
from partnerships.monitoring.services.library import add_office_indicator, edit_office_indicator
from partnerships.terms import services as terms_services
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.test_terms_sheet import sheet
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db

ENTRY = {
    "code": "TIP-1",
    "title": "Child victims in case management",
    "definition": "Children with an open case plan on the last day, each counted once.",
    "level": "outcome",
    "paradigm": "protection",
    "measure": "people",
    "unit": "children",
    "direction": "increase",
    "accumulation": "latest",
}


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=date(2026, 10, 1), ends_on=date(2028, 9, 30))


def test_an_analyst_adds_an_entry_and_the_audit_trail_has_its_earlier_values(analyst: Client) -> None:
    sent = {**ENTRY, "idempotency_key": uuid.uuid4().hex}
    assert analyst.post("/partnerships/indicators/new/", sent).status_code == 302
    entry = OfficeIndicator.objects.get()
    page = analyst.get("/partnerships/indicators/").content.decode()
    assert ENTRY["definition"] in page
    assert "None of these lists is an official list" in page
    edit_office_indicator(entry=entry, values={"unit": "child victims"}, actor=None)
    changed = AuditEntry.objects.filter(action="changed", before__unit="children")
    assert changed.count() == 1


def test_a_viewer_reads_the_library_and_adds_nothing() -> None:
    viewer = client_of(make_account(Role.VIEWER))
    assert viewer.get("/partnerships/indicators/").status_code == 200
    assert viewer.get("/partnerships/indicators/new/").status_code == 403


def test_the_code_of_a_standard_indicator_is_taken() -> None:
    with pytest.raises(ValidationError, match="A standard or suggested indicator has this code"):
        add_office_indicator(entry=OfficeIndicator(**ENTRY | {"code": "PS.5.1-28"}), actor=None)


def test_an_entry_of_the_library_becomes_a_row_of_the_sheet(analyst: Client, draft: Partnership) -> None:
    add_office_indicator(entry=OfficeIndicator(**ENTRY), actor=None)
    page = sheet(analyst, draft, "plan")
    assert page.send("library", library="TIP-1").status_code == 200
    page.enter("indicator", 0, data_source="Case system", target_2027="40", target_2028="60")
    assert page.send().status_code == 302, page.errors
    made = OutcomeIndicator.objects.get()
    assert (made.code, made.definition, made.source) == ("TIP-1", ENTRY["definition"], IndicatorSource.OFFICE)
    assert sheet(analyst, draft, "plan").value("indicator", 0, "target_whole") == "60"
    assert sheet(analyst, draft, "plan").send("library", library="none").status_code == 422


def test_terms_of_another_partnership_arrive_as_unsaved_rows_with_their_days_moved(
    stage: Stage, analyst: Client, draft: Partnership
) -> None:
    other = stage.draft("GHA", starts_on=date(2020, 10, 1), ends_on=date(2022, 9, 30))
    days = {"planned_start": date(2020, 11, 1), "planned_end": date(2021, 1, 1), "status": "done"} | {
        "actual_start": date(2020, 11, 1),
        "actual_end": date(2021, 1, 1),
    }
    row = Activity(partnership=other, objective=other.objectives.get(), title="Train judges", **days)
    terms_services.add_term(term=row, actor=None)
    draft.objectives.all().delete()
    page = sheet(analyst, draft, "plan", f"?copy={other.pk}")
    assert not draft.objectives.exists()
    assert page.value("activity", 0, "planned_start") == "Nov 1, 2026"
    assert page.value("activity", 0, "status") == "Planned"
    assert page.send().status_code == 302, page.errors
    assert [str(one.objective) for one in draft.activities.all()] == [str(draft.objectives.get())]
    assert analyst.get(page.url, {"copy": "0"}).status_code == 404
    assert analyst.get(page.url, {"copy": "x"}).status_code == 400


def test_a_signed_partnership_shows_activities_under_their_objectives(stage: Stage, analyst: Client) -> None:
    active = stage.active("GHA")
    html = sheet(analyst, active, "plan").html
    assert "Add the indicator" in html
    assert "Copy its rows" not in html
