"""A partnership from a stated reason to its close-out on pages, with few requests that change the record.

A program officer and an approver do whole pieces of work in one form each. The requests are counted at the server. The
content is that of a real partnership: two or more rows of each kind, two amendments, a suspension, two dialogues, and
three reporting years.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from indicators.models import Country
from partnerships.awards.ledger_sheet import ledger_sheet
from partnerships.limits import add_months
from partnerships.models import Award, ClearanceRequest, CloseoutKind, Partnership, StatusChange
from partnerships.monitoring.results_sheet import results_sheet
from partnerships.term_sheets.composition import ALL, sheet_of
from selection.restrictions.checklist import checklist
from tests.support.accounts import make_account
from tests.support.counted_changes import Changes, counted_changes
from tests.support.person import Person

TODAY = timezone.now().date()
START = add_months(TODAY, -48)
FIRST_END = add_months(START, 36)
YEAR = START.year + (START.month >= 10)
YEARS = range(YEAR, FIRST_END.year + (FIRST_END.month >= 10) + 1)
BEFORE = START - timedelta(days=30)
UNTIL_SIGNATURE, UNTIL_CLOSE_OUT = 12, 45
"""The most requests that change the record until the signature and until the close-out."""

LEADS = {"us": "TIP Office", "partner": "Ministry of Children"}
PROGRAMS = ("Justice", "Care")
OBJECTIVES = ("Courts", "Shelters")
INDICATORS = ("Child victims identified", "Child victims in care")


@dataclass
class Office:
    """People, the partnership, the paths of its pages, and the changes so far."""

    analyst: Person
    approver: Person
    changes: Changes
    home: str = ""

    @property
    def partnership(self) -> Partnership:
        """Return the partnership's current record."""
        return Partnership.objects.get(country__code="KEN")

    @property
    def awards(self) -> list[Award]:
        return list(self.partnership.awards.order_by("pk"))


@pytest.fixture
def office(browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Any) -> Iterator[Office]:
    settings.MEDIA_ROOT = tmp_path / "media"
    with ExitStack() as stack:
        analyst, approver = (
            stack.enter_context(Person.of(browser, live_server.url, make_account(role)))
            for role in (Role.ANALYST, Role.APPROVER)
        )
        yield Office(analyst, approver, stack.enter_context(counted_changes()))
        assert [analyst.complaints, approver.complaints] == [[], []]


def test_a_partnership_takes_few_requests_from_a_stated_reason_to_its_close_out(office: Office) -> None:
    opened(office)
    terms(office)
    restrictions(office)
    signed(office)
    until_signature = list(office.changes.made)
    assert len(until_signature) <= UNTIL_SIGNATURE, "\n".join(until_signature)
    assert office.partnership.status == "active"
    money(office)
    amended(office)
    reported(office)
    for months in (12, 24):
        dialogue(office, add_months(START, months))
    suspended_and_reinstated(office)
    closed(office)
    made = list(office.changes.made)
    print(f"{len(until_signature)} until the signature, {len(made)} until the close-out")  # read with -s
    assert len(made) <= UNTIL_CLOSE_OUT, "\n".join(made)
    real_content(office.partnership)


def real_content(partnership: Partnership) -> None:
    """Check that nothing of the content was left out, and that each step has its own row."""
    rows = ("participants", "responsibilities", "objectives", "programs", "mechanisms", "contributions")
    for name in (*rows, "outcome_indicators", "awards", "amendments", "dialogues"):
        assert getattr(partnership, name).count() >= 2, name
    assert all(objective.activities.count() for objective in partnership.objectives.all())
    assert all(row.targets.count() >= len(YEARS) for row in partnership.outcome_indicators.all())
    steps = StatusChange.objects.filter(partnership=partnership).order_by("pk")
    assert list(steps.values_list("to_status", flat=True)) == [
        "invited", "negotiating", "in_clearance", "signed", "active", "suspended", "active", "completed", "closed",
    ]  # fmt: skip
    assert partnership.reporting_periods.filter(state="approved").count() == 3


def decides(office: Office, title: str, url: str, values: Mapping[str, Any]) -> None:
    """Find what waits on the approver's home page, decide it, and find it gone."""
    waits = office.approver.see("/").locator("main").get_by_text(title)
    assert waits.count() == 1, office.approver.page.locator("main").inner_text()
    office.approver.submit(url, values)
    assert not office.approver.see("/").locator("main").get_by_text(title).count()


