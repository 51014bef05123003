"""Reads of recommendations and decisions, and the digests of all that a decided round rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from cpc.accounts.models import User
from cpc.grouping import grouped
from selection.candidates.queries import ScoredCandidate, round_page
from selection.models import (
    Acknowledgment,
    Adjudication,
    Candidate,
    Concurrence,
    Decision,
    Discussion,
    Disposition,
    EvidenceVersion,
    Memo,
    Note,
    NoteVisibility,
    Position,
    ProceedWithout,
    Rating,
    Recommendation,
    RestrictionFinding,
    RoundFreeze,
    ScoreRun,
    SelectionRound,
)
from selection.scoring import sha256_of

_encoder = DjangoJSONEncoder()
_PASSING = frozenset({"superseded_at", "withdrawn_at", "withdrawn_by", "withdrawn_because"})
"""Columns that later actions fill.

A freeze leaves them out, so its digests stay valid.
"""


@dataclass(frozen=True, slots=True)
class Deliberated:
    scored: ScoredCandidate
    recommendation: Recommendation | None
    decision: Decision | None

    @property
    def candidate(self) -> Candidate:
        return self.scored.candidate

    @property
    def waits(self) -> bool:
        """Return True if a recommendation waits for the approver."""
        return self.recommendation is not None and not hasattr(self.recommendation, "decision")


def deliberation(selection_round: SelectionRound) -> list[Deliberated]:
    """Return every candidate with its recommendation: in the memo's order, then the others by score."""
    recommended = {row.candidate_id: row for row in recommendations(selection_round)}
    decided = {row.candidate_id: row for row in decisions(selection_round)}
    rows = [
        Deliberated(scored, recommended.get(scored.candidate.pk), decided.get(scored.candidate.pk))
        for scored in round_page(selection_round).candidates
    ]
    return sorted(
        rows, key=lambda row: (row.recommendation is None, row.recommendation.place if row.recommendation else 0)
    )


def recommendations(selection_round: SelectionRound) -> list[Recommendation]:
    """Return the current recommendations, in the order of the memo."""
    rows = Recommendation.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    return list(rows.select_related("candidate__country", "drafted_by", "decision__decided_by").order_by("place", "pk"))


def decisions(selection_round: SelectionRound) -> list[Decision]:
    rows = Decision.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    related = ("candidate__country", "recommendation__drafted_by", "decided_by", "supersedes__decided_by")
    return list(rows.select_related(*related).order_by("candidate__country__name"))


def questions_of(selection_round: SelectionRound) -> dict[int, list[Discussion]]:
    """Return the questions about the current recommendations, by the key of the candidate, oldest first."""
    rows = Discussion.objects.filter(
        recommendation__candidate__round=selection_round, recommendation__superseded_at__isnull=True
    )
    found = rows.select_related("recommendation", "asked_by", "answered_by").order_by("pk")
    return grouped(found, lambda row: row.recommendation.candidate_id)


def find_recommendation(candidate: Candidate) -> Recommendation | None:
    rows = candidate.recommendations.filter(superseded_at__isnull=True)
    return rows.select_related("candidate__country", "drafted_by", "decision__decided_by").first()


def revision_of(recommendation: Recommendation | None) -> str:
    """Return the revision of a candidate's current recommendation, which is superseded and never edited: its key."""
    return str(recommendation.pk if recommendation else 0)


def history(candidate: Candidate) -> list[Recommendation]:
    rows = candidate.recommendations.select_related("drafted_by", "decision__decided_by")
    return list(rows.order_by("-pk"))


def memos(selection_round: SelectionRound) -> list[Memo]:
    return list(selection_round.memos.select_related("made_by").defer("content").order_by("-number"))


def newest_memo(selection_round: SelectionRound) -> Memo | None:
    return selection_round.memos.select_related("round", "made_by").order_by("-number").first()


def find_memo(user: User, pk: int, number: int) -> Memo | None:
    rounds = SelectionRound.objects.visible_to(user).filter(pk=pk)
    return Memo.objects.select_related("round", "made_by").filter(round__in=rounds, number=number).first()


