"""Attachments of notes: checked by content, stored under a generated name outside the served folders."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.core.files.base import File

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.files.attachments import attachment_findings, file_sha256
from cpc.text import without_hidden
from cpc.validation import field_error, reject, save_validated
from selection.models import Note, NoteAttachment, NoteReply

MOST_FILES = 10
LONGEST_NAME = 120


def safe_name(name: str) -> str:
    """Return the last part of a file name, without unsafe characters.

    Removed are characters that change folders, headers, or the text direction.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    shown = without_hidden(shown).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    ending = ending[:10]
    return f"{stem[: LONGEST_NAME - len(dot + ending)]}{dot}{ending}" or "file"


def attach(*, note: Note, reply: NoteReply | None, files: Sequence[File[bytes]], actor: User) -> list[NoteAttachment]:
    """Store files with a note or its reply.

    Raises `ValidationError` with the codes of `cpc.files.attachments`, or `files`.
    """
    if len(files) > MOST_FILES:
        message = f"You chose {len(files)} files; the limit is {MOST_FILES}. Attach the others to a reply."
        raise field_error("file", message, "files")
    reject(finding for file in files for finding in attachment_findings(file.name or "", file.size, file))
    return [_stored_attachment(note, reply, file, actor) for file in files]


def _stored_attachment(note: Note, reply: NoteReply | None, file: File[bytes], actor: User) -> NoteAttachment:
    name = safe_name(file.name or "")
    row = NoteAttachment(
        note=note,
        reply=reply,
        name=name,
        file=File(file.file or file, name=f"{uuid.uuid4().hex}{PurePosixPath(name).suffix.lower()}"),
        size=file.size,
        sha256=file_sha256(file),
        added_by=actor,
    )
    save_validated(row, force_insert=True)
    row.refresh_from_db()
    record(actor=actor, action="attached", target=row, after={"sha256": row.sha256, "bytes": row.size})
    return row