def opened(office: Office) -> None:
    """Open the partnership with its term, and confirm the reason."""
    url = office.analyst.submit(
        "/partnerships/new/",
        country=Country.objects.get(code="KEN").pk,
        title="Partnership with Kenya",
        origin_reason="Prevalence and commitment",
        starts_on=START,
        ends_on=FIRST_END,
        coordination_body="Technical committee",
        focus_regions="Coast\nNairobi",
    )
    office.home = f"/partnerships/{url.rstrip('/').rpartition('/')[2]}/"
    confirmation = {"note": "Read with the bureau"}
    decides(office, "Confirm the stated reason for Kenya", f"{office.home}origin/confirm/", confirmation)


def terms(office: Office) -> None:
    """Paste all terms into one sheet, send the plan with it, and approve the plan."""
    targets = {f"target_{year}": "100" for year in YEARS}
    pasted: Mapping[str, Sequence[dict[str, str]]] = {
        "participant": [{"government": side, "name": name, "is_lead": "Yes"} for side, name in LEADS.items()],
        "objective": [
            {"number": str(n), "title": title, "paradigm": "protection", "system": "justice", "outcome": "More cases"}
            for n, title in enumerate(OBJECTIVES, start=1)
        ],
        "program": [{"title": title, "us_amount": "1500000", "partner_amount": "200000"} for title in PROGRAMS],
        "activity": [
            {
                "objective": title, "title": f"Train {title.lower()}",
                "planned_start": START.isoformat(), "planned_end": add_months(START, 12).isoformat(),
            }
            for title in OBJECTIVES
        ],
        "indicator": [
            {
                "objective": objective, "title": title, "definition": "Counted once, when the register is closed",
                "level": "outcome", "measure": "people", "unit": "children", "accumulation": "sum",
                "data_source": "Register of the ministry", "method": "Extract of totals", "frequency": "annual",
                "by_sex": "Yes", "by_age": "Yes", "responsible": LEADS["partner"], **targets,
            }
            for objective, title in zip(OBJECTIVES, INDICATORS, strict=True)
        ],
        "responsibility": [{"participant": name, "text": "Meets the other each quarter"} for name in LEADS.values()],
        "mechanism": [
            {"kind": kind, "body": "Committee", "procedure": "Meets", "frequency": "quarterly"}
            for kind in ("implementation", "oversight")
        ],
        "data-plan": [
            {
                "what": "Numbers of cases by stage", "institution": LEADS["partner"], "system": "Case register",
                "safeguards": "Access by role", "use": "Case management and planning",
            }
        ],
        "strategy": [{"institution": LEADS["partner"], "approach": "With the provinces"}],
        "contribution": [
            {
                "government": side, "kind": kind, "stage": "pledged", "fiscal_year": str(year),
                "description": f"Running costs of {side}", "amount_usd": "400000", "source": "A letter",
            }
            for side, kind, year in (("us", "staff", YEAR), ("partner", "cash", YEAR + 1))
        ],
    }  # fmt: skip
    office.analyst.see(f"{office.home}terms/sheet/{ALL}/")
    kinds = {kind.key: kind for kind in sheet_of(office.partnership, make_reader(office), ALL).kinds}
    for key, rows in pasted.items():
        paste(office.analyst, kinds[key], rows)
    press(office.analyst, "Save and send the monitoring plan to the approver")
    approve = f"{office.home}monitoring/step/approve/"
    decides(office, "Approve or return the monitoring plan of Kenya", approve, {"note": "Agreed"})


def make_reader(office: Office) -> Any:
    opened_by = office.partnership.opened_by
    assert opened_by is not None
    return opened_by


def paste(person: Person, kind: Any, rows: Sequence[dict[str, str]], button: str = "Add the rows") -> None:
    """Paste a block with headings into the sheet, as from a spreadsheet program, without the script."""
    names = list(rows[0])
    lines = [[kind.by_name[name].label for name in names], *([row[name] for name in names] for row in rows)]
    person.page.locator("#sheet-pasted").fill("\n".join("\t".join(line) for line in lines))
    chooser = person.page.locator("select#sheet-pasted-kind")
    if chooser.count():
        chooser.select_option(kind.key)
    press(person, button)
    expect(person.page.get_by_text("Nothing is saved yet.").first).to_be_visible()


