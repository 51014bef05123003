"""Shares of draws and of designs, drawn again by another generator: plain numpy, one value at a time, no tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from selection.proof.auditor.estimates import CellEstimate, Plain
from selection.proof.auditor.official import Official, is_floored, power_of

Array = np.ndarray[Any, Any]

CHUNK = 2_000
"""Draws at a time."""


def way_of(key: str, options: Sequence[Plain]) -> Plain:
    """Return how these options take a criterion; empty as in the official result."""
    way: Plain = {}
    for option in options:
        for of, series in option["values"]:
            if of == key and series != "pooled":
                way["series"] = series
        if key in option["own_only"]:
            way["own_only"] = True
        if key in option["log"]:
            way["log"] = True
        if relabel := tuple((old, new) for of, old, new in option["relabel"] if of == key):
            way["relabel"] = (*way.get("relabel", ()), *relabel)
    return way


class DesignWeights:
    """Every combination of the method's options, with the cells, weights, and ends of the axes of each."""

    def __init__(self, official: Official) -> None:
        self.official = official
        self.drawn = sorted(official.ranks, key=lambda c: (official.ranks[c], c))
        self.ranked = len(self.drawn)
        self.drawn += [c for c in official.countries if official.statuses[c] == "provisional"]
        self.options = list(itertools.product(*(choice["options"] for choice in official.method["choices"])))
        self.leaves = self._leaves(official.model["root"])
        self.ways: dict[str, list[dict[str, CellEstimate]]] = {}
        self.way_numbers: dict[str, Array] = {}
        for criterion in self.leaves:
            self._take(criterion["key"])
        self.applies = {
            c["key"]: np.array([official.cells[c["key"]][code].u is not None for code in self.drawn])
            for c in self.leaves
        }
        self.given: list[dict[str, float]] = [
            {k: w for option in options for k, w in option["weights"]} for options in self.options
        ]
        self.arithmetic = np.array([any(option["arithmetic"] for option in options) for options in self.options])
        self.unscaled = np.array([any(option["unscaled"] for option in options) for options in self.options])
        self.percentiles = [
            next((option["percentiles"] for option in reversed(options) if option.get("percentiles")), None)
            for options in self.options
        ]
        self.ends = self._ends()

    def _leaves(self, node: Plain) -> list[Plain]:
        found = []
        for child in self.official.counted(node):
            found += [child] if child["kind"] == "criterion" else self._leaves(child)
        return found

    def _take(self, key: str) -> None:
        """Find the distinct ways in which designs take a criterion, and the cells by each, with gaps filled."""
        official, found, numbers = self.official, [Plain()], []
        for options in self.options:
            way = way_of(key, options)
            if way not in found:
                found.append(way)
            numbers.append(found.index(way))
        self.way_numbers[key] = np.array(numbers)
        own = official.cells[key]
        self.ways[key] = [own]
        for way in found[1:]:
            cells = official.estimators[key].cells(way)
            official.peers.fill(cells, [c for c in self.drawn if own[c].u is not None])
            self.ways[key].append(cells)

    def weights(self, node: Plain, design: int) -> list[float]:
        """Return the local weights of a node's counted children in a design."""
        given = self.given[design]
        found: list[float] = [
            given[child["key"]] if child["key"] in given else float(child["weight"])
            for child in self.official.counted(node)
        ]
        return [weight / math.fsum(found) for weight in found]

    def _ends(self) -> dict[str, Array]:
        """Return the scores (designs, 2) that count as 0 and 1 on each axis of the root."""
        found = {}
        numbers = np.flatnonzero([bool(percents) for percents in self.percentiles] & ~self.unscaled)
        for child in self.official.counted(self.official.model["root"]):
            if not child.get("span"):
                continue
            ends = found[child["key"]] = np.tile(np.array(child["span"], dtype=float), (len(self.options), 1))
            ends[self.unscaled] = (0.0, 1.0)
            if len(numbers) and self.ranked:
                scores = Tree(self, self.best(numbers), numbers, rows=self.ranked).score(child)
                for column, number in enumerate(numbers.tolist()):
                    low, high = np.percentile(scores[:, column], self.percentiles[number] or ())
                    ends[number] = low, (high if high > low else low + 1.0)
        return found

    def best(self, numbers: Array) -> dict[str, Array]:
        """Return the best estimates (ranked, designs) of every criterion in these designs."""
        codes, found = self.drawn[: self.ranked], {}
        for criterion in self.leaves:
            key = criterion["key"]
            by_way = [[math.nan if (v := cells[c].u) is None else v for c in codes] for cells in self.ways[key]]
            found[key] = np.array(by_way)[self.way_numbers[key][numbers]].T
        return found

    def ranks(self) -> Array:
        """Return the ranks (designs, ranked) at best estimates in every design."""
        numbers = np.arange(len(self.options))
        return ranks_of(Tree(self, self.best(numbers), numbers, rows=self.ranked).total()).T


