"""The engine: a pure function from a snapshot and a model to a result. No database, clock, locale or shared state."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .canonical_json import sha256_of
from .contributions import contributions
from .estimates import CellEstimates, exact_cells
from .evidence import Estimated, estimate, settled
from .hurdles import HurdleKind, HurdleOutcome, Predicate, Verdict, evaluate, leaf_probability
from .method import Combine
from .missing import CellState, Policy
from .model import Model
from .prepare import ObservedFacts, Prepared, prepare
from .ranking import Status, competition_ranks, equal_when_displayed
from .result import Result
from .robustness import Inputs, Robustness, examine
from .snapshot import Snapshot, SnapshotError
from .tree import Branch, Plan, TreeScores, bounds, compile_tree, score_tree
from .uncertainty import RankUncertainty, pass_shares, seed_from_hash
from .validation import ModelError, ModelFinding, validate
from .value_functions import BoolArray, FloatArray

ENGINE_VERSION = "3.0.0"
"""Version of the engine. It changes whenever the same snapshot and model could give another result or draws."""


@dataclass(frozen=True)
class Rules:
    """Computing rules in which versions of the engine differ.

    `all_in`: a method may draw the design, combine surveys, and count overdue editions.
    """

    all_in: bool


VERSIONS: Mapping[str, Rules] = {"2.1.0": Rules(all_in=False), ENGINE_VERSION: Rules(all_in=True)}
"""The versions that can be computed, the oldest first, so that runs stored under them replay by their rules."""


# One piece: the steps of the method in their order. Each step has its own function, and `Result` takes the values of
# most of them, so that a part of this function would take and return a dozen.
def score(
    snapshot: Snapshot,
    model: Model,
    *,
    draws: int | None = None,
    seed: int | None = None,
    version: str = ENGINE_VERSION,
    held: Mapping[str, CellEstimates] | None = None,
) -> Result:
    """Score and rank every country of the snapshot.

    `draws` defaults to the model's; 0 gives no rank intervals. `seed` defaults to one made from the hashes of the model
    and of the snapshot. `held` are estimates of another result, by criterion, whose fits are taken instead of fitting
    them on this snapshot.
    `version` is one of `VERSIONS`, KeyError for another. Raise ModelError where `validate` finds errors,
    SnapshotError where the data does not fit the model. Where nothing can be scored the ranking is empty and every
    country has its reason.
    """
    rules = VERSIONS[version]
    findings = _checked(model, rules)
    draws, seed = _drawn_as(model, snapshot, draws, seed)
    prepared = {criterion.key: prepare(criterion, snapshot) for criterion in model.criteria}
    estimated, prepared = estimate(model.method, prepared, snapshot, held)
    plan = compile_tree(model, {key for key, item in prepared.items() if item.inactive})
    u, states, credit, clipped = _columns(prepared.values())
    tree = score_tree(plan, u, states, credit)
    facts = ObservedFacts(prepared, snapshot)
    outcomes = _hurdle_outcomes(model, snapshot, facts)
    gaps = _required_gaps(plan, model, prepared, tree)
    scores = _official_scores(plan, tree, gaps)
    judged = settled(estimated.evidence, _statuses(plan, tree, scores, gaps, outcomes))
    scores = np.where([status is Status.NOT_RANKABLE for status, _ in judged], np.nan, scores)
    statuses, reasons = tuple(status for status, _ in judged), tuple(reason for _, reason in judged)
    ranked = np.array([status is Status.RANKED for status in statuses], dtype=np.bool_)
    ranks = competition_ranks(np.where(ranked, scores, np.nan))
    uncertainty, robustness = None, None
    if draws:
        inputs = _inputs(model, plan, prepared, estimated, u, ranks, statuses, scores)
        uncertainty, robustness = _examined(inputs, prepared, facts, draws, seed)
    lower, upper = bounds(plan, u, states, tree)
    parts = contributions(plan, u, tree, ~np.isnan(scores))
    return Result(
        engine_version=version,
        model=model,
        snapshot=snapshot,
        plan=plan,
        prepared=tuple(prepared.values()),
        seed=seed,
        draws=draws,
        statuses=statuses,
        reasons=reasons,
        scores=scores,
        ranks=ranks,
        ranks_among_scored=competition_ranks(scores),
        equal_display=equal_when_displayed(scores, ranks),
        lower=lower,
        upper=upper,
        node_scores=tree.scores,
        node_coverage=tree.coverage,
        u=u,
        states=states,
        clipped=clipped,
        floored=_floored(plan, u),
        effective=np.where(np.isnan(scores)[:, None], 0.0, tree.effective),
        points=parts.points,
        lost=parts.lost,
        owed=parts.owed,
        hurdles=tuple(_with_probabilities(outcomes, prepared, facts, uncertainty)),
        uncertainty=uncertainty,
        findings=(*findings, *_inactive_findings(plan, prepared)),
        estimated=estimated,
        robustness=robustness,
    )


def _drawn_as(model: Model, snapshot: Snapshot, draws: int | None, seed: int | None) -> tuple[int, int]:
    """Return draws and seed, those of the model if none are given. Raise ValueError for a negative one."""
    draws = model.draws if draws is None else draws
    if seed is None:
        seed = seed_from_hash(sha256_of([model.hash, snapshot.hash]))
    if draws < 0 or seed < 0:
        raise ValueError(f"draws is {draws} and seed is {seed}; neither may be negative")
    return draws, seed


def _examined(
    inputs: Inputs, prepared: Mapping[str, Prepared], facts: ObservedFacts, draws: int, seed: int
) -> tuple[RankUncertainty, Robustness]:
    found = examine(inputs, draws=draws, seed=seed)
    passes = pass_shares(inputs.model, prepared, facts, draws=draws, seed=seed)
    return RankUncertainty(draws, seed, inputs.ranked, found.counts, found.intervals, passes), found


def _checked(model: Model, rules: Rules) -> list[ModelFinding]:
    """Return the model's warnings; raises ModelError where it has errors, ValueError for rules that lack its parts."""
    findings = validate(model)
    if not rules.all_in and _needs_all_in(model):
        raise ValueError(f"this version of the engine draws no designs; score the model by {ENGINE_VERSION}")
    if errors := [finding for finding in findings if finding.severity == "error"]:
        raise ModelError(errors)
    return findings


