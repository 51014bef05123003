"""Facts of a country in a run with all-in draws: the overdue report, its reliability, and free weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cpc.web import formats
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.queries.screen import Screen
from selection.models import CountryStatus
from selection.ranking.presenters import sentences as sentences_presenters
from selection.runs import labels
from selection.runs.all_in_figures import AllInFigures, DrawnRanks
from selection.scoring import PEERS

TAKES = 4
"""Most criteria that are named as taking from the reliability."""

YEARS = 5
"""Most years of age at which a value takes no part in the share of older ones."""


@dataclass(frozen=True, slots=True)
class OpenFindings:
    """Findings beside the rank of a country; `_findings.html` has their sentences.

    `settled` and `inner` are ranks and shares of draws if the overdue `reports` change nothing, and of draws of data
    and weights alone; "" if no report is overdue. `gain` is what loading the reports would add to the reliability.
    `takes` and `shares` are what takes most from it, and the weight behind it by kind. `need` and `central` are the
    typical weights that put the country among the first N; "" and () if too few weightings do.
    """

    figures: AllInFigures
    reports: str
    settled: str
    inner: str
    gain: float | None
    takes: list[str]
    shares: list[tuple[str, str]]
    need: str
    central: list[tuple[str, str]]


def holds(screen: Screen) -> str:
    """Return the share of draws within the first N if the own label holds: "68% if its tier holds"; "" if it is due."""
    figures = screen.figures
    if figures is None or not screen.overdue or figures.holds is None:
        return ""
    what = formats.listing([_own(screen, edition.criterion) for edition in screen.overdue])
    return f"{sentences_presenters.chance(figures.holds, screen.table)} if its {what} holds"


def _own(screen: Screen, key: str) -> str:
    return "tier" if key == "tier" else value_use_presenters.named(screen.table.row(key))


def reports(screen: Screen) -> str:
    """Return the overdue editions: "the 2026 TIP Report"."""
    return formats.listing([f"the {edition.edition} {edition.report}" for edition in screen.overdue])


def drawn(screen: Screen, found: DrawnRanks) -> str:
    """Return ranks and share within the first N of some draws: "1 to 47 in 90% of draws, in the first 20 in 69%"."""
    share = sentences_presenters.chance(found.p20, screen.table, prose=True)
    return f"{labels.interval(found.low, found.high)}, in the first {screen.first} in {share}"


def findings(screen: Screen) -> OpenFindings | None:
    """Return the findings on a country; None for a run without all-in draws."""
    figures = screen.figures
    if figures is None:
        return None
    settled = gain = None
    if screen.overdue:
        settled, gain = figures.settled, figures.reliability_settled
    weights = figures.free.weights if figures.free else {}
    return OpenFindings(
        figures=figures,
        reports=reports(screen),
        settled=_settled(screen, settled) if settled else "",
        inner=drawn(screen, figures.data_weights),
        gain=None if gain is None else gain - figures.reliability,
        takes=_takes(screen, figures),
        shares=list(_shares(screen)),
        need=sentences_presenters.whole_percent(weights["need"]) if "need" in weights else "",
        central=list(_central(screen, weights)) if "need" in weights else [],
    )


def _settled(screen: Screen, settled: DrawnRanks) -> str:
    group = labels.SCREEN_GROUPS.get(settled.group, "")
    return f"{drawn(screen, settled)}{f' ({labels.lowered(group)})' if group else ''}"


# ---- reliability ---------------------------------------------------------------------------------------------------


def _takes(screen: Screen, figures: AllInFigures) -> list[str]:
    most = sorted(figures.lost.items(), key=lambda item: -item[1])[:TAKES]
    return [
        f"{value_use_presenters.named(screen.table.row(key))} ({formats.number(points, 1)})"
        for key, points in most
        if points >= 0.05  # less prints as 0.0
    ]


def _shares(screen: Screen) -> Iterator[tuple[str, str]]:
    """Yield the shares of weight behind the reliability, as counts; they are no part of it."""
    lines = screen.lines
    due = {one.criterion for one in screen.overdue}
    unconfirmed = {
        key
        for key, found in screen.statements.items()
        if any(one.is_used and one.observation.quality == "unconfirmed" for one in found)
    }
    kinds = {
        "Missing": {key for key, line in lines.items() if line["estimate"]["source"] == PEERS},
        "Bridged": {key for key, line in lines.items() if line.get("state") == "bridged"},
        f"Older than {formats.spell_out(YEARS).lower()} years": {
            key for key, line in lines.items() if (line["estimate"]["age"] or 0) > YEARS
        },
        "Of an overdue edition": {key for key in due if lines.get(key, {}).get("estimate", {}).get("moves")},
        "Unconfirmed": unconfirmed,
    }
    for label, keys in kinds.items():
        weight = sum(lines[key].get("effective_weight", 0.0) for key in keys if key in lines)
        yield label, f"{round(100 * weight)}%"


# ---- free weights --------------------------------------------------------------------------------------------------


def _central(screen: Screen, weights: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield the typical weights below each node, as shares of it: "Need: prevalence 25%, child labor 24%, ..."."""
    table = screen.table
    for node in [None, *table.nodes]:
        key = node.key if node else ""
        below = [(other.key, labels.lowered(other.label)) for other in table.nodes if other.parent == key]
        below += [(row.key, value_use_presenters.named(row)) for row in table.criteria if node and row.node == key]
        parts = [f"{label} {round(100 * weights[name])}%" for name, label in below if name in weights]
        if len(parts) > 1:
            yield (node.label if node else "Score"), ", ".join(parts)


# ---- outside the pool ----------------------------------------------------------------------------------------------


def would_rank(screen: Screen) -> str:
    """Return the ranks that a country outside the pool would have: "1 to 48 in 90% of draws"; "" if not drawn."""
    found = screen.figures.outside if screen.figures else None
    if found is None or screen.score.status != CountryStatus.OUTSIDE_POOL:
        return ""
    return labels.interval(found.low, found.high)
