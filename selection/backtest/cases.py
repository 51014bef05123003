"""Findings of a backtest as stored: one case per partnership, and the totals over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any, Self

from selection.backtest.measures import AreaUnderCurve, area_of_ranks, chance_within, percentile

NEED, FEASIBILITY = "need", "feasibility"
"""The two axes, by the keys of their nodes in a model."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A rank among `of` countries, with the ranks at 5 and 95 percent of the draws and the share within the first N."""

    rank: int
    of: int
    low: int
    high: int
    within: float

    @property
    def percentile(self) -> float:
        return percentile(self.rank, self.of)


@dataclass(frozen=True, slots=True)
class Known:
    """Criterion of one partner at the cutoff: its label, its axis, its share of it, and the source of its value."""

    key: str
    label: str
    axis: str
    share: float
    how: str


@dataclass(frozen=True, slots=True)
class Case:
    """One partnership: the rank its country had on what was published by the cutoff.

    `edition` and `tier` are of the TIP Report then in force, `of` the countries of the list. `outside` is the reason
    for which the country was outside the pool, as a sentence: its place is then that of a list without this rule. Where
    it has no place at all, `total` is None and `outside` gives the reason. `earlier` holds rank and length of the list
    one year before, by the key of the axis and "" for the whole; it is empty if the country was not listed then.
    """

    country: str
    title: str
    signed: dt.date
    cutoff: dt.date
    edition: str = ""
    tier: str = ""
    outside: str = ""
    outside_code: str = ""
    total: Spot | None = None
    axes: Mapping[str, Spot] = field(default_factory=dict)
    known: tuple[Known, ...] = ()
    earlier: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plain = asdict(self)
        return plain | {"signed": self.signed.isoformat(), "cutoff": self.cutoff.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a case. Raise `KeyError` or `TypeError` for data of another shape."""
        return cls(
            **{
                **data,
                "signed": dt.date.fromisoformat(data["signed"]),
                "cutoff": dt.date.fromisoformat(data["cutoff"]),
                "total": Spot(**data["total"]) if data["total"] else None,
                "axes": {key: Spot(**spot) for key, spot in data["axes"].items()},
                "known": tuple(Known(**known) for known in data["known"]),
                "earlier": {key: (rank, of) for key, (rank, of) in data["earlier"].items()},
            }
        )


@dataclass(frozen=True, slots=True)
class Today:
    """Same partners on the data of the run: `partners` of the `of` countries of its pool, partners included.

    `areas` holds the area under the curve of each axis, `by_share` that of the whole for possible weights of need.
    """

    of: int
    partners: int
    areas: Mapping[str, float]
    by_share: tuple[tuple[float, float], ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it. Raise `KeyError` or `TypeError` for data of another shape."""
        return cls(**{**data, "by_share": tuple((share, area) for share, area in data["by_share"])})


@dataclass(frozen=True, slots=True)
class Findings:
    """All cases, in the order of their signatures, and the totals over them."""

    first: int
    draws: int
    cases: tuple[Case, ...]
    today: Today | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "draws": self.draws,
            "cases": [case.to_dict() for case in self.cases],
            "today": asdict(self.today) if self.today else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read findings. Raise `KeyError` or `TypeError` for data of another shape."""
        return cls(
            data["first"],
            data["draws"],
            tuple(Case.from_dict(case) for case in data["cases"]),
            Today.from_dict(data["today"]) if data["today"] else None,
        )

    @property
    def placed(self) -> list[tuple[Case, Spot]]:
        """Return the cases that have a rank in the whole list."""
        return [(case, case.total) for case in self.cases if case.total is not None]

    @property
    def within(self) -> int:
        return sum(spot.rank <= self.first for _, spot in self.placed)

    @property
    def chance_within(self) -> float:
        return chance_within([spot.of for _, spot in self.placed], self.first)

    @property
    def expected_within(self) -> float:
        """Return the number of partners among the first N, averaged over the draws."""
        return sum(spot.within for _, spot in self.placed)

    def spots(self, axis: str = "") -> list[tuple[Case, Spot]]:
        return self.placed if not axis else [(case, case.axes[axis]) for case, _ in self.placed if axis in case.axes]

    def mean_percentile(self, axis: str = "") -> float | None:
        """Return the mean percentile on an axis or in the whole; None without a case that has a place."""
        percentiles = [spot.percentile for _, spot in self.spots(axis)]
        return fmean(percentiles) if percentiles else None

    def area(self, axis: str = "") -> AreaUnderCurve | None:
        return area_of_ranks([(spot.rank, spot.of) for _, spot in self.spots(axis)])

    def earlier_area(self, axis: str = "") -> AreaUnderCurve | None:
        return area_of_ranks([case.earlier[axis] for case in self.cases if axis in case.earlier])


def lacking(known: Sequence[Known], axis: str) -> list[Known]:
    """Return the criteria of an axis without a value or bridge for the country, and those no country had."""
    return [one for one in known if one.axis == axis and one.how in ("filled", "dropped")]
