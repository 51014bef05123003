"""Decisions through the services: the memo is issued first, as the office does before an approver signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cpc.accounts.models import User
from selection.decisions import services as decisions_services
from selection.decisions.decision_checks import grounds_of
from selection.decisions.memo import services as memo_services
from selection.decisions.queries import changed_since
from selection.models import Action, Candidate, Decision, DecisionVerdict, Memo, Recommendation, SelectionRound
from selection.signing import services as signing_services
from selection.signing.missing import due_on

AMOUNT, MONTHS = Decimal("5000000.00"), 60


def recommend(*, candidate: Candidate, action: str, **values: Any) -> Recommendation:
    """Recommend on a candidate; a selection proposes money and a term at the limits."""
    terms: dict[str, Any] = {"proposed_amount": AMOUNT, "proposed_months": MONTHS} if action == Action.SELECT else {}
    return decisions_services.recommend(candidate=candidate, action=action, **terms | values)


def memo_for(selection_round: SelectionRound, actor: User, on: dt.date | None = None) -> Memo:
    """Return the newest memo of a round, or issue one if something changed since."""
    newest = selection_round.memos.order_by("-number").first()
    if newest is not None and not changed_since(newest):
        return newest
    return memo_services.issue_memo(selection_round=selection_round, actor=actor, on=on)


def seen(recommendations: Sequence[Recommendation], on: dt.date | None = None) -> list[str]:
    """Return the keys of what the memo prints about some lines, as an approver acknowledges them."""
    first = recommendations[0].candidate.round
    standing = grounds_of(first, [row.candidate for row in recommendations], on or timezone.now().date())
    return [obstacle.key for row in recommendations for obstacle in due_on(row, standing)]


def decide(
    *,
    recommendation: Recommendation,
    actor: User,
    action: str = "",
    remarks: str = "",
    on: dt.date | None = None,
    memo: Memo | None = None,
) -> Decision:
    """Decide on a recommendation: as recommended, or with another `action`."""
    differs = action not in ("", recommendation.action)
    return signing_services.decide(
        recommendation=recommendation,
        memo=memo or memo_for(recommendation.candidate.round, recommendation.drafted_by, on),
        verdict=DecisionVerdict.DISAPPROVED if differs else DecisionVerdict.APPROVED,
        instead=action if differs else "",
        remarks=remarks or "",
        acknowledged=seen([recommendation], on),
        actor=actor,
        on=on,
    )
