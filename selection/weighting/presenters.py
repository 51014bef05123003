"""Results of a weighting exercise as figures: each part of a node with everyone's weights, mean, and spread."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import charts, formats
from cpc.web.charts import Svg
from cpc.web.tables import Column, Table
from selection.model_definition.criteria_table import ModelTable
from selection.scoring.uncertainty import concentration
from selection.weighting.queries import Participation
from selection.weighting.spread import ENOUGH, WeightSpread, spread_of, weights_of
from selection.weighting.swings import WHOLE

APART = 0.10
"""Least difference between the means of the office and of agencies that is pointed out."""


@dataclass(frozen=True, slots=True)
class PartResult:
    """One part of a node: its weight in the model, and what was stated. Weights are shares of the node, 0 to 1."""

    label: str
    in_use: float
    mean: float
    median: float
    low: float
    high: float
    office: float | None
    agencies: float | None
    values: tuple[float, ...]
    mark: Svg

    @property
    def gap(self) -> float | None:
        """Return by how much agencies weigh it more than the office."""
        return None if self.office is None or self.agencies is None else self.agencies - self.office

    @property
    def is_apart(self) -> bool:
        return self.gap is not None and abs(self.gap) >= APART - 1e-9


@dataclass(frozen=True, slots=True)
class NodeResult:
    label: str
    parts: Sequence[PartResult]
    spread: WeightSpread

    @property
    def apart(self) -> list[PartResult]:
        return [part for part in self.parts if part.is_apart]

    @property
    def table(self) -> Table[PartResult]:
        return parts_table(self.label, many=self.spread.answers > 1)


@dataclass(frozen=True, slots=True)
class WeightingResult:
    """Result of an exercise, one column of values for each participant that has answered."""

    columns: Sequence[Participation]
    nodes: Sequence[NodeResult]

    @property
    def answers(self) -> int:
        return len(self.columns)

    @property
    def lacks(self) -> int:
        """Return how many answers an estimate of the spread still lacks."""
        return max(0, ENOUGH - self.answers)

    @property
    def has_both(self) -> bool:
        return len({one.is_agency for one in self.columns}) == 2


def result_of(
    nodes: Sequence[Mapping[str, Any]], table: ModelTable, answered: Sequence[Participation]
) -> WeightingResult:
    return WeightingResult(answered, [_node(node, table, answered) for node in nodes] if answered else [])


def _node(node: Mapping[str, Any], table: ModelTable, answered: Sequence[Participation]) -> NodeResult:
    keys = [part["key"] for part in node["children"]]
    given = [weights_of(one.answer.points[node["key"]], keys) for one in answered if one.answer is not None]
    own = table.concentration_of("" if node["key"] == WHOLE else node["key"])
    spread = spread_of(given, own if own is not None else concentration(len(keys), table.rho))
    parts = []
    for index, part in enumerate(node["children"]):
        values = tuple(weights[index] for weights in given)
        office = [value for value, one in zip(values, answered, strict=True) if not one.is_agency]
        agencies = [value for value, one in zip(values, answered, strict=True) if one.is_agency]
        parts.append(
            PartResult(
                part["label"],
                part["weight"],
                spread.mean[index],
                statistics.median(values),
                min(values),
                max(values),
                statistics.fmean(office) if office else None,
                statistics.fmean(agencies) if agencies else None,
                values,
                charts.weight_dots(office, agencies, spread.mean[index], part["weight"]),
            )
        )
    return NodeResult(node["label"], parts, spread)


def parts_table(label: str, *, many: bool) -> Table[PartResult]:
    """Return the table of a node; with one answer there is no median or range."""
    shared: list[Column[PartResult]] = [
        Column("Part", lambda part: part.label, css="is-wide"),
        Column("In the model", lambda part: formats.share(part.in_use), "number"),
        Column("Mean", lambda part: formats.share(part.mean), "number"),
    ]
    spread: list[Column[PartResult]] = [
        Column("Median", lambda part: formats.share(part.median), "number"),
        Column("Lowest to highest", lambda part: f"{formats.share(part.low)} to {formats.share(part.high)}"),
        Column("Office", lambda part: None if part.office is None else formats.share(part.office), "number"),
        Column("Agencies", lambda part: None if part.agencies is None else formats.share(part.agencies), "number"),
    ]
    marks: list[Column[PartResult]] = [Column("Each answer", lambda part: part.mark)]
    return Table(f"Weights below {label}", [*shared, *(spread if many else []), *marks], caption=f"Weights: {label}")
