"""Movements of countries between two lists: who is among the first N, who is ranked, and how far each moves. Pure.

A rank that is gained or lost is not a rise or a fall: it results from a change in the evidence or in the pool.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cpc.grouping import grouped
from cpc.web import formats
from cpc.web.charts import Chart, Slope, slope
from cpc.web.charts.svg import Svg, decoration, rect

FAR = 5
"""Least number of ranks that counts as a far movement."""

NAMED = 4
"""Number of countries that a sentence names before it counts the rest."""

LISTED = 12
"""Number of countries that a list in one line names before it counts the rest."""

CHART_MARGIN = 6
"""Number of ranks after the first N that the chart of both lists shows."""

BANDS: Sequence[tuple[str, int, int]] = (
    ("10 or more places", 10, 10_000),
    ("5 to 9", 5, 9),
    ("1 to 4", 1, 4),
    ("None", 0, 0),
)


class Crossing(enum.Enum):
    """Reason that a country enters or leaves the first N, as far as two lists of ranks show it."""

    RANK = "gains or loses its rank"
    ITSELF = "moves among the countries ranked in both lists"
    OTHERS = "others gain or lose a rank above it"


# One clause about one country and one about several, with placeholders for their names and the list.
Clauses = Mapping[Crossing, tuple[str, str]]
LEAVE: Clauses = {
    Crossing.RANK: (
        "{} leaves {} because it loses its rank, not because it falls",
        "{} leave {} because they lose their rank, not because they fall",
    ),
    Crossing.ITSELF: ("{} moves down and leaves {}", "{} move down and leave {}"),
    Crossing.OTHERS: (
        "{} leaves {} because others gain a rank above it",
        "{} leave {} because others gain a rank above them",
    ),
}
ENTER: Clauses = {
    Crossing.RANK: ("{} enters {} because it gains a rank", "{} enter {} because they gain a rank"),
    Crossing.ITSELF: ("{} moves up and enters {}", "{} move up and enter {}"),
    Crossing.OTHERS: (
        "{} enters {} because others lose a rank above it",
        "{} enter {} because others lose a rank above them",
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A country's rank in two lists; None is no rank."""

    code: str
    before: int | None
    after: int | None

    @property
    def rise(self) -> int | None:
        """Return how many ranks it rises, negative if it falls; None unless it has a rank in both lists."""
        return None if self.before is None or self.after is None else self.before - self.after

    @property
    def distance(self) -> int:
        """Return how many ranks it rises or falls; 0 for a rank gained or lost."""
        return abs(self.rise or 0)

    @property
    def kind(self) -> str:
        """Return "gained" or "lost" for a rank in one list only, else "up", "down", or "same"."""
        if self.rise is None:
            return "same" if self.before == self.after else "gained" if self.before is None else "lost"
        return "up" if self.rise > 0 else "down" if self.rise else "same"

    def enters(self, first: int) -> bool:
        return _is_within(self.after, first) and not _is_within(self.before, first)

    def leaves(self, first: int) -> bool:
        return _is_within(self.before, first) and not _is_within(self.after, first)

    def stays(self, first: int) -> bool:
        return _is_within(self.before, first) and _is_within(self.after, first)


def moves_between(before: Mapping[str, int], after: Mapping[str, int]) -> list[Move]:
    """Return the movements between two lists of ranks, by code."""
    return [Move(code, before.get(code), after.get(code)) for code in sorted({*before, *after})]


def recount(moves: Iterable[Move]) -> dict[str, Move]:
    """Return the movements by code, with ranks that count only the countries in both lists.

    So a rank that another country gains or loses moves no country.
    """
    both = [
        (move.code, move.before, move.after) for move in moves if move.before is not None and move.after is not None
    ]
    before, after = sorted(old for _, old, _ in both), sorted(new for _, _, new in both)
    return {code: Move(code, 1 + before.index(old), 1 + after.index(new)) for code, old, new in both}


@dataclass(frozen=True, slots=True)
class ListedMove(Move):
    """Movement as a page lists it.

    `why` is the reason that the country has a rank in one list only, as a sentence that several countries can share;
    `detail` is a short text for this country alone ("survey of 2014").
    """

    name: str
    href: str
    why: str = ""
    detail: str = ""


class Shift(NamedTuple):
    """Country ranked in both lists, and its movement among those alone."""

    move: ListedMove
    among: Move


class MovementGroup(NamedTuple):
    why: str
    moves: Sequence[ListedMove]


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
        return decoration(120, 14, [rect(0, 2, 120 * self.share, 10, "k-fill", rx=1)])


