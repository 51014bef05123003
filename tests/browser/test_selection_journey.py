"""One selection from the opened round to the partnership, on pages, with only the keyboard, by eight people.

Three agencies are asked. One does not clear, one has a major note rejected and does not agree, and one asks for more
time. A new edition makes the answers out of date; the approver decides, and the memo lists all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.fiscal_years import fiscal_year
from indicators.models import Country, Observation
from partnerships.models import Partnership
from selection.models import ConsultationRequest, Decision, Memo, RoundFreeze, ScoreRun, SelectionRound
from selection.restrictions.checklist import checklist, last_day
from tests.support.accounts import make_account
from tests.support.pages import tiers
from tests.support.person import Typist, a_file

TODAY = timezone.now().date()
DUE = TODAY + timedelta(days=14)
AGENCIES = {
    "dol": "Department of Labor",
    "doj": "Department of Justice",
    "hhs": "Department of Health and Human Services",
}
POOL = "Ghana\nKosovo\nCôte d'Ivoire"


@dataclass
class Walk:
    """People by their short names, and the path of the round."""

    folder: Path
    people: dict[str, Typist] = field(default_factory=dict)
    home: str = ""

    @property
    def analyst(self) -> Typist:
        """Return the person who runs the round."""
        return self.people["analyst"]

    @property
    def approver(self) -> Typist:
        """Return the person who decides."""
        return self.people["approver"]

    def request(self, code: str) -> ConsultationRequest:
        """Return the consultation request that was sent to an agency."""
        return ConsultationRequest.objects.get(agency__code=code)

    def review(self, code: str) -> str:
        """Return the path of the page on which an agency answers about Ghana."""
        return f"/consultation/{self.request(code).pk}/GHA/"


@pytest.fixture
def walk(browser: Browser, live_server: LiveServer, ranking: ScoreRun, tmp_path: Path) -> Iterator[Walk]:
    accounts = {str(role.value): make_account(role) for role in (Role.ANALYST, Role.APPROVER, Role.VIEWER)}
    for code, name in AGENCIES.items():
        agency = Agency.objects.create(code=code, name=name, short_name=code.upper(), statutory=code != "hhs")
        accounts[code] = make_account(Role.REVIEWER, username=f"contact-{code}", agency=agency)
        User.objects.filter(pk=accounts[code].pk).update(is_contact=True)
    accounts["drafter"] = make_account(Role.REVIEWER, username="drafter", agency=Agency.objects.get(code="dol"))
    with ExitStack() as stack:
        found = Walk(tmp_path)
        for name, user in accounts.items():
            found.people[name] = stack.enter_context(Typist.of(browser, live_server.url, user))
        yield found
        assert {name: person.complaints for name, person in found.people.items() if person.complaints} == {}


def test_from_an_opened_round_to_a_partnership_and_its_memo(walk: Walk) -> None:
    opened(walk)
    scored(walk)
    asked(walk)
    answered(walk)
    adjudicated(walk)
    stale(walk)
    decided(walk)
    remembered(walk)
    partnered(walk)


def opened(walk: Walk) -> None:
    """Open a round about three countries and draw its pool."""
    walk.analyst.see("/")
    walk.analyst.follow("Rounds")
    walk.analyst.follow("Open a round")
    walk.analyst.send(title="Round of 2027", fiscal_year=2027, only=POOL)
    found = SelectionRound.objects.get()
    walk.home = f"/rounds/{found.pk}/"
    step(walk, "Draw the pool")
    assert found.candidates.in_pool().count() == 3


def step(walk: Walk, name: str, who: str = "analyst") -> None:
    """Take one step of the round, from its page."""
    person = walk.people[who]
    person.see(walk.home)
    person.follow(name)
    person.send()


def scored(walk: Walk) -> None:
    """Rate the criteria that the statute requires, review the restrictions, and score the candidates."""
    step(walk, "Start scoring")
    for criterion in ("prosecution", "protection", "prevention"):
        walk.analyst.submit(
            f"{walk.home}ratings/GHA/{criterion}/",
            button="Save the rating",
            step=3,
            rationale="Cases rose in two years running.",
            document="Annual report of the ministry",
        )
    codes = [row.code for row in checklist()]
    walk.analyst.submit(
        "/countries/GHA/restrictions/review/",
        codes=codes,
        status="clear",
        basis="Memo of the Office of the Legal Adviser",
        reviewer="L",
        reviewed_on=TODAY,
        expires_on=last_day(fiscal_year(TODAY)),
    )
    walk.analyst.see(walk.home)
    walk.analyst.send(button="Compute the full score")
    expect(walk.analyst.page.get_by_role("heading", name="Candidates by score 1")).to_be_visible()
    step(walk, "Open consultation")


def asked(walk: Walk) -> None:
    """Ask three agencies about Ghana in one form."""
    ghana = SelectionRound.objects.get().candidates.get(country__code="GHA")
    values: dict[str, object] = {"candidates": [ghana.pk], "due_on": DUE, "questions": "Does your work overlap?"}
    for code in AGENCIES:
        values |= {f"ask-{code}": True, f"role-{code}": "consult"}
    walk.analyst.submit(f"{walk.home}requests/ask/", values, button="Send the requests")
    for code, name in AGENCIES.items():
        assert walk.request(code).is_sent
        assert walk.request(code).agency.name == name


def answered(walk: Walk) -> None:
    """Submit Labor's position and major note and Justice's objection, and extend Health's due date."""
    drafter, labor = walk.people["drafter"], walk.people["dol"]
    drafter.see("/")
    drafter.follow("Consultation")
    drafter.follow("Review Ghana")
    drafter.send(button="Save draft", value="clear_with_comments", text="Lead with the figure on fishing.")
    labor.see("/consultation/")
    labor.follow("Continue Ghana")
    labor.follow(f"Take over the draft of {User.objects.get(username='drafter')}")
    labor.send(button="Submit for DOL")
    labor.see(walk.review("dol"))
    labor.page.wait_for_load_state()
    labor.submit(
        f"{walk.home}notes/new/?candidate=GHA",
        kind="major",
        visibility="office",
        text="The survey is older than the law.",
        proposed_text="Say which year the survey covers.",
        rationale="A reader would take it for this year.",
    )
    walk.people["doj"].submit(
        walk.review("doj"), button="Submit for DOJ", value="does_not_clear", text="Cases are not tried."
    )
    later = DUE + timedelta(days=7)
    walk.people["hhs"].submit(
        walk.review("hhs"), button="Submit for HHS", value="extension", text="We travel.", proposed_due_on=later
    )
    walk.analyst.see(f"{walk.home}requests/")
    walk.analyst.follow("Answer HHS: more time on Ghana")
    walk.analyst.send(decision="grant", due_on=later)
    walk.people["hhs"].submit(walk.review("hhs"), button="Submit for HHS", value="no_equities")