def press(person: Person, name: str) -> None:
    person.page.get_by_role("button", name=name, exact=True).click()
    person.page.wait_for_load_state()
    refused = person.page.locator("form .usa-alert--error, .usa-alert--error[role=alert]")
    cells = person.page.locator(".usa-error-message, .w-say").all_inner_texts()
    assert not refused.count(), f"{refused.first.inner_text()} {cells}"


def restrictions(office: Office) -> None:
    """Review the whole list of restrictions, with results that differ."""
    results = {f"{row.code}-status": "clear" for row in checklist()} | {"tier_3-status": "not_applicable"}
    office.analyst.submit(
        "/countries/KEN/restrictions/list/", results, reviewer="L", reviewed_on=BEFORE, basis="A memo of the office"
    )


def signed(office: Office) -> None:
    """Record the steps to clearance on their days, and the signature with the start."""
    names = ("invite", "open_negotiations")
    days = {f"{name}-on": BEFORE + timedelta(days=number) for number, name in enumerate(names)}
    office.analyst.submit(f"{office.home}steps/", days)
    cleared(office)
    # The queue asks for the signature of a term that is still to come or runs; this one is entered after it is over.
    office.approver.submit(f"{office.home}steps/", {"sign-on": START, "start-on": START})


def cleared(office: Office) -> None:
    """Send the text to the offices, which takes the step, and record their answers with the legal finding."""
    lawyers = Agency.objects.get(code="lt").pk
    office.analyst.submit(
        f"{office.home}clearance/0/ask/",
        {f"role-{lawyers}": "clear"},
        file_english={"name": "text.txt", "mimeType": "text/plain", "buffer": b"Text of the instrument"},
        asked_on=BEFORE + timedelta(days=2),
        due_on=BEFORE + timedelta(days=9),
    )
    answered = BEFORE + timedelta(days=5)
    asked = ClearanceRequest.objects.filter(version__partnership=office.partnership, role="clear")
    answers: dict[str, object] = {}
    for key in asked.values_list("agency_id", flat=True):
        answers |= {f"answer-{key}": "clear", f"day-{key}": answered}
    office.analyst.submit(
        f"{office.home}clearance/0/answers/",
        answers,
        finding="non_binding",
        found_on=answered,
    )


def money(office: Office) -> None:
    """Record the notification, two awards, the first with its ledger, and the entries of both on one sheet."""
    office.analyst.submit(
        f"{office.home}money/notifications/new/",
        sent_on=START - timedelta(days=20),
        amount="4000000",
        reference="CN 1",
    )
    for program, recipient in zip(office.partnership.programs.order_by("pk"), ("A center", "A network"), strict=True):
        rows = {
            f"entry{number}-{name}": value
            for number, kind in enumerate(("award", "obligation"), start=1)
            for name, value in (("kind", kind), ("amount", "1500000"), ("on", START))
        }
        office.analyst.submit(
            f"{office.home}awards/new/",
            rows,
            title=f"Award for {program.title}",
            program=program.pk,
            type="grant",
            recipient=recipient,
            recipient_type="civil_society",
            starts_on=START,
            ends_on=FIRST_END,
        )
    entries, _ = ledger_sheet(office.partnership, make_reader(office)).kinds
    office.analyst.see(f"{office.home}money/ledger/")
    day = add_months(START, 12).isoformat()
    paste(
        office.analyst,
        entries,
        [
            {"on": day, "award": award.recipient, "kind": "disbursement", "amount": amount, "reference": f"P {amount}"}
            for award in office.awards
            for amount in ("500000", "1000000")
        ],
    )
    press(office.analyst, "Check and save all rows")
    assert {str(award.disbursed_total) for award in office.awards} == {"1500000.00"}


def amended(office: Office) -> None:
    """Extend the term by a year and the funding by $500,000, each drafted with its changes and approved by another."""
    program = office.partnership.programs.order_by("pk")[0].pk
    for title, kind, changes in (
        ("A year more", "extension", {"term-ends_on": TODAY}),
        ("Half a million more", "top_up", {f"amounts-amount_{program}_us": "2000000"}),
    ):
        url = office.analyst.submit(
            f"{office.home}amendments/new/",
            {"kind": kind, "title": title, "reason": "Awards began late", **changes},
            button="Draft and submit for approval",
        )
        draft = f"/{url.partition('//')[2].partition('/')[2]}"
        number = draft.rstrip("/").rpartition("/")[2]
        waits = f"Approve or return amendment {number} to Kenya"
        decides(office, waits, f"{draft}step/approve/", {"note": "Agreed"})
        office.analyst.submit(f"{draft}step/apply/")
    amended = office.partnership
    assert (amended.ends_on, str(amended.planned_total)) == (TODAY, "3500000.00")