def _needs_all_in(model: Model) -> bool:
    """Return whether a model has anything that engines before 3.0.0 would compute wrong or pass over."""
    estimates = [criterion.estimate for criterion in model.criteria if criterion.estimate]
    options = [option for choice in model.method.choices for option in choice.options]
    return (
        model.method.all_in
        or any(option.percentiles is not None for option in options)
        or any(
            how.combine is Combine.SURVEYS
            or how.trend_years is not None
            or how.clip is not None
            or (how.transitions is not None and bool(how.transitions.due))
            for how in estimates
        )
    )


def _columns(items: Iterable[Prepared]) -> tuple[FloatArray, NDArray[np.int8], FloatArray, BoolArray]:
    """Return u, states, coverage credit, and clipping flags of all criteria, each (n, J)."""
    rows = [(item.cells.u, item.cells.states, item.cells.credit, item.clipped) for item in items]
    u, states, credit, clipped = (np.stack(columns, axis=1) for columns in zip(*rows, strict=True))
    return u, states, credit, clipped


def _official_scores(plan: Plan, tree: TreeScores, gaps: Sequence[Sequence[str]]) -> FloatArray:
    """Return the root's scores, NaN for a country that lacks a required criterion or node."""
    if plan.root is None:
        return np.full(len(tree.scores), np.nan)
    return np.where([bool(gap) for gap in gaps], np.nan, tree.scores[:, -1])


def _inputs(
    model: Model,
    plan: Plan,
    prepared: Mapping[str, Prepared],
    estimated: Estimated,
    u: FloatArray,
    ranks: NDArray[np.int64],
    statuses: Sequence[Status],
    scores: FloatArray,
) -> Inputs:
    """Collect what the draws examine: every criterion's cells, and the ranked countries in official order."""
    cells = {
        key: estimated.cells[key] if key in estimated.cells else exact_cells(item) for key, item in prepared.items()
    }
    labels = {key: item.column.labels for key, item in prepared.items() if item.column.labels is not None}
    provisional = np.flatnonzero([status is Status.PROVISIONAL for status in statuses])
    apart = np.array([status is Status.OUTSIDE_POOL for status in statuses], dtype=np.bool_)
    outside = np.flatnonzero(apart & ~np.isnan(scores))
    order = np.argsort(np.where(ranks > 0, ranks, len(ranks) + 1), kind="stable")[: int((ranks > 0).sum())]
    return Inputs(model, plan, cells, u, order, provisional, estimated.peers, labels, outside)


def _inactive_findings(plan: Plan, prepared: Mapping[str, Prepared]) -> Iterator[ModelFinding]:
    for path, item in zip(plan.paths, prepared.values(), strict=True):
        if item.inactive:
            message = f"left out of this run and its weight carried by its siblings: {item.inactive}"
            yield ModelFinding("criterion_inactive", "warning", message, "/".join(path))


def _floored(plan: Plan, u: FloatArray) -> BoolArray:
    lifted = np.zeros(u.shape, dtype=np.bool_)
    for branch in plan.branches:
        for child in branch.children:
            if child.leaf and child.floored:
                lifted[:, child.index] = u[:, child.index] == 0.0
    return lifted


