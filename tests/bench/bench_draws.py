"""Speed of the draws of data and weights against a floor of numpy in the same run, on one BLAS thread.

The floor is what any such kernel must do at least: one product, one int64 row sort and one tally, in float64, each
with its data warm. Ours is everything from the seed to the rank table: weights and data drawn, axes, means, ranks and
ties. Both are taken at their fastest of all rounds, by the time of this thread alone: other work on the machine only
ever adds to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from selection.scoring import Aggregation, Criterion, Goalposts, Model, Node
from selection.scoring.estimates import OWN, CellEstimates
from selection.scoring.method import Estimate, Method
from selection.scoring.robustness.all_in import Drawing
from selection.scoring.robustness.designs import DesignGrid
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.tables import spread
from selection.scoring.tree import compile_tree
from selection.scoring.value_functions import FloatArray
from tests.bench.measuring import Row, milliseconds, row
from tests.selection.scoring.random_screen import inputs_of, random_screen

DRAWS, ROUNDS = 10_000, 50


def _timed(step: Callable[[], object]) -> float:
    return milliseconds(step, time.thread_time)


def _floor_steps(countries: int, criteria: int) -> list[Callable[[], object]]:
    """Return the three steps of the floor, timed apart so that none pays for preparing another."""
    rng = np.random.default_rng(20)
    weights, columns = rng.dirichlet(np.full(criteria, 2.0), DRAWS), rng.random((criteria, countries))
    bits = (countries - 1).bit_length()
    keys = (np.rint(weights @ columns * -1e9).astype(np.int64) << bits) + np.arange(countries)
    out, work = np.empty((DRAWS, countries)), np.empty_like(keys)
    cells = ((np.sort(keys, axis=1) & ((1 << bits) - 1)) + (np.arange(countries) << bits)).ravel()
    left = [work.copy() for _ in range(ROUNDS + 1)]
    for table in left:
        np.copyto(table, keys)
    return [
        lambda: np.matmul(weights, columns, out=out),
        lambda: left.pop().sort(axis=1),
        lambda: np.bincount(cells, minlength=countries << bits),
    ]


def _criterion(key: str, weight: float) -> Criterion:
    return Criterion(key, key, Goalposts(0.0, 100.0), weight, estimate=Estimate())


def _cell(criterion: Criterion, best: FloatArray, errors: FloatArray) -> CellEstimates:
    parts = {"measurement": errors, "age": np.zeros(len(best)), "bridge": np.zeros(len(best))}
    sources = (OWN,) * len(best)
    return CellEstimates(
        criterion, best, parts, best / 100, sources, np.zeros(len(best)), lambda t: np.clip(t / 100, 0.0, 1.0)
    )


def _axes() -> Model:
    """Build a model like the desk screen: four facts under one axis, ten factors in three groups under the other."""
    need = tuple(_criterion(f"need{j}", weight) for j, weight in enumerate((30, 30, 20, 20)))
    groups = tuple(
        Node(f"group{g}", "", tuple(_criterion(f"able{g}{j}", weight) for j, weight in enumerate(weights)), share)
        for g, (share, weights) in enumerate(((18, (6, 3)), (12, (3, 3, 6)), (8, (3, 1, 1, 1, 1))))
    )
    axes = (Node("need", "", need, span=(0.0, 0.85)), Node("able", "", groups, span=(0.35, 0.85)))
    return Model("bench", "1", Node("root", "", axes, aggregation=Aggregation.GEOMETRIC), method=Method())


def _flat(criteria: int) -> Model:
    return Model("bench", "1", Node("root", "", tuple(_criterion(f"c{j}", 1.0 + j) for j in range(criteria))))


def _simulation(model: Model, countries: int, noisy: int, apart: int = 0) -> Simulation:
    """Build a simulation with `noisy` uncertain cells in all; for `apart` countries one criterion does not apply."""
    rng, plan = np.random.default_rng(3), compile_tree(model)
    size = (countries, len(plan.criteria))
    best = rng.uniform(10.0, 90.0, size)
    best[rng.permutation(countries)[:apart], 5 % size[1]] = np.nan
    errors = np.zeros(best.size)
    errors[rng.permutation(np.flatnonzero(~np.isnan(best.ravel())))[:noisy]] = 8.0
    errors = errors.reshape(size)
    cells = {item.key: _cell(item, best[:, j], errors[:, j]) for j, item in enumerate(plan.criteria)}
    return Simulation(model, plan, spread(plan, cells, np.arange(countries)), countries, 20)


def _shipped() -> tuple[Simulation, Simulation]:
    """Build the draws of the shipped model on made-up facts of the desk screen's shape: all-in, and without designs."""
    inputs = inputs_of(random_screen(81))
    grid = DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    drawing = Drawing.of(inputs, grid, grid.run())
    laws = spread(inputs.plan, inputs.cells, inputs.ranked)
    return drawing.simulation(drawing.laws), Simulation(inputs.model, inputs.plan, laws, len(inputs.ranked), 20)


def _against_floor(name: str, simulation: Simulation, goal: float) -> Row:
    root = simulation.plan.root
    countries, criteria = len(simulation.spread.base), len(root.leaves) if root else 0
    steps = _floor_steps(countries, criteria)
    rounds = [
        (_timed(partial(simulation.run, DRAWS, seed)), [_timed(step) for step in steps]) for seed in range(ROUNDS + 1)
    ]
    ours, floor = min(run for run, _ in rounds), min((parts for _, parts in rounds), key=sum)
    parts = "product {:.1f}, row sort {:.1f}, tally {:.1f}".format(*floor)
    size = f"{DRAWS:,} draws of {countries} x {criteria}, {len(simulation.spread.rows):,} cells with errors"
    detail = f"{ours:.1f} ms against {sum(floor):.1f} ms ({parts}): {size}"
    return row(name, ours, sum(floor), goal, detail)


def _growth(simulation: Simulation) -> Row:
    """Compare the time per draw in a run of 1,000,000 with that in one of 10,000."""
    sizes = (10_000, 100_000, 1_000_000)
    times = [
        min(_timed(partial(simulation.run, size, 1)) for _ in range(rounds))
        for size, rounds in zip(sizes, (ROUNDS, 5, 1), strict=True)
    ]
    each = [spent / size * 1e3 for spent, size in zip(times, sizes, strict=True)]
    took = ", ".join(f"{size:,} draws {spent:.0f} ms" for size, spent in zip(sizes, times, strict=True))
    return row("growth to 1,000,000 draws", each[-1], each[0], 1.25, f"{took}; a draw")


def run() -> list[Row]:
    """Return rows of name, ratio (ours to the floor), goal (the ratio not to exceed) and detail."""
    screen = _simulation(_axes(), 81, 958, apart=2)
    with threadpool_limits(limits=1):
        all_in, inner = _shipped()
        return [
            _against_floor("all-in draws of the desk screen", all_in, 8.0),
            _against_floor("data and weights alone", inner, 4.0),
            _against_floor("draws of two axes against the floor", screen, 6.0),
            _against_floor("draws of a large flat mean with errors", _simulation(_flat(25), 195, 3900), 6.0),
            _against_floor("draws of two axes without errors", _simulation(_axes(), 81, 0), 2.3),
            _against_floor("draws of a flat mean without errors", _simulation(_flat(25), 195, 0), 1.5),
            _growth(screen),
        ]
