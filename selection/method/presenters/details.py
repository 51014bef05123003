"""Tables of the method's page that open on demand: fits, sources of doubt, designs, and room of the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.method.queries.run_figures import (
    LeftOut,
    RegionCount,
    RunFigures,
    retained_share,
)
from selection.model_definition.criteria_table import ModelTable

SOURCES: Mapping[str, str] = {
    "measurement": "Errors of measurement",
    "age": "Age of the values",
    "bridge": "Bridges between series",
    "missing": "Values filled from peers",
    "data": "All data together",
    "weights": "Weights",
    "total": "Data and weights (the interval shown)",
    "designs": "Other methods (not in the interval)",
}
"""Sources of doubt in the order in which a page names them."""

ALL_IN_SOURCES: Mapping[str, str] = {
    "measurement": SOURCES["measurement"],
    "age": SOURCES["age"],
    "overdue": "The overdue report alone (a part of age)",
    "bridge": SOURCES["bridge"],
    "missing": SOURCES["missing"],
    "data": SOURCES["data"],
    "weights": SOURCES["weights"],
    "designs": "Method",
    "data_weights": "Data and weights",
    "total": "Data, weights, and method (the interval shown)",
}
"""The same for all-in draws, whose interval includes the method."""


class LabeledValue(NamedTuple):
    label: str
    value: float


def widths(found: RunFigures) -> list[LabeledValue]:
    """Return the median width of the interval when one source of doubt alone is drawn."""
    sources = ALL_IN_SOURCES if "all_in" in found.drawn else SOURCES
    return [LabeledValue(label, found.widths[key]) for key, label in sources.items() if key in found.widths]


class ChoiceShare(NamedTuple):
    """A choice of the method: its share of the variance of ranks over the designs, alone and with all others."""

    label: str
    alone: float
    total: float


def choice_shares(table: ModelTable, found: RunFigures) -> list[ChoiceShare]:
    """Return how much each choice moves ranks, the largest first."""
    total, alone = found.drawn.get("anova", {}), found.drawn.get("anova_alone", {})
    labels = {choice["key"]: choice["label"] for choice in table.method.get("choices", ())}
    rows = [ChoiceShare(labels.get(key, key), alone.get(key, 0.0), value) for key, value in total.items()]
    return sorted(rows, key=lambda row: -row.total)


def data_values(table: ModelTable, found: RunFigures) -> list[LabeledValue]:
    """Return the effect of knowing each criterion better, over all countries of the pool, the largest first."""
    labels = {row.key: row.label for row in table.criteria}
    rows = [
        LabeledValue(labels.get(key, key), value) for key, value in found.drawn.get("data", {}).items() if value > 0
    ]
    return sorted(rows, key=lambda row: -row.value)


class BridgeRow(NamedTuple):
    """A bridge, as the run fitted it, with how many ranked countries use it."""

    criterion: str
    series: str
    fit: Mapping[str, float]
    used: int


def bridges(table: ModelTable, found: RunFigures) -> list[BridgeRow]:
    rows = []
    for key, fits in found.fits.items():
        row = table.row(key)
        for series in row.series_rows:
            fit = fits.get("bridges", {}).get(series["key"])
            if fit:
                used = found.sources.get(key, {}).get(series["key"], 0)
                rows.append(BridgeRow(row.label, series["label"], fit, used))
    return rows


class PoolingRow(NamedTuple):
    """The agreement of the editions of an estimate, as the run fitted it; `mean` is in the value's own unit."""

    criterion: str
    fit: Mapping[str, Any]
    mean: float
    retained: tuple[tuple[int, float], ...]


def poolings(table: ModelTable, found: RunFigures) -> list[PoolingRow]:
    rows = []
    for key, fits in found.fits.items():
        fit = fits.get("pooling")
        if not fit:
            continue
        row = table.row(key)
        mean = math.exp(fit["mean"]) if (row.estimate or {}).get("scale") == "log" else fit["mean"]
        retained = tuple((count, retained_share(fit, count)) for count in range(1, len(row.series_rows) + 1))
        rows.append(PoolingRow(row.label, fit, mean, retained))
    return rows


class StableRow(NamedTuple):
    """Weight as a share of the weights under the same node, and the ranges that preserve the first N."""

    label: str
    now: float
    all_stay: tuple[float, float]
    most_stay: tuple[float, float]