class Tree:
    """Scores of a block of draws, each with the number of its design: arrays (countries, draws).

    Without a generator, the weights are those of the designs.
    """

    def __init__(
        self,
        designs: DesignWeights,
        u: dict[str, Array],
        numbers: Array,
        *,
        rng: np.random.Generator | None = None,
        rows: int | None = None,
    ) -> None:
        self.designs, self.u, self.numbers, self.rng = designs, u, numbers, rng
        self.rows = slice(0, rows)

    def total(self) -> Array:
        return self.score(self.designs.official.model["root"])

    def _weights(self, node: Plain) -> Array:
        """Return the local weights (children, draws): the design's, or a Dirichlet around them."""
        distinct, index = np.unique(self.numbers, return_inverse=True)
        own = np.array([self.designs.weights(node, number) for number in distinct.tolist()]).T[:, index]
        if self.rng is None or len(own) == 1:
            return own
        model = self.designs.official.model
        c = node.get("concentration") or model["dirichlet_c"]
        if c is None:
            c = (len(own) - 1) / model["rho"] ** 2 - 1.0
        gammas = self.rng.standard_gamma(c * own)
        drawn: Array = gammas / gammas.sum(axis=0)
        return drawn

    def score(self, item: Plain) -> Array:
        """Return the scores of a criterion or a node, NaN where it has none."""
        if item["kind"] == "criterion":
            return np.where(self.designs.applies[item["key"]][self.rows, None], self.u[item["key"]], math.nan)
        children, weights = self.designs.official.counted(item), self._weights(item)
        root = item is self.designs.official.model["root"]
        arithmetic = self.designs.arithmetic[self.numbers] if root else np.zeros(len(self.numbers), dtype=bool)
        power = power_of(item)
        total, other, whole = (np.zeros((1, len(self.numbers))) for _ in range(3))
        for child, weight in zip(children, weights, strict=True):
            value = self._entering(item, child, self.score(child), arithmetic)
            there = ~np.isnan(value)
            value, used = np.where(there, value, 1.0), np.where(there, weight, 0.0)
            whole = whole + used
            if power == 1.0 or arithmetic.any():
                total = total + used * value
            if power != 1.0:
                with np.errstate(divide="ignore"):  # under an arithmetic root no floor keeps values above zero
                    other = other + used * (np.log(value) if power == 0.0 else np.power(value, power))
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            plain, other = total / whole, other / whole
            if power == 1.0:
                return plain
            return np.where(arithmetic, plain, np.exp(other) if power == 0.0 else np.power(other, 1.0 / power))

    def _entering(self, node: Plain, child: Plain, score: Array, arithmetic: Array) -> Array:
        root = node is self.designs.official.model["root"]
        if span := child.get("span"):
            ends = self.designs.ends[child["key"]][self.numbers] if root else np.array([span])
            scaled = np.clip((score - ends[:, 0]) / (ends[:, 1] - ends[:, 0]), 0.0, 1.0)
            free = self.designs.unscaled[self.numbers] if root else False
            score = np.where(free, score, scaled)
        if is_floored(node, child):
            return np.where(arithmetic, score, node["floor"] + (1.0 - node["floor"]) * score)
        return score


