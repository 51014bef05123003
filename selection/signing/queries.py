"""Reads for signing: the lines that wait, the memo they are in, and questions about them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from selection.models import Candidate, Discussion, Memo, Recommendation, SelectionRound


def newest_memo(selection_round: SelectionRound) -> Memo | None:
    return selection_round.memos.select_related("round", "made_by").order_by("-number").first()


def undecided(selection_round: SelectionRound) -> QuerySet[Recommendation]:
    """Return the recommendations that wait for the approver, in the order of the memo."""
    rows = Recommendation.objects.filter(
        candidate__round=selection_round, superseded_at__isnull=True, decision__isnull=True
    )
    return rows.select_related("candidate__country", "drafted_by").order_by("place", "pk")


def to_sign(selection_round: SelectionRound) -> list[Recommendation]:
    """Return the recommendations that an approver can sign: those without an open question."""
    return list(undecided(selection_round).exclude(Exists(open_questions(recommendation=OuterRef("pk")))))


def open_questions(**of: object) -> QuerySet[Discussion]:
    return Discussion.objects.filter(answered_at__isnull=True, recommendation__superseded_at__isnull=True, **of)


def open_question(candidate: Candidate) -> Discussion | None:
    rows = open_questions(recommendation__candidate=candidate)
    return rows.select_related("recommendation__candidate__country", "asked_by", "memo").first()