def stable(table: ModelTable, found: RunFigures) -> list[StableRow]:
    """Return how far each weight can move before the first N change, those with the least room first."""
    labels = {row.key: row.label for row in table.criteria} | {node.key: node.label for node in table.nodes}
    rows = [
        StableRow(
            labels.get(one["key"], one["key"]),
            one["now"],
            *(tuple(one["ranges"][percent]) for percent in ("100", "90")),
        )
        for one in found.drawn.get("stability", ())
    ]
    return sorted(rows, key=lambda row: row.most_stay[1] - row.most_stay[0])


# ---- tables --------------------------------------------------------------------------------------------------------

BRIDGES: Table[BridgeRow] = Table(
    "Bridges",
    [
        Column("From", lambda row: row.series),
        Column("To", lambda row: row.criterion),
        Column("Countries", lambda row: row.fit["n"], "number"),
        Column("Intercept", lambda row: formats.number(row.fit["intercept"], 3), "number"),
        Column("Slope", lambda row: formats.number(row.fit["slope"], 3), "number"),
        Column("Residual error", lambda row: formats.number(row.fit["residual"], 3), "number"),
        Column("Correlation", lambda row: formats.number(row.fit["r"], 2), "number"),
        Column("Used by ranked countries", lambda row: row.used, "number"),
    ],
    caption="Bridges: straight lines on the criterion\N{RIGHT SINGLE QUOTATION MARK}s scale, fitted to all "
    "countries that have both series",
    show_caption=True,
)
WIDTHS: Table[LabeledValue] = Table(
    "Width by source",
    [Column("Source", lambda row: row.label), Column("Places", lambda row: f"{row.value:g}", "number")],
    caption="Width of the 90% interval in places if only this source varies. Widths don't add up.",
    show_caption=True,
    stacked=False,
)
CHOICE_SHARES: Table[ChoiceShare] = Table(
    "Choices",
    [
        Column("Choice", lambda row: row.label),
        Column("With other choices", lambda row: formats.share(row.total), "number"),
        Column("Alone", lambda row: formats.share(row.alone), "number"),
    ],
    caption="Share of the difference in ranks between methods that involves each choice. Choices act together, so "
    "shares add up to more than 100%.",
    show_caption=True,
    stacked=False,
)


def data_table(first: int) -> Table[LabeledValue]:
    return Table(
        "What to load next",
        [
            Column("Criterion", lambda row: row.label),
            Column("Value", lambda row: formats.number(row.value, 1), "number"),
        ],
        caption="What to load next: how much exact values of a criterion would change the chances of being in the "
        f"first {first}, summed over the pool (1.0 is one country moved from never to always)",
        show_caption=True,
        stacked=False,
    )


def stable_table(first: int) -> Table[StableRow]:
    return Table(
        "Weights",
        [
            Column("Weight", lambda row: row.label),
            Column("Current", lambda row: formats.share(row.now), "number"),
            Column("All remain", lambda row: _span(row.all_stay), "number"),
            Column("Nine in ten remain", lambda row: _span(row.most_stay), "number"),
        ],
        caption=f"Range of each weight within which the first {first} do not change; its sibling weights keep "
        "their proportions",
        show_caption=True,
    )


def _span(ends: tuple[float, float]) -> str:
    return f"{formats.share(ends[0])} to {formats.share(ends[1])}"


def left_out_table(first: int) -> Table[LeftOut]:
    return Table(
        "Need without one fact",
        [
            Column("Left out", lambda row: row.row.label),
            Column("Mean change in the rank by need", lambda row: formats.number(row.change, 1), "number"),
            Column(f"Of the first {first} by need, remain", lambda row: row.remaining, "number"),
        ],
        caption="Need without one of its facts, among the ranked countries",
        show_caption=True,
        stacked=False,
    )


def regions_table(first: int) -> Table[RegionCount]:
    return Table(
        "Regions",
        [
            Column("Region", lambda row: row.region),
            Column(f"Among the first {first}", lambda row: row.first, "number"),
            Column("Ranked", lambda row: row.ranked, "number"),
        ],
        caption="Ranked countries by region",
        show_caption=True,
        stacked=False,
    )


def fitted(table: ModelTable, found: RunFigures) -> dict[str, Any]:
    return {
        "bridges_table": BRIDGES,
        "bridges": bridges(table, found),
        "poolings": poolings(table, found),
        "widths_table": WIDTHS,
        "widths": widths(found),
        "data_table": data_table(found.first),
        "data_values": data_values(table, found),
        "stable_table": stable_table(table.first),
        "stable": stable(table, found),
        "left_out_table": left_out_table(table.first),
        "regions_table": regions_table(table.first),
        "shares_table": CHOICE_SHARES,
        "shares": choice_shares(table, found),
    }
