"""A round of five candidates from its opening to the signed memo on pages, with few requests that change the record.

Six people take part: two raters, three reviewers of different agencies, and an approver. Each does a whole piece of
work in one form. Raters and reviewers have only a keyboard. The requests are counted at the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.lookups.rounds import statutory_consultees
from selection.models import ConsultationRequest, Decision, Memo, Note, Position, ProofBundle, SelectionRound
from selection.ratings.queries import rated_rows
from selection.restrictions.checklist import checklist
from tests.selection.proof.bundles import audit
from tests.support.accounts import make_account
from tests.support.counted_changes import Changes, counted_changes
from tests.support.person import Person, Typist, Way

pytestmark = pytest.mark.world("ranking")

TODAY = timezone.now().date()
MOST = 35
"""The most requests that change the record, from opening the round to the signed memo."""

POOL = ("CIV", "GHA", "XKX", "AFG", "AGO")
SELECTED = ("GHA", "CIV")
AGENCIES = ("dol", "doj", "hhs")
SILENT = "hhs"


@dataclass
class Round:
    """People at their browsers, and the changes so far."""

    typists: Mapping[str, Typist]
    approver: Person
    changes: Changes

    @property
    def record(self) -> SelectionRound:
        return SelectionRound.objects.select_related("model").get()

    @property
    def analyst(self) -> Typist:
        return self.typists["analyst"]

    def keys_pressed(self) -> str:
        """Describe what the typists have pressed since the last call: how many keys, and the longest way."""
        keys = sum(typist.keys for typist in self.typists.values())
        longest = max(way for typist in self.typists.values() for way in [Way(0, "nothing"), *typist.ways])
        for typist in self.typists.values():
            typist.keys = 0
            typist.ways.clear()
        return f"{keys} keys, at most {longest.tabs} Tabs to one control ({longest.control})"

    @property
    def home(self) -> str:
        return f"/rounds/{self.record.pk}/"

    def request_of(self, agency: str) -> ConsultationRequest:
        return ConsultationRequest.objects.get(agency__code=agency)


@pytest.fixture
def office(browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Any) -> Iterator[Round]:
    settings.MEDIA_ROOT = tmp_path / "media"
    accounts = {
        "analyst": make_account(Role.ANALYST),
        "second": make_account(Role.ANALYST, username="second-rater"),
        **{code: _contact(code) for code in AGENCIES},
    }
    with ExitStack() as stack:
        typists = {
            name: stack.enter_context(Typist.of(browser, live_server.url, user)) for name, user in accounts.items()
        }
        approver = stack.enter_context(Person.of(browser, live_server.url, make_account(Role.APPROVER)))
        yield Round(typists, approver, stack.enter_context(counted_changes()))
        assert [person.complaints for person in (*typists.values(), approver) if person.complaints] == []


def _contact(code: str) -> User:
    agency, _ = Agency.objects.get_or_create(
        code=code, defaults={"name": f"Agency {code}", "statutory": code != SILENT}
    )
    user = make_account(Role.REVIEWER, username=f"contact-{code}", agency=agency)
    User.objects.filter(pk=user.pk).update(is_contact=True)
    return user


def test_a_round_takes_few_requests_from_its_opening_to_the_signed_memo(office: Round, tmp_path: Path) -> None:
    for step in (opened, rated, reviewed, asked, answered, settled, went_on, recommended, signed):
        step(office)
        print(f"{step.__name__}: {office.keys_pressed()}")  # read with -s
    made = list(office.changes.made)
    print(f"{len(made)} requests changed the record")
    assert len(made) <= MOST, "\n".join(made)
    assert Decision.objects.count() == len(POOL)
    proven(tmp_path)
    assert office.record.runs.get().run.ranked == len(POOL)
    assert {name: typist.uses_of_mouse() for name, typist in office.typists.items()} == dict.fromkeys(office.typists, 0)
    assert office.approver.uses_of_mouse() > 0, "a use of the mouse is noticed"


def proven(folder: Path) -> None:
    """Prove the score that the memo rests on by the hash that it prints."""
    bundle = ProofBundle.objects.get()
    assert all(bundle.manifest_sha256 in str(memo.content) for memo in Memo.objects.all())
    with bundle.file.open("rb") as data, ZipFile(data) as archive:
        archive.extractall(folder / "proof")  # our own file
    (unpacked,) = (folder / "proof").iterdir()
    found = audit(unpacked, bundle.manifest_sha256, "--draws", "2000")
    assert found.is_proved, found.text


def press(person: Person, action: str) -> None:
    """Press the button of the form that is sent to a URL."""
    person.press(person.page.locator(f'form[action="{action}"] button[type=submit]').first)
    person.page.wait_for_load_state()
    refused = person.page.locator(".usa-alert--error[role=alert]")
    assert not refused.count(), refused.first.inner_text()


def opened(office: Round) -> None:
    """Open the round about five countries, and draw its pool."""
    analyst = office.analyst
    analyst.submit("/rounds/new/", title="Round 1", fiscal_year="2027", only="\n".join(POOL))
    for name in ("screen", "start_scoring"):
        analyst.submit(f"{office.home}step/{name}/")


def rated(office: Round) -> None:
    """Have two people rate every cell on the grid, differ on one, and hand in, each in one form."""
    criteria = [row.key for row in rated_rows(office.record)]
    for who, other in (("analyst", 3), ("second", 2)):
        person = office.typists[who]
        page = person.see(f"{office.home}ratings/")
        cells = page.locator("[data-cell]")
        expect(cells).to_have_count(len(POOL) * len(criteria))
        person.reach(cells.first)
        for _ in range(cells.count()):
            differs = page.locator(f'[data-cell="{POOL[0]}.{criteria[0]}"]:focus').count()
            person.hit(str(other if differs else 3), "Enter")
        person.toggle(page.get_by_text("One reason or document for every cell that lacks it"))
        person.write(page.locator("#all-why"), "Cases rose in two years running.")
        person.write(page.locator("#all-doc"), "Annual report of the ministry, page 3")
        person.press(page.get_by_role("button", name="Save and hand in", exact=True))
        assert not page.locator("[data-faults] li").count(), page.locator("[data-faults]").inner_text()
    office.analyst.see(office.home)
    press(office.analyst, f"{office.home}score/")


def reviewed(office: Round) -> None:
    """Review the list of restrictions of the countries to be selected."""
    results = {f"{row.code}-status": "clear" for row in checklist()} | {"tier_3-status": "not_applicable"}
    for code in SELECTED:
        office.analyst.submit(
            f"/countries/{code}/restrictions/list/",
            {"reviewer": "L", "reviewed_on": TODAY, "basis": "A memo of the office", **results},
        )


def asked(office: Round) -> None:
    """Open the consultation, and ask every agency in one form."""
    analyst = office.analyst
    analyst.submit(f"{office.home}step/open_consultation/")
    values: dict[str, Any] = {"whole_pool": True, "due_on": TODAY + timedelta(days=20), "questions": "Any overlap?"}
    for code in AGENCIES:
        values |= {f"ask-{code}": True, f"role-{code}": "consult"}
    named = {agency.code for agency in statutory_consultees()} - set(AGENCIES)
    values |= {f"reason-{code}": "It has no programs there." for code in sorted(named)}
    analyst.submit(f"{office.home}requests/ask/", values, button="Send the requests")
    assert ConsultationRequest.objects.filter(sent_at__isnull=False).count() == len(AGENCIES)


def answered(office: Round) -> None:
    """Answer for three agencies: one position for several candidates, an objection, edits, and a major note.

    The third agency stays silent on one candidate.
    """
    labor, justice = (office.typists[code] for code in ("dol", "doj"))
    several = f"/consultation/{office.request_of('dol').pk}/several/"
    labor.submit(several, candidates=list(POOL[:4]), value="clear_with_comments", text="Name our project in the terms.")
    benched(labor, office.request_of("dol"), "4", "does_not_clear", "Our project is in these districts.")
    noted(labor, office.request_of("dol"), "Show child labor with chores beside the figure without.")
    justice.submit(f"/consultation/{office.request_of('doj').pk}/several/", candidates=list(POOL[:4]), value="clear")
    edits = "Name the units.\nDrop the second sentence."
    benched(justice, office.request_of("doj"), "2", "clear_with_edits", edits)
    health = f"/consultation/{office.request_of(SILENT).pk}/several/"
    office.typists[SILENT].submit(health, candidates=list(POOL[:4]), value="no_equities")
    assert Position.objects.filter(superseded_at__isnull=True).count() == 3 * len(POOL) - 1


def benched(person: Typist, request: ConsultationRequest, key: str, value: str, text: str) -> None:
    """Answer on the workbench about the candidate that waits, with its keys."""
    page = person.see("/consultation/")
    waiting = page.locator(f'main a[href="/consultation/{request.pk}/{POOL[4]}/#candidate"]').first
    person.press(waiting)
    expect(page.locator("h1")).to_be_focused()
    person.hit(key)
    expect(page.locator(f'[name="value"][value="{value}"]')).to_be_checked()
    person.write(page.locator("form[data-position] textarea"), text)
    with page.expect_event("framenavigated"):
        person.hit("Control+Enter")
    page.wait_for_load_state()
    assert Position.objects.filter(request=request, value=value, superseded_at=None).exists()


def noted(person: Typist, request: ConsultationRequest, text: str) -> None:
    """Write a major note for everybody about Ghana, at a row of the workbench."""
    page = person.see(f"/consultation/{request.pk}/{POOL[4]}/#candidate")
    expect(page.locator("h1")).to_be_focused()
    while page.locator("h1").inner_text() != "Ghana":
        with page.expect_event("framenavigated"):
            person.hit("j")
        expect(page.locator("h1")).to_be_focused()
    person.hit("n")
    note = page.locator("[data-compose]")
    expect(note.locator("textarea").first).to_be_focused()
    person.type(text)
    person.select(note.locator('[name="kind"]'), "major")
    person.select(note.locator('[name="visibility"]'), "all")
    person.hit("Control+Enter")
    expect(page.get_by_text("Note saved.", exact=True)).to_be_attached()
    assert page.locator("[data-note]:focus").count(), "the focus is where the note was"


def settled(office: Round) -> None:
    """Answer the objection, each edit, and the note, with whose answer the agency agrees."""
    objection = Position.objects.get(value="does_not_clear")
    office.analyst.submit(f"{office.home}positions/{objection.pk}/disposition/", text="The country is not recommended.")
    edits = Position.objects.get(value="clear_with_edits")
    office.analyst.submit(
        f"{office.home}positions/{edits.pk}/disposition/",
        edit_1="accepted",
        edit_2="rejected",
        reason_2="The sentence states what the report says.",
    )
    note = Note.objects.get()
    office.analyst.submit(
        f"{office.home}notes/{note.reference}/adjudicate/",
        button="Record the answer",
        outcome="accepted",
        rationale="Both are shown.",
    )
    office.typists["dol"].submit(f"{office.home}notes/{note.reference}/", button="Record the response", concurs="yes")


def went_on(office: Round) -> None:
    """Ask to go on without the silent agency, with the approver's consent, and begin deliberation."""
    analyst = office.analyst
    page = analyst.see(f"{office.home}consultation/")
    analyst.toggle(page.get_by_role("link", name="Go to the question", exact=True))
    form = page.locator("main form[data-once]").filter(has=page.locator('[name="answer"]'))
    analyst.fill(form, "answer", "now")
    for reason in form.locator('input[type=text][name^="reason"]').all():
        analyst.write(reason, "The year's funds must be planned this month.")
    analyst.press(form.get_by_role("button", name="Ask the approver", exact=True))
    proposal = office.record.cut_short.get()
    office.approver.submit(f"{office.home}cut-short/{proposal.pk}/", answer="agree")
    analyst.submit(f"{office.home}step/deliberate/")


