"""Two runs side by side: who moved, by how much, and whether the data or the model made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indicators.models import Publication
from selection.model_difference import WORDS, differences
from selection.model_table import ModelTable
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.queries.ranking import RankingRow, ranking_of

NEW_VALUE = "another value"
OTHER_WEIGHT = "the same value weighed otherwise"
OTHER_ESTIMATE = "the same value, on another day or fitted with other data"


@dataclass(frozen=True, slots=True)
class Move:
    """One country in both runs. `places` is positive where it rose; `points` is the change of its score.

    `driver` is the criterion that moved the score most, by `driver_points`. `driver_why` is what differs about it: its
    value, its weight, or what the run made of the same value.
    """

    before: RankingRow | None
    after: RankingRow | None
    places: int | None
    points: float | None
    driver: str = ""
    driver_points: float = 0.0
    driver_why: str = ""

    @property
    def driver_is_new_data(self) -> bool:
        """Tell whether the driver has a different value."""
        return self.driver_why == NEW_VALUE

    @property
    def standing(self) -> str:
        """Return what became of a country without a rank in one run or both; empty where both rank it."""
        if self.places is not None:
            return ""
        if self.after and self.after.rank:
            return "Newly ranked"
        if self.before and self.before.rank:
            return f"No longer ranked: {self.now}"
        if self.before and self.after and self.before.status == self.after.status:
            return "No rank in either"
        return f"Now {self.now}"

    @property
    def now(self) -> str:
        """Return the country's status in the later run, for use inside a sentence."""
        label = CountryStatus(self.after.status if self.after else CountryStatus.NOT_LISTED).label
        return f"{label[:1].lower()}{label[1:]}"

    @property
    def regrouped(self) -> bool:
        """Tell whether the country changed its group: in, open or out."""
        if self.before is None or self.after is None or not (self.before.group and self.after.group):
            return False  # a run without draws has no groups
        return self.before.group != self.after.group

    @property
    def row(self) -> RankingRow:
        """The country as it stands in the later run, or in the earlier one where it is only there."""
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def changed(self) -> bool:
        """Whether rank, standing or printed score differ."""
        if self.before is None or self.after is None:
            return True
        same = (self.before.rank, self.before.status) == (self.after.rank, self.after.status)
        return not same or round(self.before.score or 0, 1) != round(self.after.score or 0, 1)


@dataclass(frozen=True)
class Comparison:
    """The earlier run, the later run, and what is different."""

    before: ScoreRun
    after: ScoreRun
    moves: tuple[Move, ...]
    publications: tuple[Publication, ...]
    model: tuple[str, ...]
    engine: bool
    day: bool
    entered: tuple[RankingRow, ...]
    left: tuple[RankingRow, ...]
    first: int

    @property
    def gained(self) -> list[Move]:
        """The countries that have a rank in the later run alone, by rank."""
        found = [move for move in self.moves if _has_rank(move.after) and not _has_rank(move.before)]
        return sorted(found, key=lambda move: move.row.rank or 0)

    @property
    def lost(self) -> list[Move]:
        """The countries that have a rank in the earlier run alone, by that rank."""
        found = [move for move in self.moves if _has_rank(move.before) and not _has_rank(move.after)]
        return sorted(found, key=lambda move: (move.before.rank or 0) if move.before else 0)

    @property
    def regrouped(self) -> list[Move]:
        """The countries ranked by both that are in another group, by rank."""
        return sorted((move for move in self.moves if move.regrouped), key=lambda move: move.row.rank or 0)

    @property
    def has_chances(self) -> bool:
        """Tell whether both runs give the share of draws in which a country is among the first."""
        return all(any(_chance(row) is not None for row in rows) for rows in self._sides)

    @property
    def _sides(self) -> tuple[list[RankingRow | None], list[RankingRow | None]]:
        return [move.before for move in self.moves], [move.after for move in self.moves]

    @property
    def changed(self) -> list[Move]:
        """The countries that changed: who moved most first, then who came or went, by rank."""
        return sorted((move for move in self.moves if move.changed), key=_by_movement)

    @property
    def same_place(self) -> int:
        """How many countries keep their rank."""
        return sum(1 for move in self.moves if move.places == 0)


def _has_rank(row: RankingRow | None) -> bool:
    return row is not None and row.rank is not None


def _chance(row: RankingRow | None) -> float | None:
    return row.p20 if row and row.rank else None


def compare(one: ScoreRun, other: ScoreRun) -> Comparison:
    """Set two runs of a stage side by side: of less data before more, then by their day, then as they were stored."""
    before, after = sorted((one, other), key=lambda run: (run.as_of, run.reference_date, run.pk))
    old, new = ranking_of(before), ranking_of(after)
    rows = {row.code: row for row in (*old.ranked, *old.others)}, {row.code: row for row in (*new.ranked, *new.others)}
    lines = _lines(before), _lines(after)
    moves = [
        _move((rows[0].get(code), rows[1].get(code)), (lines[0].get(code, {}), lines[1].get(code, {})), new.table)
        for code in sorted({*rows[0], *rows[1]})
    ]
    first = {row.code for row in old.first}, {row.code for row in new.first}
    low, high = sorted((before.as_of, after.as_of))
    published = Publication.objects.filter(seq__gt=low, seq__lte=high).select_related("batch__source")
    return Comparison(
        before=before,
        after=after,
        moves=tuple(moves),
        publications=tuple(published.order_by("seq")),
        model=tuple(model_changes(old.table, new.table)),
        engine=before.engine_version != after.engine_version,
        day=before.reference_date != after.reference_date,
        entered=tuple(row for row in new.first if row.code not in first[0]),
        left=tuple(row for row in old.first if row.code not in first[1]),
        first=new.table.first,
    )


