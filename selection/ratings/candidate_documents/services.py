"""Documents on a candidate: checked by content, stored under a generated name, and audited."""

from __future__ import annotations

import uuid
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from cpc.files.attachments import attachment_findings, file_sha256
from cpc.validation import reject
from selection.lookups.rounds import open_to_change
from selection.models import Candidate, CandidateDocument

REPLACED = "Someone added a newer version after you opened this page. Add yours to the newest version."


@transaction.atomic
def add_document(
    *,
    candidate: Candidate,
    title: str,
    kind: str,
    source: str,
    file: File[bytes],
    actor: User,
    replaces: CandidateDocument | None = None,
) -> CandidateDocument:
    """Add a document on a candidate, or its next version.

    The same file again returns the existing document. Raises `ValidationError` with the codes of
    `cpc.files.attachments`, `changed` if the document has a newer version already, `document_once` if the file is
    stored under another title, or `round_closed`.
    """
    require(actor, Permission.RATE)
    reject(attachment_findings(file.name or "", file.size, file))
    open_to_change(candidate.round)
    sha256 = file_sha256(file)
    known = candidate.documents.filter(sha256=sha256).first()
    if known is not None and known.title == title.strip():
        return known
    if replaces is not None:
        newest = CandidateDocument.objects.select_for_update().filter(pk=replaces.pk, candidate=candidate).first()
        if newest is None or CandidateDocument.objects.filter(replaces=newest).exists():
            raise ValidationError(REPLACED, code="changed")
    ending = PurePath(file.name or "").suffix.lower()
    document = CandidateDocument(
        candidate=candidate,
        title=title.strip(),
        kind=kind,
        source=source.strip(),
        file=File(file.file or file, name=f"{uuid.uuid4().hex}{ending}"),
        sha256=sha256,
        replaces=replaces,
        uploaded_by=actor,
    )
    return create(document, actor=actor, action="added" if replaces is None else "added a version of")


def open_document(*, document: CandidateDocument, actor: User) -> File[bytes]:
    """Open a document and audit the download.

    The caller checks that the account may see it.
    """
    file: File[bytes] = document.file.open("rb")
    record(actor=actor, action="downloaded", target=document, after={"sha256": document.sha256})
    return file
