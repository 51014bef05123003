"""The page “Consultation and decision”, and the consent of approvers and agencies, as people send them."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.consultation import consent_queries
from selection.consultation.services.dispositions import EditOutcome, dispose
from selection.models import ConsultationRequest, CutShort, ProceedWithout, SelectionRound
from selection.notes.services.adjudications import adjudicate
from selection.notes.services.notes import NoteContent, write_note
from tests.partnerships.sending import client_of, page_text
from tests.selection.decisions.deliberating import committed
from tests.support.accounts import make_account
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
TODAY = timezone.now().date()
PRESET = re.compile(rb"<input[^>]* checked")


@pytest.fixture
def found(office: Office) -> SelectionRound:
    return office.consulting()


@pytest.fixture
def labor(office: Office, found: SelectionRound) -> ConsultationRequest:
    due = TODAY + dt.timedelta(10)
    return office.ask(found, office.agency(statutory=True), "GHA", "CIV", due_on=due, today=TODAY)


@pytest.fixture
def energy(office: Office, found: SelectionRound) -> ConsultationRequest:
    due = TODAY + dt.timedelta(10)
    return office.ask(found, office.agency("doe", "Department of Energy"), "GHA", due_on=due, today=TODAY)


def send(user: User, url: str, **values: Any) -> Any:
    return client_of(user).post(url, {"idempotency_key": str(uuid.uuid4()), **values})


def text_of(user: User, url: str) -> str:
    return html.unescape(page_text(client_of(user).get(url)))


def test_the_page_shows_the_answer_of_each_agency(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    url = f"/rounds/{found.pk}/consultation/"
    assert "0 of 3 in." in text_of(office.analyst, url)
    office.answer(labor, value="does_not_clear", text="A third partner would overlap.")
    edits = office.answer(labor, "CIV", "clear_with_edits", "Name the ministry.\nCut page 2.")
    text = text_of(office.analyst, url)
    for shown in (
        "day 1 of 11", "DOL statutory", "DOE invited", "Does not clear A third partner would…",
        "With edits 2 edits, open", "2 of 3 in. With edits 1 · does not clear 1.", "A dash is not a yes",
        "Go on with 1 of 3 answers missing?", "in 10 days", "2 of 2", "0 of 1", "stop the memo",
        "DOL does not clear Ghana; no answer from us yet.",
    ):  # fmt: skip
        assert shown in text, (shown, text)
    dispose(position=edits, outcomes=[EditOutcome(True), EditOutcome(False, "No.")], actor=office.analyst)
    assert "2 edits, 1 rejected" in text_of(office.analyst, url)
    assert "Ask the approver" not in text_of(office.approver, url)


def test_no_answer_is_preset_and_each_reason_is_asked_for(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    url = f"/rounds/{found.pk}/consultation/"
    assert not PRESET.search(client_of(office.analyst).get(url).content)
    answer = send(office.analyst, url)
    assert (answer.status_code, "Choose how to go on." in page_text(answer)) == (422, True)
    answer = send(office.analyst, url, answer="now", reason_invited="Holidays")
    assert answer.status_code == 422
    assert "Say why the round can't wait for DOL." in html.unescape(page_text(answer))
    assert not CutShort.objects.exists()
    answer = send(
        office.analyst, url, answer="now", reason_invited="Holidays", **{f"reason_{labor.pk}": "No contact is named."}
    )
    assert answer.status_code == 302
    proposal = CutShort.objects.get()
    assert [line.reason for line in consent_queries.lines_of(proposal)] == ["No contact is named.", "Holidays"]
    text = text_of(office.analyst, url)
    assert "Waits for an approver" in text
    assert "How to go on" not in text
    assert send(office.approver, url, answer="wait").status_code == 403


def test_waiting_changes_nothing(office: Office, found: SelectionRound, labor: ConsultationRequest) -> None:
    url = f"/rounds/{found.pk}/consultation/"
    answer = client_of(office.analyst).post(url, {"idempotency_key": str(uuid.uuid4()), "answer": "wait"}, follow=True)
    assert "Nothing changed. The round stays in consultation." in page_text(answer)
    assert not CutShort.objects.exists()


def test_going_on_with_the_complete_sets_the_others_aside(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    url = f"/rounds/{found.pk}/consultation/"
    office.answer(labor)
    answer = client_of(office.analyst).post(
        url, {"idempotency_key": str(uuid.uuid4()), "answer": "complete"}, follow=True
    )
    assert "Deliberation began. Set aside:" in page_text(answer)
    found.refresh_from_db()
    assert found.state == "deliberation"
    aside = office.candidate(found, "CIV")
    assert (aside.in_pool, aside.reason) == (False, "Set aside when the round went on: DOL has not answered.")


def test_no_candidate_is_complete(office: Office, found: SelectionRound, labor: ConsultationRequest) -> None:
    office.ask(found, office.agency("doe", "Department of Energy"), "XKX", due_on=TODAY, today=TODAY)
    answer = send(office.analyst, f"/rounds/{found.pk}/consultation/", answer="complete")
    assert "No candidate is complete: an answer is missing on each." in page_text(answer)
    found.refresh_from_db()
    assert found.state == "consultation"


def test_an_approver_reads_the_reasons_and_decides(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found, "The statute's year ends.", TODAY)
    url = f"/rounds/{found.pk}/cut-short/{proposal.pk}/"
    text = text_of(office.approver, url)
    assert "The statute's year ends." in text
    assert not PRESET.search(client_of(office.approver).get(url).content)
    assert send(office.approver, url, answer="refuse").status_code == 422
    assert send(office.approver, url, answer="refuse", note="Call them first.").status_code == 302
    text = text_of(office.analyst, f"/rounds/{found.pk}/consultation/")
    assert "refused on" in text
    assert "Call them first." in text
    again = office.propose(found, today=TODAY)
    url = f"/rounds/{found.pk}/cut-short/{again.pk}/"
    assert send(office.approver, url, answer="agree").status_code == 302
    assert ProceedWithout.objects.count() == 2
    assert client_of(office.approver).get(url).status_code == 302
    text = text_of(office.analyst, f"/rounds/{found.pk}/consultation/")
    assert "No answer is missing" in text
    assert "Two are gone on without." in text


def test_a_point_of_contact_consents_for_the_agency(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    line = office.propose(found, today=TODAY).lines.get(request=labor)
    url = f"/consultation/consent/{line.pk}/"
    assert client_of(office.contact(energy.agency)).get(url).status_code == 404
    assert "Only a point of contact can agree" in text_of(office.member(labor.agency), url)
    contact = office.contact(labor.agency)
    assert "Can the round go on without your agency's position?" in text_of(contact, url)
    assert send(contact, url).status_code == 302
    line.refresh_from_db()
    assert line.consented_by == contact


def test_an_earlier_due_date_is_proposed_and_a_later_one_moved(office: Office, labor: ConsultationRequest) -> None:
    url = f"/rounds/{labor.round_id}/requests/{labor.pk}/due/"
    page = client_of(office.analyst).get(url)
    revision = page.context["form"].initial["revision"]
    assert labor.due_on is not None
    earlier = labor.due_on - dt.timedelta(1)
    answer = client_of(office.analyst).post(
        url,
        {"idempotency_key": str(uuid.uuid4()), "revision": revision, "due_on": earlier.isoformat(), "reason": "R"},
        follow=True,
    )
    assert "Asked. The due date stays until the agency or an approver agrees." in page_text(answer)
    labor.refresh_from_db()
    assert labor.due_on == TODAY + dt.timedelta(10)
    assert CutShort.objects.get().kind == "shorten"


def test_the_edits_of_a_position_are_settled_one_by_one(office: Office, labor: ConsultationRequest) -> None:
    edits = office.answer(labor, value="clear_with_edits", text="Name the ministry.\nCut page 2.")
    url = f"/rounds/{labor.round_id}/positions/{edits.pk}/disposition/"
    page = client_of(office.analyst).get(url)
    assert not PRESET.search(page.content)
    values = {"revision": page.context["form"].initial["revision"], "edit_1": "accepted"}
    assert send(office.analyst, url, **values).status_code == 422
    values["edit_2"] = "rejected"
    answer = send(office.analyst, url, **values)
    assert "Enter why the edit is rejected." in page_text(answer)
    assert send(office.analyst, url, **values, reason_2="It names the funds.").status_code == 302
    assert edits.dispositions.get().text == (
        "Accepted: “Name the ministry.”\nRejected: “Cut page 2.” It names the funds."
    )


def test_each_step_describes_what_happens(office: Office, found: SelectionRound) -> None:
    text = text_of(office.analyst, f"/rounds/{found.pk}/step/deliberate/")
    assert "Each agency that was asked is notified." in text
    assert "You can reverse this step later." not in text


def test_rest_has_the_same_list(
    office: Office, found: SelectionRound, labor: ConsultationRequest, client: Client
) -> None:
    committed(office, found)
    client.force_login(office.analyst)
    answer = client.get(f"/api/v1/rounds/{found.pk}/obstacles/").json()
    row = next(row for row in answer["obstacles"] if row["code"] == "no_response")
    assert (row["key"], row["weight"], row["title"]) == (
        f"no_response:{labor.pk}", "stops", "DOL has not answered on any of 2.",
    )  # fmt: skip
    assert row["candidates"] == ["CIV", "GHA"]
    assert "deliberate" in row["blocks"]
    assert answer["stopping"] == sum(row["weight"] == "stops" for row in answer["obstacles"])
    client.force_login(office.contact(labor.agency))
    assert client.get(f"/api/v1/rounds/{found.pk}/obstacles/").status_code == 404


def test_who_may_not_read_notes_reads_none_in_the_list(
    office: Office, found: SelectionRound, labor: ConsultationRequest, client: Client
) -> None:
    content = NoteContent(kind="major", text="Shelters are full.", rationale="Visited in May.")
    note = write_note(
        selection_round=found, candidate=office.candidate(found), content=content, visibility="office",
        actor=office.contact(labor.agency),
    )  # fmt: skip
    adjudicate(note=note, outcome="rejected", rationale="It has ended.", actor=office.analyst)
    urls = [f"/rounds/{found.pk}/", f"/rounds/{found.pk}/consultation/", f"/api/v1/rounds/{found.pk}/obstacles/"]
    for reader, reads in ((office.analyst, True), (make_account(Role.VIEWER), False)):
        client.force_login(reader)
        for url in urls:
            shown = client.get(url).text
            assert ("It has ended." in shown) is reads
            assert (f"Note {note.reference}" in shown) is reads
            assert ("A note is rejected." in shown) is not reads
