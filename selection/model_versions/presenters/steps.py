"""The steps between two models as text: what each changes in the model, and whom it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from selection.model_definition.changes import plain_table
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.differences import FIELD_LABELS, differing, format_value
from selection.model_definition.editing import Plain
from selection.model_versions.queries.steps import ModelStep, Steps, Subject, moved_most
from selection.runs.labels import lowered, raised

MOST = 3
"""Number of countries that the row of a step names."""

ERROR_ALONE = "another error"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: what it changes, how many countries it moves, who crosses the first N, and who moves farthest."""

    label: str
    what: str
    moved: int
    entered: str
    left: str
    most: str


def step_rows(
    steps: Steps, tables: tuple[ModelTable, ModelTable], names: Mapping[str, str], first: int
) -> list[StepRow]:
    return [_row(step, tables, names, first) for step in steps.moving]


def _row(step: ModelStep, tables: tuple[ModelTable, ModelTable], names: Mapping[str, str], first: int) -> StepRow:
    was, now = ({code for code, rank in ranks.items() if rank <= first} for ranks in (step.before, step.after))
    most = [f"{names[code]} {'up' if by > 0 else 'down'} {abs(by)}" for code, by in moved_most(step, MOST)]
    return StepRow(
        label=step_label(step, tables),
        what=step_text(step, tables),
        moved=sum(step.before.get(code) != rank for code, rank in step.after.items()),
        entered=formats.listing(sorted(names[code] for code in now - was)),
        left=formats.listing(sorted(names[code] for code in was - now)),
        most=", ".join(most),
    )


def step_label(step: ModelStep, tables: tuple[ModelTable, ModelTable]) -> str:
    """Return what a step is about: the criterion, "Feasibility, axis", or a setting."""
    labels = [_label(subject, tables) for subject in step.subjects]
    return raised(formats.listing([labels[0], *(lowered(label) for label in labels[1:])]))


def step_text(step: ModelStep, tables: tuple[ModelTable, ModelTable]) -> str:
    """Return what a step changes in the model, as the start of a sentence without its point."""
    return raised("; ".join(_text(subject, tables) for subject in step.subjects))


def without_rank(steps: Steps, tables: tuple[ModelTable, ModelTable]) -> str:
    """Return the changes that move no rank here, as a list for a sentence; "" for none."""
    labels = [lowered(step_label(step, tables)) for step in steps.still]
    labels += [lowered(change.location) for change in steps.doubt]
    return formats.listing(list(dict.fromkeys(labels)))


# ---- one subject ---------------------------------------------------------------------------------------------------


def _label(subject: Subject, tables: tuple[ModelTable, ModelTable]) -> str:
    name, key = subject
    row = next((row for table in reversed(tables) if (row := _find(plain_table(table), subject))), None)
    if row is None or not name:
        return FIELD_LABELS.get(key, key)
    return f"{row['label']} (axis)" if name == "nodes" else str(row["label"])


def _text(subject: Subject, tables: tuple[ModelTable, ModelTable]) -> str:
    one, other = (_find(plain_table(table), subject) for table in tables)
    if one is None or other is None:
        return "new" if one is None else "left out"
    texts = (_field(name, one.get(name), other.get(name)) for name in differing(one, other))
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _find(data: Plain, subject: Subject) -> Plain | None:
    name, key = subject
    if not name:
        holder = data if key in data else data["method"]
        return {key: holder.get(key)}
    rows: Sequence[Plain] = data.get(name) or data["method"].get(name, ())
    return next((row for row in rows if row["key"] == key), None)


def _field(name: str, before: Any, after: Any) -> str:
    if name in ("label", "reason", "factor", "title", "note"):
        return ""
    if name in _TEXTS:
        return _TEXTS[name](before, after)
    was, now = (format_value(name, value) for value in (before, after))
    return f"{FIELD_LABELS.get(name, name).lower()}: {now}, was {was}"


def _estimate(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None or after is None:
        return "an estimate with its error" if before is None else "the published value alone"
    parts = []
    if before.get("combine") != after.get("combine"):
        parts.append(_COMBINES.get(after.get("combine", "first"), "another way to join several values"))
    if before.get("trend_years") != after.get("trend_years"):
        years = after.get("trend_years")
        parts.append(f"the trend counts for at most {years} years" if years else "the trend counts for all years")
    elif before.get("trend") != after.get("trend"):
        parts.append("another trend")
    if before.get("transitions") != after.get("transitions"):
        parts.append("another table of moves")
    return "; ".join(parts) or ERROR_ALONE


_COMBINES: Mapping[str, str] = {
    "surveys": "all surveys of a country are combined, where one of them counted alone",
    "pooled": "each value is pulled toward the mean of all countries",
    "first": "one value counts, where several were combined",
}


def _period(_before: str, after: str) -> str:
    if after == "newest":
        return "a country without a value in the newest edition is no longer judged by an older one"
    return f"another edition counts: {after}"


def _span(before: Sequence[float] | None, after: Sequence[float] | None) -> str:
    was, now = ("all values" if ends is None else f"{100 * ends[0]:g} to {100 * ends[1]:g}" for ends in (before, after))
    return f"counts from {now}, was {was}"


def _weight(before: float, after: float) -> str:
    return f"weight {after:g} points in its group, was {before:g}"


_TEXTS: Mapping[str, Callable[[Any, Any], str]] = {
    "estimate": _estimate,
    "period": _period,
    "span": _span,
    "weight": _weight,
}