def _hurdle_outcomes(model: Model, snapshot: Snapshot, facts: ObservedFacts) -> list[HurdleOutcome]:
    hurdles = {hurdle.key: hurdle for hurdle in model.hurdles}
    if strangers := sorted(set(snapshot.waivers) - set(hurdles)):
        raise SnapshotError(f"waivers name hurdle {', '.join(strangers)}, which the model lacks")
    outcomes = []
    for hurdle in model.hurdles:
        waived = np.zeros(len(snapshot.countries), dtype=np.bool_)
        waived[[snapshot.position[country] for country in snapshot.waivers.get(hurdle.key, ())]] = True
        if waived.any() and hurdle.hurdle_kind is HurdleKind.MANDATORY_GATE:
            raise SnapshotError(f"hurdle {hurdle.key!r} is a mandatory gate; no waiver lifts it")
        verdicts = np.broadcast_to(evaluate(hurdle.expression, facts, hurdles), waived.shape)
        outcomes.append(HurdleOutcome(hurdle, verdicts, waived))
    return outcomes


def _with_probabilities(
    outcomes: Sequence[HurdleOutcome],
    prepared: Mapping[str, Prepared],
    facts: ObservedFacts,
    uncertainty: RankUncertainty | None,
) -> Iterator[HurdleOutcome]:
    """Pass probabilities: closed form for a lone predicate, else by the score's own draws; NaN where unknown."""
    for outcome in outcomes:
        expression = outcome.hurdle.expression
        if isinstance(expression, Predicate):
            errors = prepared[expression.criterion].column.standard_errors
            probability = leaf_probability(expression, facts, errors)
        elif uncertainty is not None:
            share = uncertainty.hurdles[outcome.hurdle.key]
            probability = np.where(outcome.verdicts == Verdict.UNKNOWN, np.nan, share)
        else:
            probability = np.full(len(outcome.verdicts), np.nan)
        yield HurdleOutcome(outcome.hurdle, outcome.verdicts, outcome.waived, probability)


def _required_gaps(plan: Plan, model: Model, prepared: Mapping[str, Prepared], tree: TreeScores) -> list[list[str]]:
    """Return, for each country, messages about the required criteria and nodes that it lacks."""
    gaps: list[list[str]] = [[] for _ in range(len(tree.scores))]
    for b, branch in enumerate(plan.branches):
        if branch.required:
            for i in np.flatnonzero(np.isnan(tree.scores[:, b])).tolist():
                gaps[i].append(f"{branch.label} has no score: {_why_no_score(branch, float(tree.coverage[i, b]))}")
    for item, _ in model.walk():
        if item.key in plan.dropped and getattr(item, "required", False):
            for gap in gaps:
                gap.append(f"{item.label} has no criterion in use")
    for prep in prepared.values():
        if prep.criterion.missing.policy is not Policy.REQUIRED:
            continue
        for i in np.flatnonzero(prep.cells.states == CellState.REQUIRED_MISSING).tolist():
            gaps[i].append(f"{prep.criterion.label} is required and missing")
    return gaps


def _why_no_score(branch: Branch, coverage: float) -> str:
    if math.isnan(coverage):
        return "no criterion applies"
    tau = branch.tau
    if coverage >= tau:
        return "no criterion has a value"
    # A coverage just below the threshold must not read as equal to it.
    digits = next((d for d in (0, 1, 2, 3) if f"{100 * coverage:.{d}f}" != f"{100 * tau:.{d}f}"), 6)
    return f"coverage {100 * coverage:.{digits}f}% is below {100 * tau:.{digits}f}%"


def _statuses(
    plan: Plan, tree: TreeScores, scores: FloatArray, gaps: Sequence[Sequence[str]], outcomes: Sequence[HurdleOutcome]
) -> list[tuple[Status, str]]:
    """Return each country's status and reason. A failed hurdle comes first: more data would not lift it."""
    root, nothing = plan.root, "no criterion is in use in this run"
    binding = [(outcome.hurdle.label, outcome.binding) for outcome in outcomes]
    decided = [(Status.RANKED, "")] * len(scores)
    open_cases = np.isnan(scores)
    for _, verdicts in binding:
        open_cases |= verdicts != Verdict.PASS
    for i in np.flatnonzero(open_cases).tolist():
        failed = [label for label, verdicts in binding if verdicts[i] == Verdict.FAIL]
        unknown = [label for label, verdicts in binding if verdicts[i] == Verdict.UNKNOWN]
        if failed:
            decided[i] = (Status.SCREENED_OUT, f"does not pass: {', '.join(failed)}")
        elif gaps[i]:
            decided[i] = (Status.UNRANKED_REQUIRED, "; ".join(gaps[i]))
        elif math.isnan(scores[i]):
            reason = _why_no_score(root, float(tree.coverage[i, -1])) if root else nothing
            decided[i] = (Status.UNRANKED_COVERAGE, reason)
        else:
            decided[i] = (Status.UNDETERMINED, f"cannot be decided from the data: {', '.join(unknown)}")
    return decided
