"""Recommendations and decisions.

The drafter never decides, and a decision is frozen with its evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.authors import check_may_decide
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import field_error, reject
from selection.decisions.decision_checks import decision_findings
from selection.decisions.memo.services import bring_memo_up_to_date
from selection.decisions.queries import find_recommendation, manifest_of, revision_of
from selection.lookups.rounds import locked
from selection.models import (
    Candidate,
    Decision,
    Recommendation,
    RoundFreeze,
    RoundState,
    SelectionRound,
)
from selection.scoring import sha256_of

MAY_RECOMMEND = (RoundState.DELIBERATION, RoundState.DECIDED)
FROZEN: Mapping[str, str] = {
    "runs": "Score",
    "evidence": "Version of the evidence",
    "ratings": "Rating",
    "restrictions": "Review of a restriction",
    "not_asked": "Agency not asked",
    "positions": "Position",
    "dispositions": "Disposition",
    "proceeded": "Going on without a response",
    "notes": "Note",
    "adjudications": "Answer to a note",
    "concurrences": "Reply to an answer",
    "recommendations": "Recommendation",
    "decisions": "Decision",
    "memos": "Memo",
}
"""Parts of `manifest_of` that a freeze holds, each with the label of one row."""


@transaction.atomic
def recommend(
    *,
    candidate: Candidate,
    action: str,
    rationale: str,
    actor: User,
    place: int | None = None,
    expected_revision: str | None = None,
) -> Recommendation:
    """Recommend on a candidate and supersede the earlier recommendation.

    The current decision stays until the approver decides on the new recommendation. Raises `EditConflict` if the
    current one is not that of `expected_revision` (see `revision_of`), and `ValidationError` with `state`,
    `not_in_pool`, or the codes of the fields. The same again changes nothing.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = locked(candidate.round)
    _require_deliberation(locked_round, "write recommendations")
    if not candidate.in_pool:
        raise ValidationError(f"{candidate.country} is not in the pool.", code="not_in_pool")
    before = find_recommendation(candidate)
    if before and (before.action, before.rationale) == (action, rationale.strip()) and place in (None, before.place):
        return before
    check_revision(revision_of(before), expected_revision)
    if before is not None:
        before.superseded_at = timezone.now()
        before.save(update_fields=("superseded_at",))
    recommendation = create(
        Recommendation(
            candidate=candidate,
            action=action,
            rationale=rationale.strip(),
            place=place or (before.place if before else _next_position(locked_round)),
            drafted_by=actor,
        ),
        actor=actor,
        action="recommended",
    )
    if before is not None:
        record(
            actor=actor,
            action="superseded",
            target=before,
            before=audit_values(before),
            after={"by": recommendation.pk},
        )
    return recommendation


def _next_position(selection_round: SelectionRound) -> int:
    rows = Recommendation.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    return (rows.aggregate(last=Max("place"))["last"] or 0) + 1


@transaction.atomic
def decide(
    *,
    recommendation: Recommendation,
    action: str,
    actor: User,
    remarks: str = "",
    on: dt.date | None = None,
    expected_revision: str | None = None,
) -> Decision:
    """Decide on one recommendation, as recommended or otherwise; otherwise needs remarks.

    Supersedes an earlier decision on the candidate. In a decided round, also issues the memo and freezes the round
    again.

    Raises `PermissionDenied`, `EditConflict` if another recommendation was read (see `revision_of`), and
    `ValidationError` with `two_people`, `superseded`, `decided_already`, `remarks`, `state`, or the codes of findings
    that block a selection.
    """
    require(actor, Permission.APPROVE_SELECTION)
    locked_round = locked(recommendation.candidate.round)
    current = Recommendation.objects.select_for_update(of=("self",)).get(pk=recommendation.pk)
    candidate = current.candidate
    _require_deliberation(locked_round, "decide")
    check_revision(revision_of(current), expected_revision)
    _require_undecided(current, action, remarks, actor)
    reject(decision_findings(candidate, action, on or timezone.now().date()))
    before = Decision.objects.filter(candidate=candidate, superseded_at__isnull=True).first()
    if before is not None:
        before.superseded_at = timezone.now()
        before.save(update_fields=("superseded_at",))
    decision = create(
        Decision(
            recommendation=current,
            candidate=candidate,
            action=action,
            remarks=remarks.strip(),
            supersedes=before,
            decided_by=actor,
        ),
        actor=actor,
        action="decided" if before is None else "decided again",
    )
    if locked_round.state == RoundState.DECIDED:
        freeze_round(selection_round=locked_round, actor=actor, on=on)
    return decision


def _require_deliberation(selection_round: SelectionRound, what: str) -> None:
    if selection_round.state not in MAY_RECOMMEND:
        message = f"{selection_round} is {selection_round.state_phrase}; you can {what} only in deliberation."
        raise ValidationError(message, code="state")


def _require_undecided(current: Recommendation, action: str, remarks: str, actor: User) -> None:
    """Raise `ValidationError` if a person can't decide on a recommendation now, or must remark on another action."""
    if current.superseded_at is not None:
        raise ValidationError("This recommendation was superseded. Read the current one.", code="superseded")
    if Decision.objects.filter(recommendation=current).exists():
        raise ValidationError("This recommendation was already decided.", code="decided_already")
    check_may_decide(current, actor)
    if action != current.action and not remarks.strip():
        raise field_error("remarks", "Enter why the decision differs from the recommendation.", "remarks")


@transaction.atomic
def freeze_round(*, selection_round: SelectionRound, actor: User, on: dt.date | None = None) -> RoundFreeze:
    """Issue the memo with the decisions, and freeze the digests of all they rest on under one hash.

    Returns the newest freeze if nothing changed since.
    """
    require(actor, Permission.APPROVE_SELECTION)
    bring_memo_up_to_date(selection_round, actor, on)
    manifest = manifest_of(selection_round)
    digest = sha256_of(manifest)
    newest = selection_round.freezes.order_by("-number").first()
    if newest is not None and newest.hash == digest:
        return newest
    number = newest.number + 1 if newest else 1
    return create(
        RoundFreeze(round=selection_round, number=number, manifest=manifest, hash=digest, by=actor),
        actor=actor,
        action="froze",
    )


def verify_freezes(freezes: Sequence[RoundFreeze], selection_round: SelectionRound) -> list[list[str]]:
    """Verify several freezes of a round, reading the round once."""
    now = manifest_of(selection_round) if freezes else {}
    return [_differences(freeze, now) for freeze in freezes]


def _differences(freeze: RoundFreeze, now: Mapping[str, Mapping[str, str]]) -> list[str]:
    intact = sha256_of(freeze.manifest) == freeze.hash
    return ([] if intact else ["The manifest does not match its hash."]) + [
        f"{FROZEN[part]} {key} has changed."
        for part, rows in freeze.manifest.items()
        for key, digest in rows.items()
        if now.get(part, {}).get(key) != digest
    ]
