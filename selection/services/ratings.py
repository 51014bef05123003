"""Rating what no publisher measures: several raters, each with a reason and evidence; superseded, never edited."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.writes import create, require, said
from selection.model_table import CriterionRow
from selection.models import Candidate, Rating, RatingEvidence
from selection.services.base import open_to_change
from selection.services.evidence import refresh_evidence


def rated_criteria(candidate: Candidate) -> dict[str, CriterionRow]:
    """The criteria of the round's model that raters fill, by key."""
    table = candidate.round.model.as_table
    return {row.key: row for row in table.criteria if row.is_rated}


@transaction.atomic
def rate(
    *,
    candidate: Candidate,
    criterion: str,
    step: int | None,
    rationale: str,
    actor: User,
    evidence: Iterable[RatingEvidence] = (),
) -> Rating:
    """Rate one criterion of a candidate; the rater's earlier rating is superseded.

    A step needs evidence; "not known" (None) needs only its reason. Raises `ValidationError` with `criterion`,
    `no_evidence`, `not_in_pool` or `round_closed`. The same rating again changes nothing.
    """
    require(actor, Permission.RATE)
    open_to_change(candidate.round)
    if not candidate.in_pool:
        raise ValidationError(f"{candidate.country} is not in the pool.", code="not_in_pool")
    if criterion not in rated_criteria(candidate):
        message = f"{candidate.round.model} has no rated criterion {criterion}."
        raise ValidationError({"criterion": ValidationError(message, code="criterion")})
    links = list(evidence)
    if step is not None and not links:
        message = "A step rests on evidence: link a sentence, an observation or a document."
        raise ValidationError({"evidence": ValidationError(message, code="no_evidence")})
    mine = Rating.objects.select_for_update().filter(
        candidate=candidate, criterion=criterion, rater=actor, superseded_at__isnull=True
    )
    before = mine.first()
    if before is not None and _same(before, step, rationale, links):
        return before
    mine.update(superseded_at=timezone.now())
    made = create(
        Rating(candidate=candidate, criterion=criterion, rater=actor, step=step, rationale=rationale.strip()),
        actor=actor,
        action="rated",
    )
    for link in links:
        link.rating = made
        create(link, actor=actor, action="linked evidence to")
    if before is not None:
        record(actor=actor, action="superseded", target=before, before=said(before), after={"by": made.pk})
    refresh_evidence(selection_round=candidate.round)
    return made


def _same(before: Rating, step: int | None, rationale: str, links: list[RatingEvidence]) -> bool:
    held = {(e.observation_id, e.narrative_id, e.sentence, e.document) for e in before.evidence.all()}
    sent = {(e.observation_id, e.narrative_id, e.sentence, e.document) for e in links}
    return before.step == step and before.rationale == rationale.strip() and held == sent


@transaction.atomic
def withdraw_rating(*, rating: Rating, actor: User, reason: str) -> Rating:
    """Take the rater's own rating back; the row stays, superseded."""
    require(actor, Permission.RATE)
    open_to_change(rating.candidate.round)
    if rating.rater_id != actor.pk:
        raise ValidationError("Only the rater takes a rating back.", code="not_own")
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why.", code="reason")})
    current = Rating.objects.select_for_update().get(pk=rating.pk)
    if current.superseded_at is None:
        current.superseded_at = timezone.now()
        current.save(update_fields=("superseded_at",))
        record(actor=actor, action="withdrew", target=current, before=said(current), after={"reason": reason.strip()})
        refresh_evidence(selection_round=rating.candidate.round)
    return current
