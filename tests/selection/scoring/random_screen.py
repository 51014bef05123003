"""The shipped model on made-up facts of the desk screen's shape, for tests and benchmarks without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from selection.model_definition.criteria_table import Stage, read
from selection.scoring import CANDIDATES, POOL, WIDER, Column, Criterion, OrdinalMap, Result, SeriesColumn, Snapshot
from selection.scoring.engine import _inputs, score
from selection.scoring.method import Scale
from selection.scoring.robustness import Inputs

RANGES = {
    # The range of each fact, in its unit.
    "prevalence": (1.0, 14.0),
    "child_labour": (2.0, 40.0),
    "marriage": (2.0, 45.0),
    "births": (20.0, 99.0),
    "political_rights": (3.0, 37.0),
    "civil_liberties": (6.0, 55.0),
    "cpi": (15.0, 65.0),
    "school_life": (7.0, 17.0),
    "literacy": (40.0, 98.0),
    "unemployment": (1.0, 20.0),
    "balance": (-90.0, 20.0),
}
GAPS = {"activity": 0.1, "working": 0.3, "employment": 0.4, "school_life": 0.1, "literacy": 0.05, "ilab": 0.04}
"""Share of countries without a value."""


def random_screen(countries: int, seed: int = 1) -> Result:
    """Score made-up facts of countries, some of which have gaps, by the shipped model without draws."""
    rng, model = np.random.default_rng(seed), read().model(Stage.SCREEN)
    codes = tuple(f"C{i:03d}" for i in range(countries))
    places = {code: rank / countries for rank, code in enumerate(rng.permutation(codes).tolist())}
    columns = {item.key: _column(item, codes, rng) for item in model.criteria}
    series = {
        item.key: {one.key: _series(item, one.key, places, rng) for one in item.estimate.series}
        for item in model.criteria
        if item.estimate is not None and item.estimate.series and item.key in RANGES
    }
    groups = {
        "region": tuple(rng.choice(["here", "there"], countries).tolist()),
        "income_group": tuple(rng.choice(["L", "LM", "UM"], countries).tolist()),
    }
    pools = dict.fromkeys((CANDIDATES, POOL, WIDER), codes)
    snapshot = Snapshot(codes, columns, groups, pools, series=series, overdue={"tier": 1})
    return score(snapshot, model, draws=0, seed=seed)


def inputs_of(result: Result) -> Inputs:
    """Return the inputs of the draws of a result."""
    prepared = {item.criterion.key: item for item in result.prepared}
    return _inputs(
        result.model,
        result.plan,
        prepared,
        result.estimated,
        result.u,
        result.ranks,
        result.statuses,
        result.scores,
    )


def _column(item: Criterion, codes: Sequence[str], rng: np.random.Generator) -> Column:
    gaps = rng.random(len(codes)) < GAPS.get(item.key, 0.0)
    ages = rng.integers(1, 5, len(codes)).astype(np.float64)
    if isinstance(item.value_function, OrdinalMap):
        labels = [label for label, _ in item.value_function.table if label not in ("Tier 3", "H")]
        drawn = [None if gap else str(label) for gap, label in zip(gaps, rng.choice(labels, len(codes)), strict=True)]
        lacking = ["not_applicable" if label is None else None for label in drawn]
        return Column.categorical(drawn, missing=lacking, ages=np.where(gaps, np.nan, 4.0))
    if item.key not in RANGES:
        return Column.numeric([None] * len(codes), missing=["not_collected"] * len(codes))
    values = np.where(gaps, np.nan, rng.uniform(*RANGES[item.key], len(codes)))
    reasons = ["not_collected" if gap else None for gap in gaps]
    return Column.numeric(values, missing=reasons, ages=np.where(gaps, np.nan, ages))


def _series(item: Criterion, name: str, places: Mapping[str, float], rng: np.random.Generator) -> SeriesColumn:
    """Return values that rise with a country's place on the criterion, as sister series do."""
    low, high = RANGES[item.key]
    scale = item.estimate.scale if item.estimate else Scale.POINTS
    part, values = 0.6 if name in ("activity", "employment") else 1.0, {}
    for code, place in places.items():
        if rng.random() >= (0.2 if (item.key, name) == ("child_labour", "own") else GAPS.get(name, 0.0)):
            noise = float(np.clip(place + rng.normal(0.0, 0.15), 0.0, 1.0))
            values[code] = part * (low + (high - low) * noise)
            assert scale.accepts(values[code])
    # Most countries have their series from one year.
    ages = {code: 1 + int(8 * places[code]) if rng.random() < 0.85 else int(rng.integers(1, 9)) for code in values}
    return SeriesColumn(values, {code: float(age) for code, age in ages.items()})
