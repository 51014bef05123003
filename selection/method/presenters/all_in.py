"""Method page of a model with all-in draws: facts on the importance of the criteria, tiers, draws, and groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.method.presenters import rules
from selection.method.queries.run_figures import RunFigures
from selection.method.queries.weak_facts import WeakFact
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.runs import labels
from selection.runs.queries.all_in import AllInFindings

LITTLE = 0.05
"""Effective importance below which a criterion decides next to nothing in a list."""

AGAINST = -0.3
"""Correlation with the total below which a criterion moves against it."""

SCHOOLING = frozenset({"school_life", "literacy"})
"""Criteria that go with less need, and so with a lower score."""

PARTS: Mapping[str, str] = {"data": "data", "weights": "weights", "designs": "method"}


class ImportanceRow(NamedTuple):
    """A criterion or axis with its nominal weight, its effective importance, and the sign of its correlation."""

    key: str
    label: str
    nominal: float
    effective: float | None
    r: float | None


def importance(table: ModelTable, found: RunFigures) -> list[ImportanceRow]:
    """Return the criteria in the order of the model, then the axes; none for a run without all-in draws."""
    names = {row.key: row.label for row in table.criteria}
    names |= {node.key: f"{node.label}, the axis" for node in table.nodes}
    rows = found.drawn.get("all_in", {}).get("importance", ())
    return [ImportanceRow(key, names.get(key, key), nominal, effective, r) for key, nominal, effective, r in rows]


def _signed(value: float | None) -> str:
    return f"{'+' if value is not None and value >= 0 else ''}{formats.number(value, 2)}"


IMPORTANCE: Table[ImportanceRow] = Table(
    "Importance",
    [
        Column("Criterion", lambda row: row.label),
        Column("Weight", lambda row: formats.number(row.nominal, 3), "number"),
        Column("Effective", lambda row: formats.number(row.effective, 2), "number"),
        Column("Correlation", lambda row: _signed(row.r), "number"),
    ],
    caption="Nominal weight in the total, effective importance over the ranked countries, and correlation with the "
    "score",
    stacked=False,
)


def importance_facts(table: ModelTable, rows: Sequence[ImportanceRow], fact: WeakFact | None) -> dict[str, Any]:
    """Return what the table means: axes, prevalence, the heaviest that decides little, and those against the total."""
    by_key = {row.key: row for row in rows}
    axes = [by_key[node.key] for node in table.nodes if node.key in by_key and not node.parent]
    criteria = [by_key[row.key] for row in table.criteria if row.key in by_key]
    weak = [row for row in criteria if row.effective is not None and row.effective < LITTLE]
    against = [row for row in criteria if row.r is not None and row.effective is not None and row.r < AGAINST]
    return {
        "axis_effects": [
            f"{labels.lowered(row.label.split(',')[0])} {formats.number(row.effective, 2)}"
            for row in (axes if len(axes) > 1 else ())
        ],
        "axis_weights": ":".join(formats.number(100 * row.nominal, 0) for row in axes),
        "fact": fact,
        "prevalence": by_key.get(fact.row.key) if fact else None,
        "prevalence_name": labels.short(fact.row.label) if fact else "",
        "bound": rules.number(fact.bound) if fact and fact.bound is not None else "",
        "heavy": max(
            (row for row in weak if fact is None or row.key != fact.row.key), key=lambda row: row.nominal, default=None
        ),
        "against": [labels.lowered(row.label) for row in against],
        "against_r": [_signed(row.r) for row in against],
        "are_schooling": {row.key for row in against} <= SCHOOLING,
    }


def context(
    table: ModelTable, figures: RunFigures | None, all_in: AllInFindings | None, fact: WeakFact | None
) -> dict[str, Any]:
    """Return the context of the page, without the findings of a run if there is none."""
    rows = importance(table, figures) if figures else []
    due = next((row.due for row in table.rows(Stage.SCREEN) if row.due), None)
    shares = all_in.decomposition.get("everyone", {}) if all_in else {}
    return {
        **(importance_facts(table, rows, fact) if rows else {}),
        "importance_table": IMPORTANCE,
        "importance": rows,
        "due": due and dt.date(2000, *due),  # of any leap year
        "all_in": all_in,
        "overdue": [edition.edition for edition in all_in.overdue] if all_in else (),
        "parts": [
            f"{PARTS[key]} {formats.share(round(alone, 2))} (with interactions {formats.share(round(together, 2))})"
            for key, (alone, together) in shares.items()
            if key in PARTS
        ],
        "firm_note": f"in at least {formats.share(table.method['groups']['in_draws'])} of draws",
    }
