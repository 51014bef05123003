"""Data with which a browser answers questions to a run. The laws from which it draws are a file of their own: `laws`.

`payload` is plain data for a `json_script`. Branches are in computing order, children before parents, the root last;
`leaf` and `branch` are numbers in `criteria` and `branches`:

    {run, first, short, draws, seed, rho, concentration, quantum,
     branches: [{key, label, p, floor, concentration, children: [{key, label, weight, leaf, branch, span, floored}]}],
     criteria: [{key, label}],
     pool: [{key, label, count, fixed}],
     evidence: [{key, label, within, count}],
     choices: [{key, options: [{key, phrase, weights: {key: number}, arithmetic, unscaled, percentiles}]}],
     levels: [{criterion, choices: [..], at: [..], u: [{country: u}]}],
     overdue: [key],
     unknown: [code], barred: [code],
     countries: [{code, name, href, status, reason, evidence: {rule: age}, u: [..], rank, score, need, feasibility,
                  low, high, p20, p10, place}]}

`weight` is a share of the parent, so that the children of a branch have 1 together. The Dirichlet parameters of a
branch are c times its shares, where c is its own `concentration`, else that of the whole, else (n - 1) / rho^2 - 1 for
n children that count. Scores are 0 to 100; they are ranked as whole numbers of `quantum`ths of 1. `u` are the run's own
values in full, so that the browser finds the server's scores; null does not apply.

A rule of evidence holds where the age that a country has under it is at most its limit; null is nothing published,
which fails every limit. `count` is the number of countries of the pool that fail the rule, or that are outside for
the reason. `unknown` are the countries without any known fact of need: once in the pool they are not rankable and
have no place. `barred` are those that another rule of the model keeps from a rank. Every listed state is among the
countries, the ranked, the provisional, those outside the pool and those not rankable, since a question may let them in.

`choices` are those of the method, empty unless the draws of the run vary the design. `phrase` is an option inside a
sentence. The `weights` of an option are
shares of the parent, as those of the branches. `levels` tell of each criterion that designs take in several ways how
it is taken: `at` has the level for every combination of the options of its `choices`, numbers of choices, the last one
changing fastest; level 0 is the model's own, whose u is that of the country. `u` has, for each level from 1, the values
that differ from level 0, by number of the country. `overdue` are the criteria whose labels are drawn because an edition
is due and not loaded.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from django.urls import reverse

from selection.models import ScoreRun
from selection.pool_rules.policy import REASONS
from selection.runs.queries.basis import Basis
from selection.runs.queries.stored_runs import newest_run
from selection.runs.rows import RankingRow, ranking_of
from selection.scoring import Result
from selection.scoring.evidence import known_ages
from selection.scoring.method import EvidenceRule, Method
from selection.scoring.ranking import QUANTUM_SCALE, Status
from selection.scoring.tree import Branch, Child
from selection.what_if.answer import barred_by_hurdle
from selection.what_if.design_payload import designs_payload
from selection.what_if.laws import counted_leaves

_DIGITS = 6


def payload(basis: Basis, run: ScoreRun, rows: Iterable[RankingRow] | None = None) -> dict[str, Any]:
    """Return the page's data; `rows` are those of the run if the caller has them."""
    result, method = basis.result, basis.model.method
    by_code = {row.code: row for row in (ranking_of(run).rows if rows is None else rows)}
    newest = newest_run()
    suffix = "" if newest is not None and newest.pk == run.pk else f"?run={run.pk}"
    ages = _ages(basis)
    leaves = counted_leaves(basis)
    return {
        "run": run.pk,
        "first": method.first,
        "short": method.short,
        "draws": run.draws,
        "seed": result.seed,
        "rho": result.model.rho,
        "concentration": result.model.dirichlet_c,
        "quantum": QUANTUM_SCALE,
        "branches": [_branch(result, branch, leaves) for branch in result.plan.branches],
        "criteria": [_named(result, Child(True, j, False)) for j in leaves],
        "pool": _pool(basis),
        "evidence": [_rule(rule, result, ages[rule.key]) for rule in method.rules],
        **designs_payload(basis, tuple(leaves)),
        "unknown": _unknown(basis, method),
        "barred": _barred(result),
        "countries": [
            _country(result, i, by_code.get(code), leaves, {key: held[i] for key, held in ages.items()}, suffix)
            | {"reason": _reason(basis, code)}
            for i, code in enumerate(result.countries)
        ],
    }


