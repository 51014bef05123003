"""Observed data that a run scores: countries, one column per criterion, and the groups of countries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from .canonical_json import sha256_of
from .value_functions import EVERY_COUNTRY, FloatArray, Positions

CANDIDATES, POOL, WIDER = "candidates", "pool", "wider"
"""The pools of a snapshot that a model with a method reads; see `Snapshot`."""


class MissingReason(StrEnum):
    """Reason that a cell has no value. Unknown is not zero, and each kind of unknown is distinct."""

    NOT_COLLECTED = "not_collected"
    NOT_YET_PUBLISHED = "not_yet_published"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    SPECIAL_CASE = "special_case"
    STALE = "stale"


class SnapshotError(ValueError):
    """The snapshot cannot be scored; the message names criterion, country and remedy."""


def _floats(values: Sequence[float | None] | FloatArray | None, size: int) -> FloatArray:
    if values is None:
        return np.full(size, np.nan)
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def median(values: FloatArray) -> float:
    """Return the median, NaN of nothing; finite also where the sum of the two middle values is not."""
    if not len(values):
        return math.nan
    with np.errstate(over="ignore"):
        middle = float(np.median(values))
    return middle if math.isfinite(middle) else 2 * float(np.median(values / 2))


@dataclass(frozen=True, eq=False)
class Column:
    """One criterion's cells, in the order of the snapshot's countries.

    Numeric columns hold `values` (NaN = missing); categorical ones hold `labels` (None = missing). Every missing
    cell carries a reason and no other cell does. `standard_errors` are in the unit of the value and `ages` in years
    between reference period and run; NaN where the publisher gives none.
    """

    values: FloatArray
    labels: tuple[str | None, ...] | None
    missing_reasons: tuple[MissingReason | None, ...]
    standard_errors: FloatArray
    ages: FloatArray

    @staticmethod
    def numeric(
        values: Sequence[float | None] | FloatArray,
        *,
        missing: Sequence[str | None] | None = None,
        standard_errors: Sequence[float | None] | FloatArray | None = None,
        ages: Sequence[float | None] | FloatArray | None = None,
    ) -> Column:
        """Return a numeric column; None and NaN are missing and need a reason in `missing`."""
        size = len(values)
        return Column(
            _floats(values, size), None, _reasons(missing, size), _floats(standard_errors, size), _floats(ages, size)
        )

    @staticmethod
    def categorical(
        labels: Sequence[str | None],
        *,
        missing: Sequence[str | None] | None = None,
        ages: Sequence[float | None] | FloatArray | None = None,
    ) -> Column:
        """Return a column of category labels; None is missing and needs a reason in `missing`."""
        size = len(labels)
        return Column(
            _floats(None, size), tuple(labels), _reasons(missing, size), _floats(None, size), _floats(ages, size)
        )

    @cached_property
    def present(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return a mask of the cells that hold a value or a label."""
        if self.labels is None:
            return ~np.isnan(self.values)
        return np.array([label is not None for label in self.labels], dtype=np.bool_)

    @cached_property
    def complete(self) -> bool:
        return bool(self.present.all())


def _reasons(missing: Sequence[str | None] | None, size: int) -> tuple[MissingReason | None, ...]:
    if missing is None:
        return (None,) * size
    try:
        return tuple(None if reason is None else MissingReason(reason) for reason in missing)
    except ValueError as error:
        raise SnapshotError(f"{error}; use one of {', '.join(MissingReason)}") from None


