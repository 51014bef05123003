"""Numbers as the run used them: for each country and criterion the value, its error, and the rule that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indicators.models import Country
from selection.model_definition.criteria_table import CriterionRow
from selection.proof.cells import Read, number

FILLED = {"peers": "filled with the mean of similar countries", "range": "not rated: the middle of the whole range"}
NO_VALUE = {
    "missing": "no value: its weight goes to its siblings",
    "not_applicable": "does not apply: its weight goes to its siblings",
    "inactive": "left out of this run",
}


def used_rows(read: Read, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row for each country that has a score or a provisional rank, and each criterion."""
    names = dict(Country.objects.values_list("code", "name"))
    return [
        _row(row, code, names.get(code, code), country["criteria"][row.key], result["places"][code]["estimates"], read)
        for code, country in sorted(result["countries"].items())
        for row in read.table.rows(read.stage)
    ]


def _row(
    row: CriterionRow, code: str, name: str, line: Mapping[str, Any], estimates: Mapping[str, Any], read: Read
) -> dict[str, Any]:
    estimate: Mapping[str, Any] = estimates.get(row.key, {})
    return {
        "country": code,
        "name": name,
        "criterion": row.key,
        "label": row.label,
        "published": _published(row, code, read),
        "used": number(estimate.get("best")),
        "low": number(estimate.get("low")),
        "high": number(estimate.get("high")),
        "error_on_scale": number(estimate.get("error")),
        "u": number(line["u"]),
        "weight": number(line["effective_weight"]),
        "points": number(line["points"]),
        "rule": _rule(row, line["state"], estimate),
        "peers": " ".join(estimate.get("peers", ())),
    }


def _published(row: CriterionRow, code: str, read: Read) -> str:
    """Return what is published of the country, with years: of every series that the estimate may use."""
    cell = read.selection.cells[row.key][code]
    if cell.rated is not None:
        return "; ".join(f"step {step}" for step in cell.rated.steps.values())
    values = [*cell.series.items()] or ([("", cell.used)] if cell.used else [])
    return "; ".join(
        f"{series + ' ' if series else ''}{value.label or number(value.value)} ({value.period})"
        for series, value in values
    )


def _rule(row: CriterionRow, state: str, estimate: Mapping[str, Any]) -> str:
    source = estimate.get("source", "")
    if source in FILLED:
        return FILLED[source]
    if not estimate:
        return NO_VALUE.get(state, f"{state.replace('_', ' ')}, as published")
    how, parts = row.estimate or {}, []
    if source == "pooled":
        parts.append("editions pulled toward the pool's mean")
    elif source == "combined":
        parts.append(f"two surveys combined, the newer with a share of {estimate['share']:.3f}")
    elif source:
        bridged = source in [part["key"] for part in row.series_rows[1:]]
        parts.append(f"bridged from the series {source}" if bridged else "own value")
    parts += _aged(how, source, estimate.get("age"))
    if "moves" in estimate:
        parts.append("its edition is behind: drawn by the table of moves")
    return "; ".join(parts) or NO_VALUE.get(state, state)


def _aged(how: Mapping[str, Any], source: str, age: float | None) -> Sequence[str]:
    if not age or source in ("pooled", ""):
        return []
    found = [f"{age:g} years old"]
    if how.get("trend"):
        years = min(age, how["trend_years"]) if how.get("trend_years") is not None else age
        found.append(f"trend of {how['trend']:g} a year for {years:g} years")
    return found