def _branch(result: Result, branch: Branch, leaves: list[int]) -> dict[str, Any]:
    children = [
        _named(result, child)
        | {
            "weight": weight,
            "leaf": leaves.index(child.index) if child.leaf else None,
            "branch": None if child.leaf else child.index,
            "span": list(child.span) if child.span else None,
            "floored": child.floored,
        }
        for child, weight in zip(branch.children, branch.weights.tolist(), strict=True)
    ]
    return {
        "key": branch.key,
        "label": branch.label,
        "p": branch.mean.p,
        "floor": branch.mean.floor,
        "concentration": branch.concentration,
        "children": children,
    }


def _named(result: Result, child: Child) -> dict[str, Any]:
    item = result.plan.criteria[child.index] if child.leaf else result.plan.branches[child.index]
    return {"key": item.key, "label": item.label}


def _pool(basis: Basis) -> list[dict[str, Any]]:
    outside = Counter(_reason(basis, code) for code in basis.result.countries)
    return [
        {"key": reason.value, "label": rule.label, "count": outside[reason.value], "fixed": rule.fixed}
        for reason, rule in REASONS.items()
    ]


def _reason(basis: Basis, code: str) -> str:
    pool = basis.selection.pool
    entry = pool.entries.get(code) if pool else None
    return entry.reason_code if entry else ""


def _rule(rule: EvidenceRule, result: Result, ages: list[float | None]) -> dict[str, Any]:
    limit = math.inf if rule.within is None else rule.within
    inside = [status is not Status.OUTSIDE_POOL for status in result.statuses]
    failing = sum(asked and (age is None or age > limit) for asked, age in zip(inside, ages, strict=True))
    return {"key": rule.key, "label": rule.label, "within": rule.within, "count": failing}


def _ages(basis: Basis) -> dict[str, list[float | None]]:
    """Return by rule and country the age to which the limit applies: the oldest of the values the rule requires."""
    prepared = {item.criterion.key: item for item in basis.result.prepared}
    by_rule = {}
    for rule in basis.model.method.rules:
        known = np.stack([known_ages(prepared[key], basis.cells.get(key)) for key in rule.criteria], axis=1)
        ordered = np.sort(known, axis=1)  # NaN sorts last
        by_rule[rule.key] = [_age(age) for age in ordered[:, rule.least - 1].tolist()]
    return by_rule


def _age(age: float) -> float | None:
    if math.isnan(age):
        return None
    return int(age) if age == int(age) else age


def _unknown(basis: Basis, method: Method) -> list[str]:
    """Return the countries without a known fact of need."""
    prepared = {item.criterion.key: item for item in basis.result.prepared}
    known = [~np.isnan(known_ages(prepared[key], basis.cells.get(key))) for key in method.facts]
    nothing = ~np.any(known, axis=0) if known else np.zeros(len(basis.result.countries), dtype=np.bool_)
    return [code for code, unknown in zip(basis.result.countries, nothing.tolist(), strict=True) if unknown]


def _barred(result: Result) -> list[str]:
    """Return the countries that a binding hurdle or a required part excludes, in the pool or not."""
    held, scores = barred_by_hurdle(result).tolist(), result.scores.tolist()
    return [
        code
        for code, is_held, score, status in zip(result.countries, held, scores, result.statuses, strict=True)
        if is_held or (math.isnan(score) and status is not Status.NOT_RANKABLE)
    ]


def _country(
    result: Result,
    i: int,
    row: RankingRow | None,
    leaves: list[int],
    evidence: Mapping[str, float | None],
    suffix: str,
) -> dict[str, Any]:
    code = result.countries[i]
    return {
        "code": code,
        "name": row.name if row else code,
        "href": reverse("country", args=[code]) + suffix,
        "status": result.statuses[i].value,
        "evidence": dict(evidence),
        "u": [None if math.isnan(u) else u + 0.0 for u in result.u[i, leaves].tolist()],
        "rank": row.rank if row else None,
        **{name: _points(getattr(row, name, None)) for name in ("score", "need", "feasibility")},
        **{name: getattr(row, name, None) for name in ("low", "high", "p20", "p10", "place")},
    }


def _points(score: float | None) -> float | None:
    return None if score is None else round(score, _DIGITS)
