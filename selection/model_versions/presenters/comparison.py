"""Two models on the same data as text: who moves, what each difference does alone, and the sheet of all ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cpc.web import formats
from cpc.web.charts import Chart
from cpc.web.tables import Column
from selection.model_definition.changes import Bearing, SingleChange
from selection.model_versions.queries.movements import ModelEffect, ModelRanking
from selection.models import CountryStatus
from selection.runs.movements import FAR, ListedMove, Move, Moves, named

FIRST_SHIFTS = 9
"""Number of movements that the page lists before a person requests all."""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """Effect of a difference without the others, or of several that work only together.

    `moves` are those between the earlier model with and without it; None if they were not computed.
    """

    effect: ModelEffect
    moves: Moves | None = None

    @property
    def changes(self) -> Sequence[SingleChange]:
        return self.effect.changes

    @property
    def others(self) -> int:
        """Return with how many other differences each of them is shown."""
        return len(self.changes) - 1

    @property
    def field(self) -> str:
        """Return the name of the field that differs, "" if there are several."""
        first, *others = {change.field for change in self.changes}
        return "" if others else first

    @property
    def leaving(self) -> Sequence[ListedMove]:
        """Return the countries that leave the first N and keep a rank."""
        return [row for row in self.moves.left if row.after is not None] if self.moves else ()

    @property
    def names(self) -> Mapping[str, str]:
        """Return who enters the first N, who leaves it with a rank, and who by losing its rank, each as text."""
        assert self.moves is not None
        dropped = [row for row in self.moves.left if row.after is None]
        return {"entered": named(self.moves.entered), "left": named(self.leaving), "dropped": named(dropped)}

    @property
    def far(self) -> int:
        return sum(shift.among.distance >= FAR for shift in self.moves.both) if self.moves else 0


def moves_of(
    before: ModelRanking, after: ModelRanking, names: Mapping[str, str], sides: tuple[str, str], first: int
) -> Moves:
    """Return the movements between two models; `sides` name the models inside a sentence."""
    rows = []
    for code in sorted(before.ranks.keys() | after.ranks.keys(), key=names.__getitem__):
        one, other = before.ranks.get(code), after.ranks.get(code)
        why, detail = "", ""
        for side, ranking in zip(sides, (before, after), strict=True):
            if code not in ranking.ranks:
                unranked = ranking.unranked.get(code)
                status = CountryStatus(unranked.status).label.lower() if unranked else "no rank"
                why = f"Under {side}: {status}. {unranked.reason if unranked else ''}".strip()
                detail = unranked.detail if unranked else ""
        rows.append(ListedMove(code, one, other, names[code], reverse("country", args=[code]), why, detail))
    return Moves.of(rows, first)


# ---- what is different ---------------------------------------------------------------------------------------------


def difference_rows(
    effects: Sequence[ModelEffect], before: ModelRanking | None, names: Mapping[str, str], first: int
) -> list[DifferenceRow]:
    """Return a row for each effect, differences in wording last; without `before` no effect was computed."""
    rows = [
        DifferenceRow(effect, moves_of(before, effect.ranking, names, ("", ""), first))
        if before and effect.ranking
        else DifferenceRow(effect)
        for effect in effects
    ]
    return sorted(rows, key=lambda row: row.effect.bearing is Bearing.TEXT)


# ---- both lists ----------------------------------------------------------------------------------------------------


def both_lists(moves: Moves, titles: tuple[str, str]) -> Chart:
    context = (
        f"Blue: enters the first {moves.first}. Dashed orange: leaves it. Each list counts only the countries "
        f"that it ranks."
    )
    return moves.chart("both-lists", _finding(moves), context, titles)


def _finding(moves: Moves) -> str:
    """Return a sentence about the first N that could be false."""
    near = [shift for shift in moves.both if _is_near(shift.move, moves.first)]
    lent = [shift for shift in near if shift.among.kind != "up" and shift.move.kind == "up"]
    if lent and moves.lost:
        best = min(lent, key=lambda shift: shift.move.after or 0).move
        above = [row for row in moves.lost if (row.before or 0) < (best.before or 0)]
        lose = formats.agree(len(above), "loses", "lose")
        return f"{best.name} moves from {best.before} to {best.after} only because {named(above)} {lose} a rank."
    moved = [shift for shift in near if shift.among.rise]
    if not moved:
        return f"No country among the first {moves.first} moves."
    far = max(moved, key=lambda shift: shift.among.distance).move
    return f"Among the first {moves.first}, {far.name} moves the farthest: from {far.before} to {far.after}."


def _is_near(row: Move, first: int) -> bool:
    return row.stays(first) or row.enters(first) or row.leaves(first)


# ---- sheet ---------------------------------------------------------------------------------------------------------


def fields(moves: Moves, sides: tuple[str, str]) -> tuple[Column[ListedMove], ...]:
    """Return the columns of a sheet of every country that has a rank in one of the lists."""
    rises = {shift.move.code: shift.among.rise for shift in moves.both}
    return (
        Column("Country", lambda row: row.name, width=28),
        Column("Code", lambda row: row.code, width=8),
        Column(f"Rank under {sides[0]}", lambda row: row.before, width=12),
        Column(f"Rank under {sides[1]}", lambda row: row.after, width=12),
        Column("Places up among those ranked by both", lambda row: rises.get(row.code), width=12),
        Column(
            f"First {moves.first}",
            lambda row: "enters" if row.enters(moves.first) else "leaves" if row.leaves(moves.first) else "",
            width=10,
        ),
        Column("Rank gained or lost", lambda row: row.kind if row.rise is None else "", width=10),
        Column("Why it has no rank on one side", lambda row: row.why, width=60),
    )
