"""Ranking after a change of the data as text: computing, or what the new ranking changed against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from cpc.web import formats
from selection.models.runs import ScreenGroup
from selection.run_comparison.presenters.causes import CauseText, Why
from selection.run_comparison.presenters.model_parts import model_of, unlike_draws
from selection.run_comparison.queries.summary import ChangeSummary, Counts
from selection.runs.labels import SCREEN_GROUPS, lowered
from selection.runs.rows import RankingRow

NAMED = 8
"""Number of countries that a line names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    label: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Mover:
    """One of the largest movements, such as "9 → 18", with its main cause."""

    name: str
    url: str
    ranks: str
    icon: str
    cause: str


@dataclass(frozen=True, slots=True)
class ChangeText:
    """Changes that a ranking made: the finding, its limits, figures, who crosses a line, and the largest movements."""

    finding: str
    models: tuple[str, str] | None
    unlike_draws: tuple[str, str] | None
    figures: Sequence[BeforeAfter]
    lines: Sequence[tuple[str, str]]
    movers: Sequence[Mover]
    url: str


def change_text(summary: ChangeSummary) -> ChangeText:
    found = summary.comparison
    return ChangeText(
        finding=_finding(summary),
        models=_models(summary),
        unlike_draws=unlike_draws(found),
        figures=_figures(summary),
        lines=_lines(summary),
        movers=_movers(summary),
        url=reverse("runs-compare", query={"one": found.before.pk, "other": found.after.pk}),
    )


def _finding(summary: ChangeSummary) -> str:
    """Return the main sentence: who is firmly in now, how many ranks differ, or that none does."""
    found = summary.comparison
    moved = len(found.moved)
    marks = _marks(summary.before, summary.after)
    if not moved and not found.regrouped:
        return f"No rank changed{f'; {marks}' if marks else ''}."
    changed = f"{moved} rank{'' if moved == 1 else 's'} changed" if moved else "No rank changed"
    if summary.before.groups and summary.after.groups:
        one, other = (side.groups[ScreenGroup.IN.value] for side in (summary.before, summary.after))
        firmly = (
            f"{_countries_in(other)}, as before" if one == other else f"{_countries_in(other)}, {one or 'none'} before"
        )
        return f"{changed}; {firmly}{f'; {marks}' if marks else ''}."
    return f"{changed}{f'; {marks}' if marks else ''}."


def _countries_in(count: int) -> str:
    if not count:
        return "no country is firmly in"
    return f"{count} {'country is' if count == 1 else 'countries are'} firmly in"


def _marks(before: Counts, after: Counts) -> str:
    """Return how many marks of unconfirmed tiers are left; "" if as many as before."""
    if before.unconfirmed == after.unconfirmed:
        return ""
    marks = f"{before.unconfirmed} mark{'' if before.unconfirmed == 1 else 's'} of unconfirmed tiers"
    return f"{marks} became {after.unconfirmed}"


def _models(summary: ChangeSummary) -> tuple[str, str] | None:
    found = summary.comparison
    if found.before.table_hash == found.after.table_hash:
        return None
    return model_of(found.before, found), model_of(found.after, found)


def _figures(summary: ChangeSummary) -> list[BeforeAfter]:
    before, after = summary.before, summary.after
    groups = [
        BeforeAfter(SCREEN_GROUPS[group.value], str(before.groups[group.value]), str(after.groups[group.value]))
        for group in ScreenGroup
        if before.groups and after.groups
    ]
    widths = [
        BeforeAfter("Typical range of ranks", *(f"{formats.number(side.width)} ranks" for side in (before, after)))
        for _ in range(before.width is not None and after.width is not None)
    ]
    return [*groups, *widths, BeforeAfter("Tiers not confirmed", str(before.unconfirmed), str(after.unconfirmed))]


def _lines(summary: ChangeSummary) -> list[tuple[str, str]]:
    found = summary.comparison
    parts: list[tuple[str, Sequence[RankingRow]]] = []
    if summary.before.groups and summary.after.groups:
        for group, label in ((ScreenGroup.IN, "firmly in"), (ScreenGroup.OUT, "firmly out")):
            parts += [(f"Newly {label}", summary.joined(group)), (f"No longer {label}", summary.parted(group))]
    parts += [(f"Enter the first {found.first}", found.entered), (f"Leave the first {found.first}", found.left)]
    return [(f"{label} ({len(rows)})", _named(rows)) for label, rows in parts if rows]


def _named(rows: Sequence[RankingRow]) -> str:
    return formats.listing([row.name for row in rows], most=NAMED)


def _movers(summary: ChangeSummary) -> list[Mover]:
    causes = CauseText(summary.comparison, summary.data)
    return [_mover(causes.why(move)) for move in summary.largest]


def _mover(why: Why) -> Mover:
    move = why.move
    one, other = ((str(row.rank) if row and row.rank else "no rank") for row in (move.before, move.after))
    rise = move.places or 0
    icon = "arrow_upward" if rise > 0 else "arrow_downward" if rise < 0 else ""
    return Mover(move.row.name, why.href, f"{one} → {other}", icon, _cause(why))


def _cause(why: Why) -> str:
    """Return the main cause with the part of it that weighs most: "Other data: births not registered +1.2 points"."""
    if why.steps:
        return f"{why.cause}: {lowered(why.steps[0].label)} {why.steps[0].rise_text}"
    if why.reasons:
        first = why.reasons[0]
        points = f" {first.points} points" if first.points else ""
        return f"{why.cause}: {lowered(first.label)}{points}"
    return why.cause or why.also
