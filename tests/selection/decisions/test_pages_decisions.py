"""Pages of deliberation and the memo: recommend, decide, issue, download, and the template."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE
from selection.models import Decision, Memo, Recommendation
from selection.notes.services.notes import NoteContent, write_note
from tests.partnerships.sending import filled_fields, send
from tests.selection.decisions.deliberating import Deliberation, in_deliberation, recommended
from tests.support import deciding
from tests.support.accounts import make_account
from tests.support.rounds import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_from_recommendation_to_the_downloaded_memo_through_the_pages(office: Office) -> None:
    found = in_deliberation()
    analyst, approver = signed_in(office.analyst), signed_in(office.approver)
    page = reverse("round-deliberation", args=[found.pk])
    address = reverse("recommend", args=[found.pk, "GHA"])
    sent = filled_fields(analyst, address, action="select", rationale="Courts are ready.")
    assert "Enter the amount" in analyst.post(address, sent).text
    sent |= {"proposed_amount": "$4,000,000", "proposed_months": "48", "funding": "Sample account"}
    assert analyst.post(address, sent).headers["Location"] == page
    assert analyst.post(address, sent).headers["Location"] == page
    assert Recommendation.objects.count() == 1
    stale = analyst.post(address, {**sent, "action": "defer", "rationale": "Not yet.", "idempotency_key": new_key()})
    assert stale.status_code == 422
    assert "Someone else saved changes while you were editing" in stale.text
    assert "Saved value: Select" in stale.text
    assert "Saved value: Courts are ready." in stale.text
    assert "Not yet." in stale.text
    assert "One recommendation waits for the approver" in approver.get(page).text
    decide = reverse("decide", args=[found.pk, "GHA"])
    assert analyst.get(decide).status_code == 403
    assert "The office has not sent the memo for decision." in approver.get(decide).text
    address = reverse("memo-issue", args=[found.pk])
    assert "This is the first version." in analyst.get(address).text
    send(analyst, address, decide_by="2027-01-15")
    other = send(approver, decide, **{"GHA-choice": "disapproved", "GHA-instead": "defer", "GHA-remarks": ""})
    assert other.status_code == 422
    assert "Enter why you disapprove." in other.text
    seen = deciding.seen([Recommendation.objects.get()])
    send(approver, decide, acknowledged=seen, **{"GHA-choice": "conditioned", "GHA-remarks": "Go on."})
    decision = Decision.objects.get()
    assert (decision.condition, decision.action, decision.memo.number) == ("Go on.", "select", 1)
    shown = analyst.get(reverse("memo", args=[found.pk, 1])).text
    assert "Justice does not clear Ghana: “Cases are not tried.” A court objective was added." in shown
    assert "<dt>DECIDE BY</dt><dd>Jan 15, 2027</dd>" in shown
    assert "up to $4.0M over 48 months." in shown
    assert send(analyst, address).headers["Location"] == reverse("memo", args=[found.pk, 1])
    assert "Nothing has changed since version 1" in analyst.get(page).text
    picture = analyst.get(reverse("memo-picture", args=[found.pk, 1, 0]))
    assert picture.content.startswith(b"\x89PNG")
    assert analyst.get(reverse("memo-picture", args=[found.pk, 1, 9])).status_code == 404
    approver.post(
        reverse("round-step", args=[found.pk, "decide"]), {"source": "deliberation", "idempotency_key": new_key()}
    )
    assert "Everything is as it was" in approver.get(page).text
    assert "Version 2 has replaced this one." in analyst.get(reverse("memo", args=[found.pk, 1])).text
    file = analyst.get(reverse("memo-document", args=[found.pk, 2]))
    assert file.headers["Content-Disposition"].startswith("attachment")
    lines = Document(io.BytesIO(b"".join(file))).tables[0]
    assert [cell.text for cell in lines.rows[1].cells][1:] == ["☒", "☐", "☐"]
    assert "Decided: Select, by TIP Office approver" in lines.rows[1].cells[0].text
    assert "Go on." in lines.rows[1].cells[0].text


@pytest.mark.parametrize(("role", "status", "memo"), [(Role.VIEWER, 200, 404), (Role.REVIEWER, 404, 404)])
def test_a_viewer_sees_decisions_and_no_notes_and_a_reviewer_neither(
    office: Office, role: Role, status: int, memo: int
) -> None:
    found = in_deliberation()
    recommended(office, found)
    memo_services.issue_memo(selection_round=found, actor=office.analyst)
    client = signed_in(make_account(role, username="somebody"))
    assert client.get(reverse("round-deliberation", args=[found.pk])).status_code == status
    for name, more in (("round-memos", []), ("memo", [1]), ("memo-document", [1]), ("memo-picture", [1, 0])):
        assert client.get(reverse(name, args=[found.pk, *more])).status_code == memo, name


def test_a_template_is_downloaded_edited_and_taken(office: Office) -> None:
    client = signed_in(office.analyst)
    address = reverse("memo-templates")
    own = b"".join(client.get(reverse("memo-template", args=[0])))
    assert own == TEMPLATE.read_bytes()
    broken = client.post(
        address, {"file": SimpleUploadedFile("x.docx", b"nothing"), "note": "", "idempotency_key": new_key()}
    )
    assert broken.status_code == 422
    assert "Nothing was saved." in broken.text
    client.post(address, {"file": SimpleUploadedFile("x.docx", own), "note": "Ours", "idempotency_key": new_key()})
    assert "Waits for approval" in client.get(address).text
    approver = signed_in(office.approver)
    decide = reverse("memo-template-decide", args=[1])
    assert "Decide on template 1 of the memo" in approver.get(reverse("home")).text
    assert "Sample memo made with it" in approver.get(decide).text
    assert b"".join(approver.get(reverse("memo-template-sample", args=[1]))).startswith(b"PK")
    refused = send(approver, decide, decision="refuse", note="")
    assert refused.status_code == 422
    assert "Enter the reason for the rejection." in refused.text
    assert send(approver, decide, decision="approve").status_code == 302
    assert "In use: template 1" in client.get(address).text
    assert "already decided" in approver.get(decide, follow=True).text
    assert not Memo.objects.exists()


def test_the_page_of_recommendations_names_a_note_only_to_those_who_read_notes(office: Office) -> None:
    found = in_deliberation()
    recommended(office, found)
    content = NoteContent(kind="critical", text="Shelters are full.", rationale="Visited in May.")
    contact = office.contact(found.requests.sent().order_by("pk")[0].agency)
    note = write_note(
        selection_round=found, candidate=office.candidate(found), content=content, visibility="office", actor=contact
    )
    page = reverse("round-deliberation", args=[found.pk])
    for reader, reads in ((office.approver, True), (make_account(Role.VIEWER), False)):
        shown = signed_in(reader).get(page).text
        assert (f"Note {note.reference}" in shown) is reads
        assert ("A critical note is open." in shown) is not reads
