"""Reads for signing: the lines that wait, the memo they are in, what is behind each, and questions about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.grouping import grouped
from selection.candidates.queries import RoundPage, ScoredCandidate, round_page
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.consultation.queries import PositionCell, consultation_of
from selection.decisions.limits import limits_on
from selection.decisions.queries import questions_of
from selection.lookups.earlier_compacts import EarlierCompact, PolicyLimits, earlier_compacts
from selection.model_definition.statutory_criteria import StatutoryCriterion
from selection.models import (
    Adjudication,
    Candidate,
    CountryScore,
    Decision,
    Discussion,
    Memo,
    Note,
    NoteStatus,
    Outcome,
    Recommendation,
    SelectionRound,
)
from selection.notes.queries import Thread, criterion_labels, threads, with_threads
from selection.restrictions.queries import ReviewedCountry, reviewed


def newest_memo(selection_round: SelectionRound) -> Memo | None:
    return selection_round.memos.select_related("round", "made_by").order_by("-number").first()


def to_sign(selection_round: SelectionRound, *, sent: Collection[str] = ()) -> list[Recommendation]:
    """Return the recommendations that an approver can sign: those without an open question.

    Those on the countries in `sent` (codes) are returned in any case, so that the lines that somebody else settled
    meanwhile are shown again with what was typed.
    """
    asked = Exists(open_questions(recommendation=OuterRef("pk")))
    rows = Recommendation.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    found = rows.filter((Q(decision__isnull=True) & ~asked) | Q(candidate__country__code__in=sent))
    return list(found.select_related("candidate__country", "drafted_by").order_by("place", "pk"))


def open_questions(**of: object) -> QuerySet[Discussion]:
    return Discussion.objects.filter(answered_at__isnull=True, recommendation__superseded_at__isnull=True, **of)


def newest_question(candidate: Candidate) -> Discussion | None:
    """Return the newest question about the current recommendation, answered or not."""
    rows = Discussion.objects.filter(
        recommendation__candidate=candidate, recommendation__superseded_at__isnull=True
    ).order_by("-pk")
    return rows.select_related("recommendation__candidate__country", "asked_by", "memo").first()


def has_open_question(candidate: Candidate) -> bool:
    return open_questions(recommendation__candidate=candidate).exists()


@dataclass(frozen=True, slots=True)
class CaseToDecide:
    """Facts about one recommendation that an approver reads before signing it.

    `notes` are those that are open, disputed, or rejected, on the candidate or the whole round. `lines` are those of
    the candidate's score. `in_effect` is the decision in effect that a new one would supersede.
    """

    recommendation: Recommendation
    scored: ScoredCandidate | None
    lines: Sequence[Mapping[str, object]]
    criteria: Sequence[StatutoryCriterion]
    cells: Sequence[PositionCell]
    notes: Sequence[Thread]
    restrictions: ReviewedCountry
    compacts: Sequence[EarlierCompact]
    questions: Sequence[Discussion]
    in_effect: Decision | None

    @property
    def candidate(self) -> Candidate:
        return self.recommendation.candidate


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of some lines of a round, with its score and the limits of the day."""

    page: RoundPage
    limits: PolicyLimits
    cases: Sequence[CaseToDecide]
    recommended: int
    decided: int


def cases_of(
    selection_round: SelectionRound, recommendations: Sequence[Recommendation], user: User, on: dt.date
) -> Cases:
    """Load what is behind some lines, in a fixed number of queries."""
    page = round_page(selection_round)
    candidates = [row.candidate for row in recommendations]
    scored = {one.candidate.pk: one for one in page.candidates}
    criteria = statutory_by_candidate(selection_round, candidates)
    cells = grouped(consultation_of(selection_round, on).cells, lambda cell: cell.candidate.pk)
    notes = grouped(_open_notes(selection_round, user), lambda thread: thread.note.candidate_id)
    countries = [candidate.country for candidate in candidates]
    restrictions = {row.country.pk: row for row in reviewed(countries, on)}
    compacts = earlier_compacts([country.code for country in countries], on)
    questions = questions_of(selection_round)
    run = page.run
    scores = CountryScore.objects.filter(run=run.run_id, country__in=countries) if run else CountryScore.objects.none()
    lines = dict(scores.values_list("country", "lines"))
    decisions = Decision.objects.filter(candidate__in=candidates, superseded_at__isnull=True)
    in_effect = {row.candidate_id: row for row in decisions.select_related("decided_by")}
    current = Recommendation.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    return Cases(
        page,
        limits_on(on),
        [
            CaseToDecide(
                row,
                scored.get(row.candidate_id),
                lines.get(row.candidate.country_id, ()),
                criteria[row.candidate_id],
                cells.get(row.candidate_id, ()),
                [*notes.get(row.candidate_id, ()), *notes.get(None, ())],
                restrictions[row.candidate.country_id],
                compacts[row.candidate.country.code],
                questions.get(row.candidate_id, ()),
                in_effect.get(row.candidate_id),
            )
            for row in recommendations
        ],
        current.count(),
        current.filter(decision__isnull=False).count(),
    )


def _open_notes(selection_round: SelectionRound, user: User) -> list[Thread]:
    """Return the notes that are open, disputed, or rejected, and that the account sees."""
    rejected = Adjudication.objects.filter(superseded_at__isnull=True, outcome=Outcome.REJECTED)
    against = Q(status__in=(NoteStatus.OPEN, NoteStatus.ESCALATED)) | Q(pk__in=rejected.values("note"))
    rows = Note.objects.visible_to(user).live().filter(against, round=selection_round).order_by("pk")
    return threads(with_threads(rows), criterion_labels(selection_round))
