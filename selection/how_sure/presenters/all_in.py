"""The lead and the bars of a run with all-in draws: how far ranks can move, which doubt moves them, what removes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import charts, formats
from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.queries.findings import HowSure
from selection.model_definition.criteria_table import ModelTable
from selection.ranking.presenters.sentences import whole_percent
from selection.runs import labels
from selection.runs.queries.all_in import AllInFindings, OverdueEdition, UnpublishedStatement

HALF = 0.5
"""Least share that a sentence calls most."""

GROUPS: Mapping[str, tuple[str, str, str]] = {
    "data": ("Data alone cause", "weights or method", "the data"),
    "weights": ("The weights alone cause", "data or method", "the weights"),
    "designs": ("The choice of method alone causes", "data or weights", "the choice of method"),
}
"""Words for each group that is drawn: what it causes alone, the other two, and its name."""

OF_DATA: Mapping[str, str] = {
    "age": "old data",
    "measurement": "errors of the figures",
    "bridge": "other series used for missing ones",
    "missing": "missing values",
}
"""Sources of doubt in data, in sentences."""

BARS: Mapping[str, tuple[str, str]] = {
    "age": ("Age of the figures", "what may have changed since"),
    "weights": ("Weights", ""),
    "designs": ("Method", ""),
    "measurement": ("Error of the figures", "as measured or published"),
    "bridge": ("Other series used", "for a missing one"),
    "missing": ("Missing values", "filled from similar countries"),
}
"""Doubts that are drawn one at a time, each with its label and a note."""


MEDIAN_ZERO = "; in at least half of the countries, none moves the rank"
"""Why the bar of missing values is 0: it is a median."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Row on what data, weights, or method cause of the differences between draws, alone and together with the rest."""

    label: str
    alone: str
    together: str
    first_alone: str
    first_together: str


# ---- editions ------------------------------------------------------------------------------------------------------


def edition_name(edition: OverdueEdition | UnpublishedStatement, table: ModelTable) -> str:
    """Return an edition in a sentence: "2026 TIP Report"."""
    listed = table.row(edition.criterion).indicator == table.listing["indicator"]
    return f"{edition.edition} TIP Report" if listed else f"{edition.edition} edition of {edition.source}"


def figures_name(criterion: str, table: ModelTable) -> str:
    """Return the figures of a criterion in a sentence: "tiers"."""
    row = table.row(criterion)
    return "tiers" if row.indicator == table.listing["indicator"] else f"figures of {labels.short(row.label)}"


def loaded_figures(facts: AllInFindings, periods: Mapping[str, str], table: ModelTable) -> str:
    """Return the figures that wait for an overdue edition, with the year of the one loaded: "tiers of 2025"."""
    key = facts.overdue[0].criterion
    return f"{figures_name(key, table)} of {periods[key]}"


# ---- lead ----------------------------------------------------------------------------------------------------------