def reported(office: Office) -> None:
    """Report three years of results by sex and age; the second misses its targets and gives the reason."""
    office.analyst.submit(f"{office.home}periods/schedule/", frequency="annual")
    measured = list(office.partnership.outcome_indicators.order_by("pk"))
    periods = list(office.partnership.reporting_periods.order_by("ends_on")[:3])
    for period, value, why in zip(periods, (100, 60, 104), ("", "Registers began late", ""), strict=True):
        base = f"{office.home}periods/{period.pk}/"
        (kind,) = results_sheet(period, make_reader(office), TODAY).kinds
        office.analyst.see(f"{base}results/")
        parts = {"part_female_12-17": str(value - 20), "part_male_6-11": "20"}
        rows = [{"code": row.code, "value": str(value), "narrative": why, **parts} for row in measured]
        paste(office.analyst, kind, rows, button="Read the rows")
        press(office.analyst, "Save and submit the period")
        decides(office, "Approve or return the report of Kenya", f"{base}step/approve/", {"note": "Agreed"})


def dialogue(office: Office, day: date) -> None:
    """Plan a dialogue with its key indicators, record and conclude it, and close its action items."""
    submit, owner = office.analyst.submit, office.partnership.participants.get(government="partner").pk
    keys = [row.pk for row in office.partnership.outcome_indicators.order_by("pk")]
    submit(f"{office.home}dialogues/new/", planned_on=day, place="Nairobi", key_indicators=keys, is_ready=True)
    made = office.partnership.dialogues.order_by("number").last()
    assert made is not None
    record: dict[str, Any] = {f"minutes-item_{item.pk}": "Agreed" for item in made.agenda.all()}
    record |= {f"minutes-key_{key.pk}": "More districts take part" for key in made.key_indicators.all()}
    record |= {"held-held_from": day, "held-held_until": day}
    for number in (1, 2):
        record |= {
            f"action{number}-text": f"Send register {number}",
            f"action{number}-owner": owner,
            f"action{number}-due_on": day + timedelta(days=60),
        }
    submit(f"{office.home}dialogues/{made.number}/record/", record, button="Save and conclude the minutes")
    done = {
        f"action{action.pk}-{name}": value
        for action in made.actions.all()
        for name, value in (("state", "done"), ("outcome", "It came"), ("on", day + timedelta(days=30)))
    }
    submit(f"{office.home}actions/close/", done)


def suspended_and_reinstated(office: Office) -> None:
    """Suspend on two grounds, correct both, and reinstate."""
    on = add_months(START, 30)
    base = f"{office.home}determinations/"
    signed_by = {"text": "Determined", "signatory": "The Secretary"}
    grounds = ["eligibility", "responsibilities"]
    office.approver.submit(f"{base}new/suspension/", signed_by, grounds=grounds, determined_on=on)
    suspension = office.partnership.determinations.get()
    corrections = f"{base}{suspension.pk}/corrections/"
    office.analyst.submit(corrections, {f"{ground}-description": "Keep the register" for ground in grounds})
    evidence = {
        f"correction{row.pk}-{name}": value
        for row in suspension.corrections.all()
        for name, value in (("evidence", "A decree"), ("on", on + timedelta(days=60)))
    }
    office.approver.submit(f"{corrections}close/", evidence)
    reinstated = on + timedelta(days=90)
    office.approver.submit(f"{base}new/reinstatement/", signed_by, suspension=suspension.pk, determined_on=reinstated)
    assert office.partnership.status == "active"


def closed(office: Office) -> None:
    """Close out each award in one form after the term, and then the partnership."""
    for award in office.awards:
        done = {f"step_{kind.value}-done_on": FIRST_END + timedelta(days=30) for kind in CloseoutKind}
        end = {"end-on": FIRST_END, "end-reason": "The work is done"}
        close = {"close-on": TODAY, "close-reason": "Nothing is left"}
        office.analyst.submit(f"{office.home}awards/{award.pk}/closeout/all/", {**end, **done, **close})
    assert {award.state for award in office.awards} == {"closed"}
    office.approver.submit(f"{office.home}steps/", {"complete-on": TODAY, "close-on": TODAY})
    expect(office.approver.page.get_by_role("group", name="Lifecycle")).to_contain_text("Closed")
