"""Earlier and current compacts with a country, and the limits of today's policy for the next one.

The partnerships app registers a provider of each; this app depends on none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import formats


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """An amount in U.S. dollars that a public source stated.

    `bound` is the word that goes with it ("more than"), and `on` its day, month, or year as text; empty if unknown.
    """

    amount: Decimal
    bound: str = ""
    on: str = ""

    @property
    def money(self) -> str:
        return f"{self.bound} {formats.money(self.amount)}".strip()

    def __str__(self) -> str:
        return f"{self.money} ({self.on})" if self.on else f"{self.money} (day not known)"


@dataclass(frozen=True, slots=True)
class EarlierCompact:
    """A compact that was signed with a country, or that is being prepared.

    `ended` is the day on which it ended, or None; `ends` the last day of its term, as extended. `planned` and `later`
    are what the United States planned and what was stated afterward, oldest first. `months_over` and `funding_over`
    are how far the term and the highest amount exceed the limits of today's policy. `extended_to` is the length of the
    term in months if it was extended.
    """

    country: str
    title: str
    status: str
    url: str
    signed: dt.date | None = None
    ended: dt.date | None = None
    ends: dt.date | None = None
    planned: StatedAmount | None = None
    later: tuple[StatedAmount, ...] = ()
    extended_to: int | None = None
    months_over: int = 0
    funding_over: Decimal = Decimal(0)
    is_over: bool = False

    @property
    def limits_exceeded(self) -> tuple[str, ...]:
        """Return which limits of today's policy it exceeded: "term", "money", both, or none."""
        return tuple(name for name, over in (("term", self.months_over), ("money", self.funding_over)) if over)

    @property
    def name(self) -> str:
        """Return the compact with its days: "Compact of June 23, 2015, ended June 23, 2020"."""
        if self.signed is None:
            return f"A compact is being prepared ({self.status})"
        extended = f", extended to {self.extended_to} months" if self.extended_to else ""
        if self.is_over:
            over = self.ended or self.ends
            until = f", ended {formats.day(over)}" if over else ", ended on a day that is not known"
        else:
            until = f", in force until {formats.day(self.ends)}" if self.ends else ", in force"
        return f"Compact of {formats.day(self.signed)}{extended}{until}"

    @property
    def sentence(self) -> str:
        """Return the compact with its money and the limits of today's policy that it exceeded."""
        parts = [f"{self.planned.money} planned" if self.planned else "planned amount not known"]
        if self.later:
            stated = formats.listing([str(amount) for amount in self.later])
            parts.append(f"later reported as {stated}" if len(self.later) == 1 else f"later reports differ: {stated}")
        money = ", ".join(parts)
        over = {
            (): "Within the limits of today's policy",
            ("term",): "Longer than today's policy allows",
            ("money",): "Above the amount of today's policy",
            ("term", "money"): "Above both limits of today's policy",
        }[self.limits_exceeded]
        compared = f" {over}." if self.signed else ""
        return f"{self.name}. {money[0].upper()}{money[1:]}.{compared}"


@dataclass(frozen=True, slots=True)
class PolicyLimits:
    """The longest term and highest funding that the office's policy allows on a day."""

    months: int
    funding: Decimal
    citation: str


Compacts = Callable[[Collection[str], dt.date], Mapping[str, Sequence[EarlierCompact]]]
Limits = Callable[[dt.date], PolicyLimits | None]
_compacts: list[Compacts] = []
_limits: list[Limits] = []


def register_earlier_compacts(tell: Compacts, limits: Limits) -> None:
    """Register a provider of compacts by country code, and one of the limits in force on a day."""
    if tell not in _compacts:
        _compacts.append(tell)
        _limits.append(limits)


def earlier_compacts(countries: Collection[str], on: dt.date) -> dict[str, list[EarlierCompact]]:
    """Return the compacts of each country by its code, oldest first, in a fixed number of queries.

    Samples are never among them.
    """
    found: dict[str, list[EarlierCompact]] = {code: [] for code in countries}
    for tell in _compacts:
        for code, rows in tell(countries, on).items():
            found[code] += rows
    return found


def policy_limits(on: dt.date) -> PolicyLimits | None:
    """Return the limits of the policy in force on a day, or None without a policy."""
    return next((limits for tell in _limits if (limits := tell(on)) is not None), None)
