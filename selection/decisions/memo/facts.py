"""Everything that the content of a memo is made from, read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from cpc.grouping import grouped
from selection.candidates.queries import RoundPage, ScoredCandidate, round_page
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, RoundConsultation, consultation_of
from selection.decisions.memo.findings import finding_of, word_of
from selection.decisions.memo.notes import notes_of
from selection.decisions.memo.problem import CountryFacts, facts_of
from selection.decisions.queries import Deliberated, deliberation
from selection.lookups.earlier_compacts import EarlierCompact, PolicyLimits, earlier_compacts, policy_limits
from selection.model_definition.statutory_criteria import StatutoryCriterion
from selection.models import Action, Decision, Rating, RatingEvidence, Recommendation, SelectionRound
from selection.notes.queries import Thread
from selection.ratings.queries import LINKED
from selection.restrictions.queries import ReviewedCountry, reviewed

IN_DETAIL = (Action.SELECT, Action.SHORTLIST)
"""Recommendations that the memo explains in half a page; the others share a table."""


@dataclass(frozen=True)
class MemoLine:
    """One recommended candidate with what the memo needs of it."""

    deliberated: Deliberated
    recommendation: Recommendation
    facts: CountryFacts
    criteria: Sequence[StatutoryCriterion]
    ratings: Mapping[str, Sequence[Rating]]
    compacts: Sequence[EarlierCompact]
    cells: Sequence[PositionCell]
    restrictions: ReviewedCountry
    decision: Decision | None = None

    @property
    def key(self) -> int:
        return self.deliberated.candidate.pk

    @property
    def name(self) -> str:
        return self.deliberated.candidate.country.name

    @property
    def action(self) -> Action:
        return Action(self.recommendation.action)

    @property
    def scored(self) -> ScoredCandidate:
        return self.deliberated.scored

    @property
    def answers(self) -> dict[str, str]:
        """Return the finding on each statutory criterion: "Found", "Not found"."""
        return {criterion.key: word_of(criterion) for criterion in self.criteria}

    @property
    def findings(self) -> list[dict[str, str]]:
        """Return the finding on each statutory criterion with what it rests on."""
        return [
            finding_of(
                criterion,
                [rating for condition in criterion.conditions for rating in self.ratings.get(condition.row.key, ())],
            )
            for criterion in self.criteria
        ]

    @property
    def waits(self) -> bool:
        """Return True if the recommendation is not decided in this memo."""
        return self.decision is None or self.decision.recommendation_id != self.recommendation.pk

    @property
    def objections(self) -> list[PositionCell]:
        return [cell for cell in self.cells if cell.status is PositionStatus.DOES_NOT_CLEAR]


@dataclass(frozen=True)
class MemoFacts:
    today: dt.date
    page: RoundPage
    lines: Sequence[MemoLine]
    consultation: RoundConsultation
    notes: Sequence[Thread]
    limits: PolicyLimits | None = None
    others: Sequence[str] = field(default=())

    @property
    def round(self) -> SelectionRound:
        return self.page.round

    @property
    def detailed(self) -> list[MemoLine]:
        return [row for row in self.lines if row.action in IN_DETAIL]

    @property
    def brief(self) -> list[MemoLine]:
        return [row for row in self.lines if row.action not in IN_DETAIL]

    @property
    def selected(self) -> list[MemoLine]:
        return [row for row in self.lines if row.action is Action.SELECT]


def memo_facts(selection_round: SelectionRound, today: dt.date, *, with_decisions: bool = True) -> MemoFacts:
    """Load the facts of a memo of a round on a day, in a fixed number of queries.

    A memo for decision leaves out the decisions on its own recommendations, so that it stays the same while the
    approver signs one line after another. A decision on an earlier recommendation is in every memo.
    """
    page = round_page(selection_round)
    rows = [row for row in deliberation(selection_round) if row.recommendation is not None]
    countries = [row.candidate.country for row in rows]
    facts = facts_of(countries, selection_round.as_of)
    compacts = earlier_compacts([country.code for country in countries], today)
    consultation = consultation_of(selection_round, today)
    cells = grouped(consultation.cells, lambda cell: cell.candidate.pk)
    restrictions = {row.country.pk: row for row in reviewed(countries, today)}
    ratings = _ratings(page)
    lines = [
        MemoLine(
            row,
            row.recommendation,
            facts[row.candidate.country_id],
            page.statutory_criteria.get(row.candidate.pk, ()),
            ratings.get(row.candidate.pk, {}),
            compacts[row.candidate.country.code],
            cells.get(row.candidate.pk, ()),
            restrictions[row.candidate.country_id],
            _decision(row, with_decisions),
        )
        for row in rows
        if row.recommendation is not None
    ]
    named = {row.key for row in lines}
    return MemoFacts(
        today,
        page,
        lines,
        consultation,
        notes_of(selection_round),
        policy_limits(today),
        [scored.name for scored in page.candidates if scored.candidate.pk not in named],
    )


def _decision(row: Deliberated, with_decisions: bool) -> Decision | None:
    if row.decision is None or row.recommendation is None or with_decisions:
        return row.decision
    if row.decision.recommendation_id != row.recommendation.pk:
        return row.decision
    return row.decision.supersedes


def _ratings(page: RoundPage) -> dict[int, dict[str, Sequence[Rating]]]:
    """Return the ratings that the current score counts, with their evidence, by candidate and criterion."""
    counted = page.run.run.inputs.get("ratings", {}) if page.run else {}
    keys = [int(key) for by_country in counted.values() for own in by_country.values() for key in own]
    evidence = Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))
    rows = Rating.objects.filter(pk__in=keys).order_by("pk").prefetch_related(evidence)
    by_candidate = grouped(rows, lambda row: row.candidate_id)
    return {key: dict(grouped(own, lambda row: row.criterion)) for key, own in by_candidate.items()}
