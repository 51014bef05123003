"""Amendment pages: old and new values, limits for every role, decision by another person, applied as a whole."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from cpc.web import formats
from partnerships.clearance.services.answers import Given, record_answers
from partnerships.clearance.services.texts import add_version, submit_text
from partnerships.history.presenters import changed_since
from partnerships.history.queries import as_of
from partnerships.models import Amendment, AmendmentChange, AnswerKind, ClearanceRole, Government, Partnership
from tests.partnerships.sending import client_of, filled_fields, page_text, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, START, Stage

TODAY = timezone.now().date()
FOUR_YEARS = date(2025, 1, 1)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership of four years out of five, so that it can be extended."""
    return stage.active("KEN", ends_on=FOUR_YEARS)


def drafted(client: Client, partnership: Partnership, title: str = "A year more") -> str:
    """Return the URL of a new draft."""
    url = f"/partnerships/{partnership.pk}/amendments/new/"
    response = send(client, url, kind="extension", title=title, reason="Awards began late")
    return str(response["Location"])


def ends(client: Client, draft: str, partnership: Partnership, day: date) -> object:
    return send(client, f"{draft}change/partnership/{partnership.pk}/", ends_on=day.isoformat())


def test_from_draft_to_effect_with_old_beside_new(analyst: Client, approver: Client, running: Partnership) -> None:
    draft = drafted(analyst, running)
    assert "No changes yet" in analyst.get(draft).content.decode()
    ends(analyst, draft, running, END)
    objective, program = running.objectives.get(), running.programs.get()
    send(analyst, f"{draft}change/objective/{objective.pk}/", outcome="More convictions")
    send(analyst, f"{draft}add/program/", title="Shelters")
    added = AmendmentChange.objects.get(action="add").new["id"]
    amounts = {f"amount_{program.pk}_us": "4200000", f"amount_{added}_us": "300000.50"}
    assert send(analyst, f"{draft}amounts/", **amounts).status_code == 302
    html = analyst.get(draft).content.decode()
    for old, new in (("Jan 1, 2025", "Jan 1, 2026"), ("More cases brought", "More convictions")):
        assert f"<del>{old}</del>" in html
        assert f"<ins>{new}</ins>" in html
    assert "<del>$4,000,000.00</del>" in html
    assert "$300,000.50" in html
    assert "The changed values are within the limits." in html
    assert send(analyst, f"{draft}step/submit/").status_code == 302
    assert analyst.get(f"{draft}add/objective/").status_code == 404, "what is submitted is not edited"
    assert send(approver, f"{draft}step/approve/", note="Agreed").status_code == 302
    running.refresh_from_db()
    assert running.ends_on == FOUR_YEARS, "approved is not yet in effect"
    assert send(analyst, f"{draft}step/apply/").status_code == 302
    running.refresh_from_db()
    assert (running.ends_on, running.planned_total) == (END, Decimal("4500000.50"))
    assert running.objectives.get().outcome == "More convictions"
    assert running.programs.get(title="Shelters").amounts.get().government == Government.UNITED_STATES
    assert "<del>$4,000,000.00</del>" in analyst.get(draft).content.decode()


def test_the_approver_reads_what_the_decision_leads_to(analyst: Client, approver: Client, running: Partnership) -> None:
    draft = drafted(analyst, running)
    ends(analyst, draft, running, END)
    send(analyst, f"{draft}amounts/", **{f"amount_{running.programs.get().pk}_us": "5000000"})
    rival = drafted(analyst, running, "Half a year more")
    ends(analyst, rival, running, date(2025, 7, 1))
    send(analyst, f"{draft}step/submit/")
    number = Amendment.objects.get(title="A year more").number
    for url in (draft, f"{draft}step/approve/"):
        html = approver.get(url).content.decode()
        assert "$5,000,000.00 of $5,000,000.00 planned, nothing left" in html, url
        assert "60 of 60 months, to Jan 1, 2026" in html
        assert "None: no document is attached, and no version was sent for clearance." in html
        assert f'href="/partnerships/{running.pk}/clearance/{number}/"' in html
        assert "It sets another value of the same item: last day of the term, Jul 1, 2025." in html
    page = approver.get(draft).content.decode()
    assert page.index("step/approve/") < page.index("step/return/")
    assert 'class="usa-button"' not in page.partition("Next steps")[2].partition("</ul>")[0], "the text is not cleared"
    assert "step/withdraw/" not in page.partition("Next steps")[2].partition("</ul>")[0]
    response = approver.post(f"{draft}step/approve/", filled_fields(approver, f"{draft}step/approve/"), follow=True)
    assert f"Amendment {number} is approved." in response.content.decode()
    put = analyst.get(f"{draft}step/apply/").content.decode()
    assert "No version of the text was sent for clearance." in put