def adjudicated(walk: Walk) -> None:
    """Reject the note, with which Labor does not concur, and dispose of the objection."""
    walk.analyst.see(f"{walk.home}matrix/")
    walk.analyst.follow("Adjudicate note DOL-1")
    walk.analyst.send(button="Record the answer", outcome="rejected", rationale="The year stands beside the value.")
    walk.people["dol"].submit(
        f"{walk.home}notes/DOL-1/",
        button="Record the response",
        concurs="no",
        text="The law of last year changes the count.",
    )
    disposed(walk)


def disposed(walk: Walk) -> None:
    """Record the disposition of the objection; a position that replaces it needs a new disposition."""
    walk.analyst.see(f"{walk.home}requests/")
    walk.analyst.follow("Record what was done about DOJ on Ghana")
    walk.analyst.send(text="An objective on courts was added.")


def stale(walk: Walk) -> None:
    """Publish an edition that changes the evidence; agencies that answered see it and confirm or answer again."""
    listed = Country.objects.filter(
        pk__in=Observation.objects.live().filter(indicator__code="tip.tier").values("country")
    ).order_by("name")
    rows = [
        (country.code, country.name.replace(",", ""), "Tier 2 Watch List" if country.code == "GHA" else "Tier 2")
        for country in listed
    ]
    path = a_file(walk.folder / "new", "tiers_2026.csv", tiers(*rows, year=2026))
    walk.analyst.submit("/data/imports/", button="Import the file", file=path)
    walk.analyst.press(walk.analyst.page.get_by_role("button", name="Publish"))
    expect(walk.analyst.page.get_by_role("status").first).to_contain_text("was published")
    walk.analyst.see(walk.home)
    walk.analyst.send(button="Move to the newest evidence and score")
    labor = walk.people["dol"]
    labor.see("/consultation/")
    expect(labor.page.get_by_role("main")).to_contain_text("Evidence changed")
    labor.see(walk.review("dol"))
    expect(labor.page.locator("#changes")).to_contain_text("Tier 2 Watch List")
    labor.send(button="Confirm “Clear with comments” on the new evidence")
    for code, value, text in (("doj", "does_not_clear", "Cases are still not tried."), ("hhs", "no_equities", "")):
        walk.people[code].submit(walk.review(code), button=f"Submit for {code.upper()}", value=value, text=text)
    disposed(walk)