def freezes(selection_round: SelectionRound) -> list[RoundFreeze]:
    return list(selection_round.freezes.select_related("by").order_by("-number"))


def frozen_memos(selection_round: SelectionRound) -> set[int]:
    """Return the numbers of the memo issues in the newest freeze."""
    newest = selection_round.freezes.order_by("-number").values_list("manifest__memos", flat=True).first()
    return {int(number) for number in newest or {}}


# ---- contents of a freeze ------------------------------------------------------------------------------------------


def manifest_of(selection_round: SelectionRound) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of every row that the decided round rests on, by kind and key."""
    decided = Decision.objects.filter(candidate__round=selection_round)
    return {
        **_rests_on(selection_round),
        "decisions": _digests(decided),
        "acknowledgments": _digests(Acknowledgment.objects.filter(decision__in=decided)),
        "discussions": _digests(Discussion.objects.filter(recommendation__candidate__round=selection_round)),
        "memos": {str(memo.number): memo.sha256 for memo in selection_round.memos.order_by("number")},
    }


def basis_of(selection_round: SelectionRound) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of every row that decisions rest on, and which positions and notes are current.

    A position or note may be withdrawn without another row.
    """
    positions = Position.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    notes = Note.objects.live().filter(round=selection_round).exclude(visibility=NoteVisibility.AGENCY)
    return {
        **_rests_on(selection_round),
        "current_positions": {str(key): "" for key in positions.values_list("pk", flat=True)},
        "current_notes": {str(key): "" for key in notes.values_list("pk", flat=True)},
    }


NOT_OUTDATING = frozenset({"evidence", "restrictions"})
"""Parts that change with data and law: the checks of a decision read them as they are on its day."""


def changed_since(memo: Memo) -> list[str]:
    """Return the kinds of rows that were added, changed, or withdrawn since a memo was issued, and that outdate it."""
    now = basis_of(memo.round)
    return [part for part, rows in now.items() if part not in NOT_OUTDATING and rows != memo.basis.get(part, {})]


def _rests_on(selection_round: SelectionRound) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of every row that recommendations and decisions rest on, by kind and key.

    Leaves out notes that only their agency sees, because the office has not read them.
    """
    of_candidates = {"candidate__round": selection_round}
    positions = Position.objects.filter(**of_candidates)
    notes = Note.objects.filter(round=selection_round).exclude(visibility=NoteVisibility.AGENCY)
    adjudications = Adjudication.objects.filter(note__in=notes)
    runs = ScoreRun.objects.filter(rounds__round=selection_round)
    recommended = Recommendation.objects.filter(**of_candidates)
    return {
        "runs": {
            str(run.pk): sha256_of([run.model_hash, run.table_hash, run.snapshot_hash, run.inputs_hash, run.as_of])
            for run in runs.order_by("pk").only(
                "pk", "model_hash", "table_hash", "snapshot_hash", "inputs_hash", "as_of"
            )
        },
        "evidence": {
            str(key): digest
            for key, digest in EvidenceVersion.objects.filter(**of_candidates)
            .order_by("pk")
            .values_list("pk", "digest")
        },
        "ratings": _digests(Rating.objects.filter(**of_candidates)),
        "restrictions": _digests(
            RestrictionFinding.objects.filter(country__candidacies__recommendations__in=recommended).distinct()
        ),
        "not_asked": _digests(selection_round.not_asked.all()),
        "positions": _digests(positions),
        "dispositions": _digests(Disposition.objects.filter(position__in=positions)),
        "proceeded": _digests(ProceedWithout.objects.filter(**of_candidates)),
        "notes": _digests(notes, besides=("status",)),
        "adjudications": _digests(adjudications),
        "concurrences": _digests(Concurrence.objects.filter(adjudication__in=adjudications)),
        "recommendations": _digests(recommended),
    }


def _digests(rows: models.QuerySet[Any], besides: Sequence[str] = ()) -> dict[str, str]:
    left_out = {*_PASSING, *besides}
    digests = {}
    for row in rows.order_by("pk").values():
        values = {name: value for name, value in row.items() if name.removesuffix("_id") not in left_out}
        digests[str(row["id"])] = sha256_of(_encoder.encode(values))
    return digests