def test_the_page_quotes_what_the_text_changes_and_names_who_objects(
    analyst: Client, approver: Client, stage: Stage, running: Partnership
) -> None:
    draft = drafted(analyst, running)
    ends(analyst, draft, running, END)
    amendment, inl = Amendment.objects.get(), Agency.objects.get(code="inl")
    of_text: dict[str, Any] = {"partnership": running, "amendment": amendment, "asked_on": TODAY, "due_on": TODAY}
    submit_text(
        files={"English": ContentFile(b"One", "one.txt")}, offices={inl: ClearanceRole.CLEARS}, second_language="",
        actor=stage.analyst, **of_text,
    )  # fmt: skip
    assert "All versions of the text" not in page_text(analyst.get(draft)), "the first one changes nothing"
    version = add_version(
        files={"English": ContentFile(b"Two", "two.txt")}, changed="Articles 5 and 7.", is_material=True,
        reason="Twice a year.", also_ask=[], actor=stage.analyst, **of_text,
    )  # fmt: skip
    given = [Given(inl, AnswerKind.REFUSED, TODAY, "Not article 5.")]
    record_answers(version=version, answers=given, finding=None, actor=stage.analyst)
    send(analyst, f"{draft}step/submit/")
    text = page_text(approver.get(draft))
    for part in (
        f"Text, version 2 of {formats.day(TODAY)}: Articles 5 and 7. Twice a year.",
        f"{inl.name} does not clear it: “Not article 5.”",
        "It can be approved before its text is cleared. Approved, it still takes effect only once nothing stops",
        "The changed values are within the limits. The text is not cleared yet.",
    ):
        assert part in text, part


def test_an_approver_learns_that_changing_a_draft_ends_the_right_to_decide(
    analyst: Client, approver: Client, running: Partnership
) -> None:
    draft = drafted(analyst, running)
    ends(analyst, draft, running, END)
    assert "another approver must" in approver.get(draft).content.decode()
    assert "/out/" not in approver.get(draft).content.decode()
    html = analyst.get(draft).content.decode()
    assert "/out/" in html
    assert "another approver must" not in html


@pytest.mark.parametrize("role", [Role.ANALYST, Role.APPROVER])
def test_past_a_limit_nothing_is_submitted(stage: Stage, running: Partnership, role: Role) -> None:
    client = client_of(stage.analyst if role == Role.ANALYST else stage.approver)
    draft = drafted(client, running)
    ends(client, draft, running, END + timedelta(days=1))
    html = client.get(draft).content.decode()
    message = "can end on Jan 1, 2026 at the latest; Jan 2, 2026 is 1 day later"
    assert message in html
    assert "step/submit/" not in html, "no step is offered that would be refused"
    assert message in rejected_page(send(client, f"{draft}step/submit/"))
    money = drafted(client, running, "More money")
    send(client, f"{money}amounts/", **{f"amount_{running.programs.get().pk}_us": "5000000.01"})
    assert "the largest lawful total is $5,000,000.00" in rejected_page(send(client, f"{money}step/submit/"))
    running.refresh_from_db()
    assert (running.ends_on, running.planned_total) == (FOUR_YEARS, Decimal("4000000.00"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR, Role.REVIEWER, Role.API_CLIENT])