def lead(findings: HowSure, facts: AllInFindings, periods: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of the finding: the width of a typical range, its cause, and the part that can be removed.

    `width` is "" without draws or ranks: the finding is then that of any run. `is_still` if nothing moves a rank.
    """
    table, total, overdue = findings.table, facts.widths.get("total"), facts.overdue
    is_drawn = bool(findings.ranking.ranked) and total is not None and facts.now.width is not None
    return page_presenters.finding(findings) | {
        "width": page_presenters.width_text(round(total or 0.0)) if is_drawn else "",
        "is_still": round(total or 0.0) == 0,
        "cause": _cause(facts),
        "is_overdue": bool(overdue),
        "is_large": facts.widths.get("overdue", 0.0) >= HALF * (total or 0.0),
        "waiting": loaded_figures(facts, periods, table) if overdue else "",
        "newest": edition_name(overdue[-1], table) if overdue else "",
        "statements": [
            {
                "who": one.who,
                "edition": edition_name(one, table),
                "as_of": one.as_of,
                "figures": f"{figures_name(one.criterion, table)} of {periods[one.criterion]}",
            }
            for one in facts.statements
        ],
    }


def _cause(facts: AllInFindings) -> dict[str, Any] | None:
    """Return what causes most of the doubt: the group, and of data the source that moves ranks most; None for none."""
    group = _largest(facts)
    if group is None:
        return None
    alone, together = facts.decomposition["everyone"][group]
    causes, others, source = GROUPS[group]
    widest = max(OF_DATA, key=lambda key: facts.widths.get(key, 0.0))
    if group == "data" and facts.widths.get(widest, 0.0) > 0:
        source = OF_DATA[widest]
    return {
        "causes": causes,
        "others": others,
        "source": source,
        "is_most": alone >= HALF,
        "alone": _share(alone),
        "together": _share(together),
    }


def _largest(facts: AllInFindings) -> str | None:
    """Return the group that causes most alone; None if nothing varies."""
    shares = facts.decomposition.get("everyone", {})
    best = max(GROUPS, key=lambda key: shares[key][0]) if shares else None
    return best if best is not None and shares[best][0] > 0 else None


# ---- bars ----------------------------------------------------------------------------------------------------------


def bars(findings: HowSure, facts: AllInFindings, periods: Mapping[str, str], *, adopted: bool) -> list[dict[str, Any]]:
    """Return the doubts by the width of their range, the widest first, and all together last; none without draws.

    `width` is how many ranks 90% of draws cover if only it varies. What an overdue edition leaves open follows age, of
    which it is a part.
    """
    if "total" not in facts.widths:
        return []
    table, widths = findings.table, {key: round(width) for key, width in facts.widths.items()}
    # The scale ends at the widest bar, rounded up to a whole ten.
    top = max(10, -(-max(widths.get(key, 0) for key in (*BARS, "total")) // 10) * 10)
    notes = {
        "weights": "as the office adopted them" if adopted else "not adopted by the office",
        "designs": f"{findings.ranking.designs:,} ways to make the list",
    }
    if widths.get("missing", 0) == 0:
        notes["missing"] = f"{BARS['missing'][1]}{MEDIAN_ZERO}"
    drawn = []
    for key in sorted(BARS, key=lambda key: -facts.widths.get(key, 0.0)):
        label, note = BARS[key]
        waits = key == "age" and bool(facts.overdue) and "overdue" in widths
        if waits:
            label += f", {figures_name(facts.overdue[0].criterion, table)} included"
        drawn.append(_bar(label, notes.get(key, note), widths.get(key, 0), top))
        if waits:
            label = f"of that: {loaded_figures(facts, periods, table)}"
            late = formats.listing([edition_name(one, table) for one in facts.overdue])
            drawn.append(_bar(label, f"{late} missing", widths["overdue"], top, "is-part", part=True))
    post = None if facts.settled is None or facts.settled.width is None else round(facts.settled.width)
    note = "" if post is None else f"{post} if no {single_label(facts.overdue, table)} changes"
    return [*drawn, _bar("All together", note, widths["total"], top, "is-sum", post=post, whole=True)]


def _bar(label: str, note: str, width: int, top: int, kind: str = "", **marks: Any) -> dict[str, Any]:
    return {"label": label, "note": note, "width": width, "mark": charts.width_bar(width, top, **marks), "kind": kind}


def single_label(overdue: Sequence[OverdueEdition], table: ModelTable) -> str:
    """Return what of an overdue edition changes for one country: "tier"."""
    return "tier" if figures_name(overdue[0].criterion, table) == "tiers" else "level"


def _share(value: float) -> str:
    return whole_percent(max(value, 0.0))  # an estimate from a sample can fall just below 0


def shares(facts: AllInFindings) -> list[ShareRow]:
    """Return what data, weights, and method cause, of all ranked countries and of the first N; none without draws."""
    everyone, first = (facts.decomposition.get(name, {}) for name in ("everyone", "first"))
    if _largest(facts) is None:
        return []
    return [
        ShareRow(
            labels.raised(name.removeprefix("the ")),
            *(_share(share) for share in (*everyone[key], *first[key])),
        )
        for key, (_, _, name) in GROUPS.items()
    ]
