"""Issues of the memo, and uploads of its templates."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from cpc.files.attachments import attachment_findings
from cpc.validation import field_error, reject
from selection.decisions.memo.content import memo_content
from selection.decisions.memo.document import TEMPLATE, MemoTemplateError, render_memo
from selection.decisions.memo.sample import SAMPLE
from selection.decisions.memo.template_package import package_findings
from selection.decisions.queries import basis_of
from selection.lookups.rounds import locked
from selection.models import Memo, MemoPurpose, MemoTemplate, Recommendation, RoundState, SelectionRound
from selection.scoring import sha256_of

ISSUED_IN = (RoundState.DELIBERATION,)
"""States in which the office issues the memo; later, a decision issues and freezes it."""
_PASSING = ("number", "day", "drafted_by")


@transaction.atomic
def issue_memo(*, selection_round: SelectionRound, actor: User, on: dt.date | None = None) -> Memo:
    """Issue the memo for the current content, or return the newest issue if nothing changed.

    Raises `PermissionDenied`, and `ValidationError` with `state` or `template`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = locked(selection_round)
    if not may_issue(locked_round):
        message = f"{locked_round} is {locked_round.state_phrase}. You can issue the memo only in deliberation."
        if locked_round.state == RoundState.DECIDED:
            message = f"{locked_round} is decided, so its memo is frozen. Recommend again to issue another."
        raise ValidationError(message, code="state")
    return bring_memo_up_to_date(locked_round, actor, on, MemoPurpose.FOR_DECISION)


def may_issue(selection_round: SelectionRound) -> bool:
    """Return whether a memo can be issued for decision: in deliberation, and later for another recommendation."""
    if selection_round.state in ISSUED_IN:
        return True
    waiting = Recommendation.objects.filter(
        candidate__round=selection_round, superseded_at__isnull=True, decision__isnull=True
    )
    return selection_round.state == RoundState.DECIDED and waiting.exists()


def bring_memo_up_to_date(
    selection_round: SelectionRound, actor: User, on: dt.date | None, purpose: MemoPurpose
) -> Memo:
    """Return the newest issue of the memo of a locked round, or issue another if its content changed.

    The drafter of the first issue stays the drafter: closing a round issues the memo with the decisions.
    """
    newest = selection_round.memos.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    drafter = newest.content["drafted_by"] if newest else str(actor)
    content = memo_content(selection_round, drafted_by=drafter, today=on or timezone.now().date(), number=number)
    basis = basis_of(selection_round)
    if newest is not None and newest.basis == basis and _lasting(newest.content) == _lasting(content):
        return newest
    template = newest_template()
    digest = sha256_of(content)
    try:
        document = render_memo(content, content_hash=digest, template=template.file if template else TEMPLATE)
    except MemoTemplateError as error:
        raise ValidationError(str(error), code="template") from error
    memo = Memo(
        round=selection_round,
        number=number,
        purpose=purpose,
        content=content,
        content_hash=digest,
        basis=basis,
        template_sha256=template.sha256 if template else hashlib.sha256(TEMPLATE.read_bytes()).hexdigest(),
        sha256=hashlib.sha256(document).hexdigest(),
        made_by=actor,
    )
    memo.file.save(f"memo-{selection_round.pk}-{number}.docx", ContentFile(document), save=False)
    return create(memo, actor=actor, action="issued")


def _lasting(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _PASSING}


def open_memo(*, memo: Memo, actor: User) -> File[bytes]:
    require(actor, Permission.VIEW_NOTES)
    file: File[bytes] = memo.file.open("rb")
    record(actor=actor, action="downloaded", target=memo, after={"sha256": memo.sha256})
    return file


def newest_template() -> MemoTemplate | None:
    """Return the newest uploaded template, or None to use the template in the code."""
    return MemoTemplate.objects.order_by("-number").first()


@transaction.atomic
def take_template(*, file: File[bytes], note: str, actor: User) -> MemoTemplate:
    """Accept an uploaded template after trying it on the sample memo.

    Raises `ValidationError` with the codes of `cpc.files.attachments`, or `template`. The same file again returns the
    same template.
    """
    require(actor, Permission.RUN_ROUNDS)
    if not str(file.name or "").lower().endswith(".docx"):
        message = "The template must be a Word document. Save it as .docx and upload that file."
        raise field_error("file", message, "file_kind")
    reject(attachment_findings(file.name or "", file.size, file))
    data = file.read()
    reject(package_findings(data))
    digest = hashlib.sha256(data).hexdigest()
    newest = newest_template()
    if newest is not None and newest.sha256 == digest:
        return newest
    try:
        render_memo(SAMPLE, template=ContentFile(data).file)
    except MemoTemplateError as error:
        raise field_error("file", str(error), "template") from error
    number = newest.number + 1 if newest else 1
    template = MemoTemplate(number=number, sha256=digest, note=note.strip(), uploaded_by=actor)
    template.file.save(f"template-{number}.docx", ContentFile(data), save=False)
    return create(template, actor=actor, action="took")