def _by_movement(move: Move) -> tuple[bool, int, float, int, str]:
    rank = move.row.rank or (move.before.rank if move.before else None)
    return move.places is None, -abs(move.places or 0), -abs(move.points or 0.0), rank or 1000, move.row.name


_Lines = Mapping[str, Mapping[str, Any]]


def _lines(run: ScoreRun) -> dict[str, _Lines]:
    rows = CountryScore.objects.filter(run=run).values_list("country__code", "lines")
    return {code: {line["key"]: line for line in lines} for code, lines in rows}


def _move(rows: tuple[RankingRow | None, RankingRow | None], lines: tuple[_Lines, _Lines], table: ModelTable) -> Move:
    (before, after), (old, new) = rows, lines
    places = before.rank - after.rank if before and after and before.rank and after.rank else None
    both = before and after and before.score is not None and after.score is not None
    if not both or before is None or after is None:
        return Move(before, after, places, None)
    changes = {key: new.get(key, {}).get("points", 0.0) - old.get(key, {}).get("points", 0.0) for key in {*old, *new}}
    key = max(sorted(changes), key=lambda k: abs(changes[k]), default="")
    points = (after.score or 0.0) - (before.score or 0.0)
    if not key or abs(changes[key]) < 1e-9:
        return Move(before, after, places, points)
    label = next((row.label for row in table.criteria if row.key == key), key)
    return Move(before, after, places, points, label, changes[key], _why(old.get(key, {}), new.get(key, {})))


def _why(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return what about a criterion is another; an estimate rests on several observations, and on the day."""
    if _rests_on(old) != _rests_on(new):
        return NEW_VALUE
    return OTHER_WEIGHT if old.get("u") == new.get("u") else OTHER_ESTIMATE


def _rests_on(line: Mapping[str, Any]) -> list[Any]:
    return list(line.get("observations") or [line.get("observation")])


def model_changes(old: ModelTable, new: ModelTable) -> list[str]:
    """What differs between two tables of the model, one sentence a criterion, node or setting."""
    if old.hash == new.hash:
        return []
    found = []
    for name in ("root_tau", "node_tau", "rho", "draws"):
        if getattr(old, name) != getattr(new, name):
            found.append(f"{name} is {getattr(new, name):g}, was {getattr(old, name):g}.")
    for kind in ("nodes", "criteria"):
        was, now = ({item.key: item for item in getattr(table, kind)} for table in (old, new))
        found += [f"{now[key].label} is new." for key in now if key not in was]
        found += [f"{was[key].label} is gone." for key in was if key not in now]
        for key in now:
            if key in was and now[key] != was[key]:
                if now[key].weight != was[key].weight:
                    found.append(f"{now[key].label}: weight {now[key].weight:g}, was {was[key].weight:g}.")
                else:
                    found.append(f"{now[key].label}: its definition is another.")
    found += _method_changes(old, new)
    return found or ["The model is described in other words; no weight and no rule is another."]


_BESIDE_METHOD = (WORDS["aggregation"], WORDS["groupings"])


def _method_changes(old: ModelTable, new: ModelTable) -> list[str]:
    """Return what differs in the method, one sentence a setting, evidence rule or choice."""
    found = []
    for place in differences(old, new):
        if place.what in ("Evidence", "Choice"):
            words = {"added": "is new", "removed": "is gone"}.get(place.how, "is another")
            found.append(f"{place.what} “{place.label}” {words}.")
        elif place.what in ("Model", "Method"):
            named = place.what == "Method"
            fields = [
                field for field in place.fields if named or field.name in (WORDS["aggregation"], WORDS["groupings"])
            ]
            found += [f"{field.name}: {field.after}, was {field.before}." for field in fields]
    return found


MOVERS = 5
"""How many countries the home page names as moved."""


@dataclass(frozen=True, slots=True)
class Changes:
    """A summary of what a run changed: how many ranks differ, who is new among the first, who left, who moved most.

    `movers` holds the places (positive where it rose), the earlier rank, and the row in the later run.
    """

    moved: int
    entered: tuple[RankingRow, ...]
    left: tuple[RankingRow, ...]
    movers: tuple[tuple[int, int, RankingRow], ...]


def changes_since(run: ScoreRun, before: ScoreRun) -> Changes:
    """What `run` changed against `before`, from their rows alone."""
    then, now = ranking_of(before), ranking_of(run)
    old, new = ({row.code: row for row in ranking.ranked} for ranking in (then, now))
    first = [{row.code for row in ranking.first} for ranking in (then, now)]
    both = [(old[code].rank or 0, row) for code, row in new.items() if code in old]
    moves = [(was - (row.rank or 0), was, row) for was, row in both]
    movers = sorted((move for move in moves if move[0]), key=lambda move: (-abs(move[0]), move[2].rank or 0))
    return Changes(
        moved=len(movers) + len(set(old) ^ set(new)),
        entered=tuple(row for row in now.first if row.code not in first[0]),
        left=tuple(row for row in then.first if row.code not in first[1]),
        movers=tuple(movers[:MOVERS]),
    )
