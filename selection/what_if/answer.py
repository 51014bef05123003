"""Answer of the engine to a question: the ranking by other weights, another pool, other evidence rules, other choices.

The cells are the run's own, taken as the options of its method say; see `designs`. The pool and the rules determine
whether a country is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from selection.pool_rules.policy import REASONS, Reason
from selection.scoring import Node, Result, Status
from selection.scoring.evidence import known_ages
from selection.scoring.hurdles import Verdict
from selection.scoring.ranking import competition_ranks, places
from selection.scoring.robustness.counters import Places
from selection.scoring.robustness.exact import branch_scores
from selection.scoring.tree import Plan, compile_tree
from selection.scoring.uncertainty import rank_intervals
from selection.scoring.value_functions import BoolArray, FloatArray, IntArray, Positions

from . import askable as parts
from .askable import Askable, Rule
from .changed_basis import changed, figures_of
from .designs import Taken, choices_of, overdue_in
from .question import Question

if TYPE_CHECKING:
    from selection.runs.queries.basis import Basis

NEED, FEASIBILITY = "need", "feasibility"
NOTHING_WEIGHTED = "nothing_weighted"
"""Error of a question that gives every criterion a weight of 0."""


@dataclass(frozen=True, slots=True)
class Chances:
    """Ranks at 5, 50 and 95 percent of the draws, and the shares of draws within the shorter and the first N.

    For a provisional country they are the places that it would take among the ranked.
    """

    low: int
    median: int
    high: int
    p10: float
    p20: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Result of one country for a question. Scores are 0 to 100; `place` is the rank that its score would take."""

    code: str
    status: str
    rank: int | None
    place: int | None
    score: float | None
    need: float | None
    feasibility: float | None
    fails: tuple[str, ...] = ()
    chances: Chances | None = None


@dataclass(frozen=True)
class Answer:
    """Every country by a question, in the order of the snapshot.

    With an `error` nothing could be ranked, and there are no rows. `lone` is the only one of need and feasibility
    that counts, "" if both do. `draws` is 0 for an answer without chances.
    """

    question: Question
    rows: tuple[Answered, ...] = ()
    error: str = ""
    lone: str = ""
    draws: int = 0
    by_code: Mapping[str, Answered] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {row.code: row for row in self.rows})

    @property
    def ranked(self) -> list[Answered]:
        return sorted((row for row in self.rows if row.rank is not None), key=lambda row: (row.rank, row.code))

    @property
    def ranks(self) -> dict[str, int]:
        return {row.code: row.rank for row in self.rows if row.rank is not None}

    def count(self, status: Status) -> int:
        return sum(row.status == status for row in self.rows)


def askable_of(basis: Basis) -> Askable:
    """Return the parts of a run that a question may change."""
    reasons = reasons_of(basis)
    counts = {reason: list(reasons.values()).count(reason) for reason in REASONS}
    return Askable(
        parts.groups_of(basis.result.plan),
        tuple(
            parts.PoolReasonOption(reason.value, rule.label, counts[reason])
            for reason, rule in REASONS.items()
            if not rule.fixed
        ),
        tuple(
            Rule(rule.key, rule.label, None if rule.within is None else int(rule.within))
            for rule in basis.model.method.rules
        ),
        choices_of(basis),
        overdue_in(basis),
        figures_of(basis),
        frozenset(basis.result.countries),
    )


def reasons_of(basis: Basis) -> dict[str, str]:
    pool = basis.selection.pool
    return {code: entry.reason_code for code, entry in pool.outside.items()} if pool else {}


def answer(basis: Basis, question: Question, draws: int = 0, *, designs: bool = True) -> Answer:
    """Return the ranking for a question; with `draws`, chances of the ranked and provisional countries.

    The draws vary the design if those of the run do, but for the options asked for; without `designs`, only data and
    weights.
    """
    basis = changed(basis, question)
    taken = taken_by(basis, question)
    if taken.plan.root is None:
        return Answer(question, error=NOTHING_WEIGHTED)
    result, u = basis.result, taken.u
    statuses, fails = _statuses(basis, question, branch_scores(taken.plan, u)[-1])
    ranked = np.array([status == Status.RANKED for status in statuses], dtype=np.bool_)
    plan = taken.plan_among(np.flatnonzero(ranked))
    scores = branch_scores(plan, u)
    total = np.where([status == Status.NOT_RANKABLE for status in statuses], np.nan, scores[-1])
    ranks, taking = competition_ranks(np.where(ranked, total, np.nan)), places(total, ranked)
    axes = {key: _of_node(plan, key, scores, len(total)) for key in (NEED, FEASIBILITY)}
    chances = _drawn(taken, statuses, ranks, draws, designs=designs) if draws else {}
    rows = tuple(
        Answered(
            code,
            statuses[i],
            int(ranks[i]) or None,
            int(taking[i]) or None,
            _points(total[i]),
            _points(axes[NEED][i]),
            _points(axes[FEASIBILITY][i]),
            fails[i],
            chances.get(i),
        )
        for i, code in enumerate(result.countries)
    )
    counted = [plan.branches[child.index].key for child in plan.branches[-1].children if not child.leaf]
    return Answer(question, rows, "", counted[0] if len(counted) == 1 else "", draws)


