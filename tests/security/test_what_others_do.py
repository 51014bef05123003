"""Isolation of agencies: an action of one agency changes nothing on another's pages, unless it is shared with it.

The URL walk looks for planted text that is shown to the wrong visitor. This test looks for indirect signs: a count, a
number in a series, an order, a mark.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from cpc.accounts.models import User
from selection.comment_matrix import services as comment_matrix_services
from selection.models import Note, RequestCandidate
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from tests.security.url_walker import ask, lasting
from tests.selection.comment_matrix.test_notes_matrix import client_of, send
from tests.support.noting import Desk, sample_upload, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = Desk.make()
    for user in (made.labor_contact, made.labor_member, made.justice_contact):
        made.write(user, code="GHA", files=[sample_upload()])
    return made


def everything(desk: Desk, user: User, note: Note) -> dict[str, str]:
    """Return all that a reviewer of Labor can read about the round, by URL, without values that change each time."""
    pk, client = desk.round.pk, client_of(user)
    request = desk.round.requests.get(agency=desk.labor).pk
    addresses = (
        "/",
        "/consultation/",
        "/inbox/",
        "/find/?q=later",
        "/find/?q=DOJ-1",
        "/find/?q=Department+of+Justice",
        f"/consultation/{request}/GHA/",
        f"/consultation/{request}/CIV/",
        f"/rounds/{pk}/candidates/GHA/",
        f"/rounds/{pk}/candidates/CIV/",
        f"/rounds/{pk}/matrix/",
        f"/rounds/{pk}/matrix/?columns=all&format=csv",
        f"/rounds/{pk}/matrix/?agency=doj",
        f"/rounds/{pk}/notes/new/?candidate=GHA",
        f"/rounds/{pk}/notes/{note.reference}/",
        f"/rounds/{pk}/notes/DOJ-1/",
        f"/rounds/{pk}/notes/DOJ-2/",
        "/countries/GHA/",
    )
    return {at: lasting(ask(client, "GET", at, {}).whole, at) for at in addresses}


def _writes(desk: Desk) -> None:
    desk.write(desk.justice_contact, text="Later still.", visibility="agency", files=[sample_upload()])
    desk.write(desk.justice_contact, kind="critical", rationale="It would break the law.")


def _answers(desk: Desk) -> None:
    note = desk.write(desk.justice_contact)
    notes_services.reply_to_note(note=note, text="Seen again.", actor=desk.justice_contact)
    desk.answer(note)
    adjudications_services.concur(note=note, concurs=False, text="We looked again.", actor=desk.justice_contact)


def _sends_a_matrix(desk: Desk) -> None:
    upload = send(desk, workbook(), desk.justice_contact, agency=desk.justice)
    comment_matrix_services.import_matrix(upload=upload, actor=desk.justice_contact)


def _takes_back(desk: Desk) -> None:
    note = Note.objects.get(series="DOJ", number=1)
    notes_services.withdraw_note(note=note, reason="Said twice.", actor=desk.justice_contact)


def _is_asked_about_more(desk: Desk) -> None:
    request = desk.round.requests.get(agency=desk.justice)
    RequestCandidate.objects.create(request=request, candidate=desk.candidate("XKX"), added_by=desk.office.analyst)


@pytest.mark.parametrize("does", [_writes, _answers, _sends_a_matrix, _takes_back, _is_asked_about_more])
@pytest.mark.parametrize("who", ["labor_contact", pytest.param("labor_member", marks=pytest.mark.wide)])
def test_what_another_agency_does_shows_nowhere(desk: Desk, does: Callable[[Desk], None], who: str) -> None:
    user: User = getattr(desk, who)
    note = Note.objects.get(series="DOL", number=1)
    before = everything(desk, user, note)
    does(desk)
    after = everything(desk, user, note)
    assert {at for at in before if before[at] != after[at]} == set()
    assert desk.write(user).reference == "DOL-3"


def test_what_is_meant_for_all_shows(desk: Desk) -> None:
    """Without this test, the test above could pass on empty pages."""
    note = Note.objects.get(series="DOL", number=1)
    before = everything(desk, desk.labor_contact, note)
    desk.write(desk.justice_contact, text="Later still.", visibility="all")
    after = everything(desk, desk.labor_contact, note)
    changed = {at for at in before if before[at] != after[at]}
    assert any(at.startswith("/consultation/") and at.endswith("/GHA/") for at in changed)
    assert {at.partition(f"/rounds/{desk.round.pk}/")[2] for at in changed} >= {
        "matrix/",
        "matrix/?columns=all&format=csv",
        "candidates/GHA/",
        "notes/DOJ-2/",
    }