@dataclass(frozen=True, eq=False)
class SeriesColumn:
    """The newest value of one published series by country, of countries beyond the snapshot's too.

    `ages` are in years and known for every value; `standard_errors` where the publisher gives one.
    """

    values: Mapping[str, float]
    ages: Mapping[str, float]
    standard_errors: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data by country code, without empty mappings."""
        parts = {"values": self.values, "ages": self.ages, "standard_errors": self.standard_errors}
        return {name: {code: part[code] + 0.0 for code in sorted(part)} for name, part in parts.items() if part}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything observed that a run reads, checked when made.

    `columns` maps criterion key to its column. `groupings` maps a name ("income_group") to each country's label or
    None. `pools` maps a name to the countries whose values settle pool-based value functions; "all" always exists.
    `waivers` maps a hurdle's key to the countries that hold a recorded waiver of it. `series` holds, by criterion and
    key, the series that a model with a method makes its estimates of. `overdue` counts, by criterion, the editions that
    are due and not loaded.

    A method reads three pools: `CANDIDATES` may be ranked; the values of `POOL` settle means and peers; a country
    outside `POOL` takes its peers from `WIDER`.
    """

    countries: tuple[str, ...]
    columns: Mapping[str, Column]
    groupings: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, SeriesColumn]] = field(default_factory=dict)
    overdue: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the data.

        Raise SnapshotError for infinities, gaps without a reason, unknown countries, or wrong lengths.
        """
        if len(set(self.countries)) != len(self.countries):
            raise SnapshotError("the snapshot lists a country twice; give each country once")
        for key, column in self.columns.items():
            self._check_column(key, column)
        for key, series in self.series.items():
            for name, values in series.items():
                self._check_series(f"criterion {key!r}, series {name!r}", values)
        if early := sorted(key for key, count in self.overdue.items() if count < 0):
            raise SnapshotError(f"criterion {early[0]!r}: {self.overdue[early[0]]} editions are overdue; use 0 or more")
        for name, labels in self.groupings.items():
            if len(labels) != len(self.countries):
                raise SnapshotError(f"grouping {name!r} has {len(labels)} labels for {len(self.countries)} countries")
        for what, mapping in (("pool", self.pools), ("waiver of", self.waivers)):
            for name, members in mapping.items():
                if strangers := sorted(set(members) - set(self.countries)):
                    raise SnapshotError(f"{what} {name!r} names {', '.join(strangers)}, not in the snapshot")

    def _check_column(self, key: str, column: Column) -> None:
        size = len(self.countries)
        parts = (
            column.values,
            column.missing_reasons,
            column.standard_errors,
            column.ages,
            column.labels or self.countries,
        )
        if any(len(part) != size for part in parts):
            raise SnapshotError(f"criterion {key!r}: every list must have one entry for each of {size} countries")
        for what, numbers in (
            ("value", column.values),
            ("standard error", column.standard_errors),
            ("age", column.ages),
        ):
            if (infinite := np.isinf(numbers)).any():
                raise SnapshotError(
                    f"criterion {key!r}, {self._named(infinite)}: {what} is infinite; correct it or mark it missing"
                )
        if (negative := column.standard_errors < 0).any():
            raise SnapshotError(f"criterion {key!r}, {self._named(negative)}: the standard error is negative")
        given = np.array([reason is not None for reason in column.missing_reasons], dtype=np.bool_)
        if (bare := ~column.present & ~given).any():
            raise SnapshotError(f"criterion {key!r}, {self._named(bare)}: no value and no missing reason; give one")
        if (both := column.present & given).any():
            raise SnapshotError(
                f"criterion {key!r}, {self._named(both)}: a value and a missing reason; keep one of them"
            )

    def _check_series(self, where: str, series: SeriesColumn) -> None:
        if strangers := sorted(set(series.values) ^ set(series.ages)):
            raise SnapshotError(f"{where}, {strangers[0]}: a value needs its age and an age its value")
        for what, numbers in (("value", series.values), ("age", series.ages), ("error", series.standard_errors)):
            for code, number in numbers.items():
                if not math.isfinite(number) or (what == "error" and number < 0):
                    raise SnapshotError(f"{where}, {code}: {what} is {number}; correct it or mark it missing")

    def _named(self, where: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
        return self.countries[int(np.flatnonzero(where)[0])]

    @cached_property
    def position(self) -> Mapping[str, int]:
        return {country: i for i, country in enumerate(self.countries)}

    @cached_property
    def everyone(self) -> Positions:
        return np.arange(len(self.countries))

    def members(self, pool: str) -> Positions:
        """Return the positions of the countries in a named pool. Raise SnapshotError for an unknown pool."""
        if pool == EVERY_COUNTRY:
            return self.everyone
        if pool not in self.pools:
            raise SnapshotError(f"pool {pool!r} is not in the snapshot; known are {', '.join(['all', *self.pools])}")
        return np.array([self.position[country] for country in self.pools[pool]], dtype=np.intp)

    def group_labels(self, grouping: str) -> tuple[str | None, ...]:
        """Return each country's label in a grouping. Raise SnapshotError for an unknown grouping."""
        if grouping not in self.groupings:
            raise SnapshotError(f"grouping {grouping!r} is not in the snapshot; known are {', '.join(self.groupings)}")
        return self.groupings[grouping]

    def peer_values(self, x: FloatArray, grouping: str) -> Mapping[str, FloatArray]:
        """Return the observed values of x by group label."""
        labels = self.group_labels(grouping)
        groups: dict[str, list[float]] = {label: [] for label in labels if label is not None}
        for label, value in zip(labels, x.tolist(), strict=True):
            if label is not None and not math.isnan(value):
                groups[label].append(value)
        return {label: np.array(values, dtype=np.float64) for label, values in groups.items()}

    def group_medians(self, x: FloatArray, grouping: str) -> FloatArray:
        """Return each country's group median of x; NaN without a group or an observed value in it."""
        medians = {group: median(values) for group, values in self.peer_values(x, grouping).items()}
        return np.array([math.nan if g is None else medians[g] for g in self.group_labels(grouping)], dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data by country code, and so independent of order, without empty entries."""
        plain: dict[str, Any] = {
            "countries": sorted(self.countries),
            "columns": {key: self._plain_column(column) for key, column in self.columns.items()},
            "groupings": {
                name: {c: g for c, g in zip(self.countries, labels, strict=True) if g is not None}
                for name, labels in self.groupings.items()
            },
            "pools": {name: sorted(members) for name, members in self.pools.items()},
            "waivers": {name: sorted(members) for name, members in self.waivers.items()},
        }
        if self.series:
            plain["series"] = {
                key: {name: values.to_dict() for name, values in series.items()} for key, series in self.series.items()
            }
        if late := {key: count for key, count in self.overdue.items() if count}:
            plain["overdue"] = late
        return plain

    def _plain_column(self, column: Column) -> dict[str, Any]:
        plain: dict[str, Any] = {"categorical": column.labels is not None}
        for name, numbers in (
            ("values", column.values),
            ("standard_errors", column.standard_errors),
            ("ages", column.ages),
        ):
            entries = {c: v + 0.0 for c, v in zip(self.countries, numbers.tolist(), strict=True) if not math.isnan(v)}
            if entries:
                plain[name] = entries
        texts: tuple[tuple[str, tuple[str | None, ...]], ...] = (
            ("missing", column.missing_reasons),
            ("labels", column.labels or ()),
        )
        for name, items in texts:
            filled = {c: str(item) for c, item in zip(self.countries, items, strict=False) if item is not None}
            if filled:
                plain[name] = filled
        return plain

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON: equal data has an equal hash in any order of countries."""
        return sha256_of(self.to_dict())
