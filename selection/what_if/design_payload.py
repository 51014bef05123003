"""Part of the page's data that tells a browser the designs of a run; the docstring of `payload` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from selection.runs.queries.basis import Basis
from selection.scoring.method import Choice, Option
from selection.scoring.robustness.exact import child_keys
from selection.scoring.robustness.levels import Grid, takes, taking

from .askable import phrase
from .designs import draws_designs, overdue_in, values_by


@lru_cache(maxsize=4)
def designs_payload(basis: Basis, leaves: tuple[int, ...]) -> dict[str, Any]:
    """Return the choices, the levels of the criteria in `leaves`, and the criteria with an overdue edition.

    A run never changes, and to fill gaps at every level takes longer than all else on the page.
    """
    choices = basis.model.method.choices if draws_designs(basis) else ()
    wholes = _wholes(basis)
    return {
        "choices": [_choice(choice, wholes) for choice in choices],
        "levels": list(_levels(basis, Grid(choices), leaves)),
        "overdue": [item.key for item in overdue_in(basis)],
    }


def _wholes(basis: Basis) -> dict[str, float]:
    """Return by key of a criterion or node the weight of all that its parent counts."""
    own = {item.key: item.weight for item, _ in basis.model.walk()}
    wholes: dict[str, float] = {}
    for branch in basis.result.plan.branches:
        keys = child_keys(basis.result.plan, branch)
        wholes |= dict.fromkeys(keys, sum(own[key] for key in keys))
    return wholes


def _choice(choice: Choice, wholes: dict[str, float]) -> dict[str, Any]:
    options = [_option(one, wholes) | {"phrase": phrase(choice, one)} for one in choice.options]
    return {"key": choice.key, "options": options}


def _option(option: Option, wholes: dict[str, float]) -> dict[str, Any]:
    return {
        "key": option.key,
        "weights": {key: weight / wholes[key] for key, weight in option.weights if key in wholes},
        "arithmetic": option.arithmetic,
        "unscaled": option.unscaled,
        "percentiles": list(option.percentiles) if option.percentiles else None,
    }


def _levels(basis: Basis, grid: Grid, leaves: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    for number, j in enumerate(leaves):
        key = basis.result.plan.criteria[j].key
        ways, at = grid.vary(taking(key), takes)
        if len(ways) < 2:
            continue
        table = at.reshape(grid.shape)
        matter = [axis for axis in range(table.ndim) if np.ptp(table, axis=axis).any()]
        compact = table[tuple(slice(None) if axis in matter else 0 for axis in range(table.ndim))]
        official = basis.result.u[:, j]
        yield {
            "criterion": number,
            "choices": matter,
            "at": compact.reshape(-1).tolist(),
            "u": [_changed(values_by(basis, key, way), official) for way in ways[1:]],
        }


def _changed(u: np.ndarray[Any, np.dtype[np.float64]], official: np.ndarray[Any, Any]) -> dict[int, float | None]:
    pairs = enumerate(zip(u.tolist(), official.tolist(), strict=True))
    same = np.equal(u, official) | (np.isnan(u) & np.isnan(official))
    return {i: None if np.isnan(value) else value + 0.0 for i, (value, _) in pairs if not same[i]}
