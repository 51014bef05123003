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


class WidthRow(NamedTuple):
    """A source of doubt with the median width of the interval when it alone is drawn."""

    label: str
    width: str


def widths(found: RunFigures) -> list[WidthRow]:
    """Return the sources of doubt with their widths."""
    sources = ALL_IN_SOURCES if "all_in" in found.drawn else SOURCES
    return [WidthRow(label, f"{found.widths[key]:g}") for key, label in sources.items() if key in found.widths]


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


class DatumRow(NamedTuple):
    """Criterion with the effect of knowing it better, over all countries of the pool."""

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
    retained: tuple[tuple[int, float], ...]
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
        retained = tuple((count, retained_share(fit, count)) for count in range(1, len(row.series_rows) + 1))
        numbers = (mean, fit["n"], fit["noise"], fit["agreement"], fit.get("correlation"), fit["pairs"])
        rows.append(PoolingRow(row.label, *numbers, retained, fit["fitted"]))
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
        Column("Countries", lambda row: row.n, "number"),
        Column("Intercept", lambda row: formats.number(row.intercept, 3), "number"),
        Column("Slope", lambda row: formats.number(row.slope, 3), "number"),
        Column("Residual error", lambda row: formats.number(row.residual, 3), "number"),
        Column("Correlation", lambda row: formats.number(row.r, 2), "number"),
        Column("Used by ranked countries", lambda row: row.used, "number"),
    ],
    caption="Bridges: straight lines on the criterion\N{RIGHT SINGLE QUOTATION MARK}s scale, fitted to all "
    "countries that have both series",
    show_caption=True,
)
WIDTHS: Table[WidthRow] = Table(
    "Width by source",
    [Column("Source", lambda row: row.label), Column("Places", lambda row: row.width, "number")],
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


def data_table(first: int) -> Table[DatumRow]:
    """Return the effect of loading each criterion on the certainty of the first N."""
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
    """Return the room of each weight before the first N change."""
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
    """Return what leaving one fact out changes among the ranked countries."""
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
    """Return the ranked countries by region."""
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
    """Return the run's fits and draws, with the tables that show them."""
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
