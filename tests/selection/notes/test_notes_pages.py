"""Pages of notes: access by every URL, entries in a rejected form, and edit conflicts."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from selection.comment_matrix import services as comment_matrix_services
from selection.models import MatrixUpload, Note, SelectionRound
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import Anchor, NoteContent
from tests.support.accounts import make_account
from tests.support.noting import PDF, Desk, sample_upload, workbook

SECRET = "Nobody else may read these words"


@pytest.fixture
def desk(db: None, tmp_path: Any, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return unescape(data.decode("utf-8", "replace"))


def hidden(page: str, name: str, form: str = "") -> str:
    """Return the value of a hidden field of the form whose action ends with `form`."""
    part = page.split(f'{form}/"', 1)[1] if form else page
    found = re.search(rf'name="{name}" value="([^"]*)"', part)
    assert found, f"no field {name}"
    return found[1]


# ---- reach ---------------------------------------------------------------------------------------------------------


def ways(desk: Desk, note: Note, upload: MatrixUpload) -> Iterator[tuple[str, str]]:
    """Yield the name and URL of every route to a note of Labor."""
    pk, reference = desk.round.pk, note.reference
    yield "note", reverse("note", args=[pk, reference])
    for name in ("reply", "adjudicate", "concur", "share", "withdraw", "supersede"):
        yield name, reverse("note-act", args=[pk, reference, name])
    yield "file", reverse("note-file", args=[pk, reference, note.attachments.get().pk])
    yield "upload", reverse("matrix-upload", args=[pk, upload.pk])


@pytest.mark.parametrize("visibility", ["agency", "office"])
def test_nothing_of_an_agency_is_reached_by_another(desk: Desk, visibility: str) -> None:
    note = desk.write(
        desk.labor_contact, text=SECRET, proposed_text=SECRET, visibility=visibility, files=[sample_upload()]
    )
    notes_services.reply_to_note(note=note, text=SECRET, actor=desk.labor_contact)
    upload = comment_matrix_services.receive_matrix(
        selection_round=desk.round,
        agency=desk.labor,
        file=workbook([{"candidate": "Ghana", "kind": "Major", "text": SECRET}]),
        visibility=visibility,
        actor=desk.labor_contact,
    )
    strangers = [desk.justice_contact, make_account(Role.VIEWER), make_account(Role.API_CLIENT)]
    if visibility == "agency":
        strangers.append(desk.office.analyst)
    matrix, pk = reverse("round-matrix", args=[desk.round.pk]), desk.round.pk
    surfaces = [
        matrix,
        *(f"{matrix}?format={kind}" for kind in ("csv", "xlsx", "docx")),
        f"{matrix}?columns=all",
        *(f"{matrix}?columns={columns}&format=csv" for columns in ("all", "file")),
        f"{matrix}?status=taken_back",
        f"{matrix}template/?agency=dol",
        f"{matrix}import/",
        f"/rounds/{pk}/candidates/GHA/",
        "/find/?q=Nobody+else",
        "/inbox/",
        "/audit/",
    ]
    for user in strangers:
        client = client_of(user)
        for name, url in ways(desk, note, upload):
            expected = 403 if user.role == Role.API_CLIENT else 404
            assert client.get(url).status_code == expected, f"{user.username} {name}"
            assert client.post(url, {"text": "So"}).status_code in (expected, 405), f"{user.username} {name}"
        for url in surfaces:
            assert SECRET not in body(client.get(url)), f"{user.username} {url}"
    assert SECRET not in str(list(AuditEntry.objects.values_list("before", "after", "object_label")))
    own = client_of(desk.labor_contact)
    for name, url in ways(desk, note, upload):
        expected = {"note": 200, "file": 200, "upload": 200, "adjudicate": 403}.get(name, 302)
        assert own.get(url).status_code == expected, name
    assert SECRET in body(own.get(matrix))
    assert SECRET in body(own.get(f"/rounds/{pk}/candidates/GHA/"))
    assert f"Note {note.reference} on Ghana" in body(own.get("/find/?q=Nobody+else"))


def test_a_note_is_not_reached_through_another_round(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, files=[sample_upload()])
    other = SelectionRound.objects.create(
        title="Round 2", fiscal_year=2027, model=desk.round.model, as_of=1, reference_date="2026-11-25", pool_rule={}
    )
    client = client_of(desk.office.analyst)
    assert client.get(reverse("note", args=[other.pk, note.reference])).status_code == 404
    assert client.get(reverse("note-file", args=[desk.round.pk, note.reference, 999_999])).status_code == 404
    assert client_of(desk.labor_contact).get(reverse("round-matrix", args=[other.pk])).status_code == 404
    assert client_of(desk.labor_contact).get(f"/rounds/{desk.round.pk}/notes/new/?candidate=XKX").status_code == 200
    assert "Kosovo" not in body(client_of(desk.labor_contact).get(f"/rounds/{desk.round.pk}/notes/new/"))


def test_a_file_is_only_ever_downloaded(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, files=[sample_upload("plan of Labor.pdf")])
    url = reverse("note-file", args=[desk.round.pk, note.reference, note.attachments.get().pk])
    response: Any = client_of(desk.office.approver).get(url)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith('attachment; filename="plan of Labor.pdf"')
    assert b"".join(response.streaming_content) == PDF
    assert AuditEntry.objects.filter(action="downloaded").exists()


# ---- writing on pages ----------------------------------------------------------------------------------------------


def test_a_note_is_written_once_however_often_the_form_is_sent(desk: Desk) -> None:
    client = client_of(desk.labor_contact)
    url = reverse("note-new", args=[desk.round.pk])
    page = body(client.get(f"{url}?candidate=GHA"))
    key = desk.round.model.as_table.criteria[0].key
    sent = {
        "idempotency_key": hidden(page, "idempotency_key"),
        "candidate": "GHA",
        "on": f"criterion:{key}",
        "kind": "major",
        "visibility": "office",
        "text": "<b>Bold</b> words",
        "file": sample_upload(),
    }
    first = client.post(url, sent)
    second = client.post(url, sent | {"file": sample_upload()})
    assert first.status_code == second.status_code == 302
    note = Note.objects.get()
    assert first["Location"] == second["Location"] == reverse("note", args=[desk.round.pk, note.reference])
    assert (note.anchor, note.criterion, note.attachments.count()) == ("criterion", key, 1)
    raw = client.get(first["Location"]).content.decode()
    assert "&lt;b&gt;Bold" in raw
    assert "<b>Bold</b> words" not in raw


def test_rejected_note_names_its_field_and_keeps_the_text(desk: Desk) -> None:
    client = client_of(desk.labor_contact)
    url = reverse("note-new", args=[desk.round.pk])
    key = hidden(body(client.get(url)), "idempotency_key")
    sent = {
        "idempotency_key": key,
        "candidate": "GHA",
        "kind": "critical",
        "visibility": "office",
        "text": "Kept @nobody",
    }
    for more, field in ((sent, "rationale"), ({**sent, "kind": "major"}, "text"), ({**sent, "on": "x"}, "on")):
        response = client.post(url, more)
        assert response.status_code == 422
        assert f'id="id_{field}-error"' in response.content.decode()
        assert "Kept @nobody" in body(response)
    wrong = client.post(url, {**sent, "kind": "major", "text": "So.", "file": sample_upload("run.exe", b"MZ")})
    assert "Files of type" in body(wrong)
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "query", ["?candidate=GHA&on=observation:999999", "?on=narrative:1&sentence=x", "?on=narrative:x"]
)
def test_unknown_record_in_the_url_is_not_found(desk: Desk, query: str) -> None:
    assert client_of(desk.labor_contact).get(reverse("note-new", args=[desk.round.pk]) + query).status_code == 404


def test_second_writer_sees_the_change_and_keeps_the_draft(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    url = reverse("note-act", args=[desk.round.pk, note.reference, "adjudicate"])
    first, second = client_of(desk.office.analyst), client_of(desk.office.second)
    pages = [body(client.get(reverse("note", args=[desk.round.pk, note.reference]))) for client in (first, second)]
    sent = [
        {
            "idempotency_key": hidden(page, "idempotency_key", "adjudicate"),
            "revision": hidden(page, "revision", "adjudicate"),
        }
        for page in pages
    ]
    assert first.post(url, sent[0] | {"outcome": "accepted", "rationale": "Right."}).status_code == 302
    answer = second.post(url, sent[1] | {"outcome": "rejected", "rationale": "My own draft"})
    page = body(answer)
    assert answer.status_code == 422
    assert "Someone else saved changes while you were editing" in page
    assert "Accepted: Right." in page
    assert "My own draft" in page
    assert note.adjudications.get(superseded_at__isnull=True).outcome == "accepted"
    again = sent[1] | {
        "revision": hidden(page, "revision", "adjudicate"),
        "outcome": "rejected",
        "rationale": "My own draft",
    }
    assert second.post(url, again).status_code == 302
    assert note.adjudications.get(superseded_at__isnull=True).outcome == "rejected"


def test_each_step_goes_through_its_form(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    desk.answer(note)
    steps: list[tuple[str, User, dict[str, str]]] = [
        ("reply", desk.office.approver, {"text": "Thank you."}),
        ("concur", desk.labor_contact, {"concurs": "no", "text": "We see it otherwise."}),
        ("share", desk.labor_contact, {"visibility": "all"}),
        ("supersede", desk.labor_contact, {"kind": "major", "visibility": "all", "text": "Shorter."}),
    ]
    for name, user, values in steps:
        client = client_of(user)
        page = body(client.get(reverse("note", args=[desk.round.pk, note.reference])))
        keys = {key: hidden(page, key, name) for key in ("idempotency_key", "revision")}
        response = client.post(reverse("note-act", args=[desk.round.pk, note.reference, name]), keys | values)
        assert response.status_code == 302, f"{name}: {body(response)}"
    made = Note.objects.get(supersedes=note)
    note.refresh_from_db()
    assert (note.status, note.visibility, made.text) == ("closed", "all", "Shorter.")
    page = body(client_of(desk.labor_contact).get(reverse("note", args=[desk.round.pk, made.reference])))
    withdrawn = client_of(desk.labor_contact).post(
        reverse("note-act", args=[desk.round.pk, made.reference, "withdraw"]),
        {
            "idempotency_key": hidden(page, "idempotency_key", "withdraw"),
            "revision": hidden(page, "revision", "withdraw"),
            "reason": "Settled",
        },
    )
    assert withdrawn.status_code == 302
    assert client_of(desk.labor_contact).get(reverse("round-matrix", args=[desk.round.pk])).status_code == 200


def test_the_dossier_holds_the_notes_and_their_way_back(desk: Desk) -> None:
    key = desk.round.model.as_table.criteria[0].key
    desk.write(desk.labor_contact, anchor=Anchor(criterion=key), text="Beside the evidence.")
    page = body(client_of(desk.office.analyst).get(f"/rounds/{desk.round.pk}/candidates/GHA/"))
    assert "Beside the evidence." in page
    assert f"/rounds/{desk.round.pk}/notes/new/?candidate=GHA" in page
    assert "Beside the evidence." not in body(
        client_of(make_account(Role.VIEWER)).get(f"/rounds/{desk.round.pk}/candidates/GHA/")
    )


# ---- a filled workbook on pages ------------------------------------------------------------------------------------


def test_workbook_is_uploaded_previewed_and_imported(desk: Desk) -> None:
    client = client_of(desk.labor_contact)
    url = reverse("matrix-import", args=[desk.round.pk])
    key = hidden(body(client.get(url)), "idempotency_key")
    sent = {"idempotency_key": key, "agency": desk.labor.pk, "visibility": "office"}
    refused = client.post(url, sent | {"file": sample_upload("matrix.xlsx", b"<html>x</html>")})
    assert refused.status_code == 422
    assert "web page" in body(refused)
    looked = client.post(url, sent | {"file": workbook()})
    assert looked.status_code == 302
    preview = body(client.get(looked["Location"]))
    assert "1 note would be added. Nothing has been saved yet." in " ".join(preview.split())
    take_in = {"idempotency_key": hidden(preview, "idempotency_key")}
    assert client.post(looked["Location"], take_in)["Location"] == reverse("round-matrix", args=[desk.round.pk])
    assert Note.objects.get().text == "Two programs overlap."
    bad = client.post(
        url,
        {
            **sent,
            "idempotency_key": hidden(body(client.get(url)), "idempotency_key"),
            "file": workbook([{"kind": "Huge"}]),
        },
    )
    refused = client.post(bad["Location"], {"idempotency_key": new_key()})
    assert refused.status_code == 422
    assert "Nothing was saved." in body(refused)
    assert "Comment matrix!G2" in body(client.get(bad["Location"]))
    assert Note.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_take_in_the_same_rows_at_once_make_them_once(
    transactional_db: None, tmp_path: Any, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    desk = Desk.make()
    uploads = [
        comment_matrix_services.receive_matrix(
            selection_round=desk.round,
            agency=desk.labor,
            file=workbook(),
            visibility="office",
            actor=desk.labor_contact,
        )
        for _ in range(2)
    ]
    barrier = threading.Barrier(4)

    def run(work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=60)
            work()
        finally:
            connections.close_all()

    def take(upload: MatrixUpload) -> None:
        comment_matrix_services.import_matrix(upload=upload, actor=desk.labor_contact)

    works: list[Callable[[], object]] = [
        lambda: take(uploads[0]),
        lambda: take(uploads[0]),
        lambda: take(uploads[1]),
        lambda: desk.write(desk.justice_contact),
    ]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(Note.objects.values_list("series", "number")) == [("DOJ", 1), ("DOL", 1)]
    assert Note.objects.filter(agency=desk.labor).count() == 1


@pytest.mark.parametrize(
    ("older", "newer", "seen_by_office"),
    [("agency", "agency", []), ("agency", "office", ["newer"]), ("office", "office", ["older", "newer"])],
)
def test_superseded_and_successor_notes_are_linked_only_for_their_readers(
    desk: Desk, older: str, newer: str, seen_by_office: list[str]
) -> None:
    first = desk.write(desk.labor_contact, visibility=older)
    content = NoteContent(kind="major", text="Shorter.")
    second = notes_services.supersede_note(note=first, content=content, visibility=newer, actor=desk.labor_contact)
    notes = {"older": first, "newer": second}

    def page_of(user: User, name: str) -> tuple[int, str]:
        response = client_of(user).get(reverse("note", args=[desk.round.pk, notes[name].reference]))
        return response.status_code, body(response)

    for name, other in (("older", "newer"), ("newer", "older")):
        status, page = page_of(desk.labor_contact, name)
        assert (status, notes[other].reference in page) == (200, True)
        status, page = page_of(desk.office.analyst, name)
        assert status == (200 if name in seen_by_office else 404)
        if name in seen_by_office:
            assert (notes[other].reference in page) is (other in seen_by_office)
        assert page_of(desk.justice_contact, name)[0] == 404
