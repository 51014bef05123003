"""All-in draws the long way: one draw at a time, in float64, with normal variates and no table of quantiles.

It is written from the text of the method and shares no code with the engine's draws, levels, or designs. It takes from
a result what a run fits (bridges, pooling, offset), the official best estimates, and the weight tree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from selection.scoring import POOL, Result
from selection.scoring.estimates import CellEstimates
from selection.scoring.value_functions import FloatArray

NEED = ("prevalence", "child_labour", "marriage", "births")
UPPER = {"prevalence": 16.0, "child_labour": 40.0, "marriage": 50.0, "births": 60.0}
FLOOR, RHO, FRESH, TIER_2 = 0.01, 0.25, 15, 0.7
SPANS = {"need": (0.0, 0.85), "feasibility": (0.33, 0.85)}

Design = tuple[str, str, bool, bool, bool, bool, bool, float]
"""Prevalence, child labor, logarithms, Tier 1 as 2, arithmetic, percentile axes, equal weights, need's share."""

DESIGNS: tuple[Design, ...] = tuple(
    product(
        ("pooled", "mean", "gsi_2023", "gsi_2018"),
        ("combined", "own_first", "newest"),
        (False, True),
        (False, True),
        (False, True),
        (False, True),
        (False, True),
        (0.5, 0.4, 0.6),
    )
)

Law = tuple[FloatArray, FloatArray]
"""Best estimates on the scale, NaN without one, and their standard deviations."""


