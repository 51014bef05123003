"""Method page of a model with all-in draws: importance of the criteria, tiers, draws, groups, and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.method.presenters import rules
from selection.method.queries.run_figures import RunFigures
from selection.method.queries.weak_facts import WeakFact
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.runs import labels
from selection.runs.queries.all_in import AllInFindings

LITTLE = 0.05
"""Effective importance below which a criterion decides next to nothing in a list."""


SCHOOLING = frozenset({"school_life", "literacy"})
"""Criteria that go with less need, and so with a lower score."""


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


def _two(value: float | None) -> str:
    return formats.DASH if value is None else formats.number(value, 2)


def _signed(value: float | None) -> str:
    return formats.DASH if value is None else f"{'+' if value >= 0 else ''}{formats.number(value, 2)}"


IMPORTANCE: Table[ImportanceRow] = Table(
    "Importance",
    [
        Column("Criterion", lambda row: row.label),
        Column("Weight", lambda row: formats.number(row.nominal, 3), "number"),
        Column("Effective", lambda row: _two(row.effective), "number"),
        Column("Correlation", lambda row: _signed(row.r), "number"),
    ],
    caption="Nominal weight in the total, effective importance over the ranked countries, and correlation with the "
    "score",
    stacked=False,
)


def importance_sentences(table: ModelTable, rows: list[ImportanceRow], fact: WeakFact | None) -> list[str]:
    """Return what the table means: axes, prevalence, criteria that decide nothing, and those against the total."""
    by_key = {row.key: row for row in rows}
    criteria = [row for row in rows if any(criterion.key == row.key for criterion in table.criteria)]
    return [
        *_axes(table, by_key),
        *_prevalence(by_key, fact),
        *_little([row for row in criteria if fact is None or row.key != fact.row.key]),
        *_against(criteria),
    ]


def _axes(table: ModelTable, by_key: Mapping[str, ImportanceRow]) -> list[str]:
    axes = [by_key[node.key] for node in table.nodes if node.key in by_key and not node.parent]
    if len(axes) < 2:
        return []
    shares = ":".join(formats.number(100 * row.nominal, 0) for row in axes)
    named = formats.listing([f"{labels.lowered(row.label.split(',')[0])} {_two(row.effective)}" for row in axes])
    return [f"Axes at {shares} have an effective importance of {named}."]


def _prevalence(by_key: Mapping[str, ImportanceRow], fact: WeakFact | None) -> list[str]:
    row = by_key.get(fact.row.key) if fact else None
    if fact is None or row is None:
        return []
    name = labels.short(fact.row.label)
    found = [
        f"{labels.raised(name)} keeps its weight because the statute names it, but it decides little: "
        f"{formats.number(row.nominal, 3)} of the total, effective {_two(row.effective)}; {_two(fact.share)} of the "
        "variance of need."
    ]
    if fact.bound is not None:
        found.append(
            f"{fact.below_bound} of the first {fact.first} have a newest published value below "
            f"{rules.number(fact.bound)}, the bound of the statutory check; {fact.below_median} lie below "
            f"{formats.number(fact.median, 1)}, the median of {fact.dated} ranked countries."
        )
    return found


def _little(rows: list[ImportanceRow]) -> list[str]:
    most = [row for row in rows if row.effective is not None and row.effective < LITTLE]
    heavy = max(most, key=lambda row: row.nominal, default=None)
    if heavy is None:
        return []
    verb = "nothing" if (heavy.effective or 0.0) < LITTLE / 5 else "little"
    return [
        f"The {heavy.label} weighs {formats.share(heavy.nominal)} and decides {verb} in this list (effective "
        f"{_two(heavy.effective)})."
    ]


def _against(rows: list[ImportanceRow]) -> list[str]:
    found = [row for row in rows if row.r is not None and row.effective is not None and row.r < -0.3 < row.effective]
    if not found:
        return []
    named = formats.listing([labels.lowered(row.label) for row in found])
    values = formats.listing([_signed(row.r) for row in found])
    verb = "moves" if len(found) == 1 else "move"
    why = ""
    if {row.key for row in found} <= SCHOOLING:
        why = ", because more schooling goes with less need. The fact sheet names schooling, so it stays"
    return [f"{labels.raised(named)} {verb} against the total ({values}){why}."]


# ---- tiers ---------------------------------------------------------------------------------------------------------


def overdue_sentences(table: ModelTable, found: AllInFindings | None) -> list[str]:
    """Return the rule for overdue editions, and how many are overdue in the run."""
    row = next((row for row in table.rows(Stage.SCREEN) if row.due), None)
    if row is None:
        return []
    month, day = row.due or (6, 30)
    due = f"{_MONTHS[month - 1]} {day}"
    rule = [
        f"k counts the {due} dates after that of the newest complete edition, on or before the day of the run. With "
        "k = 0 a tier is exact. Otherwise it is drawn by the table below, applied k times.",
        "A recorded statement that an edition is not published lowers k by one until it is withdrawn.",
    ]
    if found is None:
        return rule
    editions = formats.listing([one.edition for one in found.overdue])
    now = f"In this run k = {found.behind}"
    rule.append(f"{now}: the report of {editions} is due and not loaded." if found.overdue else f"{now}.")
    return rule


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


# ---- draws and groups ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draws:
    """All-in draws in sentences: what is drawn, what follows from it, and how countries are grouped."""

    drawn: str
    groups: str
    found: tuple[str, ...]


def draws(table: ModelTable, found: AllInFindings | None) -> Draws:
    """Return what the draws are, and what they show in the run."""
    designs = method_labels.designs_of(table.method)
    groups = dict(method_labels.describe_groups(table.method))
    sentences = []
    if found is not None:
        sentences.append(_counts(found))
        sentences += [_parts(found)] if found.decomposition else []
    return Draws(
        f"The list is drawn {formats.number(table.draws)} times. Each draw has other values within their errors, "
        f"weights near those of the model, and one of {formats.number(designs)} designs, all equally likely. The "
        "interval of a country holds 90% of its ranks.",
        f"Firmly in: {groups['Firmly in']}. Firmly out: {groups['Firmly out']}. All others are open.",
        tuple(sentences),
    )


def _counts(found: AllInFindings) -> str:
    def named(counts: Mapping[str, int]) -> str:
        return f"{counts['in']} firmly in, {counts['open']} open, {counts['out']} firmly out"

    settled = f" If the overdue report changes no tier: {named(found.settled.counts)}." if found.settled else ""
    return f"In this run: {named(found.now.counts)}.{settled}"


_NAMES = {"data": "data", "weights": "weights", "designs": "method"}


def _parts(found: AllInFindings) -> str:
    shares = found.decomposition.get("everyone", {})
    named = [
        f"{_NAMES[key]} {formats.share(round(alone, 2))} (with interactions {formats.share(round(together, 2))})"
        for key, (alone, together) in shares.items()
        if key in _NAMES
    ]
    return f"Of the variance of ranks: {formats.listing(named)}."


def context(
    table: ModelTable, figures: RunFigures | None, found: AllInFindings | None, fact: WeakFact | None
) -> dict[str, Any]:
    """Return the context of the page."""
    rows = importance(table, figures) if figures else []
    return {
        "importance_table": IMPORTANCE,
        "importance": rows,
        "importance_sentences": importance_sentences(table, rows, fact) if rows else [],
        "overdue_sentences": overdue_sentences(table, found),
        "draws": draws(table, found),
        "firm_note": f"in at least {formats.share(table.method['groups']['in_draws'])} of draws",
    }
