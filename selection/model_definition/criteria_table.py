"""Scoring model in table form: one row per criterion, and the engine's model built from the rows.

The table (`reference/default_model.json`) gives each criterion's label on the country page, its stage, its node in the
tree, the published indicator that supplies its values, and the reason for its goalposts. Stages:

- `screen`: published data only; counts in the desk screen and in the full score;
- `full`: rated or entered by analysts; counts in the full score of a round's candidates;
- `shown`: published data with weight 0: displayed with the others, never counted.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from selection.scoring import Model, sha256_of

DEFAULT = Path(__file__).resolve().parent.parent / "reference" / "default_model.json"


class Stage(enum.StrEnum):
    SCREEN = "screen"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class NodeRow:
    """Inner node of the tree; `parent` is empty below the root. `weight` is local, relative to its siblings.

    `span` are the scores of the node that count as 0 and as 1 in the node above; None passes the score unchanged.
    `concentration` is that of the weights below it in the draws; None: as the model's `rho` sets it.
    """

    key: str
    label: str
    parent: str
    weight: float
    required: bool
    reason: str
    span: tuple[float, float] | None = None
    concentration: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> NodeRow:
        """Read a row. Raise `TypeError` for an unknown or missing field."""
        span = row.get("span")
        return cls(**{**row, "span": None if span is None else (span[0], span[1])})


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion.

    `period` is `complete` (all countries by the newest period in which no listed country is inferred or absent),
    `newest` (all by the newest period with a value, even if it has none for some) or `latest` (each country by its
    newest value). `max_age` is in years. `absent` is why a country without a row has
    no value; `labels_missing` maps labels that are no value to the reason. `function` is the engine's value
    function as plain data, `reason` why it is as it is. `anchors` are what is seen at each step of a rubric, from 0.
    `estimate` is the engine's `Estimate` as plain data; None if values count as published.
    """

    key: str
    label: str
    factor: str
    stage: str
    node: str
    weight: float
    indicator: str
    series: str
    period: str
    max_age: float | None
    absent: str
    labels_missing: Mapping[str, str]
    missing: str
    function: Mapping[str, Any]
    reason: str
    anchors: tuple[str, ...] = ()
    estimate: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CriterionRow:
        """Read a row. Raise `TypeError` for an unknown or missing field."""
        return cls(**{**row, "anchors": tuple(row.get("anchors", ()))})

    @property
    def is_rated(self) -> bool:
        """Return whether raters supply its values: a rubric that counts and has no published indicator."""
        return bool(self.function["kind"] == "rubric" and not self.indicator and self.weight > 0)

    @property
    def is_ordinal(self) -> bool:
        return bool(self.function["kind"] == "ordinal")

    @property
    def series_rows(self) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = (self.estimate or {}).get("series", ())
        return rows

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset({self.indicator, *(series["indicator"] for series in self.series_rows)}) - {""}

    @property
    def is_complement(self) -> bool:
        """Return whether the criterion counts 100 less the published value."""
        return any(s.get("complement") for s in self.series_rows[:1])

    @property
    def due(self) -> tuple[int, int] | None:
        """Return month and day on which a new edition is due each year; None if the model knows no such day."""
        moves = (self.estimate or {}).get("transitions") or {}
        month, _, day = str(moves.get("due", "")).partition("-")
        return (int(month), int(day)) if day else None

    def series_of(self, indicator: str, series: str = "") -> str:
        """Return the key of the series that states values of an indicator; "" if the criterion has no such series."""
        keys = (s["key"] for s in self.series_rows if (s["indicator"], s.get("series", "")) == (indicator, series))
        return str(next(keys, ""))

    def indicator_of(self, series: str) -> str:
        """Return the code of the indicator of one of its series; without such a series, of the criterion itself."""
        return str(next((s["indicator"] for s in self.series_rows if s["key"] == series), self.indicator))

    def counts(self, value: float, series: str = "") -> float:
        """Return what the criterion counts of a published value: the value itself, or 100 less it.

        `series` is the key of the series that states it, "" for the criterion's own indicator.
        """
        part = next((s for s in self.series_rows if s["key"] == series), None)
        whole = self.is_complement if part is None else bool(part.get("complement"))
        return 100.0 - value if whole else value