def decided(walk: Walk) -> None:
    """Recommend Ghana as one person and select it as another, issue the memo, and close the round."""
    step(walk, "Start deliberation")
    walk.analyst.see(walk.home)
    walk.analyst.follow("Consultation and decision")
    walk.analyst.follow("Recommendations and decisions")
    walk.analyst.follow("Recommend on Ghana")
    walk.analyst.send(
        action="select",
        rationale="Need is high and the courts are ready.",
        proposed_amount="5000000",
        proposed_months="48",
        funding="CPC account",
    )
    walk.analyst.follow("Memo")
    walk.analyst.follow("Send the memo for decision")
    walk.analyst.send(button="Send the memo for decision")
    printed(walk)
    walk.approver.see(walk.home)
    walk.approver.follow("Consultation and decision")
    walk.approver.follow("Recommendations and decisions")
    walk.approver.follow("Decide on Ghana")
    shown = walk.approver.page.locator('[name="acknowledged"]')
    seen = shown.evaluate_all("boxes => boxes.map(box => box.value)")
    walk.approver.send({"GHA-choice": "approved"} | ({"acknowledged": seen} if seen else {}))
    step(walk, "Close the round as decided", "approver")
    viewer = walk.people["viewer"]
    viewer.see(f"{walk.home}deliberation/")
    expect(viewer.page.get_by_role("row").filter(has_text="Ghana")).to_contain_text("Select")


def printed(walk: Walk) -> None:
    """Check that the page of the memo prints one page for each of its sheets."""
    page = walk.analyst.page
    sheets = page.locator(".c-sheet").count()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter", prefer_css_page_size=True))) == sheets
    expect(page.get_by_text(f"Page 1 of {sheets - 4}", exact=True)).to_be_visible()


def remembered(walk: Walk) -> None:
    """Check that the downloaded memo contains the recommendation, positions, notes, and evidence."""
    walk.approver.see(f"{walk.home}memo/")
    with walk.approver.page.expect_download() as download:
        walk.approver.reach(walk.approver.page.get_by_role("link", name="Word document").first)
        walk.approver.page.keyboard.press("Enter")
    issued = Memo.objects.latest("pk")
    assert issued.sha256 in RoundFreeze.objects.get().manifest["memos"].values()
    document = Document(str(download.value.path()))
    styled = [p for p in document.paragraphs if p.style is not None and (p.style.name or "").startswith("Head")]
    headings = {p.text.partition("\t")[0] for p in styled}
    assert {"RECOMMENDATIONS", "BEFORE YOU DECIDE", "1. Ghana: select", "Tab 2. Consultation record"} <= headings
    memo_text = "\n".join([p.text for p in document.paragraphs] + [c.text for t in document.tables for c in t._cells])
    for wanted in (
        "Lead with the figure on fishing.",
        "Cases are still not tried.",
        "An objective on courts was added.",
        "no equities",
        "The survey is older than the law.",
        "The year stands beside the value.",
        "The law of last year changes the count.",
        issued.content_hash,
    ):
        assert wanted in memo_text, wanted
    for source in ("tiers_2026.csv", "cpi-2025.csv", "freedom_house-2025.csv"):
        assert source in memo_text, source
    assert document.inline_shapes
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)


def partnered(walk: Walk) -> None:
    """Start a partnership from the decision, and check that it links to the decision."""
    walk.analyst.see("/")
    walk.analyst.follow("Open the partnership with Ghana")
    walk.analyst.send(title="Partnership with Ghana")
    found = Partnership.objects.get(country__code="GHA")
    assert found.decision == Decision.objects.get()
    expect(walk.analyst.page.get_by_role("main")).to_contain_text("Round of 2027")
