"""Ratings of criteria that no publisher measures: several raters, each with a reason and evidence.

A rating is superseded, never edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.services import record
from cpc.database.revisions import EditConflict, check_revision
from cpc.validation import db_errors_as_validation, field_error
from indicators.queries import has_sentence
from selection.evidence.services import refresh_evidence
from selection.lookups.rounds import open_to_change
from selection.models import Candidate, Rating, RatingEvidence, RatingHandIn, SelectionRound
from selection.ratings.queries import cells_of, rated_rows

CHANGED = (
    "Your rating of this criterion is another than when the page was opened: it was rated or withdrawn in another "
    "window. What stands now is shown; what you wrote is kept. Compare, and save again."
)


def revision_of(own: Rating | None) -> str:
    """Return the revision of a rater's current rating, which is superseded and never edited: its key."""
    return str(own.pk if own else 0)


@dataclass(frozen=True, slots=True)
class NewRating:
    """Rating of one cell, as its rater gives it. `expected_revision` is that of the rating which the page showed.

    `withdraws` takes back the rating instead; the rationale is then the reason.
    """

    candidate: Candidate
    criterion: str
    step: int | None
    rationale: str
    evidence: Sequence[RatingEvidence] = ()
    expected_revision: str | None = None
    withdraws: bool = False


@dataclass(slots=True)
class SavedRatings:
    """Outcome of saving several cells. A refused cell does not block the others."""

    saved: list[Rating] = field(default_factory=list)
    withdrawn: int = 0
    refused: list[tuple[NewRating, ValidationError]] = field(default_factory=list)
    hand_in: RatingHandIn | None = None


@transaction.atomic
def rate(
    *,
    candidate: Candidate,
    criterion: str,
    step: int | None,
    rationale: str,
    actor: User,
    evidence: Iterable[RatingEvidence] = (),
    expected_revision: str | None = None,
) -> Rating:
    """Rate one criterion of a candidate and supersede the rater's earlier rating.

    A step needs evidence; "not known" (None) needs only its reason. Raises `EditConflict` if the rater's own rating is
    not that of `expected_revision` (see `revision_of`), and `ValidationError` with `criterion`, `no_evidence`,
    `evidence`, `not_in_pool`, or `round_closed`. The same rating again changes nothing.
    """
    require(actor, Permission.RATE)
    open_to_change(candidate.round)
    given = NewRating(candidate, criterion, step, rationale, tuple(evidence), expected_revision)
    rating, is_new = _rate(given, actor)
    if is_new:
        refresh_evidence(selection_round=candidate.round)
    return rating


@transaction.atomic
def save_ratings(
    *, selection_round: SelectionRound, given: Iterable[NewRating], actor: User, hands_in: bool = False
) -> SavedRatings:
    """Save each cell in a savepoint of its own, and name those that are refused.

    With `hands_in`, record that the ratings given so far stand, if there are any. Raises `ValidationError` with
    `round_closed`.
    """
    require(actor, Permission.RATE)
    open_to_change(selection_round)
    outcome = SavedRatings()
    for one in given:
        try:
            with db_errors_as_validation():
                if one.withdraws:
                    outcome.withdrawn += _withdraw_current(one, actor)
                else:
                    rating, is_new = _rate(one, actor)
                    outcome.saved += [rating] if is_new else []
        except ValidationError as error:
            outcome.refused.append((one, error))
    if outcome.saved or outcome.withdrawn:
        refresh_evidence(selection_round=selection_round)
    if hands_in:
        outcome.hand_in = _hand_in(selection_round, actor)
    return outcome


def _hand_in(selection_round: SelectionRound, actor: User) -> RatingHandIn | None:
    """Record the hand-in, unless the newest one is the same or there is nothing to hand in."""
    pool = selection_round.candidates.in_pool().values("pk")
    rated = Rating.objects.filter(candidate__in=pool, rater=actor, superseded_at__isnull=True).count()
    before = RatingHandIn.objects.filter(round=selection_round, rater=actor).order_by("-pk").first()
    cells = cells_of(selection_round)
    if not rated or (before is not None and (before.rated, before.cells) == (rated, cells)):
        return before if rated else None
    row = RatingHandIn(round=selection_round, rater=actor, rated=rated, cells=cells)
    return create(row, actor=actor, action="handed in ratings of")


