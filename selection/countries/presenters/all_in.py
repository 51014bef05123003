"""Sentences on a country in a run with all-in draws: the overdue report, its reliability, and free weights."""

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
class OpenFinding:
    summary: str
    sentences: tuple[str, ...]
    figures: tuple[tuple[str, str], ...] = ()


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


def findings(screen: Screen) -> list[OpenFinding]:
    figures = screen.figures
    return [] if figures is None else list(_findings(screen, figures))


def _findings(screen: Screen, figures: AllInFigures) -> Iterator[OpenFinding]:
    if figures.settled is not None and screen.overdue:
        yield _settled(screen, figures, figures.settled)
    yield reliability(screen, figures)
    if figures.free is not None:
        yield free(screen, figures)


def _settled(screen: Screen, figures: AllInFigures, settled: DrawnRanks) -> OpenFinding:
    named = reports(screen)
    group = labels.SCREEN_GROUPS.get(settled.group, "")
    ends = f" ({labels.lowered(group)})" if group else ""
    verb = "ranks" if screen.score.rank is not None else "would rank"
    sentences = [
        f"{labels.raised(named)} is due and not loaded, so every tier is drawn from how tiers moved before.",
        f"With data and weights alone it {verb} {drawn(screen, figures.data_weights)}; with the method drawn, too, "
        "the range is that above.",
    ]
    return OpenFinding(
        f"If {named} changes no tier: rank {drawn(screen, settled)}{ends}",
        tuple(sentences),
    )


# ---- reliability ---------------------------------------------------------------------------------------------------


def reliability(screen: Screen, figures: AllInFigures) -> OpenFinding:
    """Return how reliable the figures of a country are, with what takes most from it and what would raise it."""
    summary = f"Reliability {formats.number(figures.reliability, 1)} of 10"
    gain = (figures.reliability_settled or figures.reliability) - figures.reliability
    if screen.overdue and figures.reliability_settled is not None:
        summary += f"; loading {reports(screen)} would add {formats.number(gain, 1)}"
    sentences = [_takes(screen, figures)]
    if screen.reliable is not None:
        low, high = (formats.number(end, 1) for end in screen.reliable)
        sentences.append(f"It lies between {low} and {high} for all ranked countries, so small differences say little.")
    return OpenFinding(summary, tuple(sentences), tuple(_shares(screen)))


def _takes(screen: Screen, figures: AllInFigures) -> str:
    most = sorted(figures.lost.items(), key=lambda item: -item[1])[:TAKES]
    named = [
        f"{value_use_presenters.named(screen.table.row(key))} ({formats.number(points, 1)})"
        for key, points in most
        if points >= 0.05
    ]
    if not named:
        return "Nothing takes from it: every value is exact."
    return f"What takes most from 10, and better data would raise: {formats.listing(named)}."


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


def free(screen: Screen, figures: AllInFigures) -> OpenFinding:
    """Return in how many weightings a country is among the first N, and which these are."""
    found = figures.free
    assert found is not None
    name, first = screen.country.name, screen.first
    share = formats.chance(found.share, prose=True)
    summary = f"{name} is in the first {first} in {share} of weightings"
    need = found.weights.get("need")
    if need is None:
        return OpenFinding(
            f"{summary}, too few to say which",
            (f"Every weighting counts the same here; {_ranks(found.low, found.high)}.",),
        )
    sure = f"With those weights it is there in {formats.chance(found.confidence, prose=True)} of draws of the data."
    return OpenFinding(
        f"{summary}; typically those that give need {round(100 * need)}%",
        (f"Every weighting counts the same here; {_ranks(found.low, found.high)}. {sure}",),
        tuple(_central(screen, found.weights)),
    )


def _ranks(low: int, high: int) -> str:
    return f"the rank is {formats.span(str(low), str(high), prose=True)} in 90% of them"


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
