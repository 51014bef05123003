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
from selection.runs.doubts import DOUBTS, GROUPS
from selection.runs.queries.all_in import AllInFindings, OverdueEdition, UnpublishedStatement

HALF = 0.5
"""Least share that a sentence calls most."""

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


def loaded_figures(all_in: AllInFindings, periods: Mapping[str, str], table: ModelTable) -> str:
    """Return the figures that wait for an overdue edition, with the year of the one loaded: "tiers of 2025"."""
    key = all_in.overdue[0].criterion
    return f"{figures_name(key, table)} of {periods[key]}"


# ---- lead ----------------------------------------------------------------------------------------------------------


def lead(findings: HowSure, all_in: AllInFindings, periods: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of the finding: the width of a typical range, its cause, and the part that can be removed.

    `width` is "" without draws or ranks: the finding is then that of any run. `is_still` if nothing moves a rank.
    """
    table, total, overdue = findings.table, all_in.widths.get("total"), all_in.overdue
    has_draws = bool(findings.ranking.ranked) and total is not None and all_in.now.width is not None
    return page_presenters.finding(findings) | {
        "width": page_presenters.width_text(round(total or 0.0)) if has_draws else "",
        "is_still": round(total or 0.0) == 0,
        "cause": _cause(all_in),
        "is_overdue": bool(overdue),
        "is_large": all_in.widths.get("overdue", 0.0) >= HALF * (total or 0.0),
        "waiting": loaded_figures(all_in, periods, table) if overdue else "",
        "newest": edition_name(overdue[-1], table) if overdue else "",
        "statements": [
            {
                "who": one.who,
                "edition": edition_name(one, table),
                "as_of": one.as_of,
                "figures": f"{figures_name(one.criterion, table)} of {periods[one.criterion]}",
            }
            for one in all_in.statements
        ],
    }


def _cause(all_in: AllInFindings) -> dict[str, Any] | None:
    """Return what causes most of the doubt: the group, and of data the source that moves ranks most; None for none."""
    group = _largest(all_in)
    if group is None:
        return None
    alone, together = all_in.decomposition["everyone"][group]
    widest = max((one for one in DOUBTS if one.cause), key=lambda one: all_in.widths.get(one.key, 0.0))
    is_source_known = group == "data" and all_in.widths.get(widest.key, 0.0) > 0
    return {
        "group": group,
        "source": widest.cause if is_source_known else GROUPS[group][1],
        "is_most": alone >= HALF,
        "alone": _share(alone),
        "together": _share(together),
    }


def _largest(all_in: AllInFindings) -> str | None:
    """Return the group that causes most alone; None if nothing varies."""
    shares = all_in.decomposition.get("everyone", {})
    best = max(GROUPS, key=lambda key: shares[key][0]) if shares else None
    return best if best is not None and shares[best][0] > 0 else None


# ---- bars ----------------------------------------------------------------------------------------------------------


def bars(
    findings: HowSure, all_in: AllInFindings, periods: Mapping[str, str], *, adopted: bool
) -> list[dict[str, Any]]:
    """Return the doubts by the width of their range, the widest first, and all together last; none without draws.

    `width` is how many ranks 90% of draws cover if only it varies. What an overdue edition leaves open follows age, of
    which it is a part.
    """
    if "total" not in all_in.widths:
        return []
    table, widths = findings.table, {key: round(width) for key, width in all_in.widths.items()}
    # The scale ends at the widest bar, rounded up to a whole ten.
    top = max(10, -(-max(widths.get(key, 0) for key in (*(one.key for one in DOUBTS), "total")) // 10) * 10)
    notes = {
        "weights": "as the office adopted them" if adopted else "not adopted by the office",
        "designs": f"{findings.ranking.designs:,} ways to make the list",
    }
    rows = []
    for doubt in sorted(DOUBTS, key=lambda doubt: -all_in.widths.get(doubt.key, 0.0)):
        key, label = doubt.key, doubt.bar
        note = notes.get(key, doubt.note)
        if key == "missing" and widths.get(key, 0) == 0:
            note += MEDIAN_ZERO
        waits = key == "age" and bool(all_in.overdue) and "overdue" in widths
        if waits:
            label += f", {figures_name(all_in.overdue[0].criterion, table)} included"
        rows.append(_bar(label, note, widths.get(key, 0), top))
        if waits:
            label = f"of that: {loaded_figures(all_in, periods, table)}"
            late = formats.listing([edition_name(one, table) for one in all_in.overdue])
            rows.append(_bar(label, f"{late} missing", widths["overdue"], top, "is-part", part=True))
    post = None if all_in.settled is None or all_in.settled.width is None else round(all_in.settled.width)
    note = "" if post is None else f"{post} if no {single_label(all_in.overdue, table)} changes"
    return [*rows, _bar("All together", note, widths["total"], top, "is-sum", post=post, whole=True)]


def _bar(label: str, note: str, width: int, top: int, kind: str = "", **marks: Any) -> dict[str, Any]:
    return {"label": label, "note": note, "width": width, "mark": charts.width_bar(width, top, **marks), "kind": kind}


def single_label(overdue: Sequence[OverdueEdition], table: ModelTable) -> str:
    """Return what of an overdue edition changes for one country: "tier"."""
    return "tier" if figures_name(overdue[0].criterion, table) == "tiers" else "level"


def _share(value: float) -> str:
    return whole_percent(max(value, 0.0))  # an estimate from a sample can fall just below 0


def shares(all_in: AllInFindings) -> list[ShareRow]:
    """Return what data, weights, and method cause, of all ranked countries and of the first N; none without draws."""
    everyone, first = (all_in.decomposition.get(name, {}) for name in ("everyone", "first"))
    if _largest(all_in) is None:
        return []
    return [
        ShareRow(
            labels.raised(name.removeprefix("the ")),
            *(_share(share) for share in (*everyone[key], *first[key])),
        )
        for key, (_, name) in GROUPS.items()
    ]
