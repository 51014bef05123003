"""The value or constant that moves a country most between two rankings by one model, on different data. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from selection.scoring import Column, Model, Result, SeriesColumn, Snapshot, score

HALF = 0.5
"""Least share of a movement that the return of one value must undo for the value to be named."""


@dataclass(frozen=True, slots=True)
class Undone:
    """Change that undoes most of a movement if it returns to the earlier state.

    `criterion` is its key, or "" if no single one undoes half of it: then `is_own` tells whether all that changed of
    the country and of the constants does. A constant is what the run fits on all countries.
    """

    criterion: str = ""
    is_constant: bool = False
    is_own: bool = False


def ranks_of(result: Result) -> dict[str, int]:
    return {code: int(rank) for code, rank in zip(result.countries, result.ranks.tolist(), strict=True) if rank}


@dataclass(frozen=True)
class Movers:
    """Two results of one model. `beside` names the grouping that follows the value of a criterion, by its key."""

    before: Result
    after: Result
    beside: Mapping[str, str]

    @property
    def model(self) -> Model:
        return self.after.model

    def undone(self, code: str) -> Undone:
        """Return what undoes most of a country's change of rank. The country is in both snapshots."""
        old, new = ranks_of(self.before).get(code), ranks_of(self.after).get(code)
        best, found = 0.0, Undone()
        for key in self.changed(code):
            if best >= 1.0:
                break
            share = _share(old, new, self._ranks(self._returned([code], [key])).get(code))
            if share > best:
                best, found = share, Undone(key)
        for key in self.refitted:
            share = _share(old, new, self._with_constants([key]).get(code))
            if share > best:
                best, found = share, Undone(key, is_constant=True)
        if best >= HALF:
            return found
        mine = self._ranks(self._returned([code], self.changed(code)), self.refitted).get(code)
        return Undone(is_own=_share(old, new, mine) >= HALF)

    def changed(self, code: str) -> list[str]:
        """Return the criteria of which a country's value, its reason, or its age differs."""
        one, other = self.before.snapshot, self.after.snapshot
        i, j = one.position.get(code), other.position[code]
        if i is None:
            return []
        keys = [criterion.key for criterion in self.model.criteria]
        return [
            key
            for key in keys
            if _cell(one.columns[key], i) != _cell(other.columns[key], j)
            or any(
                _point(one.series[key][name], code) != _point(series, code)
                for name, series in other.series.get(key, {}).items()
            )
        ]

    @property
    def refitted(self) -> list[str]:
        """Return the criteria of which the run fitted something else."""
        old, new = self.before.estimated.fits(), self.after.estimated.fits()
        return [key for key in new if new[key] != old.get(key) and key in self.before.estimated.cells]

    def _with_constants(self, keys: Sequence[str]) -> dict[str, int]:
        return self._ranks(self.after.snapshot, keys)

    def _ranks(self, snapshot: Snapshot, earlier: Sequence[str] = ()) -> dict[str, int]:
        """Return the ranks of a snapshot by the later constants, or the earlier ones of some criteria."""
        held = {**self.after.estimated.cells, **{key: self.before.estimated.cells[key] for key in earlier}}
        return ranks_of(score(snapshot, self.model, draws=0, seed=0, held=held))

    def _returned(self, codes: Sequence[str], keys: Sequence[str]) -> Snapshot:
        """Return the later snapshot with some criteria of some countries as they were."""
        one, other = self.before.snapshot, self.after.snapshot
        columns, series, groupings = dict(other.columns), dict(other.series), dict(other.groupings)
        for key in keys:
            columns[key] = _with_cells(columns[key], one.columns[key], list(_positions(one, other, codes)))
            if key in series:
                series[key] = {
                    name: _with_points(values, one.series[key][name], codes) for name, values in series[key].items()
                }
            if (name := self.beside.get(key, "")) in groupings:
                labels = list(groupings[name])
                for i, j in _positions(one, other, codes):
                    labels[j] = one.groupings[name][i]
                groupings[name] = tuple(labels)
        return replace(other, columns=columns, series=series, groupings=groupings)


def _share(old: int | None, new: int | None, returned: int | None) -> float:
    """Return the share of a movement that is undone: 1 if a rank is gained or lost again, negative if it grows."""
    if old is None or new is None:
        return float((returned is None) == (old is None))
    if returned is None:
        return 0.0
    return 1.0 - abs(old - returned) / abs(old - new)


def _positions(one: Snapshot, other: Snapshot, codes: Sequence[str]) -> Iterator[tuple[int, int]]:
    return ((one.position[code], other.position[code]) for code in codes)


def _cell(column: Column, i: int) -> tuple[object, ...]:
    numbers = (column.values[i], column.standard_errors[i], column.ages[i])
    label = None if column.labels is None else column.labels[i]
    return label, column.missing_reasons[i], *(None if math.isnan(number) else float(number) for number in numbers)


def _point(series: SeriesColumn, code: str) -> tuple[float | None, ...]:
    return tuple(part.get(code) for part in (series.values, series.ages, series.standard_errors))


def _with_cells(column: Column, earlier: Column, positions: Sequence[tuple[int, int]]) -> Column:
    values, errors, ages = (np.array(part) for part in (column.values, column.standard_errors, column.ages))
    reasons = list(column.missing_reasons)
    labels = None if column.labels is None else list(column.labels)
    for i, j in positions:
        values[j], errors[j], ages[j] = earlier.values[i], earlier.standard_errors[i], earlier.ages[i]
        reasons[j] = earlier.missing_reasons[i]
        if labels is not None and earlier.labels is not None:
            labels[j] = earlier.labels[i]
    return Column(values, None if labels is None else tuple(labels), tuple(reasons), errors, ages)


def _with_points(series: SeriesColumn, earlier: SeriesColumn, codes: Sequence[str]) -> SeriesColumn:
    def merged(part: Mapping[str, float], was: Mapping[str, float]) -> dict[str, float]:
        others = {code: value for code, value in part.items() if code not in codes}
        return others | {code: was[code] for code in codes if code in was}

    return SeriesColumn(
        merged(series.values, earlier.values),
        merged(series.ages, earlier.ages),
        merged(series.standard_errors, earlier.standard_errors),
    )
