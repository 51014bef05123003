"""One partnership from a stated reason to its close-out, on pages only, by two people in Chromium.

It has two amendments, a suspension and its reinstatement, two yearly dialogues, and three reporting years. Reviews by
the Legal Adviser are recorded through the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.fiscal_years import fiscal_year
from indicators.models import Country
from partnerships.limits import add_months
from partnerships.models import CloseoutKind, Partnership, StatusChange
from tests.support.accounts import make_account
from tests.support.person import Person
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -48)
FIRST_END = add_months(START, 36)
YEAR = START.year + (START.month >= 10)


@dataclass
class Office:
    """People, the partnership, and the paths of its pages."""

    analyst: Person
    approver: Person
    home: str = ""

    @property
    def partnership(self) -> Partnership:
        """Return the partnership's current record."""
        return Partnership.objects.get(country__code="KEN")


@pytest.fixture
def office(browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Any) -> Iterator[Office]:
    settings.MEDIA_ROOT = tmp_path / "media"
    with ExitStack() as stack:
        analyst, approver = (
            stack.enter_context(Person.of(browser, live_server.url, make_account(role)))
            for role in (Role.ANALYST, Role.APPROVER)
        )
        yield Office(analyst, approver)
        assert [analyst.complaints, approver.complaints] == [[], []]


def test_from_a_stated_reason_to_a_closed_partnership(office: Office) -> None:
    opened(office)
    terms(office)
    indicator(office)
    signed(office)
    money(office)
    amended(office)
    reported(office)
    for months in (12, 24):
        dialogue(office, add_months(START, months))
    suspended_and_reinstated(office)
    closed(office)
    steps = StatusChange.objects.filter(partnership=office.partnership).order_by("pk")
    assert list(steps.values_list("to_status", flat=True)) == [
        "invited", "negotiating", "in_clearance", "signed", "active", "suspended", "active", "completed", "closed",
    ]  # fmt: skip


def opened(office: Office) -> None:
    """Create a partnership with a term, from a stated reason."""
    country = Country.objects.get(code="KEN")
    url = office.analyst.submit(
        "/partnerships/new/",
        country=country.pk,
        title="Partnership with Kenya",
        origin_reason="Prevalence and commitment",
    )
    office.home = f"/partnerships/{url.rstrip('/').rpartition('/')[2]}/"
    office.analyst.submit(
        f"{office.home}edit/",
        starts_on=START,
        ends_on=FIRST_END,
        coordination_body="Technical committee",
    )


def terms(office: Office) -> None:
    """Enter the terms that both governments agree on, with the amounts of each."""
    submit, base = office.analyst.submit, f"{office.home}terms/"
    for side, name in (("us", "TIP Office"), ("partner", "Ministry of Children")):
        submit(f"{base}participant/new/", government=side, name=name, is_lead=True)
        lead = office.partnership.participants.get(government=side)
        submit(f"{base}responsibility/new/", participant=lead.pk, text="Meets the other each quarter")
    submit(
        f"{base}objective/new/",
        number=1,
        title="Courts",
        paradigm="prosecution",
        system="justice",
        outcome="More cases brought",
    )
    submit(f"{base}program/new/", title="Justice")
    program = office.partnership.programs.get().pk
    submit(f"{base}amounts/", {f"amount-{program}-us": "3000000", f"amount-{program}-partner": "400000"})
    for kind in ("implementation", "oversight"):
        submit(f"{base}mechanism/new/", kind=kind, body="Committee", procedure="Meets", frequency="quarterly")
    submit(
        f"{base}data-plan/new/",
        what="Numbers of cases by stage",
        institution="Ministry of Children",
        system="Case register",
        safeguards="Access by role",
        use="Case management and planning",
    )
    submit(f"{office.home}outlook/strategy/new/", institution="Ministry of Children", approach="With the provinces")
    for side, year in (("us", YEAR), ("partner", YEAR + 1)):
        submit(
            f"{office.home}money/contributions/new/",
            government=side,
            kind="staff" if side == "us" else "cash",
            stage="reported",
            fiscal_year=year,
            description="Running costs",
            amount_usd="400000",
            source="A letter",
        )


