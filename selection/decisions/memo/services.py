"""Issues of the memo, and uploads of its templates."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from cpc.files.word_documents import TemplateNotUsable
from cpc.files.word_packages import template_bytes
from cpc.findings import Finding
from cpc.validation import field_error, reject
from cpc.web import formats
from selection.decisions.memo import length
from selection.decisions.memo.changes import changes_between
from selection.decisions.memo.content import lasting, memo_content
from selection.decisions.memo.document import TEMPLATE, render_memo
from selection.decisions.memo.sample import SAMPLE
from selection.decisions.obstacles import Step, as_findings, obstacles_of, stops
from selection.decisions.queries import basis_of, changed_since, newest_memo, recommendations
from selection.lookups.proposals import decide_once
from selection.lookups.rounds import locked
from selection.models import Memo, MemoPurpose, MemoTemplate, PoolDecision, RoundState, SelectionRound
from selection.scoring import sha256_of

ISSUED_IN = (RoundState.DELIBERATION,)
"""States in which the office sends the memo for decision; later, only if another recommendation waits."""


@transaction.atomic
def issue_memo(
    *,
    selection_round: SelectionRound,
    actor: User,
    on: dt.date | None = None,
    decide_by: dt.date | None = None,
    longer_because: str = "",
) -> Memo:
    """Send the memo for decision: issue its next version, or return the newest one if nothing changed.

    Raises `PermissionDenied`, and `ValidationError` with `state`, the codes of what stops the memo,
    `memo_too_long`, or `template`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round, day = locked(selection_round), on or timezone.now().date()
    if not may_issue(locked_round):
        message = f"{locked_round} is {locked_round.state_phrase}. You can send the memo only in deliberation."
        if locked_round.state == RoundState.DECIDED:
            message = f"{locked_round} is decided, so its memo is frozen. Recommend again to send another."
        raise ValidationError(message, code="state")
    reject(what_stops(locked_round, day))
    given = {"decide_by": decide_by, "longer_because": longer_because.strip()}
    return _issue_if_changed(locked_round, actor, day, MemoPurpose.FOR_DECISION, **given)


def may_issue(selection_round: SelectionRound) -> bool:
    """Return whether a memo can be sent for decision: in deliberation, and later for another recommendation."""
    if selection_round.state in ISSUED_IN:
        return True
    return selection_round.state == RoundState.DECIDED and any(
        not hasattr(row, "decision") for row in recommendations(selection_round)
    )


def what_stops(selection_round: SelectionRound, on: dt.date) -> list[Finding]:
    """Return the errors that keep a memo from being sent for decision.

    These are the obstacles of the round, and of each candidate on whom a recommendation waits. The memo names the
    candidates without a recommendation.
    """
    current = recommendations(selection_round)
    if not current:
        return [Finding.error("no_recommendation", "No recommendations yet. Write one for each candidate.")]
    waiting = {row.candidate_id for row in current if not hasattr(row, "decision")}
    found = stops(obstacles_of(selection_round, on), Step.MEMO)
    own = [row for row in found if not row.candidates or waiting.intersection(row.candidates)]
    return as_findings(own, Step.MEMO)


def bring_memo_up_to_date(
    selection_round: SelectionRound, actor: User, on: dt.date | None, purpose: MemoPurpose
) -> Memo:
    """Return the newest issue of the memo of a locked round, or issue another if its content changed.

    The drafter of the first issue stays the drafter: closing a round issues the memo with the decisions.
    """
    return _issue_if_changed(selection_round, actor, on or timezone.now().date(), purpose)


def _issue_if_changed(
    selection_round: SelectionRound, actor: User, on: dt.date, purpose: MemoPurpose, **given: Any
) -> Memo:
    newest = newest_memo(selection_round)
    content = _content(selection_round, str(actor), on, purpose, newest, **given)
    basis = basis_of(selection_round)
    if newest is not None and newest.basis == basis and lasting(newest.content) == lasting(content):
        return newest
    if purpose == MemoPurpose.FOR_DECISION:
        reject(length_findings(content))
    template = newest_template()
    digest = sha256_of(content)
    try:
        document = render_memo(content, content_hash=digest, template=template.file if template else TEMPLATE)
    except TemplateNotUsable as error:
        raise ValidationError(str(error), code="template") from error
    memo = Memo(
        round=selection_round,
        number=content["number"],
        purpose=purpose,
        content=content,
        content_hash=digest,
        basis=basis,
        changes=content["changes"],
        longer_because=content["longer_because"],
        template_sha256=template.sha256 if template else hashlib.sha256(TEMPLATE.read_bytes()).hexdigest(),
        sha256=hashlib.sha256(document).hexdigest(),
        made_by=actor,
    )
    memo.file.save(f"memo-{selection_round.pk}-{memo.number}.docx", ContentFile(document), save=False)
    return create(memo, actor=actor, action="issued")