def recommended(office: Round) -> None:
    """Recommend on all candidates on one sheet with money and term, and send the memo for decision with it."""
    analyst = office.analyst
    page = analyst.see(f"{office.home}recommendations/")
    heads = ["Candidate", "Recommendation", "Why", "Amount, USD", "Months", "Source of funds"]
    lines = [heads]
    for name, code in Country.objects.filter(code__in=POOL).values_list("name", "code"):
        selected = [name, "Select", "Need is high, and the courts are ready.", "5000000", "48", "CPC account"]
        other = [name, "Do not select", "An existing project works there.", "", "", ""]
        lines.append(selected if code in SELECTED else other)
    analyst.toggle(page.get_by_role("link", name="Upload XLSX", exact=True))
    analyst.write(page.locator("#sheet-pasted"), "\n".join("\t".join(line) for line in lines))
    analyst.press(page.get_by_role("button", name="Read the rows", exact=True))
    analyst.press(page.get_by_role("button", name="Save and send the memo for decision", exact=True))
    refused = page.locator(".usa-alert--error, .usa-error-message, .w-say")
    assert not refused.count(), refused.all_inner_texts()
    assert Memo.objects.count() == 1


def signed(office: Round) -> None:
    """Acknowledge what is missing, sign all lines of the memo in one form, and close the round as decided."""
    approver = office.approver
    page = approver.see(f"{office.home}sign/")
    seen = page.locator('[name="acknowledged"]').evaluate_all("boxes => boxes.map(box => box.value)")
    lines = {f"{code}-choice": "approved" for code in POOL}
    form = page.locator("form[data-signing]")
    for name, value in {**({"acknowledged": seen} if seen else {}), **lines}.items():
        approver.fill(form, name, value)
    approver.press(form.locator("[data-signing-button]"))
    page.wait_for_load_state()
    refused = page.locator(".usa-alert--error, .usa-error-message")
    assert not refused.count(), refused.all_inner_texts()
    approver.submit(f"{office.home}step/decide/")
    assert office.record.state == "decided"
