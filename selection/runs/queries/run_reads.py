"""The data that a run reads, compared between two publication numbers.

A run reads more than the values that it scores: it stores the observation behind each value, whose quality and edition
its pages show. *How sure* lists unconfirmed tiers, so a confirmation changes what a run finds although no
score moves. `Reading` declares all of it once; whether a run is out of date and what changed both follow from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from indicators.models import Country, Indicator
from indicators.queries import Known
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.pool_rules.pools import PoolInputs
from selection.scoring import sha256_of
from selection.scoring_inputs.cells import Cell, Selection
from selection.scoring_inputs.question import selection_of


class DataChange(StrEnum):
    """Kind of change of one value that a run reads, the first that applies."""

    VALUE = "value"
    """The value, its year, or its standard error; also a value that is new or gone."""
    QUALITY = "quality"
    """Only its quality: it was confirmed, or is no longer."""
    STATEMENT = "statement"
    """Only the edition that states it."""


class Reading(NamedTuple):
    """Digests of what a run reads: `values` are what it scores, `statements` the observations behind them."""

    values: str
    statements: str


@dataclass(frozen=True, slots=True)
class ReadChange:
    """One value that a run would read differently: criterion, country code, and the observation before and after."""

    kind: DataChange
    criterion: str
    country: str
    before: Known | None
    after: Known | None


@lru_cache(maxsize=64)
def reading_on(run_id: int, on: dt.date, as_of: int, _at: dt.datetime) -> Reading:
    """Return what a run would read on a day of the data known at `as_of`.

    Neither changes, so the reading is cached. `_at` is the time of the publication or run: if a publication is rolled
    back, its number is used again, and `_at` distinguishes the two.
    """
    found = _selection(run_id, on, as_of)
    cells = {f"{key} {code}": _statements(cell) for key, column in found.cells.items() for code, cell in column.items()}
    left_out = {code: list(reason) for code, reason in found.left_out.items()}
    return Reading(found.snapshot.hash, sha256_of({"cells": cells, "left_out": left_out}))


@lru_cache(maxsize=8)
def read_changes(
    run_id: int, on: dt.date, before: tuple[int, dt.datetime], after: tuple[int, dt.datetime]
) -> tuple[ReadChange, ...]:
    """Return the values that a run would read differently after a later publication, in the order of the model.

    `before` and `after` are publication numbers, each with its time (see `reading_on`).
    """
    then, now = (_selection(run_id, on, number) for number, _ in (before, after))
    return tuple(_changes(then, now))


def _changes(then: Selection, now: Selection) -> Iterator[ReadChange]:
    for key, column in now.cells.items():
        old = then.cells.get(key, {})
        for code in sorted({*old, *column}):
            one, other = old.get(code, Cell()), column.get(code, Cell())
            if _statements(one) != _statements(other):
                yield _change(key, code, one, other)


def _change(key: str, code: str, one: Cell, other: Cell) -> ReadChange:
    before, after = _observations(one), _observations(other)
    parts = dict.fromkeys((*after, *before))
    named = next(name for name in parts if _statement(before.get(name)) != _statement(after.get(name)))
    if _contents(before) != _contents(after):
        kind = DataChange.VALUE
        named = next(name for name in parts if _content(before.get(name)) != _content(after.get(name)))
    elif {name: value.quality for name, value in before.items()} != {n: v.quality for n, v in after.items()}:
        kind = DataChange.QUALITY
    else:
        kind = DataChange.STATEMENT
    return ReadChange(kind, key, code, before.get(named), after.get(named))


def _observations(cell: Cell) -> dict[str, Known]:
    """Return the observations of a cell by their part in it: the one used, one only shown, and each series."""
    found = {"used": cell.used, "shown": cell.shown, **{f"series {key}": value for key, value in cell.series.items()}}
    return {name: value for name, value in found.items() if value is not None}


def _contents(values: Mapping[str, Known]) -> dict[str, tuple[object, ...] | None]:
    return {name: _content(value) for name, value in values.items()}


def _content(value: Known | None) -> tuple[object, ...] | None:
    return value and (value.period, value.value, value.label, value.missing, value.standard_error)


def _statement(value: Known | None) -> tuple[object, ...] | None:
    return value and (*(_content(value) or ()), value.quality, value.edition)


def _statements(cell: Cell) -> list[list[object]]:
    """Return what the observations of a cell state, with quality and edition.

    Not their numbers: a retraction restates what it uncovers under a new number.
    """
    return [[name, *(_statement(value) or ())] for name, value in sorted(_observations(cell).items())]


def names_of(changes: Iterable[ReadChange]) -> tuple[dict[str, str], dict[str, Indicator]]:
    """Return the names of the countries and the indicators of changes, each by its code."""
    codes, indicators = set(), set()
    for change in changes:
        codes.add(change.country)
        indicators |= {one.indicator for one in (change.before, change.after) if one is not None}
    names = dict(Country.objects.filter(code__in=codes).values_list("code", "name"))
    return names, {one.code: one for one in Indicator.objects.filter(code__in=indicators)}


def _selection(run_id: int, on: dt.date, as_of: int) -> Selection:
    run = ScoreRun.objects.defer("result").get(pk=run_id)
    pool = replace(PoolInputs.from_dict(run.inputs["pool"]), on=on)
    inputs = {**run.inputs, "pool": pool.to_dict()}
    return selection_of(ModelTable.from_dict(run.table), Stage(run.stage), as_of, on, inputs)