class PlainScreen:
    """The desk screen of a result, whose all-in draws are taken one at a time."""

    def __init__(self, result: Result) -> None:
        """Read what the draws need."""
        self.cells, self.snapshot = result.estimated.cells, result.snapshot
        self.plan = result.plan
        keys = [criterion.key for criterion in result.plan.criteria]
        self.leaves = {j: keys[j] for j in sorted(result.plan.branches[-1].leaves)}
        self.official = {key: result.u[:, j] for j, key in self.leaves.items()}
        self.ranked = np.flatnonzero(result.ranks > 0)
        self.pool = self.snapshot.members(POOL)
        self.applies = {key: ~np.isnan(u) for key, u in self.official.items()}
        self.law = cache(self._law)
        self.peers = cache(self._peers)
        self.moves = cache(self._moves)
        self.ends = cache(self._ends)

    def shares(self, first: int, draws: int, seed: int) -> FloatArray:
        """Return the share of draws in which each ranked country is among the first N."""
        rng, within = np.random.default_rng(seed), np.zeros(len(self.ranked))
        for _ in range(draws):
            design = DESIGNS[rng.integers(len(DESIGNS))]
            scores = self._scores(design, self._drawn(design, rng), rng)
            within += (scores > scores[:, None]).sum(axis=1) < first
        return within / draws

    # ---- values ----------------------------------------------------------------------------------------------------

    def _drawn(self, design: Design, rng: np.random.Generator | None) -> dict[str, FloatArray]:
        """Return u of every criterion, by the best estimates alone without a generator."""
        prevalence, child_labour, log, merged, *_ = design
        level = {"prevalence": prevalence, "child_labour": child_labour}
        found = {}
        for key in self.leaves.values():
            cell, way = self.cells.get(key), level.get(key, "")
            if cell is None:
                found[key] = self.official[key]
                continue
            best, error = self.law(key, way)
            noise = 0.0 if rng is None else error * rng.standard_normal(len(best))
            u = self._levels(key, cell, rng) if np.isnan(best).all() else self._u(key, cell, best + noise, log=log)
            if key == "tier" and merged:
                u = np.minimum(u, TIER_2)
            for i, peers in self.peers(key, way).items():
                u[i] = np.mean(u[peers]) if rng is None else u[peers[int(rng.random() * len(peers))]]
            found[key] = u
        return found

    @staticmethod
    def _u(key: str, cell: CellEstimates, t: FloatArray, *, log: bool) -> FloatArray:
        if not (log and key in NEED):
            return cell.transform(t)
        value = np.exp(t) if key == "prevalence" else np.clip((100.5 * np.exp(t) - 0.5) / (1 + np.exp(t)), 0, 100)
        return np.clip(np.log(np.maximum(value, 1.0)) / math.log(UPPER[key]), 0.0, 1.0)

    def _levels(self, key: str, cell: CellEstimates, rng: np.random.Generator | None) -> FloatArray:
        """Return u of labels, each moved with its own chance to another label."""
        u, moving, chances = self.moves(key)
        if rng is not None and len(moving):
            below = rng.random((len(moving), 1)) >= chances
            u = u.copy()
            u[moving] = cell.levels[below.sum(axis=1)]
        return u

    def _moves(self, key: str) -> tuple[FloatArray, NDArray[np.intp], FloatArray]:
        """Return u of the labels as stated, the countries whose label moves, and the sums of the chances."""
        cell = self.cells[key]
        u = np.where([source == "own" for source in cell.sources], cell.u, np.nan)
        moving = sorted(cell.moves)
        sums = [np.cumsum(cell.moves[i])[:-1] for i in moving]
        return u, np.array(moving, dtype=np.intp), np.array(sums)

    # ---- best estimates and errors by level -------------------------------------------------------------------------

    def _law(self, key: str, way: str) -> Law:
        cell = self.cells[key]
        if way in ("", "pooled", "combined"):
            return cell.best, np.where(np.isnan(cell.best), 0.0, cell.error)
        found = [self._prevalence(code, way) if key == "prevalence" else self._child_labour(code, way, cell)
                 for code in self.snapshot.countries]  # fmt: skip
        return np.array([best for best, _ in found]), np.array([error for _, error in found])

    def _prevalence(self, code: str, way: str) -> tuple[float, float]:
        pooling, series = self.cells["prevalence"].pooling, self.snapshot.series["prevalence"]
        names = ("gsi_2018", "gsi_2023") if way == "mean" else (way,)
        logs = [math.log(series[name].values[code]) for name in names if series[name].values.get(code, 0.0) > 0]
        assert pooling is not None
        return (math.nan, 0.0) if not logs else (sum(logs) / len(logs), pooling.noise / math.sqrt(len(logs)))

    def _child_labour(self, code: str, way: str, cell: CellEstimates) -> tuple[float, float]:
        """Return the first series within 15 years, own first; "newest" takes the activity of a second survey."""
        n, d, series, surveys = 0.29, 0.22, self.snapshot.series["child_labour"], cell.surveys
        order = ["own", *cell.bridges] if "own" not in cell.bridges else list(cell.bridges)
        if way == "newest" and surveys is not None and code in surveys.countries:
            order = ["activity"]
        there = [name for name in order if code in series[name].values]
        if not there:
            return math.nan, 0.0
        name = next((name for name in there if series[name].ages[code] <= FRESH), there[0])
        value, age = series[name].values[code], max(series[name].ages[code], 0.0)
        t = math.log((value + 0.5) / (100.5 - value))
        if name == "own":
            return t, math.sqrt(n**2 + d**2 * age)
        bridge = cell.bridges[name]
        own_noise = n**2 if name == "activity" else 0.0
        return bridge.intercept + bridge.slope * t, math.sqrt(own_noise + d**2 * age + bridge.residual**2)

    # ---- peers ------------------------------------------------------------------------------------------------------

    def _peers(self, key: str, way: str) -> Mapping[int, Sequence[int]]:
        """Return the peers of the ranked countries that lack a value at this level."""
        best, _ = self.law(key, way)
        labels = np.isnan(best).all()
        has = np.array([source == "own" for source in self.cells[key].sources]) if labels else ~np.isnan(best)
        lacking = [int(i) for i in self.ranked if not has[i] and self.applies[key][i]]
        return {i: self._peers_of(i, [int(j) for j in self.pool if has[j] and j != i]) for i in lacking}

    def _peers_of(self, i: int, having: Sequence[int]) -> Sequence[int]:
        regions, incomes = (self.snapshot.groupings[name] for name in ("region", "income_group"))
        same_income = [j for j in having if incomes[j] == incomes[i] and incomes[i] is not None]
        near = [j for j in same_income if regions[j] == regions[i] and regions[i] is not None]
        return next((group for group in (near, same_income) if len(group) >= 12), having)

    # ---- scores -----------------------------------------------------------------------------------------------------

    def _ends(self, design: Design) -> Mapping[str, tuple[float, float]]:
        """Return the 5th and 95th percentile of the ranked countries' axes at best estimates."""
        axes = self._axes(design, self._drawn(design, None), None)
        return {key: (float(np.percentile(x, 5)), float(np.percentile(x, 95))) for key, x in axes.items()}

    def _axes(
        self, design: Design, u: Mapping[str, FloatArray], rng: np.random.Generator | None
    ) -> dict[str, FloatArray]:
        """Return need and feasibility of the ranked countries; a criterion that does not apply leaves its weight."""
        done: dict[int, FloatArray] = {}
        for b, branch in enumerate(self.plan.branches[:-1]):
            own = np.full(4, 0.25) if branch.key == "need" and design[6] else branch.weights
            weights = own if rng is None else _dirichlet(own, rng)
            values = [u[self.leaves[c.index]][self.ranked] if c.leaf else done[c.index] for c in branch.children]
            known = [~np.isnan(value) for value in values]
            total = sum(w * np.where(k, v, 0.0) for w, k, v in zip(weights, known, values, strict=True))
            done[b] = np.asarray(total / sum(w * k for w, k in zip(weights, known, strict=True)))
        return {branch.key: done[b] for b, branch in enumerate(self.plan.branches[:-1]) if branch.key in SPANS}

    def _scores(self, design: Design, u: Mapping[str, FloatArray], rng: np.random.Generator) -> FloatArray:
        *_, arithmetic, percentiles, _, share = design
        # The ends of the axes depend on neither the root's mean nor its weights.
        ends = self.ends((*design[:4], False, True, design[6], 0.5)) if percentiles else SPANS
        axes = self._axes(design, u, rng)
        need, feasibility = (
            np.clip((axes[key] - ends[key][0]) / (ends[key][1] - ends[key][0]), 0.0, 1.0) for key in SPANS
        )
        a, b = _dirichlet(np.array([share, 1.0 - share]), rng)
        if arithmetic:
            return np.asarray(a * need + b * feasibility)
        return np.asarray(a * np.log(FLOOR + (1 - FLOOR) * need) + b * np.log(FLOOR + (1 - FLOOR) * feasibility))


def _dirichlet(weights: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return weights around the given ones; a single positive one stays as it is."""
    c = (len(weights) - 1) / RHO**2 - 1.0
    return rng.dirichlet(c * weights) if len(weights) > 1 else weights
