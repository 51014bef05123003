"""Services for notes: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from cpc.notifications.models import Notification
from selection.models import Note
from selection.notes.queries import revision_of
from selection.notes.services import adjudications
from selection.notes.services import notes as services
from selection.notes.services.notes import Anchor, NoteContent
from tests.support.accounts import make_account
from tests.support.noting import Desk, sample_upload
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def content(**changes: Any) -> NoteContent:
    return NoteContent(**{"kind": "substantive", "text": "Show it."} | changes)


def test_a_note_is_stored_with_each_of_its_texts_and_the_evidence_shown(desk: Desk) -> None:
    note = desk.write(
        desk.labor_member,
        kind="critical",
        text=" Text ",
        proposed_text=" Proposed ",
        rationale=" Rationale ",
        section=" Question 2 ",
        reviewer=" Kim ",
        visibility="all",
    )
    note.refresh_from_db()
    assert (note.kind, note.text, note.proposed_text, note.rationale) == ("critical", "Text", "Proposed", "Rationale")
    assert (note.section, note.reviewer, note.document_version) == ("Question 2", "Kim", "Evidence 1")
    assert (note.number, note.agency, note.author, note.anchor) == (1, desk.labor, desk.labor_member, "candidate")
    assert (note.candidate, note.round, note.supersedes) == (desk.candidate(), desk.round, None)
    assert trail(note) == [("member-dol", "wrote", None, {"type": "critical", "visibility": "all"})]
    assert desk.write(desk.labor_contact).number == 2
    assert desk.write(desk.justice_contact).number == 1
    of_round = desk.write(desk.office.analyst, code=None, document_version="Draft 3")
    assert (of_round.anchor, of_round.document_version, of_round.agency) == ("round", "Draft 3", None)


def test_note_stores_its_criterion(desk: Desk) -> None:
    key = desk.round.model.as_table.criteria[0].key
    note = desk.write(desk.office.analyst, anchor=Anchor(key, locator="Page 4"))
    assert (note.anchor, note.criterion, note.locator, note.sentence) == ("criterion", key, "Page 4", "")


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"anchor": Anchor("no_such")}, {"criterion": "criterion"}),
        ({"code": None, "anchor": Anchor(locator="Page 4")}, {"candidate": "not_in_pool"}),
        ({"text": "a" * 8001}, {"text": "max_length"}),
        (
            {"proposed_text": "a" * 8001, "rationale": "a" * 8001},
            {"proposed_text": "max_length", "rationale": "max_length"},
        ),
        ({"text": "@nobody-here look"}, {"text": "mention"}),
        ({"files": [sample_upload("a.pdf")] * 11}, {"file": "files"}),
    ],
)
def test_a_note_is_refused_at_its_field(desk: Desk, values: dict[str, Any], codes: dict[str, str]) -> None:
    assert refusals(lambda: desk.write(desk.office.analyst, **values)) == codes
    assert not Note.objects.exists()


def test_texts_of_the_greatest_length_are_taken(desk: Desk) -> None:
    assert len(desk.write(desk.office.analyst, text=" " + "a" * 8000).text) == 8000


def test_agency_writes_notes_only_on_candidates_it_is_asked_about(desk: Desk) -> None:
    assert refusals(lambda: desk.write(desk.justice_contact, code="CIV")) == {"candidate": "not_asked"}
    assert refusals(lambda: desk.write(desk.labor_contact, code="XKX")) == {"candidate": "not_asked"}
    assert desk.write(desk.labor_contact, code=None).anchor == "round"


def test_the_office_enters_notes_for_an_agency(desk: Desk) -> None:
    enter: dict[str, Any] = {"on_behalf_of": desk.labor}
    hidden = refusals(lambda: desk.write(desk.office.analyst, visibility="agency", **enter))
    assert hidden == {"visibility": "visibility"}
    note = desk.write(desk.office.analyst, **enter)
    assert (note.agency, note.author) == (desk.labor, desk.office.analyst)
    with pytest.raises(PermissionDenied):
        desk.write(desk.justice_contact, **enter)
    with pytest.raises(PermissionDenied):
        desk.write(make_account(Role.VIEWER), **enter)


def test_a_reply_is_stored_with_its_agency_and_audited_without_its_text(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    reply = services.reply_to_note(
        note=note, text=" Which? ", actor=desk.office.analyst, files=[sample_upload("a.pdf")]
    )
    assert (reply.text, reply.agency, reply.author) == ("Which?", None, desk.office.analyst)
    assert trail(reply) == [("analyst", "replied", None, {"note": note.reference})]
    attachment = reply.attachments.get()
    assert (attachment.note, attachment.name, attachment.added_by) == (note, "a.pdf", desk.office.analyst)
    who, action, _, after = trail(attachment)[0]
    assert (who, action, after) == ("analyst", "attached", {"sha256": attachment.sha256, "bytes": attachment.size})
    assert services.reply_to_note(note=note, text="This", actor=desk.labor_member).agency == desk.labor
    assert refusals(lambda: services.reply_to_note(note=note, text="a" * 8001, actor=desk.labor_member)) == {
        "text": "max_length"
    }
    with services.open_attachment(attachment=attachment, actor=desk.labor_member) as file:
        assert file.read()
    assert trail(attachment)[-1] == ("member-dol", "downloaded", None, {"sha256": attachment.sha256})
    with pytest.raises(PermissionDenied):
        services.open_attachment(attachment=attachment, actor=desk.justice_contact)


def test_a_note_is_shown_to_more_people_and_never_to_fewer(desk: Desk) -> None:
    note = desk.write(desk.labor_member, visibility="office")
    share: dict[str, Any] = {"note": note, "actor": desk.labor_contact}
    assert refusals(lambda: services.share_note(visibility="agency", **share)) == {"visibility": "only_widened"}
    assert refusals(lambda: services.share_note(visibility="world", **share)) == {"visibility": "only_widened"}
    services.share_note(visibility="office", **share)
    assert len(trail(note)) == 1
    assert services.share_note(visibility="all", **share).visibility == "all"
    note.refresh_from_db()
    assert note.visibility == "all"
    assert trail(note)[-1] == ("contact-dol", "shared", {"visibility": "office"}, {"visibility": "all"})
    with pytest.raises(PermissionDenied):
        services.share_note(note=note, visibility="all", actor=desk.justice_contact)


def test_a_note_is_withdrawn_with_a_reason(desk: Desk) -> None:
    note = desk.write(desk.labor_member)
    withdraw: dict[str, Any] = {"note": note, "actor": desk.labor_contact, "expected_revision": revision_of(note)}
    assert refusals(lambda: services.withdraw_note(reason=" ", **withdraw)) == {"reason": "reason"}
    assert refusals(lambda: services.withdraw_note(reason="a" * 8001, **withdraw)) == {"reason": "max_length"}
    services.withdraw_note(reason=" Twice ", **withdraw)
    note.refresh_from_db()
    assert (note.withdrawn_because, note.withdrawn_by, note.status) == ("Twice", desk.labor_contact, "closed")
    assert note.withdrawn_at
    assert trail(note)[-1][:2] == ("contact-dol", "withdrew")
    with pytest.raises(EditConflict):
        services.withdraw_note(reason="Again", **withdraw)
    again = refusals(lambda: services.withdraw_note(note=note, reason="Again", actor=desk.labor_contact))
    assert again == {"": "taken_back"}


def test_a_successor_keeps_the_place_of_its_note(desk: Desk) -> None:
    key = desk.round.model.as_table.criteria[0].key
    note = desk.write(desk.labor_member, anchor=Anchor(key, locator="Page 4"), visibility="all")
    write: dict[str, Any] = {"note": note, "actor": desk.labor_member}
    narrower = refusals(lambda: services.supersede_note(content=content(), visibility="office", **write))
    assert narrower == {"visibility": "only_widened"}
    successor = services.supersede_note(content=content(text="Better"), visibility="all", **write)
    assert (successor.supersedes, successor.number, successor.criterion) == (note, 2, key)
    assert (successor.locator, successor.candidate, successor.agency) == ("Page 4", note.candidate, desk.labor)
    note.refresh_from_db()
    assert note.superseded_at
    assert note.status == "closed"
    assert trail(note)[-1] == ("member-dol", "superseded", None, {"by": successor.reference})
    with pytest.raises(PermissionDenied):
        services.supersede_note(note=successor, content=content(), visibility="all", actor=desk.office.analyst)


def test_people_named_in_a_note_are_notified_but_not_its_author(desk: Desk) -> None:
    note = desk.write(desk.labor_member, text="@contact-dol and @member-dol and @analyst, see this.")
    assert [row.user.username for row in note.mentions.order_by("pk")] == ["contact-dol", "member-dol", "analyst"]
    told = Notification.objects.filter(kind__contains="mention").values_list("recipient__username", flat=True)
    assert set(told) == {"contact-dol", "analyst"}
    assert refusals(lambda: desk.write(desk.labor_member, text="@contact-doj look")) == {"text": "mention"}


# ---- answers -------------------------------------------------------------------------------------------------------


def test_an_answer_is_stored_and_superseded_by_the_next(desk: Desk) -> None:
    note = desk.write(desk.labor_member)
    answer: dict[str, Any] = {"note": note, "actor": desk.office.analyst}
    first = adjudications.adjudicate(outcome="accepted", rationale=" Yes ", **answer)
    stored = {"note": note.pk, "outcome": "accepted", "rationale": "Yes", "by": desk.office.analyst.pk}
    assert trail(first) == [("analyst", "adjudicated", None, stored)]
    assert adjudications.adjudicate(outcome="accepted", rationale="Yes", **answer) == first
    second = adjudications.adjudicate(outcome="accepted", rationale="Yes, in part", **answer)
    assert second != first
    first.refresh_from_db()
    assert first.superseded_at
    assert trail(first)[-1][:2] == ("analyst", "superseded")
    told = Notification.objects.values_list("recipient__username", flat=True)
    assert set(told) == {"member-dol", "contact-dol"}
    assert refusals(lambda: adjudications.adjudicate(outcome="accepted", rationale="a" * 8001, **answer)) == {
        "rationale": "max_length"
    }


def test_author_cannot_answer_their_own_note(desk: Desk) -> None:
    note = desk.write(desk.office.analyst)
    answer: dict[str, Any] = {"note": note, "outcome": "accepted", "rationale": "Yes"}
    assert refusals(lambda: adjudications.adjudicate(actor=desk.office.analyst, **answer)) == {"": "own_note"}
    assert adjudications.adjudicate(actor=desk.office.second, **answer).by == desk.office.second
    entered = desk.write(desk.office.analyst, on_behalf_of=desk.labor)
    assert adjudications.adjudicate(**answer | {"note": entered}, actor=desk.office.analyst).note == entered
    with pytest.raises(PermissionDenied):
        adjudications.adjudicate(actor=desk.labor_contact, **answer)


def test_the_agency_agrees_with_the_answer_or_not(desk: Desk) -> None:
    note = desk.write(desk.labor_member)
    reply: dict[str, Any] = {"note": note, "actor": desk.labor_contact}
    assert refusals(lambda: adjudications.concur(concurs=True, text="", **reply)) == {"": "not_adjudicated"}
    answered = adjudications.adjudicate(note=note, outcome="rejected", rationale="No source", actor=desk.office.analyst)
    against = adjudications.concur(concurs=False, text=" See page 4 ", **reply)
    stored = {
        "adjudication": answered.pk,
        "concurs": False,
        "text": "See page 4",
        "by": desk.labor_contact.pk,
    }
    assert trail(against) == [("contact-dol", "did not agree with", None, stored)]
    assert adjudications.concur(concurs=False, text="See page 4", **reply) == against
    agreed = adjudications.concur(concurs=True, text="", **reply)
    assert trail(agreed)[0][1] == "agreed with"
    note.refresh_from_db()
    assert note.status == "closed"
    for other in (desk.justice_contact, desk.office.analyst):
        with pytest.raises(PermissionDenied):
            adjudications.concur(note=note, concurs=True, text="", actor=other)
