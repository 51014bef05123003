"""Two models on the same data as text: who moves, what each difference does alone, and the sheet of all ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cpc.web import formats
from cpc.web.charts import Chart
from cpc.web.tables import Column
from selection.model_definition.changes import Bearing, SingleChange
from selection.model_versions.queries.movements import MOST, ModelEffect, ModelRanking
from selection.models import CountryStatus
from selection.runs.movements import FAR, ListedMove, Move, Moves, named

FIRST_SHIFTS = 9
"""Number of movements that the page lists before a person requests all."""

SAME = "No rank changes"
_ELSEWHERE: Mapping[Bearing, str] = {
    Bearing.TEXT: "Wording only",
    Bearing.FULL: "None in this list; it counts in the full score of a round",
    Bearing.STATUTE: "None in this list; it is checked in rounds",
    Bearing.DOUBT: "No rank changes; intervals, shares of draws, or groups may change",
}


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """Effect of a difference without the others; of several if they work only together."""

    changes: Sequence[SingleChange]
    effect: str
    is_text: bool

    @property
    def others(self) -> int:
        """Return with how many other differences each of them is shown."""
        return len(self.changes) - 1


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
        DifferenceRow(effect.changes, _effect(effect, before, names, first), effect.bearing is Bearing.TEXT)
        for effect in effects
    ]
    return sorted(rows, key=lambda row: row.is_text)


def _effect(effect: ModelEffect, before: ModelRanking | None, names: Mapping[str, str], first: int) -> str:
    changed = {change.field for change in effect.changes}
    if changed == {"first"}:
        return "No rank changes; it sets how many countries count as the first"
    if effect.bearing is not Bearing.RANK:
        return _ELSEWHERE[effect.bearing]
    if before is None:
        return ""
    if effect.needs_others:
        return "It has an effect only together with other differences"
    if effect.ranking is None:
        return f"Not computed; only the first {MOST} differences are"
    effect_text = describe_effect(moves_of(before, effect.ranking, names, ("", ""), first))
    return (
        f"{effect_text}; intervals and shares of draws may change"
        if changed == {"estimate"} and effect_text == SAME
        else effect_text
    )


def describe_effect(moves: Moves) -> str:
    """Return the effect of one difference: countries that enter or leave, gain or lose a rank, or move far."""
    if moves.is_same:
        return SAME
    parts = [_in_and_out(moves)]
    if moves.lost:
        known = [row for row in moves.left if row.after is None]
        among = f", among them {named(known)}" if known else ""
        parts.append(f"{len(moves.lost)} {formats.agree(len(moves.lost), 'loses', 'lose')} a rank{among}")
    if moves.gained:
        best = moves.gained[0].after
        parts.append(
            f"1 gains a rank, at {best}"
            if len(moves.gained) == 1
            else f"{len(moves.gained)} gain a rank, the best at {best}"
        )
    far = sum(shift.among.distance >= FAR for shift in moves.both)
    if far or not (moves.lost or moves.gained):
        parts.append(f"{far} of {len(moves.both)} move by five or more")
    return "; ".join(parts)


def _in_and_out(moves: Moves) -> str:
    """Return which countries enter and leave the first N, including those that leave by losing their rank."""
    first = f"the first {moves.first}"
    left = [row for row in moves.left if row.after is not None]
    if not moves.entered and not moves.left:
        return f"The first {moves.first} stay{', in another order' if moves.is_first_reordered else ''}"
    if moves.entered and left and len(left) == len(moves.entered):
        return f"{named(moves.entered)} {formats.agree(len(left), 'replaces', 'replace')} {named(left)} in {first}"
    sides = ((moves.entered, ("enters", "enter")), (left, ("leaves", "leave")))
    parts = [f"{named(rows)} {formats.agree(len(rows), *verbs)} {first}" for rows, verbs in sides if rows]
    lost = "one" if len(moves.left) == 1 else len(moves.left)
    return "; ".join(parts) or f"The first {moves.first} lose {lost}"


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
