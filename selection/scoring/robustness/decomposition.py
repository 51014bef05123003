"""Decomposition of the doubt: the shares of the ranks' variance that come from data, weights, and method.

Of two samples A and B, one group at a time of A is exchanged for that of B (Saltelli's scheme). The first-order share
is what a group causes alone, the total share what it causes together with the others; so they do not add up to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..value_functions import FloatArray
from .draws import Sample, Simulation

DRAWS = 4096
GROUPS = ("data", "weights", "designs")
"""Groups of what is drawn, as fields of `Sample`; designs are the choices of method."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the variance of the ranks, summed over countries: caused alone, and together with the other groups."""

    alone: float
    together: float


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Shares by group, over all ranked countries and over those with one of the first N ranks."""

    everyone: Mapping[str, Shares]
    first: Mapping[str, Shares]


def decompose(simulation: Simulation, seed: int, draws: int = DRAWS) -> Decomposition:
    """Decompose the variance of the ranks of a simulation with a mix, whose countries are in official order."""
    assert simulation.mix is not None
    if not simulation.ranked:
        nothing = dict.fromkeys(GROUPS, Shares(0.0, 0.0))
        return Decomposition(nothing, nothing)
    streams = np.random.SeedSequence(seed).spawn(1)
    rng = np.random.Generator(np.random.PCG64(streams[0]))
    a, b = (
        Sample(int(rng.integers(1 << 52)), int(rng.integers(1 << 52)), rng.integers(0, simulation.mix.designs, draws))
        for _ in range(2)
    )
    of_a, of_b = (simulation.ranks(sample).astype(np.float64) for sample in (a, b))
    whole = np.concatenate([of_a, of_b]).var(axis=0)
    everyone: dict[str, Shares] = {}
    first: dict[str, Shares] = {}
    for group in GROUPS:
        mixed = simulation.ranks(replace(a, **{group: getattr(b, group)})).astype(np.float64)
        alone: FloatArray = (of_b * (mixed - of_a)).mean(axis=0)
        together: FloatArray = ((of_a - mixed) ** 2).mean(axis=0) / 2.0
        for found, rows in ((everyone, slice(None)), (first, slice(simulation.first))):
            variance = float(whole[rows].sum())
            parts = (float(part[rows].sum()) / variance if variance > 0 else 0.0 for part in (alone, together))
            found[group] = Shares(*parts)
    return Decomposition(everyone, first)
