"""Decisions on the lines of a memo, by a person who did not draft them, and questions about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import why_not_decide
from cpc.database.revisions import EditConflict
from cpc.findings import Finding, errors
from cpc.validation import field_error
from cpc.web import formats
from selection.decisions.decision_checks import decision_findings, grounds_of
from selection.decisions.limits import proposal_findings
from selection.decisions.obstacles import Obstacle
from selection.decisions.queries import changed_since
from selection.decisions.round_facts import RoundFacts
from selection.decisions.services import freeze_round, require_deliberation
from selection.lookups.rounds import locked
from selection.models import (
    Acknowledgment,
    Action,
    Decision,
    DecisionVerdict,
    Discussion,
    Memo,
    Recommendation,
    RoundState,
)
from selection.signing.missing import due_on

PARTS: Mapping[str, str] = {
    "runs": "the score",
    "ratings": "a rating",
    "not_asked": "the agencies not asked",
    "positions": "a position",
    "dispositions": "what the office did about a position",
    "proceeded": "an answer that is gone without",
    "notes": "a note",
    "adjudications": "an answer to a note",
    "concurrences": "a reply to an answer",
    "recommendations": "a recommendation",
    "current_positions": "a position",
    "current_notes": "a note",
}
"""Labels of the parts of a memo's basis, for the list of what changed since."""

DISCUSS = "discuss"
"""Choice beside the verdicts: the line goes back to the office with a question."""


@dataclass(frozen=True, slots=True)
class Line:
    """An approver's choice on one recommendation: a `DecisionVerdict`, or `DISCUSS` with the question as `remarks`.

    `instead` is the action that applies if the approver disapproves.
    """

    recommendation: Recommendation
    choice: str
    remarks: str = ""
    instead: str = ""

    @property
    def decides(self) -> bool:
        return self.choice != DISCUSS

    def named(self, name: str) -> str:
        """Return the name of a field of this line in errors and forms."""
        return f"{self.recommendation.candidate.country.code}-{name}"


@dataclass(frozen=True, slots=True)
class Signed:
    decisions: list[Decision] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)


def decide(
    *,
    recommendation: Recommendation,
    memo: Memo,
    verdict: str,
    actor: User,
    remarks: str = "",
    instead: str = "",
    acknowledged: Collection[str] = (),
    on: dt.date | None = None,
) -> Decision:
    """Decide on one recommendation; see `sign`."""
    line = Line(recommendation, verdict, remarks, instead)
    return sign(memo=memo, lines=[line], actor=actor, acknowledged=acknowledged, on=on).decisions[0]


@transaction.atomic
def sign(
    *,
    memo: Memo,
    lines: Sequence[Line],
    actor: User,
    acknowledged: Collection[str] = (),
    on: dt.date | None = None,
) -> Signed:
    """Sign any number of lines of the newest memo, all or none; lines to discuss go back with their question.

    A decision supersedes the earlier one on its candidate. In a decided round, signing also issues the memo with the
    decisions and freezes the round again.

    Raises `PermissionDenied`; `EditConflict` if a later memo was issued, or something that the memo prints changed; and
    `ValidationError` with `state`, `no_line`, or by line with `two_people`, `superseded`, `decided_already`,
    `in_discussion`, `verdict`, `remarks`, `instead`, `no_terms`, or the codes of findings that block a decision.
    """
    require(actor, Permission.APPROVE_SELECTION)
    day = on or timezone.now().date()
    locked_round = locked(memo.round)
    require_deliberation(locked_round, "decide")
    if not lines:
        raise ValidationError("Decide on at least one line.", code="no_line")
    require_current(memo)
    current = _current(lines)
    facts = grounds_of(locked_round, [line.recommendation.candidate for line in current], day)
    due = {line.recommendation.pk: due_on(line.recommendation, facts) for line in current if line.decides}
    found: dict[str, list[ValidationError]] = {}
    for line in current:
        for name, error in _line_errors(line, actor, facts):
            found.setdefault(line.named(name), []).append(error)
    if found:
        raise ValidationError(found)
    _require_acknowledged(due.values(), acknowledged)
    signed = Signed()
    for line in current:
        if line.decides:
            signed.decisions.append(_decision(line, memo, actor, due[line.recommendation.pk]))
        else:
            signed.discussions.append(_discussion(line, memo, actor))
    if signed.decisions and locked_round.state == RoundState.DECIDED:
        freeze_round(selection_round=locked_round, actor=actor, on=on)
    return signed


def require_current(memo: Memo) -> None:
    """Raise `EditConflict` unless a memo is the newest of its round and nothing that it rests on has changed."""
    newest = memo.round.memos.order_by("-number").values_list("number", flat=True).first()
    if newest != memo.number:
        raise EditConflict(
            f"Version {newest} of the memo was issued since you opened version {memo.number}. Nothing was signed. Read "
            "the new version, then sign."
        )
    if changed := changes(memo):
        raise EditConflict(
            f"Since version {memo.number} of the memo was issued, {formats.listing(changed)} changed. Nothing was "
            "signed. Ask the office to send a new version."
        )


def changes(memo: Memo) -> list[str]:
    """Return what changed since a memo was issued, each as the subject of a sentence."""
    return list(dict.fromkeys(PARTS[part] for part in changed_since(memo)))