def indicator(office: Office) -> None:
    """Add an outcome indicator with a target for each year, in a plan that another person approves."""
    base = office.home
    office.analyst.submit(
        f"{base}indicators/new/",
        objective=office.partnership.objectives.get().pk,
        code="CV-1",
        title="Child victims identified",
        definition="Counted once, when the register is closed",
        level="outcome",
        paradigm="protection",
        measure="people",
        unit="children",
        accumulation="sum",
        by_sex=True,
        by_age=True,
        data_source="Register of the ministry",
        method="Extract of totals",
        frequency="annual",
        responsible=office.partnership.participants.get(government="partner").pk,
    )
    added = office.partnership.outcome_indicators.get().pk
    years = range(YEAR, FIRST_END.year + (FIRST_END.month >= 10) + 1)
    office.analyst.submit(
        f"{base}indicators/{added}/targets/", {f"target_{year}": 100 for year in years}, target_whole=100 * len(years)
    )
    office.analyst.submit(f"{base}monitoring/step/submit/")
    office.approver.submit(f"{base}monitoring/step/approve/", note="Agreed")


def signed(office: Office) -> None:
    """Take negotiations, clearance, signature, and start, each on a past day."""
    people = Stage(User.objects.get(role=Role.ANALYST), User.objects.get(role=Role.APPROVER))
    people.restrictions(office.partnership)
    before = START - timedelta(days=30)
    office.approver.submit(f"{office.home}origin/confirm/", note="Read with the bureau")
    for name in ("invite", "open_negotiations"):
        office.analyst.submit(f"{office.home}step/{name}/", on=before)
    people.clear(office.partnership, before)
    office.approver.submit(f"{office.home}step/sign/", on=START)
    office.analyst.submit(f"{office.home}step/start/", on=START)
    expect(office.analyst.page.get_by_role("group", name="Lifecycle")).to_contain_text("Active")


def money(office: Office) -> None:
    """Record the congressional notification, an award, its obligation, and its disbursement."""
    submit, base = office.analyst.submit, office.home
    submit(f"{base}money/notifications/new/", sent_on=START - timedelta(days=20), amount="4000000", reference="CN 1")
    submit(
        f"{base}awards/new/",
        title="Courts",
        program=office.partnership.programs.get().pk,
        type="grant",
        recipient="An organization",
        recipient_type="civil_society",
        starts_on=START,
        ends_on=FIRST_END,
    )
    award = f"{base}awards/{office.partnership.awards.get().pk}/"
    submit(f"{award}state/", state="active", on=START, reason="Signed by both")
    for kind in ("award", "obligation", "disbursement"):
        submit(f"{award}ledger/new/", kind=kind, amount="3000000", on=START)


def amended(office: Office) -> None:
    """Extend the term by a year and the funding by $500,000, each drafted by one person and approved by another."""
    program = office.partnership.programs.get().pk
    drafts: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("A year more", "extension", f"change/partnership/{office.partnership.pk}/", {"ends_on": TODAY}),
        ("Half a million more", "top_up", "amounts/", {f"amount_{program}_us": "3500000"}),
    )
    for number, (title, kind, change, values) in enumerate(drafts, start=1):
        url = (
            office.analyst.submit(
                f"{office.home}amendments/new/",
                {"kind": kind, "title": title, "reason": "Awards began late"},
                button="Draft the amendment",
            )
            .partition("//")[2]
            .partition("/")[2]
        )
        draft = f"/{url}"
        office.analyst.submit(f"{draft}{change}", values)
        expect(office.analyst.page.get_by_role("table", name="Old and new values")).to_be_visible()
        expect(office.analyst.page.get_by_text("The changed values are within the limits.")).to_be_visible()
        office.analyst.submit(f"{draft}step/submit/")
        office.approver.submit(f"{draft}step/approve/", note="Agreed")
        office.analyst.submit(f"{draft}step/apply/")
        expect(office.analyst.page.get_by_text(f"Amendment {number} is in effect.")).to_be_visible()
    amended = office.partnership
    assert (amended.ends_on, str(amended.planned_total)) == (TODAY, "3500000.00")


