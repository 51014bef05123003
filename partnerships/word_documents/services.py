"""Services for templates, uploaded by one person and released by another, and for documents made from the record."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import authors_of
from cpc.audit.steps import check_step
from cpc.files.word_packages import template_bytes
from cpc.validation import reject
from partnerships.lookups.document_templates import stored_bytes
from partnerships.lookups.locking import create, lock_row, service, set_fields
from partnerships.models import DocumentTemplate, TemplateKind, TemplateState
from partnerships.models.document_templates import BUILT_IN
from partnerships.states import DOCUMENT_TEMPLATE
from partnerships.word_documents.kinds import TYPES
from partnerships.word_documents.notifications import notify_uploader


@service(Permission.EDIT_PARTNERSHIPS)
def upload_template(*, kind: str, file: File[bytes], actor: User, note: str = "") -> DocumentTemplate:
    """Accept a template as a draft after checking it; another person releases it.

    The file of the newest version again, unless it was rejected or withdrawn, returns that version. Raises
    `ValidationError` at the field `file` with code `document_template`, `template`, or those of attachments
    (`cpc.files.attachments`).
    """
    data = template_bytes(file)
    document_type = TYPES[TemplateKind(kind)]
    digest = hashlib.sha256(data).hexdigest()
    newest = DocumentTemplate.objects.filter(kind=kind).order_by("-number").first()
    if newest and newest.sha256 == digest and newest.state in (TemplateState.DRAFT, TemplateState.RELEASED):
        return newest
    reject(document_type.template_findings(data))
    number = newest.number + 1 if newest else BUILT_IN + 1
    template = DocumentTemplate(kind=kind, number=number, sha256=digest, note=note.strip(), uploaded_by=actor)
    template.file.save(f"{kind}-{number}.docx", ContentFile(data), save=False)
    return create(template, actor=actor, action="uploaded")


@service(Permission.VIEW_PARTNERSHIPS)
def take_template_step(*, template: DocumentTemplate, name: str, actor: User, reason: str = "") -> DocumentTemplate:
    """Release, reject, or withdraw a draft.

    Raises `PermissionDenied`, and `ValidationError` with code `transition` for one that is decided, `two_people`,
    `reason`, `template_overtaken` if a later version is released, `template_changed` if its file is no longer the one
    that was uploaded, or `document_template` if the product no longer accepts it.
    """
    current = lock_row(template)
    label = current.get_state_display()
    transition = check_step(
        DOCUMENT_TEMPLATE, name, record=current, state=current.state, label=label, actor=actor, reason=reason
    )
    if name == "release":
        _check_may_be_released(current)
    uploaders = authors_of(current)
    values = {
        "state": transition.target,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "reason": reason.strip(),
    }
    decided = set_fields(current, values, actor=actor, action=transition.past.lower())
    notify_uploader(decided, did=transition.past.lower(), actor=actor, uploaders=uploaders)
    return decided


def _check_may_be_released(template: DocumentTemplate) -> None:
    released = DocumentTemplate.objects.filter(kind=template.kind, state=TemplateState.RELEASED)
    later = released.filter(number__gt=template.number).order_by("-number").first()
    if later is not None:
        message = f"Version {later.number} is already released. Reject this draft, or have it uploaded again."
        raise ValidationError(message, code="template_overtaken")
    reject(TYPES[TemplateKind(template.kind)].template_findings(stored_bytes(template)))