def _current(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with their recommendations as they are now, locked in the order of their keys."""
    keys = [line.recommendation.pk for line in lines]
    rows = Recommendation.objects.select_for_update(of=("self",)).select_related(
        "candidate__country", "candidate__round"
    )
    found = {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}
    return [replace(line, recommendation=found[line.recommendation.pk]) for line in lines]


def _line_errors(line: Line, actor: User, facts: RoundFacts) -> Iterator[tuple[str, ValidationError]]:
    """Yield the reasons against one line, each with the name of its field."""
    recommendation = line.recommendation
    country = recommendation.candidate.country
    if recommendation.superseded_at is not None:
        message = f"The recommendation on {country} was superseded. Read the current one."
        yield "choice", ValidationError(message, code="superseded")
        return
    if decision := Decision.objects.filter(recommendation=recommendation).select_related("decided_by").first():
        message = f"{decision.decided_by} already decided on {country}: {decision.get_action_display().lower()}."
        yield "choice", ValidationError(message, code="decided_already")
        return
    if recommendation.discussions.filter(answered_at__isnull=True).exists():
        message = f"The question about {country} has no answer yet."
        yield "choice", ValidationError(message, code="in_discussion")
    if reason := why_not_decide(recommendation, actor):
        yield "choice", ValidationError(reason, code="two_people")
    if line.choice not in {*DecisionVerdict.values, DISCUSS}:
        yield "choice", ValidationError("Choose a decision.", code="verdict")
        return
    if line.choice != DecisionVerdict.APPROVED and not line.remarks.strip():
        yield "remarks", ValidationError(NEEDED[line.choice], code="remarks")
    if line.choice == DecisionVerdict.DISAPPROVED and line.instead not in set(Action.values) - {recommendation.action}:
        yield "instead", ValidationError("Choose what applies instead.", code="instead")
    elif line.decides:
        action = action_of(line)
        findings = decision_findings(recommendation.candidate, action, facts.on, facts)
        for finding in errors([*_selection_findings(recommendation, action, facts.on), *findings]):
            yield "choice", ValidationError(finding.message.replace("%", "%%"), code=finding.code, params={})


NEEDED: Mapping[str, str] = {
    DecisionVerdict.CONDITIONED: "Enter the condition.",
    DecisionVerdict.DISAPPROVED: "Enter why you disapprove.",
    DISCUSS: "Enter your question.",
}


def action_of(line: Line) -> str:
    """Return what applies to the candidate after a line is signed."""
    return line.instead if line.choice == DecisionVerdict.DISAPPROVED else line.recommendation.action


def _selection_findings(recommendation: Recommendation, action: str, on: dt.date) -> list[Finding]:
    if action != Action.SELECT:
        return []
    amount, months = recommendation.proposed_amount, recommendation.proposed_months
    if amount is None or months is None:
        message = "A selection needs a recommendation with money and a term. Choose “Discuss” to ask for one."
        return [Finding.error("no_terms", message)]
    return proposal_findings(amount, months, on)


def _require_acknowledged(due: Iterable[Sequence[Obstacle]], acknowledged: Collection[str]) -> None:
    """Raise `ValidationError` with code `not_acknowledged` that names what is missing and was not acknowledged."""
    left = {row.key: row.title for rows in due for row in rows if row.key not in acknowledged}
    if left:
        message = f"Confirm that you have seen: {' '.join(left.values())}"
        raise field_error("acknowledged", message, "not_acknowledged")


def _decision(line: Line, memo: Memo, actor: User, due: Sequence[Obstacle]) -> Decision:
    candidate = line.recommendation.candidate
    before = Decision.objects.filter(candidate=candidate, superseded_at__isnull=True).first()
    if before is not None:
        before.superseded_at = timezone.now()
        before.save(update_fields=("superseded_at",))
    decision = Decision(
        recommendation=line.recommendation,
        candidate=candidate,
        memo=memo,
        verdict=line.choice,
        action=action_of(line),
        remarks=line.remarks.strip(),
        supersedes=before,
        decided_by=actor,
    )
    made = create(decision, actor=actor, action="decided" if before is None else "decided again")
    for obstacle in due:
        acknowledged = Acknowledgment(decision=made, key=obstacle.key, title=obstacle.message)
        create(acknowledged, actor=actor, action="acknowledged")
    return made


def _discussion(line: Line, memo: Memo, actor: User) -> Discussion:
    discussion = Discussion(
        recommendation=line.recommendation, memo=memo, question=line.remarks.strip(), asked_by=actor
    )
    return create(discussion, actor=actor, action="asked about")


@transaction.atomic
def answer_discussion(*, discussion: Discussion, answer: str, actor: User) -> Discussion:
    """Answer the approver's question, so that the recommendation can be decided as it is.

    Raises `ValidationError` with `state`, `superseded`, `answered`, or `answer`. The same answer again changes nothing.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = locked(discussion.recommendation.candidate.round)
    require_deliberation(locked_round, "answer the approver")
    current = Discussion.objects.select_for_update(of=("self",)).select_related("recommendation").get(pk=discussion.pk)
    if current.answered_at is not None:
        if current.answer == answer.strip():
            return current
        raise ValidationError("This question already has an answer.", code="answered")
    if current.recommendation.superseded_at is not None:
        raise ValidationError("Another recommendation replaced this one, so the question is closed.", code="superseded")
    if not answer.strip():
        raise field_error("answer", "Enter the answer.", "answer")
    values = {"answer": answer.strip(), "answered_by": actor, "answered_at": timezone.now()}
    return set_fields(current, values, actor=actor, action="answered")
