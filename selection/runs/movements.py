"""Movements between two lists of the same countries: who is among the first N, who is ranked, and who moves.

A rank that is gained or lost is not a rise or a fall: it results from a change in the evidence or in the pool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cpc.web import formats
from cpc.web.charts.svg import Svg, decoration, rect
from selection.runs.labels import countries

Clause = tuple[str, str]
"""Clause about one country and about several, with placeholders for their names and the list."""

LEAVE: Sequence[Clause] = (
    (
        "{} leaves {} because it loses its rank, not because it falls",
        "{} leave {} because they lose their rank, not because they fall",
    ),
    ("{} moves down and leaves {}", "{} move down and leave {}"),
    ("{} leaves {} because others gain a rank above it", "{} leave {} because others gain a rank above them"),
)
ENTER: Sequence[Clause] = (
    ("{} enters {} because it gains a rank", "{} enter {} because they gain a rank"),
    ("{} moves up and enters {}", "{} move up and enter {}"),
    ("{} enters {} because others lose a rank above it", "{} enter {} because others lose a rank above them"),
)

NAMED = 4
"""Number of countries that a sentence names before it counts the rest."""

LISTED = 12
"""Number of countries that a list in one line names before it counts the rest."""

BANDS: Sequence[tuple[str, int, int]] = (
    ("10 or more places", 10, 10_000),
    ("5 to 9", 5, 9),
    ("1 to 4", 1, 4),
    ("None", 0, 0),
)


@dataclass(frozen=True, slots=True)
class Move:
    """Country in two lists: its rank in each, None for no rank.

    `why` is the reason that it has a rank in one list only, as a sentence that several countries can share; `detail`
    is a short text for this country alone ("survey of 2014").
    """

    name: str
    href: str
    before: int | None
    after: int | None
    why: str = ""
    detail: str = ""
    code: str = ""


class Shift(NamedTuple):
    """Country ranked in both lists: its rank in each among those countries alone."""

    move: Move
    before: int
    after: int

    @property
    def by(self) -> int:
        """Return how many places it moves up; negative if it moves down."""
        return self.before - self.after

    @property
    def label(self) -> str:
        """Return "Up 3", "Down 11", "Same"."""
        return f"{'Up' if self.by > 0 else 'Down'} {abs(self.by)}" if self.by else "Same"

    @property
    def icon(self) -> str:
        """Return the icon of the direction; "" if it stays."""
        return ("arrow_upward" if self.by > 0 else "arrow_downward") if self.by else ""


class MovementGroup(NamedTuple):
    """Countries that gain or lose a rank for the same reason."""

    why: str
    moves: Sequence[Move]


@dataclass(frozen=True, slots=True)
class Band:
    """Range of distances and the number of countries that move that far.

    `share` is their part of the countries ranked in both lists, 0 to 1.
    """

    label: str
    count: int
    share: float

    @property
    def bar(self) -> Svg:
        """Return a bar of the share."""
        return decoration(120, 14, [rect(0, 2, 120 * self.share, 10, "k-fill", rx=1)])


@dataclass(frozen=True)
class Moves:
    """Countries with a rank in at least one of two lists, and the N of "the first N" in both."""

    rows: Sequence[Move]
    first: int

    @classmethod
    def of(cls, rows: Iterable[Move], first: int) -> Moves:
        """Build the movements from the rows that have a rank in one of the lists."""
        return cls([row for row in rows if row.before is not None or row.after is not None], first)

    # ---- the first

    def _is_first(self, rank: int | None) -> bool:
        return rank is not None and rank <= self.first

    @cached_property
    def entered(self) -> Sequence[Move]:
        """Return the countries that are among the first N only in the later list, by rank."""
        return _by_after(row for row in self.rows if self._is_first(row.after) and not self._is_first(row.before))

    @cached_property
    def left(self) -> Sequence[Move]:
        """Return the countries that are among the first N only in the earlier list, by rank."""
        return _by_before(row for row in self.rows if self._is_first(row.before) and not self._is_first(row.after))

    @cached_property
    def is_first_reordered(self) -> bool:
        """Return whether the countries that stay among the first change their order there."""
        stay = [row for row in self.rows if self._is_first(row.before) and self._is_first(row.after)]
        return [row.name for row in _by_before(stay)] != [row.name for row in _by_after(stay)]

    # ---- ranks gained and lost

    @cached_property
    def gained(self) -> Sequence[Move]:
        """Return the countries with a rank only in the later list."""
        return _by_after(row for row in self.rows if row.before is None)

    @cached_property
    def lost(self) -> Sequence[Move]:
        """Return the countries with a rank only in the earlier list."""
        return _by_before(row for row in self.rows if row.after is None)

    @property
    def gain_groups(self) -> Sequence[MovementGroup]:
        """Return the gains by reason, the most frequent first."""
        return _groups(self.gained)

    @property
    def loss_groups(self) -> Sequence[MovementGroup]:
        """Return the losses by reason, the most frequent first."""
        return _groups(self.lost)

    # ---- movement

    @cached_property
    def both(self) -> Sequence[Shift]:
        """Return the countries ranked in both lists, those that move farthest first.

        Their ranks here count only the countries in both lists.
        """
        rows = [(row, row.before, row.after) for row in self.rows if row.before is not None and row.after is not None]
        before, after = sorted(one for _, one, _ in rows), sorted(other for _, _, other in rows)
        found = [Shift(row, 1 + before.index(one), 1 + after.index(other)) for row, one, other in rows]
        return sorted(found, key=lambda shift: (-abs(shift.by), shift.after, shift.move.name))

    @property
    def moved(self) -> Sequence[Shift]:
        """Return the countries ranked in both lists whose rank among these changes."""
        return [shift for shift in self.both if shift.by]

    @property
    def bands(self) -> Sequence[Band]:
        """Return the number of countries ranked in both lists, by how many places they move."""
        distances = [abs(shift.by) for shift in self.both]
        counts = [(label, sum(low <= far <= high for far in distances)) for label, low, high in BANDS]
        return [Band(label, count, count / len(distances) if distances else 0.0) for label, count in counts]

    @property
    def is_same(self) -> bool:
        """Return whether both lists are the same."""
        return all(row.before == row.after for row in self.rows)

    @property
    def ranked(self) -> tuple[int, int]:
        """Return the number of countries with a rank in each list."""
        return len(self.rows) - len(self.gained), len(self.rows) - len(self.lost)

    # ---- sentences

    @property
    def lines(self) -> Sequence[tuple[str, str]]:
        """Return lines on the countries that enter, leave, gain, and lose a rank: each a label and the names."""
        parts = (
            (f"Enter the first {self.first}", self.entered),
            (f"Leave the first {self.first}", self.left),
            ("Gain a rank", self.gained),
            ("Lose a rank", self.lost),
        )
        return [(f"{label} ({len(rows)})", named(rows, LISTED)) for label, rows in parts if rows]

    @property
    def first_label(self) -> str:
        """Return the N of "the first N" for a sentence."""
        return str(self.first)

    @property
    def entered_note(self) -> str:
        """Return how many of those that enter the first do so by gaining a rank; "" if none does."""
        return _note(self.entered, [row for row in self.entered if row.before is None], ("gains", "gain"))

    @property
    def left_note(self) -> str:
        """Return how many of those that leave the first do so by losing their rank; "" if none does."""
        return _note(self.left, [row for row in self.left if row.after is None], ("loses", "lose"))

    def verdict(self, same: str = "Both lists are the same.", still: str = "Nothing changes in {}.") -> tuple[str, str]:
        """Return the verdict on the differences: a sentence that could be false, printed bold, and more detail.

        `same` is the sentence if nothing differs, `still` the one if the first N are unchanged.
        """
        if self.is_same:
            return same, ""
        counts = self._describe_rank_changes()
        if not self.left and not self.entered:
            if self.is_first_reordered:
                return f"The first {self.first} are the same countries in a different order.", counts
            return still.format(f"the first {self.first}"), counts or "Only countries below them move."
        leave, enter = self._leave_sentence(), self._enter_sentence()
        return (leave, f"{enter} {counts}".strip()) if leave else (enter, counts)

    @property
    def crossing(self) -> str:
        """Return who enters and who leaves the first N; those that gain or lose a rank come last."""
        sentences = (self._enter_sentence((1, 2, 0)), self._leave_sentence((1, 2, 0)))
        return " ".join(filter(None, sentences))

    def _leave_sentence(self, order: Sequence[int] = (0, 1, 2)) -> str:
        return self._sentence(self.left, lambda row: row.after is None, -1, [LEAVE[one] for one in order], order)

    def _enter_sentence(self, order: Sequence[int] = (0, 1, 2)) -> str:
        return self._sentence(self.entered, lambda row: row.before is None, 1, [ENTER[one] for one in order], order)

    def _sentence(
        self,
        rows: Sequence[Move],
        is_unranked: Callable[[Move], bool],
        direction: int,
        clauses: Sequence[Clause],
        order: Sequence[int],
    ) -> str:
        """Return a sentence on countries that enter or leave, one clause per cause: a rank, own movement, or others."""
        causes: list[list[Move]] = [[], [], []]
        for row in rows:
            cause = 0 if is_unranked(row) else 1 if direction * self._by(row) > 0 else 2
            causes[cause].append(row)
        place = f"the first {self.first}"
        parts = [
            (one if len(found) == 1 else several).format(named(found), place)
            for found, (one, several) in zip((causes[one] for one in order), clauses, strict=True)
            if found
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def _by(self, row: Move) -> int:
        """Return how many places a country moves up among those ranked in both lists."""
        return self._shifts[row.name]

    @cached_property
    def _shifts(self) -> dict[str, int]:
        return {shift.move.name: shift.by for shift in self.both}

    def _describe_rank_changes(self) -> str:
        """Return "12 countries lose a rank and 6 gain one."; "" if no country does."""
        lost, gained = len(self.lost), len(self.gained)
        if not lost:
            return f"{countries(gained)} {'gains' if gained == 1 else 'gain'} a rank." if gained else ""
        more = f" and {gained} {'gains' if gained == 1 else 'gain'} one" if gained else ""
        return f"{countries(lost)} {'loses' if lost == 1 else 'lose'} a rank{more}."


def named(rows: Sequence[Move], most: int = NAMED) -> str:
    """Return the names of countries for a sentence, the first few by name."""
    return formats.listing([row.name for row in rows], most=most)


def _note(rows: Sequence[Move], some: Sequence[Move], verbs: tuple[str, str]) -> str:
    one, several = verbs
    count, everyone = len(some), len(some) == len(rows)
    if not count:
        return ""
    if count == 1:
        return f"{'it' if everyone else 'one'} {one} a rank"
    who = f"all {formats.spell_out(count).lower()}" if count > 2 else "both"
    return f"{who if everyone else formats.spell_out(count).lower()} {several} a rank"


def _groups(rows: Sequence[Move]) -> Sequence[MovementGroup]:
    found: dict[str, list[Move]] = {}
    for row in rows:
        found.setdefault(row.why, []).append(row)
    groups = [MovementGroup(why, sorted(moves, key=lambda row: row.name)) for why, moves in found.items()]
    return sorted(groups, key=lambda group: (-len(group.moves), group.why))


def _by_before(rows: Iterable[Move]) -> list[Move]:
    return sorted(rows, key=lambda row: (row.before or 0, row.name))


def _by_after(rows: Iterable[Move]) -> list[Move]:
    return sorted(rows, key=lambda row: (row.after or 0, row.name))