def reported(office: Office) -> None:
    """Report three years of results by sex and age; the second misses its target and gives the reason."""
    office.analyst.submit(f"{office.home}periods/schedule/", frequency="annual")
    measured = office.partnership.outcome_indicators.get().pk
    periods = list(office.partnership.reporting_periods.order_by("ends_on")[:3])
    for period, value, why in zip(periods, (100, 60, 104), ("", "Registers began late", ""), strict=True):
        base = f"{office.home}periods/{period.pk}/"
        parts = {"part_female_12-17": value - 20, "part_male_6-11": 20}
        office.analyst.submit(f"{base}results/{measured}/", parts, value=value, narrative=why)
        office.analyst.submit(f"{base}step/submit/")
        office.approver.submit(f"{base}step/approve/", note="Agreed")
        expect(office.approver.page.get_by_text("Approved and locked")).to_be_visible()
    page = office.analyst.see(f"{office.home}results/?year={fiscal_year(periods[1].ends_on)}")
    expect(page.get_by_role("row", name="Child victims identified")).to_contain_text("Behind by 40%")
    page = office.analyst.see(f"{office.home}results/years/")
    expect(page.get_by_text("Better than the period before")).to_be_visible()


def dialogue(office: Office, day: date) -> None:
    """Hold a dialogue with key indicators, their data in the minutes, and an action item with its owner."""
    submit, owner = office.analyst.submit, office.partnership.participants.get(government="partner").pk
    submit(f"{office.home}dialogues/new/", planned_on=day, place="Nairobi")
    made = office.partnership.dialogues.order_by("number").last()
    assert made is not None
    base = f"{office.home}dialogues/{made.number}/"
    submit(f"{base}key-indicators/new/", indicator=office.partnership.outcome_indicators.get().pk)
    expect(office.analyst.see(f"{base}pack/").get_by_role("heading", name="Key indicators")).to_be_visible()
    submit(f"{base}step/set_ready/")
    submit(f"{base}edit/", held_from=day, held_until=day)
    submit(f"{base}step/hold/")
    minutes = {f"item_{item.pk}": "Agreed" for item in made.agenda.all()}
    submit(f"{base}minutes/", minutes, **{f"key_{made.key_indicators.get().pk}": "More districts take part"})
    submit(f"{base}actions/new/", text="Send the register", owner=owner, due_on=day + timedelta(days=60))
    submit(f"{base}step/conclude/")
    action = made.actions.get().pk
    submit(f"{office.home}actions/{action}/close/", state="done", outcome="It came", on=day + timedelta(days=30))


def suspended_and_reinstated(office: Office) -> None:
    """Suspend on two grounds, correct each with evidence, and reinstate."""
    on = add_months(START, 30)
    base = f"{office.home}determinations/"
    signed_by = {"text": "Determined", "signatory": "The Secretary"}
    grounds = ["eligibility", "responsibilities"]
    office.approver.submit(f"{base}new/suspension/", signed_by, grounds=grounds, determined_on=on)
    suspension = office.partnership.determinations.get()
    expect(office.approver.page.get_by_text("still missing for a reinstatement")).to_be_visible()
    for ground in grounds:
        office.analyst.submit(f"{base}{suspension.pk}/corrections/new/", ground=ground, description="Keep the register")
        correction = suspension.corrections.get(ground=ground).pk
        office.approver.submit(
            f"{office.home}corrections/{correction}/close/", evidence="A decree", on=on + timedelta(days=60)
        )
    reinstated = on + timedelta(days=90)
    office.approver.submit(f"{base}new/reinstatement/", signed_by, suspension=suspension.pk, determined_on=reinstated)
    assert office.partnership.status == "active"


def closed(office: Office) -> None:
    """Close out the award step by step after the term, and then the partnership."""
    submit = office.analyst.submit
    award = f"{office.home}awards/{office.partnership.awards.get().pk}/"
    submit(f"{award}state/", state="ended", on=FIRST_END, reason="The work is done")
    if not office.partnership.awards.get().closeout_steps.exists():
        submit(f"{award}closeout/")
    for step in office.partnership.awards.get().closeout_steps.all():
        submit(f"{award}closeout/{step.pk}/", done_on=FIRST_END + timedelta(days=30))
    assert office.partnership.awards.get().closeout_steps.count() == len(CloseoutKind)
    submit(f"{award}state/", state="closed", on=TODAY, reason="Nothing is left")
    submit(f"{office.home}step/complete/", on=TODAY)
    office.approver.submit(f"{office.home}step/close/", on=TODAY)
    expect(office.approver.page.get_by_role("group", name="Lifecycle")).to_contain_text("Closed")