def _content(
    selection_round: SelectionRound,
    drafter: str,
    on: dt.date,
    purpose: str,
    newest: Memo | None,
    decide_by: dt.date | None = None,
    longer_because: str = "",
    makes_proof: bool = True,
) -> dict[str, Any]:
    """Return the content of the next issue; what is not given stays as in the newest one.

    A memo of three pages needs no reason to be longer, so it has none.
    """
    held = newest.content if newest else {}
    day = decide_by or (dt.date.fromisoformat(held["decide_by"]) if held.get("decide_by") else None)
    content = memo_content(
        selection_round,
        drafted_by=held.get("drafted_by", drafter),
        today=on,
        number=newest.number + 1 if newest else 1,
        purpose=purpose,
        decide_by=day,
        longer_because=longer_because or held.get("longer_because", ""),
        makes_proof=makes_proof,
    )
    content["changes"] = changes_between(newest.content, content) if newest else []
    return content if length.page_count(content) > length.PAGES else content | {"longer_because": ""}


def draft_memo(selection_round: SelectionRound, actor: User, on: dt.date) -> dict[str, Any]:
    """Return the content that the next version for decision would have, with the changes since the newest one."""
    newest = newest_memo(selection_round)
    return _content(selection_round, str(actor), on, MemoPurpose.FOR_DECISION, newest, makes_proof=False)


def changes_since(memo: Memo, on: dt.date) -> list[str]:
    """Return what changed since a memo was sent for decision; empty if it may be signed."""
    if not changed_since(memo):
        return []
    now = _content(memo.round, "", on, MemoPurpose.FOR_DECISION, memo, makes_proof=False)
    return now["changes"] or ["A row of the record that the memo rests on."]


def length_findings(content: Mapping[str, Any]) -> list[Finding]:
    """Return an error that names the longest rows if a memo needs more than three pages and has no reason for it."""
    over = length.lines_over(content)
    if not over or content["longer_because"]:
        return []
    rows = formats.listing(
        [f"{part.name} ({formats.count_of(round(part.lines), 'line')})" for part in length.longest(content)]
    )
    message = (
        f"The memo is {formats.count_of(over, 'line')} too long for three pages. The longest parts are {rows}. Shorten "
        "them, or let the memo run longer and enter why."
    )
    return [Finding.error("memo_too_long", message, "longer_because")]


def open_memo(*, memo: Memo, actor: User) -> File[bytes]:
    require(actor, Permission.VIEW_NOTES)
    file: File[bytes] = memo.file.open("rb")
    record(actor=actor, action="downloaded", target=memo, after={"sha256": memo.sha256})
    return file


def newest_template() -> MemoTemplate | None:
    """Return the newest template that another person approved, or None to use the one in the code."""
    return MemoTemplate.objects.filter(decision=PoolDecision.APPROVED).order_by("-number").first()


@transaction.atomic
def take_template(*, file: File[bytes], note: str, actor: User) -> MemoTemplate:
    """Accept an uploaded template as a proposal after trying it on the sample memo; another person decides on it.

    Raises `ValidationError` with the codes of `cpc.files.attachments`, or `template`. The same file again returns the
    same template.
    """
    require(actor, Permission.RUN_ROUNDS)
    data = template_bytes(file)
    digest = hashlib.sha256(data).hexdigest()
    newest = MemoTemplate.objects.order_by("-number").first()
    if newest is not None and newest.sha256 == digest and newest.decision != PoolDecision.REFUSED:
        return newest
    sample_of(ContentFile(data).file)
    number = newest.number + 1 if newest else 1
    template = MemoTemplate(number=number, sha256=digest, note=note.strip(), uploaded_by=actor)
    template.file.save(f"template-{number}.docx", ContentFile(data), save=False)
    return create(template, actor=actor, action="took")


def sample_of(template: IO[bytes]) -> bytes:
    """Return the sample memo made with a template. Raises `ValidationError` `template` if it can't be filled in."""
    try:
        return render_memo(SAMPLE, content_hash="0" * 64, template=template)
    except TemplateNotUsable as error:
        raise field_error("file", str(error), "template") from error


@transaction.atomic
def decide_template(*, template: MemoTemplate, approve: bool, actor: User, note: str = "") -> MemoTemplate:
    """Approve or reject an uploaded template. The next memo uses the newest approved one.

    Raises `ValidationError` with `two_people`, `decided_already`, or `decision_note`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    found = MemoTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=template.pk)
    return decide_once(found, approve, actor, note)
