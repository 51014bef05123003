"""Tables of the method's page that open on demand: fits, sources of doubt, designs, and room of the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from selection.method.queries.run_figures import RunFigures, kept_share
from selection.model_definition.criteria_table import ModelTable

SOURCES: Mapping[str, str] = {
    "measurement": "Errors of measurement",
    "age": "Age of the values",
    "bridge": "Bridges between series",
    "missing": "Values filled from peers",
    "data": "All data together",
    "weights": "Weights",
    "total": "Data and weights: the interval shown",
    "designs": "Other methods, beside the interval",
}
"""Sources of doubt in the order in which a page names them."""


class WidthRow(NamedTuple):
    """A source of doubt with the median width of the interval when it alone is drawn."""

    label: str
    width: str


def widths(found: RunFigures) -> list[WidthRow]:
    """Return the sources of doubt with their widths."""
    return [WidthRow(label, f"{found.widths[key]:g}") for key, label in SOURCES.items() if key in found.widths]


class ChoiceShare(NamedTuple):
    """A choice of the method: its share of the variance of ranks over the designs, alone and with all others."""

    label: str
    alone: float
    total: float


def choice_shares(table: ModelTable, found: RunFigures) -> list[ChoiceShare]:
    """Return how much each choice moves ranks, the largest first."""
    total, alone = found.drawn.get("anova", {}), found.drawn.get("anova_alone", {})
    labels = {choice["key"]: choice["label"] for choice in (table.method or {}).get("choices", ())}
    rows = [ChoiceShare(labels.get(key, key), alone.get(key, 0.0), value) for key, value in total.items()]
    return sorted(rows, key=lambda row: -row.total)


class DatumRow(NamedTuple):
    """A criterion with what knowing it better would settle, over all countries of the pool."""

    label: str
    value: float


def data_values(table: ModelTable, found: RunFigures) -> list[DatumRow]:
    """Return the criteria whose values would settle most, the largest first."""
    labels = {row.key: row.label for row in table.criteria}
    rows = [DatumRow(labels.get(key, key), value) for key, value in found.drawn.get("data", {}).items() if value > 0]
    return sorted(rows, key=lambda row: -row.value)


class BridgeRow(NamedTuple):
    """A bridge that the run fitted, with how many ranked countries use it."""

    criterion: str
    series: str
    n: int
    intercept: float
    slope: float
    residual: float
    r: float
    used: int


def bridges(table: ModelTable, found: RunFigures) -> list[BridgeRow]:
    """Return the bridges of the run in the order in which they are tried."""
    rows = []
    for key, fits in found.fits.items():
        row = table.row(key)
        for series in row.series_rows:
            fit = fits.get("bridges", {}).get(series["key"])
            if fit:
                numbers = (fit["n"], fit["intercept"], fit["slope"], fit["residual"], fit["r"])
                used = found.sources.get(key, {}).get(series["key"], 0)
                rows.append(BridgeRow(row.label, series["label"], *numbers, used))
    return rows


class PoolingRow(NamedTuple):
    """The agreement of the editions of an estimate in the run."""

    criterion: str
    mean: float
    n: int
    noise: float
    agreement: float
    correlation: float | None
    pairs: int
    kept: tuple[tuple[int, float], ...]
    fitted: bool


def poolings(table: ModelTable, found: RunFigures) -> list[PoolingRow]:
    """Return what the run fitted for pooled editions; the mean in the value's own unit."""
    rows = []
    for key, fits in found.fits.items():
        fit = fits.get("pooling")
        if not fit:
            continue
        row = table.row(key)
        mean = math.exp(fit["mean"]) if (row.estimate or {}).get("scale") == "log" else fit["mean"]
        kept = tuple((count, kept_share(fit, count)) for count in range(1, len(row.series_rows) + 1))
        numbers = (mean, fit["n"], fit["noise"], fit["agreement"], fit.get("correlation"), fit["pairs"])
        rows.append(PoolingRow(row.label, *numbers, kept, fit["fitted"]))
    return rows


class StableRow(NamedTuple):
    """A weight as a share of the weights under the same node, and the ranges that keep the first N."""

    label: str
    now: float
    all_stay: tuple[float, float]
    most_stay: tuple[float, float]


def stable(table: ModelTable, found: RunFigures) -> list[StableRow]:
    """Return how far each weight can move before the first N change, those with the least room first."""
    labels = {row.key: row.label for row in table.criteria} | {node.key: node.label for node in table.nodes}
    rows = [
        StableRow(
            labels.get(one["key"], one["key"]), one["now"], *(tuple(one["ranges"][kept]) for kept in ("100", "90"))
        )
        for one in found.drawn.get("stability", ())
    ]
    return sorted(rows, key=lambda row: row.most_stay[1] - row.most_stay[0])
