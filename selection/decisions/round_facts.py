"""Facts of a round that its rules check, and the obstacle that a rule finds."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Prefetch

from cpc.accounts.models import Agency
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.consultation.queries import PositionCell, RoundConsultation, consultation_of
from selection.lookups.rounds import statutory_consultees
from selection.model_definition.statutory_criteria import StatutoryCriterion
from selection.models import (
    Action,
    Adjudication,
    Candidate,
    CountryScore,
    Note,
    NoteKind,
    NoteVisibility,
    Rating,
    Recommendation,
    RoundRun,
    SelectionRound,
)
from selection.pool_rules.pools import partners
from selection.ratings.queries import changed_since, rated_rows
from selection.restrictions.queries import ReviewedCountry, reviewed


class Weight(enum.Enum):
    """Weight of an obstacle: it stops the memo and the decision, is printed in the memo, or is fine."""

    STOPS = "stops"
    PRINTS = "prints"
    FINE = "fine"


class Step(enum.StrEnum):
    """Steps that an obstacle can stop: two steps of a round, the memo for decision, a decision, and closing."""

    OPEN_CONSULTATION = "open_consultation"
    DELIBERATE = "deliberate"
    MEMO = "memo"
    DECISION = "decision"
    CLOSE = "decide"


DECIDING = frozenset({Step.MEMO, Step.DECISION, Step.CLOSE})
"""Steps that most rules stop: the memo, each decision, and closing the round."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One obstacle of a round, a line of the list.

    `key` is stable, so that an acknowledgment can name it. `candidates` are the keys of those concerned; none means the
    whole round. `blocks` are the steps that it stops, `about` the part of the page or form that it belongs to.
    """

    key: str
    code: str
    weight: Weight
    title: str
    detail: str = ""
    url: str = ""
    verb: str = ""
    candidates: tuple[int, ...] = ()
    blocks: frozenset[Step] = frozenset()
    citation: str = ""
    about: str = ""

    @property
    def message(self) -> str:
        """Return title and detail as one text."""
        return f"{self.title} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """Facts about a round and some of its candidates, read once in a fixed number of queries.

    `unrated` are the criteria by candidate that no one rated with a step; `selecting` the candidates for whom the
    preconditions of a selection count.
    """

    round: SelectionRound
    on: dt.date
    candidates: Sequence[Candidate]
    consultation: RoundConsultation
    consultees: Sequence[Agency]
    notes: Sequence[Note]
    restrictions: Mapping[int, ReviewedCountry]
    partners: Mapping[str, str]
    statutory_criteria: Mapping[int, Sequence[StatutoryCriterion]]
    unrated: Mapping[int, Sequence[str]]
    rated_criteria: int
    run: RoundRun | None
    scores: Mapping[int, CountryScore]
    rerated: int
    recommended: Mapping[int, Recommendation]
    selecting: frozenset[int] = field(default_factory=frozenset)

    @property
    def cells(self) -> list[PositionCell]:
        """Return the answers that agencies owe or gave on these candidates."""
        wanted = {candidate.pk for candidate in self.candidates}
        return [cell for cell in self.consultation.cells if cell.request.owes and cell.candidate.pk in wanted]

    def of(self, candidate: Candidate, *, selecting: bool) -> RoundFacts:
        """Return the facts about one candidate alone."""
        return replace(self, candidates=(candidate,), selecting=frozenset({candidate.pk} if selecting else ()))

    def named(self, keys: Collection[int]) -> list[str]:
        """Return the names of candidates by their keys."""
        return [candidate.country.name for candidate in self.candidates if candidate.pk in keys]


def round_facts_of(
    selection_round: SelectionRound, on: dt.date, candidates: Sequence[Candidate] | None = None
) -> RoundFacts:
    """Load the facts about the pool of a round, or about some candidates."""
    if candidates is None:
        candidates = list(
            selection_round.candidates.in_pool().select_related("country", "round__model").order_by("country__name")
        )
    countries = {candidate.country_id: candidate.country for candidate in candidates}
    run = selection_round.runs.select_related("run").order_by("-number").first()
    recommended = Recommendation.objects.filter(candidate__in=candidates, superseded_at__isnull=True)
    by_candidate = {row.candidate_id: row for row in recommended}
    criteria = rated_rows(selection_round)
    return RoundFacts(
        round=selection_round,
        on=on,
        candidates=candidates,
        consultation=consultation_of(selection_round, on),
        consultees=statutory_consultees(),
        notes=_notes(selection_round),
        restrictions={row.country.pk: row for row in reviewed(countries.values(), on)},
        partners=partners(),
        statutory_criteria=statutory_by_candidate(selection_round, candidates),
        unrated=_unrated(candidates, [row.key for row in criteria]),
        rated_criteria=len(criteria),
        run=run,
        scores={row.country_id: row for row in CountryScore.objects.filter(run=run.run_id).defer("lines")}
        if run
        else {},
        rerated=changed_since(run, selection_round),
        recommended=by_candidate,
        selecting=frozenset(key for key, row in by_candidate.items() if row.action == Action.SELECT),
    )


def _notes(selection_round: SelectionRound) -> list[Note]:
    """Return the live critical and major notes that the office sees, with the answer that counts now."""
    live = Prefetch(
        "adjudications", Adjudication.objects.filter(superseded_at__isnull=True), to_attr="live_adjudications"
    )
    rows = selection_round.notes.live().filter(kind__in=(NoteKind.CRITICAL, NoteKind.MAJOR))
    rows = rows.exclude(visibility=NoteVisibility.AGENCY).select_related("candidate__country", "agency")
    return list(rows.prefetch_related(live).order_by("pk"))


def _unrated(candidates: Sequence[Candidate], criteria: Sequence[str]) -> dict[int, list[str]]:
    rows = Rating.objects.filter(candidate__in=candidates, superseded_at__isnull=True, step__isnull=False)
    rated = set(rows.values_list("candidate", "criterion"))
    return {candidate.pk: [key for key in criteria if (candidate.pk, key) not in rated] for candidate in candidates}