@dataclass(frozen=True)
class ModelTable:
    """Whole model in table form. Made by `read`.

    `mandatory` are the statute's requirements for every partner, regardless of its score; see `statutory_criteria`.
    `aggregation` is the way the nodes below the root are combined into the score, `groupings` name the indicator
    behind each grouping of countries, and `method` is the engine's `Method` as plain data. `concentration` is that of
    the weights of the nodes below the root.
    """

    key: str
    version: str
    title: str
    illustrative: bool
    note: str
    root_tau: float
    node_tau: float
    rho: float
    draws: int
    not_candidates: Mapping[str, str]
    listing: Mapping[str, str]
    nodes: tuple[NodeRow, ...]
    criteria: tuple[CriterionRow, ...]
    hurdles: tuple[Mapping[str, Any], ...]
    method: Mapping[str, Any]
    mandatory: tuple[Mapping[str, Any], ...] = ()
    aggregation: str = "arithmetic"
    groupings: Mapping[str, str] = field(default_factory=dict)
    concentration: float | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelTable:
        """Read a table. Raise `TypeError` for an unknown or missing field, `ValueError` for a bad position."""
        rest = {k: v for k, v in data.items() if k not in ("nodes", "criteria", "hurdles", "mandatory")}
        table = cls(
            **rest,
            nodes=tuple(NodeRow.of(row) for row in data["nodes"]),
            criteria=tuple(CriterionRow.of(row) for row in data["criteria"]),
            hurdles=tuple(data["hurdles"]),
            mandatory=tuple(data.get("mandatory", ())),
        )
        keys = {node.key for node in table.nodes}
        for row in table.criteria:
            if row.node not in keys:
                raise ValueError(f"criterion {row.key} is under {row.node!r}, which is not a node")
        return table

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` reads back.

        Fields added to the format later are left out if empty, so that older tables keep their hash.
        """
        plain = asdict(self)
        plain["nodes"] = [_without_empty(row, "span", "concentration") for row in plain["nodes"]]
        plain["criteria"] = [_without_empty(row, "anchors", "estimate") for row in plain["criteria"]]
        if plain["aggregation"] == "arithmetic":
            del plain["aggregation"]
        return _without_empty(plain, "mandatory", "groupings", "concentration")

    @cached_property
    def first(self) -> int:
        return int(self.method.get("first", 20))

    @property
    def is_all_in(self) -> bool:
        return bool(self.method.get("all_in"))

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the whole table, selection rules included."""
        return sha256_of(self.to_dict())

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of the table without its version: versions with equal content have an equal hash."""
        return sha256_of({**self.to_dict(), "version": ""})

    def rows(self, stage: Stage) -> tuple[CriterionRow, ...]:
        """Return the criteria of a stage in tree order, those with weight 0 included."""
        wanted = {"screen", "shown"} if stage is Stage.SCREEN else {"screen", "full", "shown"}
        return tuple(row for row in self.criteria if row.stage in wanted)

    def row(self, key: str) -> CriterionRow:
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, CriterionRow]:
        return {row.key: row for row in self.criteria}

    def model(self, stage: Stage) -> Model:
        """Return the engine's model of one stage, without nodes that have no counted criterion."""
        rows = self.rows(stage)
        root: dict[str, Any] = {
            "kind": "node",
            "key": "total",
            "label": "Score",
            "weight": 1.0,
            "aggregation": self.aggregation,
            "children": self._children("", rows),
        }
        root |= self._drawn("", root["children"])
        return Model.from_dict(
            {
                "key": f"{self.key}-{stage.value}",
                "version": self.version,
                "root": root,
                "hurdles": [dict(h) for h in self.hurdles],
                "root_tau": self.root_tau,
                "node_tau": self.node_tau,
                "rho": self.rho,
                "draws": self.draws,
                "method": self.method,
            }
        )

    def _children(self, parent: str, rows: tuple[CriterionRow, ...]) -> list[dict[str, Any]]:
        children: list[dict[str, Any]] = [
            {
                "kind": "criterion",
                "key": row.key,
                "label": row.label,
                "value_function": dict(row.function),
                "weight": row.weight,
                "missing": {"policy": row.missing},
                "indicator": row.indicator,
                "max_age": row.max_age,
                "note": row.reason,
                **({"estimate": dict(row.estimate)} if row.estimate is not None else {}),
            }
            for row in rows
            if row.node == parent
        ]
        for node in self.nodes:
            if node.parent != parent:
                continue
            below = self._children(node.key, rows)
            if below:
                children.append(
                    {
                        "kind": "node",
                        "key": node.key,
                        "label": node.label,
                        "weight": node.weight,
                        "required": node.required,
                        "children": below,
                        **({"span": list(node.span)} if node.span else {}),
                        **self._drawn(node.key, below),
                    }
                )
        return children

    def _drawn(self, node: str, children: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """Return the concentration of a node of the engine's model, if it has its own.

        Some of several shares with one Dirichlet distribution, rescaled to 1, have its concentration times their sum.
        """
        whole = self.concentration_of(node)
        total = sum(weight for parent, weight in self._weights() if parent == node)
        if whole is None or not total:
            return {}
        return {"concentration": whole * sum(child["weight"] for child in children) / total}

    def concentration_of(self, node: str) -> float | None:
        """Return the concentration that a node, or with "" the root, has of its own."""
        return next((row.concentration for row in self.nodes if row.key == node), None) if node else self.concentration

    @property
    def has_own_spread(self) -> bool:
        """Return whether the draws of any node's weights have a concentration of their own."""
        return self.concentration is not None or any(row.concentration is not None for row in self.nodes)

    def weights(self) -> dict[str, float]:
        """Return each criterion's share of the model's total weight, 0 to 1, before any value is missing."""
        shares = self.shares()
        return {row.key: shares[row.key] for row in self.criteria}

    def shares(self) -> dict[str, float]:
        """Return each node's and criterion's share of the model's total weight, by key.

        Nodes and criteria below a weight of 0 are left out.
        """
        local = {node.key: node for node in self.nodes}
        totals: dict[str, float] = {}
        for parent, weight in self._weights():
            totals[parent] = totals.get(parent, 0.0) + weight

        def share(parent: str, weight: float) -> float:
            above = share(local[parent].parent, local[parent].weight) if parent else 1.0
            return above * weight / totals[parent] if totals[parent] else 0.0

        return {
            **{node.key: share(node.parent, node.weight) for node in self.nodes},
            **{row.key: share(row.node, row.weight) for row in self.criteria},
        }

    def _weights(self) -> list[tuple[str, float]]:
        nodes = [(node.parent, node.weight) for node in self.nodes]
        return nodes + [(row.node, row.weight) for row in self.criteria]

    def share_of_full(self, stage: Stage) -> float:
        """Return the share of the full model's weight that a stage's criteria have, 0 to 1."""
        weights = self.weights()
        return sum(weights[row.key] for row in self.rows(stage))


def _without_empty(plain: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value or name not in names}


def read(path: Path = DEFAULT) -> ModelTable:
    return ModelTable.from_dict(json.loads(path.read_text(encoding="utf-8")))
