"""Nodes of a model as an exercise asks about them: for each part, the swing from a score of 0 to 1 and the data.

A weight in the model is what a swing from the value that counts as 0 to the value that counts as 1 is worth. So that
is the swing which people weigh; beside it are the lowest and highest country of the pool in the newest ranking, which
tell how much of the swing is found in the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from cpc.web import formats
from indicators.models import Observation
from selection.countries.published import goalposts, published
from selection.model_definition.criteria_table import CriterionRow, ModelTable, NodeRow
from selection.models import CountryScore, CountryStatus, ScoreRun

Found = TypeVar("Found", bound=tuple[Any, ...])

WHOLE = "total"
"""Key of the root, whose parts are need and feasibility."""

IN_POOL = (CountryStatus.RANKED, CountryStatus.PROVISIONAL)


def asked_nodes(table: ModelTable, run: ScoreRun | None) -> list[dict[str, Any]]:
    """Return each node with at least two parts that count, from the root down, as an exercise stores it.

    A part has its key, label, local weight (0 to 1), rule, and `low` and `high`: the countries of the pool with the
    lowest and the highest value of the run, "" if nothing is published.
    """
    shares, ends = table.shares(), _Ends(table, run)
    nodes: list[tuple[str, str]] = [(WHOLE, "Need and feasibility"), *((node.key, node.label) for node in table.nodes)]
    found = []
    for key, label in nodes:
        parts = parts_of(table, "" if key == WHOLE else key)
        whole = sum(part.weight for part in parts)
        if len(parts) < 2 or (key != WHOLE and not shares[key]):
            continue
        children = [
            {
                "key": part.key,
                "label": part.label,
                "kind": "node" if isinstance(part, NodeRow) else "criterion",
                "weight": part.weight / whole,
                **ends.of(part),
            }
            for part in parts
        ]
        share = 1.0 if key == WHOLE else shares[key]
        found.append({"key": key, "label": label, "share": share, "children": children})
    return found


def parts_of(table: ModelTable, node: str) -> list[NodeRow | CriterionRow]:
    """Return the parts of a node (of the root for "") that have a weight."""
    counted = {row.node for row in table.criteria if row.weight > 0 and row.stage != "shown"}
    above = {row.parent for row in table.nodes if row.key in counted}
    criteria = [row for row in table.criteria if row.node == node and row.weight > 0 and row.stage != "shown"]
    nodes = [row for row in table.nodes if row.parent == node and row.weight > 0 and row.key in counted | above]
    return [*criteria, *nodes]


class _Ends:
    """Ends of the swings of a model, and the lowest and highest countries of a run."""

    def __init__(self, table: ModelTable, run: ScoreRun | None) -> None:
        self.table = table
        rows = CountryScore.objects.filter(run=run, status__in=IN_POOL) if run else CountryScore.objects.none()
        self.scores = list(rows.select_related("country").order_by("country__name"))
        self.lines = {score.pk: {line["key"]: line for line in score.lines} for score in self.scores}
        wanted = {found[2]["observation"] for row in table.criteria for found in self._extremes(row.key)}
        self.observations = Observation.objects.select_related("indicator").in_bulk(wanted)

    def of(self, part: NodeRow | CriterionRow) -> dict[str, Any]:
        if isinstance(part, NodeRow):
            low, high = part.span or (0.0, 1.0)
            rule = f"{100 * low:g} gives 0, {100 * high:g} gives 1, of 100 points"
            return {"rule": rule, "anchors": [], **_named(("low", "high"), self._node_ends(part.key))}
        ends = [self._text(part, found) for found in self._extremes(part.key)]
        anchors = list(part.anchors[:1]) + list(part.anchors[-1:]) if part.is_rated else []
        return {"rule": goalposts(part.function), "anchors": anchors, **_named(("low", "high"), ends)}

    def _node_ends(self, key: str) -> list[str]:
        known = [(score.nodes[key]["score"], score.country.name) for score in self.scores if key in score.nodes]
        known = [(value, name) for value, name in known if value is not None]
        return [f"{formats.number(value, 0)} of 100 ({name})" for value, name in _ends(known)]

    def _extremes(self, key: str) -> list[tuple[float, str, Mapping[str, Any]]]:
        """Return value, country, and line of the countries with the lowest and the highest published value."""
        lines = ((self.lines[score.pk].get(key), score.country.name) for score in self.scores)
        return _ends(
            [(line["u"], name, line) for line, name in lines if line and line["u"] is not None and line["observation"]]
        )

    def _text(self, row: CriterionRow, found: tuple[float, str, Mapping[str, Any]]) -> str:
        u, name, line = found
        observation = self.observations[line["observation"]]
        shown = published(row, observation, line.get("estimate"))
        amount = " ".join(filter(None, (shown.value, shown.unit)))
        counts = f", counts as {shown.counts_as}" if shown.counts_as else ""
        return f"{amount} in {observation.year}{counts} ({name}): {formats.number(100 * u, 0)} of 100"


def _ends(rows: list[Found]) -> list[Found]:
    if not rows:
        return []
    return [min(rows, key=lambda row: row[0]), max(rows, key=lambda row: row[0])]


def _named(names: Iterable[str], texts: Sequence[str]) -> dict[str, str]:
    return dict(zip(names, texts or ("", ""), strict=True))