@dataclass(frozen=True)
class Moves:
    """Countries with a rank in at least one of two lists, and the N of "the first N" in both.

    Every list of countries is ordered by rank, and by name among equal ranks.
    """

    rows: Sequence[ListedMove]
    first: int

    @classmethod
    def of(cls, rows: Iterable[ListedMove], first: int) -> Moves:
        """Build the movements from the rows that have a rank in one of the lists."""
        return cls([row for row in rows if row.before is not None or row.after is not None], first)

    @cached_property
    def _by_before(self) -> Sequence[ListedMove]:
        return sorted(self.rows, key=lambda row: (row.before or 0, row.name))

    @cached_property
    def _by_after(self) -> Sequence[ListedMove]:
        return sorted(self.rows, key=lambda row: (row.after or 0, row.name))

    @property
    def is_same(self) -> bool:
        return all(row.before == row.after for row in self.rows)

    @property
    def ranked(self) -> tuple[int, int]:
        return len(self.rows) - len(self.gained), len(self.rows) - len(self.lost)

    # ---- the first

    @cached_property
    def entered(self) -> Sequence[ListedMove]:
        """Return the countries that are among the first N only in the later list."""
        return [row for row in self._by_after if row.enters(self.first)]

    @cached_property
    def left(self) -> Sequence[ListedMove]:
        """Return the countries that are among the first N only in the earlier list."""
        return [row for row in self._by_before if row.leaves(self.first)]

    @cached_property
    def is_first_reordered(self) -> bool:
        """Return whether the countries that stay among the first change their order there."""
        old, new = ([row.code for row in rows if row.stays(self.first)] for rows in (self._by_before, self._by_after))
        return old != new

    def crossing_reason(self, row: ListedMove) -> Crossing:
        if row.rise is None:
            return Crossing.RANK
        return (
            Crossing.ITSELF
            if self._among[row.code].kind == ("up" if row.enters(self.first) else "down")
            else Crossing.OTHERS
        )

    # ---- ranks gained and lost

    @cached_property
    def gained(self) -> Sequence[ListedMove]:
        """Return the countries with a rank only in the later list."""
        return [row for row in self._by_after if row.kind == "gained"]

    @cached_property
    def lost(self) -> Sequence[ListedMove]:
        """Return the countries with a rank only in the earlier list."""
        return [row for row in self._by_before if row.kind == "lost"]

    @property
    def gain_groups(self) -> Sequence[MovementGroup]:
        """Return the gains by reason, the most frequent first."""
        return _groups(self.gained)

    @property
    def loss_groups(self) -> Sequence[MovementGroup]:
        """Return the losses by reason, the most frequent first."""
        return _groups(self.lost)

    # ---- movement among the countries ranked in both lists

    @cached_property
    def _among(self) -> Mapping[str, Move]:
        return recount(self.rows)

    @cached_property
    def both(self) -> Sequence[Shift]:
        """Return the countries ranked in both lists, those that move farthest first."""
        shifts = [Shift(row, self._among[row.code]) for row in self.rows if row.code in self._among]
        return sorted(shifts, key=lambda shift: (-shift.among.distance, shift.among.after or 0, shift.move.name))

    @property
    def moved(self) -> Sequence[Shift]:
        return [shift for shift in self.both if shift.among.rise]

    @property
    def bands(self) -> Sequence[Band]:
        """Return the number of countries ranked in both lists, by how many ranks they move."""
        distances = [shift.among.distance for shift in self.both]
        counts = [(label, sum(low <= far <= high for far in distances)) for label, low, high in BANDS]
        return [Band(label, count, count / len(distances) if distances else 0.0) for label, count in counts]

    # ---- chart and sentences

    def chart(self, key: str, finding: str, context: str, heads: tuple[str, str]) -> Chart:
        """Draw the first countries of both lists, and some below them."""
        rows = [Slope(row.name, row.before, row.after, row.href) for row in self.rows]
        return slope(key, finding, context, heads, rows, first=self.first, top=self.first + CHART_MARGIN)

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
        return _note(self.entered, ("gains", "gain"))

    @property
    def left_note(self) -> str:
        """Return how many of those that leave the first do so by losing their rank; "" if none does."""
        return _note(self.left, ("loses", "lose"))

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
        leave, enter = self._crossing_sentence(self.left, LEAVE), self._crossing_sentence(self.entered, ENTER)
        return (leave, f"{enter} {counts}".strip()) if leave else (enter, counts)

    @property
    def crossing(self) -> str:
        """Return who enters and who leaves the first N; those that gain or lose a rank come last."""
        order = (Crossing.ITSELF, Crossing.OTHERS, Crossing.RANK)
        sentences = (
            self._crossing_sentence(self.entered, ENTER, order),
            self._crossing_sentence(self.left, LEAVE, order),
        )
        return " ".join(filter(None, sentences))

    def _crossing_sentence(
        self, rows: Sequence[ListedMove], clauses: Clauses, order: Iterable[Crossing] = tuple(Crossing)
    ) -> str:
        """Return a sentence on countries that enter or leave the first N, one clause per reason; "" for none."""
        parts = []
        for reason in order:
            if some := [row for row in rows if self.crossing_reason(row) is reason]:
                clause = formats.agree(len(some), *clauses[reason])
                parts.append(clause.format(named(some), f"the first {self.first}"))
        return f"{'; '.join(parts)}." if parts else ""

    def _describe_rank_changes(self) -> str:
        """Return "12 countries lose a rank and 6 gain one."; "" if no country does."""
        lost, gained = len(self.lost), len(self.gained)
        gain = formats.agree(gained, "gains", "gain")
        if not lost:
            return f"{formats.count_of(gained, 'country', 'countries')} {gain} a rank." if gained else ""
        lose = f"{formats.count_of(lost, 'country', 'countries')} {formats.agree(lost, 'loses', 'lose')} a rank"
        return f"{lose} and {gained} {gain} one." if gained else f"{lose}."


def named(rows: Sequence[ListedMove], most: int = NAMED) -> str:
    return formats.listing([row.name for row in rows], most=most)


def _is_within(rank: int | None, first: int) -> bool:
    return rank is not None and rank <= first


def _note(rows: Sequence[ListedMove], verbs: tuple[str, str]) -> str:
    count = sum(row.rise is None for row in rows)
    is_all = count == len(rows)
    if not count:
        return ""
    if count == 1:
        who = "it" if is_all else "one"
    elif is_all:
        who = "both" if count == 2 else f"all {formats.spell_out(count).lower()}"
    else:
        who = formats.spell_out(count).lower()
    return f"{who} {formats.agree(count, *verbs)} a rank"


def _groups(rows: Sequence[ListedMove]) -> Sequence[MovementGroup]:
    by_reason = grouped(sorted(rows, key=lambda row: row.name), lambda row: row.why)
    groups = [MovementGroup(why, moves) for why, moves in by_reason.items()]
    return sorted(groups, key=lambda group: (-len(group.moves), group.why))
