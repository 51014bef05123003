"""What a dossier reads of its candidate: the current score, the evidence version, and what happened when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from selection.models import Candidate, CandidateMove, EvidenceVersion, ScoreRun


def current_run(candidate: Candidate) -> ScoreRun | None:
    """The round's current score, where it holds this candidate."""
    newest = candidate.round.runs.select_related("run").order_by("-number").first()
    if newest is None or candidate.country.code not in newest.run.inputs.get("candidates", ()):
        return None
    return newest.run


def newest_evidence(candidate: Candidate) -> EvidenceVersion | None:
    """What is shown of the candidate now, or None before it was first compared."""
    return candidate.evidence.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a candidate."""

    at: dt.datetime
    words: str
    who: str
    note: str = ""


def timeline(candidate: Candidate) -> list[Event]:
    """Moves, evidence versions and ratings of a candidate, the newest first."""
    events = [
        Event(move.at, _moved(move), _name(move.actor), move.reason) for move in candidate.moves.select_related("actor")
    ]
    events += [
        Event(
            version.at,
            f"Evidence version {version.number}",
            "",
            "; ".join(f"{c['label']}: {c['before']} became {c['after']}" for c in version.changes),
        )
        for version in candidate.evidence.defer("cells")
    ]
    events += [
        Event(
            rating.at,
            f"Rated {rating.criterion}: {'not known' if rating.step is None else f'{rating.step} of 4'}",
            str(rating.rater),
            rating.rationale,
        )
        for rating in candidate.ratings.select_related("rater")
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _moved(move: CandidateMove) -> str:
    because = move.get_excluded_because_display().lower()
    return f"Left out: {because}" if move.excluded_because else "Put into the pool"


def _name(actor: object) -> str:
    return str(actor) if actor else "By the rule"
