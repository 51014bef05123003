"""Recommendations, and freezes of what a decided round rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import reject
from selection.decisions.limits import proposal_findings
from selection.decisions.memo.services import bring_memo_up_to_date
from selection.decisions.queries import find_recommendation, manifest_of, revision_of
from selection.lookups.rounds import locked
from selection.models import (
    Candidate,
    MemoPurpose,
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
    "acknowledgments": "Acknowledgment",
    "discussions": "Question of the approver",
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
    proposed_amount: Decimal | None = None,
    proposed_months: int | None = None,
    funding: str = "",
    place: int | None = None,
    expected_revision: str | None = None,
    on: dt.date | None = None,
) -> Recommendation:
    """Recommend on a candidate, with money and term if it is selected, and supersede the earlier recommendation.

    The current decision stays until the approver decides on the new recommendation. Raises `EditConflict` if the
    current one is not that of `expected_revision` (see `revision_of`), and `ValidationError` with `state`,
    `not_in_pool`, `proposed_amount` or `proposed_months` above the limits of the day, or the codes of the fields. The
    same again changes nothing.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = locked(candidate.round)
    require_deliberation(locked_round, "write recommendations")
    if not candidate.in_pool:
        raise ValidationError(f"{candidate.country} is not in the pool.", code="not_in_pool")
    before = find_recommendation(candidate)
    values = {
        "action": action, "rationale": rationale.strip(), "proposed_amount": proposed_amount,
        "proposed_months": proposed_months, "funding": funding.strip(),
    }  # fmt: skip
    is_same = before is not None and all(getattr(before, name) == value for name, value in values.items())
    if before is not None and is_same and place in (None, before.place):
        return before
    check_revision(revision_of(before), expected_revision)
    reject(proposal_findings(proposed_amount, proposed_months, on or timezone.now().date()))
    if before is not None:
        before.superseded_at = timezone.now()
        before.save(update_fields=("superseded_at",))
    recommendation = create(
        Recommendation(
            candidate=candidate, **values, drafted_by=actor,
            place=place or (before.place if before else _next_position(locked_round)),
        ),
        actor=actor, action="recommended",
    )  # fmt: skip
    if before is not None:
        after = {"by": recommendation.pk}
        record(actor=actor, action="superseded", target=before, before=audit_values(before), after=after)
    return recommendation


def _next_position(selection_round: SelectionRound) -> int:
    rows = Recommendation.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    return (rows.aggregate(last=Max("place"))["last"] or 0) + 1


def require_deliberation(selection_round: SelectionRound, what: str) -> None:
    """Raise `ValidationError` with code `state` outside deliberation; a decided round can decide again."""
    if selection_round.state not in MAY_RECOMMEND:
        message = f"{selection_round} is {selection_round.state_phrase}; you can {what} only in deliberation."
        raise ValidationError(message, code="state")


@transaction.atomic
def freeze_round(*, selection_round: SelectionRound, actor: User, on: dt.date | None = None) -> RoundFreeze:
    """Issue the memo with the decisions, and freeze the digests of all they rest on under one hash.

    Returns the newest freeze if nothing changed since.
    """
    require(actor, Permission.APPROVE_SELECTION)
    is_decided = selection_round.state == RoundState.DECIDED
    purpose = MemoPurpose.WITH_DECISIONS if is_decided else MemoPurpose.FOR_DECISION
    bring_memo_up_to_date(selection_round, actor, on, purpose)
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
