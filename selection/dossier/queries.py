"""Reads of a dossier: the current score, the evidence version, and the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cpc.accounts.models import User
from selection.models import STEPS, Candidate, CandidateMove, ScoreRun
from selection.ratings.queries import hidden_criteria, ratings_of


def current_run(candidate: Candidate) -> ScoreRun | None:
    """Return the round's current score if it includes this candidate, or None."""
    newest = candidate.round.runs.select_related("run").order_by("-number").first()
    if newest is None or candidate.country.code not in newest.run.inputs.get("candidates", ()):
        return None
    return newest.run


@dataclass(frozen=True, slots=True)
class Event:
    at: dt.datetime
    label: str
    who: str
    note: str = ""


def timeline(candidate: Candidate, user: User) -> list[Event]:
    """Return the events on a candidate, the newest first.

    Events are moves, evidence versions, documents, and the ratings that the reader sees.
    """
    hidden = hidden_criteria(candidate, user)
    events = [
        Event(move.at, _moved(move), _name(move.actor), move.reason) for move in candidate.moves.select_related("actor")
    ]
    events += [
        Event(
            version.at,
            f"Evidence version {version.number}",
            "",
            "; ".join(_changed(change, hidden) for change in version.changes),
        )
        for version in candidate.evidence.defer("cells")
    ]
    events += [
        Event(document.at, f"Document added: {document.title}", str(document.uploaded_by), document.source)
        for document in candidate.documents.select_related("uploaded_by")
    ]
    events += _ratings(candidate, user)
    return sorted(events, key=lambda event: event.at, reverse=True)


def _ratings(candidate: Candidate, user: User) -> Iterator[Event]:
    for rated_criterion in ratings_of(candidate, user).criteria:
        for rating in (*rated_criterion.shown, *rated_criterion.shown_earlier):
            step = "not known" if rating.step is None else f"{rating.step} of {STEPS}"
            label = rated_criterion.row.label
            yield Event(rating.at, f"Rated {label}: {step}", str(rating.rater), rating.rationale)
            if rating.withdrawn_because and rating.superseded_at:
                withdrawn = f"Withdrew a rating of {label}"
                yield Event(rating.superseded_at, withdrawn, str(rating.rater), rating.withdrawn_because)


def _changed(change: Mapping[str, str], hidden: Collection[str]) -> str:
    if change["key"] in hidden:
        return f"{change['label']}: a rating was added or withdrawn"
    return f"{change['label']} changed from {change['before']} to {change['after']}"


def _moved(move: CandidateMove) -> str:
    because = move.get_excluded_because_display().lower()
    return f"Left out: {because}" if move.excluded_because else "Added to the pool"


def _name(actor: object) -> str:
    return str(actor) if actor else "By the rule"
