"""Documents on a candidate: permitted files, storage, versions, and access."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from cpc.files.attachments import MOST_BYTES
from indicators.models import Country
from selection.evidence.evidence_options import offers
from selection.models import Candidate, CandidateDocument, ScoringModel, SelectionRound
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.ratings.candidate_documents.queries import documents_of
from tests.support.accounts import make_account
from tests.support.noting import PDF, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ghana(settings: Settings, tmp_path: Path) -> Candidate:
    """Return a candidate in consultation about whom Labor was asked; files are stored in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make().round.candidates.get(country__code="GHA")


@pytest.fixture
def analyst(ghana: Candidate) -> User:
    return User.objects.get(username="analyst")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, candidate: Candidate, *more: object) -> str:
    return reverse(name, args=[candidate.round_id, candidate.country.code, *more])


def filled(name: str = "law.pdf", content: bytes = PDF, **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile(name, content)
    return {"file": file, "title": "Law on trafficking", "kind": "law", "source": "The ministry"} | {
        "idempotency_key": new_key(),
        **more,
    }


def test_document_is_stored_once_under_a_generated_name_and_downloaded(
    ghana: Candidate, analyst: User, settings: Settings
) -> None:
    client = signed_in(analyst)
    key = new_key()
    answers = [client.post(at("paper-new", ghana), filled("../../law <1>.pdf", idempotency_key=key)) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"{at('dossier', ghana)}#papers"}
    document = CandidateDocument.objects.get()
    stored = Path(document.file.path)
    assert stored.parent == Path(settings.MEDIA_ROOT) / "candidates"
    assert "law" not in stored.name
    assert stored.suffix == ".pdf"
    response = client.get(at("paper-file", ghana, document.pk))
    assert b"".join(response) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="law-on-trafficking-v1.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert AuditEntry.objects.filter(action="downloaded", after__sha256=document.sha256).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("page.html", b"<script>alert(1)</script>", "Files of type “html” are not accepted."),
        ("law.pdf", b"MZ\x90 a program", "The file is named as pdf, but its content is something else."),
        ("law.pdf", b"", "The file is empty."),
        ("law.txt", b"\xff\xfe no text", "is not valid UTF-8"),
        ("law.pdf", PDF + bytes(MOST_BYTES), "the limit is 20 MB"),
    ],
    ids=["script", "disguised", "empty", "binary", "oversize"],
)
def test_rejected_file_is_reported_at_its_field(
    ghana: Candidate, analyst: User, name: str, content: bytes, message: str
) -> None:
    answer = signed_in(analyst).post(at("paper-new", ghana), filled(name, content))
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="Law on trafficking"' in answer.text
    assert not CandidateDocument.objects.exists()


def test_a_version_replaces_the_earlier_one_and_a_second_upload_is_rejected(ghana: Candidate, analyst: User) -> None:
    client = signed_in(analyst)
    client.post(at("paper-new", ghana), filled())
    first = CandidateDocument.objects.get()
    later = at("paper-version", ghana, first.pk)
    assert 'value="Law on trafficking"' in client.get(later).text
    assert client.post(later, filled(content=PDF + b" amended")).status_code == 302
    stale = client.post(later, filled(content=PDF + b" amended by another"))
    assert stale.status_code == 422
    assert "Someone added a newer version after you opened this page" in stale.text
    (document,) = documents_of(ghana)
    assert [document.number, document.newest.replaces, len(document.versions)] == [2, first, 2]
    page = client.get(at("dossier", ghana)).text
    assert "version 2" in page
    assert at("paper-file", ghana, first.pk) in page
    offered = [offer.evidence.paper for group in offers(ghana, "forms", None) for offer in group.offers]
    assert [found for found in offered if found is not None] == [document.newest]
    again = client.post(at("paper-new", ghana), filled(title="Another title"))
    assert again.status_code == 422
    assert "This candidate already has this file" in again.text
    with pytest.raises(DatabaseError), transaction.atomic():
        CandidateDocument.objects.filter(pk=first.pk).update(title="Another")


def test_only_who_sees_the_candidate_reads_its_documents(ghana: Candidate, analyst: User) -> None:
    signed_in(analyst).post(at("paper-new", ghana), filled())
    document = CandidateDocument.objects.get()
    asked = User.objects.get(username="member-dol")
    assert signed_in(asked).get(at("paper-file", ghana, document.pk)).status_code == 200
    page = signed_in(asked).get(at("dossier", ghana)).text
    assert "Law on trafficking" in page
    assert "Add a document" not in page
    health, _ = Agency.objects.get_or_create(code="hhs", defaults={"name": "Health"})
    stranger = signed_in(make_account(Role.REVIEWER, username="stranger", agency=health))
    for name in ("paper-file", "dossier"):
        assert stranger.get(at(name, ghana, *([document.pk] if name == "paper-file" else []))).status_code == 404
    other = ghana.round.candidates.get(country__code="CIV")
    assert signed_in(analyst).get(at("paper-file", other, document.pk)).status_code == 404
    assert signed_in(asked).post(at("paper-new", ghana), filled()).status_code == 404
    viewer = make_account(Role.VIEWER)
    assert signed_in(viewer).get(at("paper-file", ghana, document.pk)).status_code == 200
    assert signed_in(viewer).post(at("paper-new", ghana), filled()).status_code == 403
    with pytest.raises(PermissionDenied):
        candidate_documents_services.add_document(
            candidate=ghana, title="Law", kind="law", source="X", file=SimpleUploadedFile("a.pdf", PDF), actor=viewer
        )


def test_a_closed_round_takes_no_more_documents(analyst: User, ghana: Candidate) -> None:
    closed = SelectionRound.objects.create(
        title="Closed",
        fiscal_year=2027,
        model=ScoringModel.objects.get(state="published"),
        as_of=0,
        reference_date=ghana.round.reference_date,
        state="decided",
    )
    there = Candidate.objects.create(round=closed, country=Country.objects.get(code="GHA"))
    assert signed_in(analyst).get(at("paper-new", there)).status_code == 302
    with pytest.raises(ValidationError) as refused:
        candidate_documents_services.add_document(
            candidate=there, title="Law", kind="law", source="X", file=SimpleUploadedFile("a.pdf", PDF), actor=analyst
        )
    assert refused.value.code == "round_closed"
