"""Terms copied from another partnership: they are saved as they arrive, and the page says what differs."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cpc.people.demo import load_accounts
from partnerships.agreements.services import create_partnership
from partnerships.models import (
    Activity,
    Government,
    IndicatorSource,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    Program,
    RecordKind,
    Responsibility,
)
from partnerships.monitoring.services.plans import add_indicator
from partnerships.sample.load import load_sample
from partnerships.terms import services as terms_services
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.sending import SheetPage
from tests.partnerships.term_sheets.test_terms_sheet import sheet
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import make_complete

pytestmark = pytest.mark.django_db
SHEETS = ("people", "money", "plan", "all")


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=date(2026, 10, 1), ends_on=date(2028, 9, 30))


@pytest.fixture
def other(stage: Stage) -> Partnership:
    return stage.draft("GHA", starts_on=date(2024, 10, 1), ends_on=date(2026, 9, 30))


def notice(page: SheetPage) -> str:
    """Return what the page says about the copy, as text."""
    (text,) = re.findall(r'role="status">.*?<p>(.*?)</p>', page.html, re.DOTALL)[:1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text))).strip()


def copy(analyst: Client, draft: Partnership, key: str, source: Partnership) -> SheetPage:
    return sheet(analyst, draft, key, f"?copy={source.pk}")


def add_term(row: Any) -> None:
    terms_services.add_term(term=row, actor=None)


def dated(partnership: Partnership, **columns: object) -> Activity:
    days = {"planned_start": date(2025, 1, 1), "planned_end": date(2025, 1, 31)}
    return Activity(partnership=partnership, objective=partnership.objectives.get(), **days | columns)


# --- every sheet is saved as it arrives --------------------------------------------------------------------------


@pytest.fixture
def sample(db: None) -> Partnership:
    load_accounts(lambda _done, _total: None)
    load_sample(lambda _done, _total: None)
    return Partnership.objects.get(kind=RecordKind.SAMPLE)


def test_the_sheets_of_the_sample_are_saved_untouched(analyst: Client, stage: Stage, sample: Partnership) -> None:
    for key, code in zip(SHEETS, ("KEN", "TGO", "BEN", "UGA"), strict=True):
        draft = stage.draft(code, starts_on=date(2027, 2, 15), ends_on=date(2031, 2, 14))
        page = copy(analyst, draft, key, sample)
        response = page.send()
        assert response.status_code == 302, (key, page.errors)
        page = copy(analyst, draft, key, sample)
        assert "here already" in notice(page)
        assert page.send().status_code == 302, (key, page.errors)
    assert not Participant.objects.filter(partnership=draft, name__startswith="Sample Ministry").exists()
    assert Activity.objects.filter(partnership=draft).count() == sample.activities.count()
    assert (
        Activity.objects.filter(partnership=draft, program__isnull=False).count()
        == sample.activities.exclude(program=None).count()
    )
    assert draft.outcome_indicators.count() == sample.outcome_indicators.filter(withdrawn=False).count()


def test_the_sheets_of_the_sample_are_saved_one_after_the_other(
    analyst: Client, draft: Partnership, sample: Partnership
) -> None:
    for key in ("plan", "people", "money", "all"):
        page = copy(analyst, draft, key, sample)
        assert page.send().status_code == 302, (key, page.errors)
    assert draft.objectives.count() == sample.objectives.count() + 1


@pytest.mark.parametrize("key", SHEETS)
def test_the_sheets_of_a_record_with_an_approved_plan_are_saved_untouched(
    key: str,
) -> None:
    made = make_complete()
    draft = Stage(analyst=made.analyst, approver=made.approver).draft("KEN", starts_on=date(2025, 10, 1))
    page = copy(client_of(made.analyst), draft, key, made.partnership)
    assert page.send().status_code == 302, page.errors


def test_a_sheet_has_the_tabs_of_the_partnership(analyst: Client, draft: Partnership) -> None:
    tabs = sheet(analyst, draft, "plan").html
    (pages,) = re.findall(
        r'aria-label="Pages of this record"(.*?)</nav>',
        analyst.get(f"/partnerships/{draft.pk}/terms/").content.decode(),
        re.DOTALL,
    )
    labels = re.findall(r">([A-Z][a-z]+)</a>", pages)
    (own,) = re.findall(r'aria-label="Pages of this record"(.*?)</nav>', tabs, re.DOTALL)
    assert re.findall(r">([A-Z][a-z]+)</a>", own) == labels
    assert re.findall(r'aria-current="true">(\w+)', own) == ["Terms"]


# --- references --------------------------------------------------------------------------------------------------


def test_a_reference_is_left_blank_unless_the_partnership_has_the_row(
    analyst: Client, draft: Partnership, other: Partnership
) -> None:
    for title in ("Courts", "Shelters"):
        add_term(Program(partnership=other, title=title))
        add_term(dated(other, title=f"Build {title}", program=other.programs.get(title=title)))
    add_term(Program(partnership=draft, title="courts"))
    page = copy(analyst, draft, "plan", other)
    assert [page.value("activity", number, "program") for number in (0, 1)] == ["courts", ""]
    assert "Left blank, because the office or row is not here: Program (1 row)." in notice(page)
    assert page.send().status_code == 302, page.errors
    assert Activity.objects.get(partnership=draft, program__isnull=False).title == "Build Courts"


def test_rows_with_one_name_are_not_confused(analyst: Client, draft: Partnership, other: Partnership) -> None:
    lead = other.participants.get(government=Government.UNITED_STATES)
    for number, title in ((2, "Care"), (3, "Care")):
        columns = {"paradigm": "protection", "system": "protection"}
        add_term(Objective(partnership=other, number=number, title=title, **columns))
        row = other.objectives.get(number=number)
        add_term(Responsibility(partnership=other, participant=lead, objective=row, text=f"Duty {number}"))
    page = copy(analyst, draft, "all", other)
    assert page.send().status_code == 302, page.errors
    assert draft.responsibilities.count() == 2


# --- participants -------------------------------------------------------------------------------------------------


def test_offices_of_the_other_government_and_their_names_stay_behind(
    stage: Stage, analyst: Client, draft: Partnership, other: Partnership
) -> None:
    ministry = other.participants.get(government=Government.PARTNER)
    own = other.participants.get(government=Government.UNITED_STATES)
    terms_services.edit_term(term=ministry, actor=None, values={"name": "Ministry of Justice"})
    for participant, text in ((ministry, "Trains judges"), (own, "Pays the trainers")):
        add_term(Responsibility(partnership=other, participant=participant, text=text))
    add_term(dated(other, title="Train judges", implementer="School of the Ministry of Justice"))
    columns = {"code": "C-1", "title": "Judges trained", "level": "output", "paradigm": "prosecution"}
    columns |= {"measure": "people", "unit": "judges", "accumulation": "sum", "frequency": "annual"}
    row = OutcomeIndicator(partnership=other, objective=other.objectives.get(), responsible=ministry, **columns)
    add_indicator(indicator=row, actor=stage.analyst)
    page = copy(analyst, draft, "all", other)
    said = notice(page)
    assert "Left out: 1 participant of the Government of Ghana." in said
    assert "Also left out, because a required cell would name an office or a row that is not here: 1 responsib" in said
    assert "Implementer (1 row)" in said
    assert "Who collects the data is to be decided for 1 indicator." in said
    assert page.send().status_code == 302, page.errors
    assert draft.participants.filter(government=Government.PARTNER).get().name != "Ministry of Justice"
    assert [row.text for row in draft.responsibilities.all()] == ["Pays the trainers"]
    assert draft.activities.get().implementer == ""
    made = draft.outcome_indicators.get()
    assert (made.responsible, made.responsible_office, made.code) == (None, "To be decided", "I-1")


def test_a_second_partnership_with_one_country_takes_its_ministries(
    stage: Stage, analyst: Client, other: Partnership
) -> None:
    ministry = other.participants.get(government=Government.PARTNER)
    terms_services.edit_term(term=ministry, actor=None, values={"name": "Ministry of Justice"})
    again = create_partnership(
        country=other.country, title="Second", origin_reason="Chosen in a test", actor=stage.analyst
    )
    page = copy(analyst, again, "people", other)
    assert page.send().status_code == 302, page.errors
    assert again.participants.get(name="Ministry of Justice").is_lead


@pytest.mark.parametrize("has_lead", [True, False])
def test_an_office_of_the_united_states_leads_unless_another_one_does(
    analyst: Client, draft: Partnership, other: Partnership, *, has_lead: bool
) -> None:
    lead = other.participants.get(government=Government.UNITED_STATES)
    terms_services.edit_term(term=lead, actor=None, values={"name": "Office of Justice"})
    if not has_lead:
        draft.participants.filter(government=Government.UNITED_STATES).delete()
    page = copy(analyst, draft, "people", other)
    assert ("Office of Justice led there." in notice(page)) is has_lead
    assert page.send().status_code == 302, page.errors
    assert draft.participants.get(name="Office of Justice").is_lead is not has_lead


# --- what the notice says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "day", "said"),
    [
        (date(2026, 10, 1), "Jan 1, 2027", "All days are 24 months later than there."),
        (date(2026, 10, 2), "Jan 2, 2027", "All days are 731 days later than there."),
        (date(2024, 9, 1), "Dec 1, 2024", "All days are 1 month earlier than there."),
        (date(2024, 10, 1), "Jan 1, 2025", ""),
    ],
)
def test_days_move_with_the_first_day_of_the_term(
    stage: Stage, analyst: Client, other: Partnership, first: date, day: str, said: str
) -> None:
    add_term(dated(other, title="Train judges", status="done", actual_start=first, actual_end=first))
    mine = stage.draft("KEN", starts_on=first, ends_on=date(2028, 9, 30))
    page = copy(analyst, mine, "plan", other)
    assert page.value("activity", 0, "planned_start") == day
    assert (said or "All days") in notice(page) if said else "All days" not in notice(page)
    assert "Not copied: progress." in notice(page)
    assert page.value("activity", 0, "status") == "Planned"


def test_an_indicator_of_a_library_brings_its_code(
    stage: Stage, analyst: Client, draft: Partnership, other: Partnership
) -> None:
    columns = {"title": "Cases", "level": "output", "paradigm": "prosecution", "measure": "people", "unit": "cases"}
    columns |= {"accumulation": "sum", "frequency": "annual", "responsible_office": "Courts"}
    for code, source in (("TIP-1", IndicatorSource.OFFICE), ("C-1", IndicatorSource.CUSTOM)):
        row = OutcomeIndicator(partnership=other, objective=other.objectives.get(), code=code, source=source, **columns)
        row.title = f"Cases {code}"
        add_indicator(indicator=row, actor=stage.analyst)
    page = copy(analyst, draft, "plan", other)
    assert page.send().status_code == 302, page.errors
    assert set(draft.outcome_indicators.values_list("title", "code")) == {
        ("Cases TIP-1", "TIP-1"),
        ("Cases C-1", "I-1"),
    }