def ranks_of(scores: Array) -> Array:
    """Return the rank (countries, draws) of each score in its draw: 1 and the number of greater ones."""
    whole = np.rint(scores * 1e9).astype(np.int64)
    order = np.sort(whole, axis=0)
    found = np.empty_like(whole)
    for draw in range(whole.shape[1]):
        found[:, draw] = len(whole) - np.searchsorted(order[:, draw], whole[:, draw], side="right") + 1
    return found


def draw_cells(
    cells: dict[str, CellEstimate], codes: list[str], transform: Any, size: int, rng: np.random.Generator
) -> Array:
    """Return drawn u (countries, draws) of one criterion: its error, moved labels, or a peer in the same draw."""
    needed = [*codes, *sorted({p for code in codes for p in cells[code].peers} - set(codes))]
    u, row = np.full((len(needed), size), math.nan), {code: i for i, code in enumerate(needed)}
    for i, code in enumerate(needed):
        cell = cells[code]
        if cell.best is not None and cell.error > 0:
            u[i] = transform(cell.best + cell.error * rng.standard_normal(size))
        elif cell.moves:
            levels, shares = (np.array(part) for part in zip(*cell.moves, strict=True))
            u[i] = levels[np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right")]
        elif cell.source == "range":
            u[i] = rng.random(size)
        elif cell.u is not None and not cell.peers:
            u[i] = cell.u
    for code in codes:
        if peers := cells[code].peers:
            chosen = np.array([row[p] for p in peers])[rng.integers(0, len(peers), size)]
            u[row[code]] = u[chosen, np.arange(size)]
    return u[: len(codes)]


class Drawn:
    """Ranks of all ranked countries over many draws, and those of provisional ones.

    `counts` (countries, ranks) are the draws with each rank or place, `above` (ranked, ranked) those in which the row's
    country lies above the column's.
    """

    def __init__(self, designs: DesignWeights, draws: int, seed: int, *, all_in: bool) -> None:
        self.designs, self.draws, m = designs, draws, designs.ranked
        self.counts = np.zeros((len(designs.drawn), m + 2), dtype=np.int64)
        self.above = np.zeros((m, m), dtype=np.int64)
        rng = np.random.default_rng([seed, int(all_in)])
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            numbers = rng.integers(0, len(designs.options), size) if all_in else np.zeros(size, dtype=int)
            u = {c["key"]: self._column(c, numbers, rng) for c in designs.leaves}
            self._count(Tree(designs, u, numbers, rng=rng).total())

    def _column(self, criterion: Plain, numbers: Array, rng: np.random.Generator) -> Array:
        key, designs = criterion["key"], self.designs
        u = np.empty((len(designs.drawn), len(numbers)))
        of_draw = designs.way_numbers[key][numbers]
        estimator = designs.official.estimators.get(key)
        official = designs.ways[key][0]
        for number, taken in enumerate(designs.ways[key]):
            # What no country has in a design is as in the official result.
            cells = {code: official[code] if cell.u is None else cell for code, cell in taken.items()}
            columns = np.flatnonzero(of_draw == number)
            if len(columns):
                logs = [way_of(key, options).get("log") for options in designs.options]
                log = bool(logs[int(np.flatnonzero(designs.way_numbers[key] == number)[0])])
                labels = criterion["value_function"]["kind"] == "ordinal"
                transform = estimator.transform(log) if estimator and not labels else None
                u[:, columns] = draw_cells(cells, designs.drawn, transform, len(columns), rng)
        return u

    def _count(self, scores: Array) -> None:
        m, whole = self.designs.ranked, np.rint(scores * 1e9).astype(np.int64)
        order = np.sort(whole[:m], axis=0)
        for draw in range(whole.shape[1]):
            ranks = m - np.searchsorted(order[:, draw], whole[:, draw], side="right") + 1
            self.counts[np.arange(len(ranks)), ranks] += 1
        for a in range(m):
            self.above[a] += (whole[a] > whole[:m]).sum(axis=1)

    def within(self, first: int) -> Array:
        """Return the share of draws in which each country is among the first."""
        shares: Array = self.counts[:, : first + 1].sum(axis=1) / self.draws
        return shares
