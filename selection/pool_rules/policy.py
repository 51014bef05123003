"""Policy of the desk screen's pool: dated rules, admissions, and terms of partnerships as plain data. Pure.

The app that runs partnerships registers their terms here; `pools.resolve_pool` applies the policy of a day.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self


class Reason(enum.StrEnum):
    """Reasons that exclude a listed country from the pool, in the order in which they are applied."""

    UNITED_STATES = "united_states"
    PARTNERSHIP = "partnership"
    SPECIAL_CASE = "special_case"
    TIER3 = "tier3"
    NO_INCOME_CLASS = "no_income_class"
    HIGH_INCOME = "high_income"


NOT_A_STATE = "not_a_state"
"""Reason for a territory that the TIP Report lists and that is not a state: shown, never ranked or admitted."""


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """Reason for being outside the pool: its label, and the values that a policy can name.

    A policy with some of `values` excludes the countries that have them; a policy with none of them excludes no
    country. `fixed` is a reason that no policy changes.
    """

    label: str
    values: Mapping[str, str]
    default: tuple[str, ...]
    fixed: bool = False


REASONS: Mapping[Reason, ReasonRule] = {
    Reason.UNITED_STATES: ReasonRule("The United States", {"USA": "the United States"}, ("USA",), fixed=True),
    Reason.PARTNERSHIP: ReasonRule(
        "A partnership is in force", {"in_force": "a partnership is in force on the day"}, ("in_force",)
    ),
    Reason.SPECIAL_CASE: ReasonRule("Special Case", {"Special Case": "Special Case"}, ("Special Case",)),
    Reason.TIER3: ReasonRule("Tier 3", {"Tier 3": "Tier 3", "Tier 2 Watch List": "Tier 2 Watch List"}, ("Tier 3",)),
    Reason.NO_INCOME_CLASS: ReasonRule("No income class", {"none": "no income class"}, ("none",)),
    Reason.HIGH_INCOME: ReasonRule("High income", {"H": "high income", "UM": "upper middle income"}, ("H",)),
}
POSITIONS: Mapping[str, int] = {reason.value: place for place, reason in enumerate(REASONS, 1)}


def describe_rule(reason: str, values: Sequence[str]) -> str:
    known = REASONS[Reason(reason)]
    named = " or ".join(known.values[value] for value in values)
    if reason == Reason.UNITED_STATES:
        return "The United States is outside: it is the other participant of every partnership."
    if not values:
        return f"{known.label}: no country is outside for this reason."
    if reason == Reason.PARTNERSHIP:
        return "A country is outside while a partnership with it is in force."
    if reason in (Reason.SPECIAL_CASE, Reason.TIER3):
        return f"A country is outside if the newest complete TIP Report names it {named}."
    if reason == Reason.NO_INCOME_CLASS:
        return "A country is outside if the World Bank states no income class for it."
    return f"A country is outside if the World Bank classes it as {named}."


class _Plain:
    """Frozen dataclass of scalars, dates, and tuples that converts to JSON and back."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]  # each subclass is a dataclass

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a row. Raise `TypeError` for an unknown or missing field."""
        return cls(**{name: _read(name, value) for name, value in data.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


DAYS = frozenset({"since", "replaced_on", "until", "ended_on", "start", "end"})


def _read(name: str, value: Any) -> Any:
    if name in DAYS and value is not None:
        return dt.date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class PolicyRow(_Plain):
    """Dated rule of the pool, in force from `since` until the day before `replaced_on`."""

    key: int
    reason: str
    place: int
    values: tuple[str, ...]
    citation: str
    why: str
    since: dt.date
    replaced_on: dt.date | None = None
    decided_by: str = ""
    legal_note: str = ""

    def holds(self, on: dt.date) -> bool:
        return self.since <= on and (self.replaced_on is None or on < self.replaced_on)


@dataclass(frozen=True, slots=True)
class AdmissionRow(_Plain):
    """Admission of a country, in force from `since` through `until`, or until the day before `ended_on`."""

    key: int
    country: str
    why: str
    since: dt.date
    until: dt.date
    ended_on: dt.date | None = None
    decided_by: str = ""
    legal_note: str = ""

    def holds(self, on: dt.date) -> bool:
        return self.since <= on <= self.until and (self.ended_on is None or on < self.ended_on)


@dataclass(frozen=True, slots=True)
class PartnershipTerm(_Plain):
    """The term of one partnership: in force from `start` until the day before `end`; None if no end is known."""

    country: str
    title: str
    start: dt.date
    end: dt.date | None = None

    def holds(self, on: dt.date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)

    def is_over(self, on: dt.date) -> bool:
        return self.end is not None and self.end <= on


Terms = Callable[[], Sequence[PartnershipTerm]]
_terms: list[Terms] = []


def register_terms(tell: Terms) -> None:
    """Register a function that returns the terms of all partnerships that ever came into force."""
    if tell not in _terms:
        _terms.append(tell)


def partnership_terms() -> tuple[PartnershipTerm, ...]:
    """Return the terms of all partnerships that ever came into force, as the record has them now."""
    return tuple(term for tell in _terms for term in tell())
