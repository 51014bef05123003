"""Question with its answer as pages read it: countries by name, and the list that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.models import ScoreRun
from selection.runs.queries.basis import Basis
from selection.runs.queries.stored_runs import find_run, runs
from selection.runs.rows import Ranking, RankingRow, ranking_of
from selection.scoring import ENGINE_VERSION
from selection.scoring.robustness.all_in import group_by_draws
from selection.what_if.answer import Answer, Answered, answer, askable_of
from selection.what_if.askable import Askable
from selection.what_if.designs import draws_designs
from selection.what_if.effect import Effect, effect
from selection.what_if.question import Question

RUNS_OFFERED = 12
"""Number of newest runs that a list may be compared with."""


@dataclass(frozen=True)
class Base:
    """List that an answer is compared with: its ranks by country, and its label."""

    key: str
    label: str
    short: str
    ranks: Mapping[str, int]


@dataclass(frozen=True)
class AnsweredQuestion:
    """Question to a run, its answer, and the list that it is compared with.

    If the question has no answer, `shown` is that of the run.
    """

    run: ScoreRun
    basis: Basis
    askable: Askable
    ranking: Ranking
    rows: Mapping[str, RankingRow]
    question: Question
    answer: Answer
    shown: Answer
    base: Base

    @property
    def first(self) -> int:
        return self.ranking.table.first

    @property
    def effect(self) -> Effect:
        return effect(self.base.ranks, self.shown.ranks, self.first)

    def name(self, code: str) -> str:
        return self.rows[code].name if code in self.rows else code

    @property
    def is_all_in(self) -> bool:
        """Return whether the draws vary the design, so that their share alone gives the group."""
        return draws_designs(self.basis)

    def group_of(self, row: Answered) -> str:
        """Return the group of a ranked country by the draws of the question; "" without any."""
        method = self.basis.model.method
        if row.chances is None or row.rank is None or not self.is_all_in:
            return ""
        return group_by_draws(np.array([row.chances.p20]), method.groups)[0]

    @property
    def is_drawn(self) -> bool:
        """Return whether the chances are those of the question, not of the run."""
        return bool(self.shown.draws)


def answer_question(
    run: ScoreRun, basis: Basis, question: Question, *, draws: int = 0, base: Base | None = None
) -> AnsweredQuestion:
    ranking = ranking_of(run)
    computed = answer(basis, question, draws)
    shown = answer(basis, Question()) if computed.error else computed
    return AnsweredQuestion(
        run,
        basis,
        askable_of(basis),
        ranking,
        {row.code: row for row in ranking.rows},
        question,
        computed,
        shown,
        base or base_of(run),
    )


def base_of(run: ScoreRun) -> Base:
    """Return the ranks of a run as a list to compare with."""
    ranks = {row.code: row.rank for row in ranking_of(run).ranked if row.rank is not None}
    return Base(str(run.pk), run_label(run), f"Run {run.pk}", ranks)


def run_label(run: ScoreRun) -> str:
    return f"Run {run.pk}, version {run.model_version}"


def comparable_runs(run: ScoreRun) -> list[ScoreRun]:
    """Return the runs of the present method that a list may be compared with, the default first."""
    others = runs().filter(engine_version=ENGINE_VERSION).exclude(pk=run.pk)
    return [run, *others[:RUNS_OFFERED]]


def comparable_run(number: str) -> ScoreRun | None:
    """Return the run of this number that a list may be compared with; None if there is none."""
    run = find_run(number)
    return run if run is not None and run.engine_version == ENGINE_VERSION else None
