"""Pages of signing: what is behind each line, all lines in one submission, and the sheet that precedes them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from cpc.accounts.models import User
from cpc.api.run_once import new_key
from cpc.web.sheets.rows import saved_rows
from selection.decisions.memo import services as memo_services
from selection.decisions.sheet import recommendations_sheet
from selection.models import Decision, Discussion, Recommendation, SelectionRound
from selection.signing.missing import missing_for
from tests.partnerships.sending import send
from tests.selection.decisions.deliberating import Deliberation, in_deliberation, recommended
from tests.selection.signing.rating import rated
from tests.support import deciding
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def approver(office: Office) -> Client:
    return signed_in(office.approver)


def issued(office: Office) -> None:
    memo_services.issue_memo(selection_round=in_deliberation(), actor=office.analyst, on=ON)


def address(name: str, *more: str) -> str:
    return reverse(name, args=[in_deliberation().pk, *more])


def test_all_lines_in_one_submission_which_is_counted_once(office: Office, approver: Client) -> None:
    found = in_deliberation()
    assert "No recommendation waits for a decision." in approver.get(address("round-sign")).text
    rated(office, found)
    recommended(office, found)
    recommended(office, found, "CIV", "not_selected")
    assert "The office has not sent the memo for decision." in approver.get(address("round-sign")).text
    issued(office)
    page = approver.get(address("round-sign")).text
    assert "Both recommendations" in page
    assert "checked>" not in page
    sent: dict[str, Any] = {
        "GHA-choice": "discuss",
        "GHA-remarks": "Why five years?",
        "CIV-choice": "approved",
        "revision": "1",
    }
    sent |= {"idempotency_key": new_key(), "GHA-instead": "", "CIV-instead": "", "CIV-remarks": ""}
    unseen = approver.post(address("round-sign"), sent)
    assert unseen.status_code == 422
    assert "Confirm that you have seen:" in unseen.text
    rows = list(Recommendation.objects.filter(superseded_at=None))
    sent |= {"acknowledged": deciding.seen(rows), "idempotency_key": new_key()}
    first = approver.post(address("round-sign"), sent, follow=True)
    assert "One decision is signed. One line goes back to the office with your question." in first.text
    assert "nothing was added" in approver.post(address("round-sign"), sent, follow=True).text
    assert (Decision.objects.count(), Discussion.objects.count()) == (1, 1)
    rest = approver.get(address("round-sign")).text
    assert "Why five years?" in rest
    assert "No recommendation waits" in rest
    analyst = signed_in(office.analyst)
    answer = address("discussion-answer", "GHA")
    assert "Why five years?" in analyst.get(answer).text
    send(analyst, answer, answer="The courts take three.")
    back = approver.get(address("round-sign")).text
    assert "You asked; the office answered." in back
    assert analyst.get(answer).status_code == 404


def test_the_page_of_one_line_shows_what_is_behind_it(office: Office, approver: Client) -> None:
    recommended(office, in_deliberation())
    issued(office)
    page = " ".join(approver.get(address("decide", "GHA")).text.split())
    for text in (
        "(A) Documented high prevalence",
        "(B) Political motivation and sustained commitment: found.",
        "Cases are not tried.",
        "A court objective was added.",
        "does not clear",
        "Up to $5,000,000.00 over 60 months. At the limit of money and term.",
        "on memo version 1",
        "Approve: select",
        "that a selection requires are clear. 9 more matter at an obligation or are for information.",
    ):
        assert text in page
    for row in missing_for(in_deliberation(), list(Recommendation.objects.all()), ON):
        assert page.count(escape(row.title)) == 1, "listed once, with its box"
    assert "checked>" not in page
    assert signed_in(office.analyst).get(address("decide", "GHA")).status_code == 403


def test_a_newer_memo_is_an_edit_conflict_that_keeps_what_was_typed(office: Office, approver: Client) -> None:
    rated(office, in_deliberation())
    recommended(office, in_deliberation())
    recommended(office, in_deliberation(), "CIV", "not_selected")
    issued(office)
    sent: dict[str, Any] = {"GHA-choice": "conditioned", "GHA-remarks": "Begin in the north.", "revision": "1"}
    recommended(office, in_deliberation(), "CIV", "defer")
    issued(office)
    stale = approver.post(address("round-sign"), {**sent, "idempotency_key": new_key()})
    assert stale.status_code == 422
    assert "Version 2 of the memo was issued since you opened version 1. Nothing was signed." in stale.text
    assert "Begin in the north." in stale.text
    assert not Decision.objects.exists()


def test_the_sheet_records_all_recommendations_and_sends_the_memo(office: Office) -> None:
    analyst = signed_in(office.analyst)
    page = address("recommend-all")
    assert "The policy allows up to $5,000,000.00 over 60 months." in analyst.get(page).text
    rows = {
        row.text("country"): row for row in saved_rows(recommendations_sheet(in_deliberation(), office.analyst, ON))
    }

    def sheet(step: str, **cells: dict[str, str]) -> dict[str, Any]:
        sent: dict[str, Any] = {"idempotency_key": new_key(), "step": step}
        for number, (name, row) in enumerate(rows.items()):
            prefix = f"row-{number}"
            sent |= {f"{prefix}--kind": "candidate", f"{prefix}--key": row.key, f"{prefix}--revision": row.revision}
            sent[f"{prefix}--seen"] = row.seen
            for column, text in {**row.cells, **cells.get(name, {})}.items():
                sent[f"{prefix}-{column}"] = text
        return sent

    ghana = {"action": "Select", "proposed_amount": "5,000,000.01", "proposed_months": "61", "rationale": "Ready."}
    refused = analyst.post(page, sheet("issue", Ghana=ghana))
    assert refused.status_code == 422
    assert "The limit of a partnership is $5,000,000.00." in refused.text
    assert "The limit of a partnership is 60 months." in refused.text
    assert not Recommendation.objects.exists()
    ghana |= {"proposed_amount": "5,000,000", "proposed_months": "60", "funding": "A sample account"}
    done = analyst.post(page, sheet("issue", Ghana=ghana), follow=True)
    assert "version 1 of the memo is with the approver" in done.text
    made = Recommendation.objects.get()
    assert (made.proposed_months, made.funding, made.place) == (60, "A sample account", 1)


def test_the_last_lines_can_close_the_round_in_the_same_submission(office: Office, approver: Client) -> None:
    made = recommended(office, in_deliberation())
    issued(office)
    page = address("round-sign")
    sent: dict[str, Any] = {"GHA-choice": "approved", "close": "on", "revision": "1"}
    sent |= {"acknowledged": deciding.seen([made]), "idempotency_key": new_key()}
    done = approver.post(page, sent, follow=True)
    assert "The round is closed as decided, and its record is frozen." in done.text
    found = SelectionRound.objects.get(pk=made.candidate.round_id)
    assert (found.state, found.freezes.count()) == ("decided", 1)
