"""Versions of a text, and the offices that are asked to clear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import File

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from partnerships import clearing
from partnerships.agreements.services import add_document_version
from partnerships.clearance import notifications
from partnerships.lookups.clearance import Clearance, clearance_of
from partnerships.lookups.locking import create, lock_partnership, lock_row, service, set_fields
from partnerships.models import (
    Amendment,
    ClearanceRequest,
    ClearanceRole,
    DocumentKind,
    Partnership,
    Status,
    TextFile,
    TextVersion,
)
from partnerships.status.services import take_step

Offices = Mapping[Agency, ClearanceRole]
MAY_CLEAR = frozenset({Status.NEGOTIATING, Status.IN_CLEARANCE})
"""Statuses of a partnership whose instrument can be sent for clearance."""


@service(Permission.EDIT_PARTNERSHIPS)
def submit_text(
    *,
    partnership: Partnership,
    files: Mapping[str, File[bytes]],
    offices: Offices,
    asked_on: date,
    due_on: date,
    actor: User | None,
    amendment: Amendment | None = None,
    second_language: str = "",
    dated: date | None = None,
    reason: str = "",
) -> TextVersion:
    """Send the first version of a text to every office on the list, in one step.

    `files` has a file for each language; `reason` is why an agency of the statute is left out. A partnership in
    negotiation is submitted for clearance as of the day asked.
    Raises `ValidationError` with code `text_submitted` if the text has a version, `clearance_not_asked` without an
    office that clears, `not_negotiated` before negotiations, `future_day`, and the codes of the attachments.
    """
    current = lock_partnership(partnership)
    if amendment is None and current.status not in MAY_CLEAR:
        raise ValidationError("First open negotiations: clearance follows them.", code="not_negotiated")
    if clearance_of(current, amendment).versions:
        raise ValidationError("The text was sent before. Add a version.", code="text_submitted")
    if ClearanceRole.CLEARS not in offices.values():
        raise ValidationError("Choose at least one office that clears the text.", code="clearance_not_asked")
    version = TextVersion(
        partnership=current,
        amendment=amendment,
        number=1,
        dated=dated or asked_on,
        changed="First text.",
        is_material=True,
        reason=reason.strip(),
        second_language=second_language.strip(),
        drafted_by=actor,
    )
    create(version, actor=actor, action="drafted")
    _add_files(version, files, actor)
    _ask(version, offices, asked_on=asked_on, due_on=due_on, actor=actor)
    if amendment is None and current.status == Status.NEGOTIATING:
        take_step(partnership=current, name="submit_for_clearance", actor=actor, on=asked_on)
    return version


@service(Permission.EDIT_PARTNERSHIPS)
def add_version(
    *,
    partnership: Partnership,
    files: Mapping[str, File[bytes]],
    changed: str,
    is_material: bool,
    reason: str,
    asked_on: date,
    due_on: date,
    actor: User | None,
    amendment: Amendment | None = None,
    also_ask: Sequence[Agency] = (),
    second_language: str | None = None,
) -> TextVersion:
    """Add the next version of a text.

    A material change asks again every office that clears, except those without equities; `also_ask` names offices
    that are asked again in any case. Otherwise, earlier answers stand. Raises `ValidationError` with code
    `clearance_text` if the text has no version yet, and `text_closed` once it is signed.
    """
    current = lock_partnership(partnership)
    before = clearance_of(current, amendment)
    newest = before.newest
    if newest is None:
        raise ValidationError("First send the text for clearance.", code="clearance_text")
    version = TextVersion(
        partnership=current,
        amendment=amendment,
        number=newest.number + 1,
        dated=asked_on,
        changed=changed.strip(),
        is_material=is_material,
        reason=reason.strip(),
        second_language=newest.second_language if second_language is None else second_language.strip(),
        drafted_by=actor,
    )
    create(version, actor=actor, action="drafted")
    _add_files(version, files, actor)
    again = {office.key for office in clearing.asked_again(before.offices)} if is_material else set()
    again |= {agency.pk for agency in also_ask}
    roles = {office.key: office.newest_request.role for office in before.offices if office.newest_request}
    offices = {
        agency: ClearanceRole(roles[key])
        for key, agency in before.agencies.items()
        if key in again and agency.is_active
    }
    _ask(version, offices, asked_on=asked_on, due_on=due_on, actor=actor)
    return version


@service(Permission.EDIT_PARTNERSHIPS)
def add_language(*, version: TextVersion, language: str, file: File[bytes], actor: User | None) -> TextFile:
    """Add the text of a version in a language that it lacks.

    Raises `ValidationError` with code `language` for one that the version does not have, or already has.
    """
    lock_partnership(version.partnership)
    if language not in (clearing.FIRST_LANGUAGE, version.second_language) or not language:
        raise field_error("language", "The version has no text in this language.", "language")
    return _add_files(version, {language: file}, actor)[0]


def _add_files(version: TextVersion, files: Mapping[str, File[bytes]], actor: User | None) -> list[TextFile]:
    if not files:
        raise field_error("file_english", "Choose the file of the text.", "file_missing")
    amendment = version.amendment
    title = f"Amendment {amendment.number}" if amendment else "Instrument"
    kind = DocumentKind.AMENDMENT if amendment else DocumentKind.INSTRUMENT
    added = []
    for language, file in files.items():
        document = add_document_version(
            partnership=version.partnership,
            kind=kind,
            title=f"{title}, {language}",
            file=file,
            actor=actor,
            dated=version.dated,
            language=language,
            note=f"Version {version.number} of the text",
        )
        added.append(
            create(TextFile(version=version, language=language, document=document), actor=actor, action="added")
        )
    return added


@service(Permission.EDIT_PARTNERSHIPS)
def ask_offices(
    *, version: TextVersion, offices: Offices, asked_on: date, due_on: date, actor: User | None
) -> list[ClearanceRequest]:
    """Ask more offices over a version, or one again over a version to which its earlier answer applies."""
    lock_partnership(version.partnership)
    return _ask(version, offices, asked_on=asked_on, due_on=due_on, actor=actor)


def _ask(
    version: TextVersion, offices: Offices, *, asked_on: date, due_on: date, actor: User | None
) -> list[ClearanceRequest]:
    closed = [agency.name for agency in offices if not agency.is_active]
    if closed:
        message = f"{closed[0]} is closed. Ask its successor."
        raise ValidationError(message, code="agency_closed")
    requests = [
        create(
            ClearanceRequest(
                version=version, agency=agency, role=role, asked_on=asked_on, due_on=due_on, asked_by=actor
            ),
            actor=actor,
            action="asked",
        )
        for agency, role in offices.items()
    ]
    notifications.mark_settled(version, offices)
    for request in requests:
        notifications.notify_of_request(request, actor=actor)
    return requests


@service(Permission.EDIT_PARTNERSHIPS)
def take_off_list(*, clearance: Clearance, agency: Agency, reason: str, on: date, actor: User) -> None:
    """Take an office off the list of those that clear a text. Its answers stay on record."""
    lock_partnership(clearance.partnership)
    values = {"removed_on": on, "removed_because": reason.strip(), "removed_by": actor}
    if not reason.strip():
        raise field_error("reason", "Enter a reason.", "reason")
    for request in clearance.requests:
        if request.agency_id == agency.pk and request.removed_on is None:
            set_fields(lock_row(request), values, actor=actor, action="took off the list")
    if clearance.newest is not None:
        notifications.mark_settled(clearance.newest, [agency])


@service(Permission.EDIT_PARTNERSHIPS)
def move_due_day(
    *, request: ClearanceRequest, due_on: date, actor: User, expected_revision: str | None = None
) -> ClearanceRequest:
    """Give an office until another day. Its reminders follow the new day.

    The revision of a request is its due day. Raises `EditConflict` if it is no longer the expected one.
    """
    lock_partnership(request.version.partnership)
    current = lock_row(request)
    check_revision(str(current.due_on), expected_revision)
    return set_fields(current, {"due_on": due_on}, actor=actor, action="moved the due day")


def move_requests(old: Agency, new: Agency, actor: User | None) -> int:
    """Ask the successor of an agency that closes, over the newest version of each text that waits for its answer."""
    open_requests = ClearanceRequest.objects.filter(agency=old, removed_on__isnull=True)
    moved = 0
    for request in open_requests.select_related("version__partnership", "version__amendment").order_by("pk"):
        version = request.version
        clearance = clearance_of(version.partnership, version.amendment)
        if clearance.newest != version or (version.partnership.signed_on and version.amendment is None):
            continue
        asked = any(row.agency_id == new.pk and row.removed_on is None for row in clearance.requests)
        answered = any(row.agency_id == old.pk for row in clearance.answers)
        if not asked and not answered:
            lock_partnership(version.partnership)
            follower = ClearanceRequest(
                version=version, agency=new, role=request.role, asked_on=request.asked_on, due_on=request.due_on
            )
            create(follower, actor=actor, action=f"asked as the successor of {old}")
            moved += 1
    return moved