# ---- weights -------------------------------------------------------------------------------------------------------


def taken_by(basis: Basis, question: Question) -> Taken:
    numbers: dict[str, float] = {}
    askable = askable_of(basis)
    if question.weights:
        for group in askable.groups:
            if any(weight.key in question.weights for weight in group.weights):
                numbers |= {w.key: question.weights.get(w.key, w.percent) for w in group.weights}
    model = replace(basis.model, root=_with_numbers(basis.model.root, numbers))
    inactive = {item.criterion.key for item in basis.result.prepared if item.inactive}
    return Taken(basis, question, askable, compile_tree(model, inactive), model)


def _with_numbers(node: Node, numbers: Mapping[str, float]) -> Node:
    return replace(
        node,
        weight=numbers.get(node.key, node.weight),
        children=tuple(
            _with_numbers(child, numbers)
            if isinstance(child, Node)
            else replace(child, weight=numbers.get(child.key, child.weight))
            for child in node.children
        ),
    )


def _of_node(plan: Plan, key: str, scores: Sequence[FloatArray], size: int) -> FloatArray:
    by_key = {branch.key: values for branch, values in zip(plan.branches, scores, strict=True)}
    return by_key[key] if key in by_key else np.full(size, np.nan)


def _points(value: float) -> float | None:
    return None if np.isnan(value) else 100.0 * float(value)


# ---- who is ranked -------------------------------------------------------------------------------------------------


def _statuses(basis: Basis, question: Question, scores: FloatArray) -> tuple[list[str], list[tuple[str, ...]]]:
    result, reasons = basis.result, reasons_of(basis)
    facts, rules = basis.model.method.facts, basis.model.method.rules
    barred = barred_by_hurdle(result)
    ages = {item.criterion.key: known_ages(item, basis.cells.get(item.criterion.key)) for item in result.prepared}
    limits = {rule.key: question.evidence.get(rule.key, rule.within) for rule in rules}
    off = {key for key, years in question.evidence.items() if years is None}
    statuses: list[str] = []
    fails: list[tuple[str, ...]] = []
    for i, code in enumerate(result.countries):
        reason = reasons.get(code, "")
        outside = result.statuses[i] == Status.OUTSIDE_POOL and (
            reason == Reason.UNITED_STATES or reason not in question.let_in
        )
        failed = tuple(
            rule.key
            for rule in rules
            if rule.key not in off and not holds([ages[key][i] for key in rule.criteria], rule.least, limits[rule.key])
        )
        fails.append(() if outside else failed)
        if outside:
            statuses.append(Status.OUTSIDE_POOL)
        elif facts and all(np.isnan(ages[key][i]) for key in facts):
            statuses.append(Status.NOT_RANKABLE)
        elif failed:
            statuses.append(Status.PROVISIONAL)
        elif np.isnan(scores[i]):
            statuses.append(Status.UNRANKED_REQUIRED)
        else:
            statuses.append(Status.SCREENED_OUT if barred[i] else Status.RANKED)
    return statuses, fails


def holds(ages: Sequence[float], least: int, within: float | None) -> bool:
    """Return whether enough of the criteria of a rule are known, and young enough; an age that is not known is NaN."""
    limit = np.inf if within is None else within
    return sum(age <= limit for age in ages) >= least


def barred_by_hurdle(result: Result) -> BoolArray:
    """Return a mask (n,) of the countries that a binding hurdle excludes from the ranking."""
    barred = np.zeros(len(result.countries), dtype=np.bool_)
    for outcome in result.hurdles:
        barred |= outcome.binding != Verdict.PASS
    return barred


# ---- draws ---------------------------------------------------------------------------------------------------------


def _drawn(taken: Taken, statuses: Sequence[str], ranks: IntArray, draws: int, *, designs: bool) -> dict[int, Chances]:
    """Return the chances of ranked and provisional countries by position; the seed is the run's."""
    method = taken.model.method
    order = np.argsort(np.where(ranks > 0, ranks, len(ranks) + 1), kind="stable")[: int((ranks > 0).sum())]
    beside = np.flatnonzero([status == Status.PROVISIONAL for status in statuses])
    positions: Positions = np.concatenate([order, beside]).astype(np.intp)
    simulation, counted = taken.simulation(positions, len(order), designs=designs), Places(len(order), len(beside))
    counts = simulation.run(draws, taken.basis.result.seed, (counted,))
    chances = _chances(counts, order, method.short, method.first, draws)
    return chances | _chances(counted.counts, beside, method.short, method.first, draws)


def _chances(counts: IntArray, positions: Positions, short: int, first: int, draws: int) -> dict[int, Chances]:
    if not len(positions):
        return {}
    ends = rank_intervals(counts).tolist()
    within = [(counts[:, :limit].sum(axis=1) / draws).tolist() for limit in (short, first)]
    return {
        position: Chances(ends[k][0], ends[k][1], ends[k][2], p10=within[0][k], p20=within[1][k])
        for k, position in enumerate(positions.tolist())
    }
