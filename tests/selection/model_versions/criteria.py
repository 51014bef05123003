"""Criteria of a model, built by hand."""

from __future__ import annotations

from typing import Any

from selection.model_definition.criteria_table import CriterionRow, NodeRow
from selection.model_versions.queries.criteria import CriterionEntry

NODE = NodeRow("law", "Law", "fit", 1.0, False, "")
BRANCH = NodeRow("fit", "Feasibility", "", 1.0, True, "")


def criterion(key: str = "cpi", **values: Any) -> CriterionRow:
    usual: dict[str, Any] = {
        "label": key.upper(),
        "factor": "",
        "stage": "screen",
        "node": "law",
        "weight": 6.0,
        "indicator": "cpi.score",
        "series": "",
        "period": "latest",
        "max_age": 15,
        "absent": "",
        "labels_missing": {},
        "missing": "reweight",
        "function": {"kind": "goalposts", "lower": 0, "upper": 100, "direction": 1, "log": False},
        "reason": "It is measured.",
    }
    return CriterionRow(key=key, **{**usual, **values})


def entry(row: CriterionRow, node: NodeRow = NODE, known: float | None = None) -> CriterionEntry:
    return CriterionEntry(row, BRANCH, node, None, 10.0, 5.0, known)
