"""Numbers of notes that only their agency sees: nothing that others read has a gap."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cpc.audit.queries import entries_for
from selection.comment_matrix.services import compare_lines
from selection.models import ConsultationRequest, MatrixUpload, Note, NoteAttachment
from selection.notes.services.notes import NoteContent, reply_to_note, share_note, supersede_note, write_note
from tests.partnerships.sending import client_of, page_text
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]


@pytest.fixture
def request_(office: Office) -> ConsultationRequest:
    today = timezone.now().date()
    return office.ask(office.consulting(), office.agency(), "GHA", due_on=today + dt.timedelta(9), today=today)


def write(office: Office, request: ConsultationRequest, visibility: str, text: str = "Look again.") -> Note:
    return write_note(
        selection_round=request.round,
        candidate=office.candidate(request.round),
        content=NoteContent(kind="major", text=text),
        visibility=visibility,
        actor=office.contact(request.agency),
    )


def test_private_notes_leave_no_gap(office: Office, request_: ConsultationRequest) -> None:
    order = ("office", "agency", "agency", "all", "agency", "office")
    references = [write(office, request_, visibility).reference for visibility in order]
    assert references == ["DOL-1", "DOL-private-1", "DOL-private-2", "DOL-2", "DOL-private-3", "DOL-3"]
    seen = Note.objects.visible_to(office.analyst).order_by("number").values_list("series", "number")
    assert list(seen) == [("DOL", 1), ("DOL", 2), ("DOL", 3)]


def test_a_shared_note_gets_the_next_number_and_keeps_its_own_for_the_agency(
    office: Office, request_: ConsultationRequest
) -> None:
    write(office, request_, "office")
    private, other = write(office, request_, "agency"), write(office, request_, "agency")
    contact = office.contact(request_.agency)
    shared = share_note(note=private, visibility="office", actor=contact)
    assert (shared.reference, shared.private_number) == ("DOL-2", 1)
    assert share_note(note=shared, visibility="all", actor=contact).reference == "DOL-2"
    assert write(office, request_, "agency").reference == "DOL-private-3"
    superseding = supersede_note(
        note=other, content=NoteContent(kind="major", text="Now for all"), visibility="office", actor=contact
    )
    assert superseding.reference == "DOL-3"
    reader, former = client_of(contact), reverse("note", args=[request_.round_id, "DOL-private-1"])
    assert reader.get(former).headers["Location"] == reverse("note", args=[request_.round_id, "DOL-2"])
    for stranger in (office.analyst, office.contact(office.agency("doj", "Department of Justice"))):
        assert client_of(stranger).get(former).status_code == 404


def test_sharing_on_its_page_leads_to_the_new_number(office: Office, request_: ConsultationRequest) -> None:
    private = write(office, request_, "agency")
    contact = client_of(office.contact(request_.agency))
    page = contact.get(reverse("note", args=[request_.round_id, private.reference]))
    assert "DOL-private-1" in page_text(page)
    url = reverse("note-act", args=[request_.round_id, private.reference, "share"])
    revision = page.content.decode().split('name="revision" value="')[1].split('"')[0]
    form = page.content.decode().split('name="idempotency_key" value="')[1].split('"')[0]
    sent = contact.post(url, {"visibility": "office", "revision": revision, "idempotency_key": form})
    assert sent.headers["Location"] == reverse("note", args=[request_.round_id, "DOL-1"])


def test_a_guessed_private_note_answers_as_a_missing_one(office: Office, request_: ConsultationRequest) -> None:
    write(office, request_, "agency")
    strangers = (office.analyst, office.approver, office.contact(office.agency("doj", "Department of Justice")))
    for stranger in strangers:
        client = client_of(stranger)
        for reference in ("DOL-private-1", "DOL-private-2", "DOL-1"):
            assert client.get(reverse("note", args=[request_.round_id, reference])).status_code == 404


def test_the_database_numbers_private_notes_apart(office: Office, request_: ConsultationRequest) -> None:
    shown, private = write(office, request_, "office"), write(office, request_, "agency")
    changes: list[tuple[Note, dict[str, object]]] = [
        (shown, {"number": 7}),
        (shown, {"series": "DOL-private"}),
        (private, {"number": 7}),
        (private, {"visibility": "office"}),
        (private, {"series": "DOL", "number": 2}),
        (private, {"private_number": None}),
    ]
    for note, change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Note.objects.filter(pk=note.pk).update(**change)
    moved = Note.objects.filter(pk=private.pk).update(visibility="office", series="DOL", number=2)
    assert moved == 1


def test_the_trail_does_not_tell_the_office_of_private_notes(office: Office, request_: ConsultationRequest) -> None:
    private = write(office, request_, "agency")
    reply_to_note(note=private, text="Agreed", actor=office.member(request_.agency))
    shown = write(office, request_, "office")
    entries = entries_for(office.analyst).filter(object_type__in=("selection.note", "selection.notereply"))
    assert [(entry.action, entry.object_id) for entry in entries] == [("wrote", str(shown.pk))]
    share_note(note=private, visibility="office", actor=office.contact(request_.agency))
    told = entries_for(office.analyst).filter(object_type="selection.note", object_id=str(private.pk))
    assert {entry.action for entry in told} == {"wrote", "shared"}
    assert all("number" not in (entry.after or {}) for entry in told)


def test_keys_in_addresses_do_not_count(office: Office, request_: ConsultationRequest) -> None:
    keys = [
        MatrixUpload.objects.create(
            round=request_.round, agency=request_.agency, visibility="agency", name="m.xlsx", sha256="0" * 64, lines=[],
            uploaded_by=office.contact(request_.agency),
        ).pk
        for _ in range(3)
    ]  # fmt: skip
    assert keys == sorted(keys)
    assert all(later - earlier > 1 for earlier, later in pairwise(keys))
    assert NoteAttachment._meta.pk.default is MatrixUpload._meta.pk.default


def test_a_matrix_may_use_the_former_number(office: Office, request_: ConsultationRequest) -> None:
    private, contact = write(office, request_, "agency", "Typed once"), office.contact(request_.agency)
    share_note(note=private, visibility="office", actor=contact)
    line = {
        "row": 2, "sheet": "Comment matrix", "formulas": [], "columns": {"number": "A", "text": "B"},
        "cells": {"number": "DOL-private-1", "text": "Typed once"},
    }  # fmt: skip
    upload = MatrixUpload(round=request_.round, agency=request_.agency, visibility="office", uploaded_by=contact)
    upload.lines = [line]
    assert [compared.state for compared in compare_lines(upload)] == ["unchanged"]
    upload.uploaded_by = office.analyst
    assert [compared.state for compared in compare_lines(upload)] == ["rejected"]


def test_the_search_finds_a_private_note_by_its_number(office: Office, request_: ConsultationRequest) -> None:
    write(office, request_, "agency", "Something")
    url = reverse("note", args=[request_.round_id, "DOL-private-1"])
    for reader, expected in ((office.contact(request_.agency), True), (office.analyst, False)):
        found = client_of(reader).get(reverse("search") + "?q=dol-private-1").content.decode()
        assert (url in found) is expected