def _rate(given: NewRating, actor: User) -> tuple[Rating, bool]:
    """Return the rater's rating as given, and whether it is a new one. The round is locked."""
    candidate, criterion, step = given.candidate, given.criterion, given.step
    if not candidate.in_pool:
        raise ValidationError(f"{candidate.country} is not in the pool.", code="not_in_pool")
    if criterion not in {row.key for row in rated_rows(candidate.round)}:
        raise field_error("criterion", f"{candidate.round.model} has no rated criterion {criterion}.", "criterion")
    links = list(given.evidence)
    _require_evidence(candidate, step, links)
    mine = Rating.objects.select_for_update().filter(
        candidate=candidate, criterion=criterion, rater=actor, superseded_at__isnull=True
    )
    before = mine.first()
    if before is not None and _same(before, step, given.rationale, links):
        return before, False
    check_revision(revision_of(before), given.expected_revision, CHANGED)
    if before is not None:
        mine.update(superseded_at=timezone.now())
    rating = create(
        Rating(candidate=candidate, criterion=criterion, rater=actor, step=step, rationale=given.rationale.strip()),
        actor=actor,
        action="rated",
    )
    for link in links:
        link.rating = rating
        create(link, actor=actor, action="linked evidence to")
    if before is not None:
        record(actor=actor, action="superseded", target=before, before=audit_values(before), after={"by": rating.pk})
    return rating, True


def _withdraw_current(given: NewRating, actor: User) -> int:
    """Withdraw the rater's current rating of a cell; 0 if there is none."""
    current = Rating.objects.filter(
        candidate=given.candidate, criterion=given.criterion, rater=actor, superseded_at__isnull=True
    ).first()
    if current is None:
        return 0
    _withdraw(current, actor, given.rationale, given.expected_revision)
    return 1


def _require_evidence(candidate: Candidate, step: int | None, links: list[RatingEvidence]) -> None:
    """Raise `ValidationError` for a step without evidence, or for evidence that is not about the candidate."""
    if step is not None and not links:
        message = "A step needs evidence. Link a sentence, an observation, or a document."
        raise field_error("evidence", message, "no_evidence")
    if wrong := [link for link in links if not belongs(link, candidate)]:
        message = f"This evidence is not about {candidate.country}: {'; '.join(map(str, wrong))}. Choose from the list."
        raise field_error("evidence", message, "evidence")


def belongs(link: RatingEvidence, candidate: Candidate) -> bool:
    """Return True if the evidence is about the candidate.

    That is the case for values and texts of its country, and for its own documents.
    """
    if link.narrative is not None:
        return link.narrative.country_id == candidate.country_id and has_sentence(link.narrative, link.sentence)
    if link.paper is not None:
        return link.paper.candidate_id == candidate.pk
    about = link.observation or link.plan or link.program
    return about is None or about.country_id == candidate.country_id


def _same(before: Rating, step: int | None, rationale: str, links: list[RatingEvidence]) -> bool:
    held = {link.content for link in before.evidence.all()}
    return before.step == step and before.rationale == rationale.strip() and held == {link.content for link in links}


@transaction.atomic
def withdraw_rating(*, rating: Rating, actor: User, reason: str, expected_revision: str | None = None) -> Rating:
    """Withdraw the rater's own rating; the row stays, superseded, with the reason.

    Raises `EditConflict` if it is no longer current or not that of `expected_revision`, and `ValidationError` with
    `not_own`, `reason`, or `round_closed`.
    """
    require(actor, Permission.RATE)
    open_to_change(rating.candidate.round)
    if rating.rater_id != actor.pk:
        raise ValidationError("Only the rater can withdraw a rating.", code="not_own")
    current = _withdraw(rating, actor, reason, expected_revision)
    refresh_evidence(selection_round=rating.candidate.round)
    return current


def _withdraw(rating: Rating, actor: User, reason: str, expected_revision: str | None) -> Rating:
    if not reason.strip():
        raise field_error("reason", "Enter a reason.", "reason")
    current = Rating.objects.select_for_update().get(pk=rating.pk)
    check_revision(revision_of(current), expected_revision, CHANGED)
    if current.superseded_at is not None:
        raise EditConflict(CHANGED)
    before = audit_values(current)
    current.superseded_at, current.withdrawn_because = timezone.now(), reason.strip()
    current.save(update_fields=("superseded_at", "withdrawn_because"))
    record(actor=actor, action="withdrew", target=current, before=before, after={"reason": reason.strip()})
    return current