def test_no_other_role_amends(analyst: Client, running: Partnership, role: Role) -> None:
    draft = drafted(analyst, running)
    client = client_of(make_account(role))
    for url in (
        f"/partnerships/{running.pk}/amendments/new/",
        f"{draft}change/partnership/{running.pk}/",
        f"{draft}amounts/",
        *(f"{draft}step/{name}/" for name in ("submit", "approve", "apply", "withdraw")),
    ):
        assert client.post(url, {"ends_on": END.isoformat(), "note": "X"}).status_code in (403, 404), url
    assert not AmendmentChange.objects.exists()


def test_requester_is_offered_no_decision(approver: Client, running: Partnership) -> None:
    draft = drafted(approver, running)
    ends(approver, draft, running, END)
    send(approver, f"{draft}step/submit/")
    html = approver.get(draft).content.decode()
    assert "an approver other than you must decide" in html
    assert "step/approve/" not in html
    assert "so an approver other than you must decide." in rejected_page(send(approver, f"{draft}step/approve/"))
    assert Amendment.objects.get().state == "submitted"


def test_returned_with_a_reason_it_is_drafted_further(analyst: Client, approver: Client, running: Partnership) -> None:
    draft = drafted(analyst, running)
    ends(analyst, draft, running, END)
    send(analyst, f"{draft}step/submit/")
    rejected_page(send(approver, f"{draft}step/return/", note=""))
    assert send(approver, f"{draft}step/return/", note="Half a year is enough").status_code == 302
    html = analyst.get(draft).content.decode()
    assert "Returned: Half a year is enough" in html
    ends(analyst, draft, running, date(2025, 7, 1))
    assert AmendmentChange.objects.get().new == "2025-07-01", "the change takes the place of the one before"
    ends(analyst, draft, running, FOUR_YEARS)
    assert not AmendmentChange.objects.exists(), "what is as it was is no change"
    assert "has no changes yet" in rejected_page(send(analyst, f"{draft}step/submit/"))


def test_a_change_is_taken_out_and_a_second_click_adds_nothing(analyst: Client, running: Partnership) -> None:
    draft = drafted(analyst, running)
    data = filled_fields(analyst, f"{draft}add/program/", title="Shelters")
    assert analyst.post(f"{draft}add/program/", data).status_code == 302
    again = analyst.post(f"{draft}add/program/", data, follow=True).content.decode()
    assert "recorded already" in again
    change = AmendmentChange.objects.get()
    assert send(analyst, f"{draft}changes/{change.pk}/out/").status_code == 302
    assert not AmendmentChange.objects.exists()


def test_before_signature_there_is_nothing_to_amend(analyst: Client, stage: Stage) -> None:
    draft = stage.draft("NGA")
    response = analyst.get(f"/partnerships/{draft.pk}/amendments/new/", follow=True)
    assert "Edit its terms instead" in response.content.decode()


# ---- the record at any date ----------------------------------------------------------------------------------------


def test_the_record_as_it_was_and_what_changed_since(analyst: Client, approver: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/as-of/"
    html = analyst.get(url).content.decode()
    assert "Partnership with Kenya" in html
    before = START - timedelta(days=1)
    assert "Not recorded yet" in analyst.get(f"{url}?date={before}").content.decode()
    for asked in ("yesterday", "2026-02-30"):
        assert analyst.get(f"{url}?date={asked}").status_code == 400
    assert analyst.get(f"{url}?day=2026-01-01").status_code == 400


def test_what_changed_since_is_reported_row_by_row(running: Partnership) -> None:
    now = as_of(running, TODAY)
    then = copy.deepcopy(now)
    then["partnerships_partnership"][0]["ends_on"] = "2024-06-30"
    then["partnerships_objective"][0]["outcome"] = "More cases"
    added = now["partnerships_mechanism"][0]["body"]
    then["partnerships_mechanism"].pop(0)
    changes = [(change.row, change.field, change.was, change.now) for change in changed_since(then, now)]
    assert changes == [
        ("Partnership: Partnership with Kenya", "Last day of the term", "Jun 30, 2024", "Jan 1, 2025"),
        ("Objective: Courts", "Intended outcome", "More cases", "More cases brought"),
        (f"Mechanism: {added}", "", "Not recorded", "Added"),
    ]
    assert changed_since(now, now) == []
