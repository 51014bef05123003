"""The rule by which the pool of a round is drawn: data of the round, applied to every country, each out for a reason.

Whether a country is in a partnership now is known to the app that runs partnerships; it registers the answer here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from selection.model_table import ModelTable

INCOME_CLASSES: Mapping[str, str] = {
    "L": "Low income",
    "LM": "Lower middle income",
    "UM": "Upper middle income",
    "H": "High income",
}
"""The World Bank's four classes, by the label of `wb.income_class`."""

Partners = Callable[[], Mapping[str, str]]
_partners: list[Partners] = []


def register_partners(tell: Partners) -> None:
    """Register who knows which countries are in a partnership: code to the words that the page shows."""
    if tell not in _partners:
        _partners.append(tell)


def partners() -> dict[str, str]:
    """The countries that are in a partnership now, each with the words for it."""
    return {code: words for tell in _partners for code, words in tell().items()}


@dataclass(frozen=True, slots=True)
class PoolRule:
    """Who may be a candidate.

    `income_classes` are those that may; an empty one lets every class pass. `unclassed_may` lets a country without a
    class in. `leave_out_restricted` takes out who is barred by a restriction in force, `leave_out_partners` who is in
    a partnership. `only` narrows the round to some countries, by code; empty for all. The TIP Report's list always
    binds (22 U.S.C. 7103a(a)), and the model names who is no candidate at all.
    """

    income_classes: tuple[str, ...] = ("L", "LM", "UM")
    unclassed_may: bool = True
    leave_out_restricted: bool = True
    leave_out_partners: bool = True
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.income_classes) - set(INCOME_CLASSES)
        if unknown:
            raise ValueError(f"unknown income class {', '.join(sorted(unknown))}; use {', '.join(INCOME_CLASSES)}")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PoolRule:
        """Read a rule. Raises `TypeError` for an unknown field, `ValueError` for an unknown class."""
        known = dict(data)
        for name in ("income_classes", "only"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    @property
    def in_words(self) -> list[str]:
        """The rule as it is read, one sentence a part."""
        said = ["Listed in the TIP Report."]
        if self.income_classes:
            names = [INCOME_CLASSES[code].removesuffix(" income").lower() for code in self.income_classes]
            unclassed = "in" if self.unclassed_may else "out"
            said.append(f"Income: {', '.join(names)}; countries without a class are {unclassed}.")
        else:
            said.append("Every income class.")
        if self.leave_out_partners:
            said.append("Not in a partnership now.")
        if self.leave_out_restricted:
            said.append("Not barred by a restriction.")
        if self.only:
            said.append(f"Only {len(self.only)} named {'country' if len(self.only) == 1 else 'countries'}.")
        return said

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule looks at, by country code: tiers on record, income class, restrictions that bar, partnerships."""

    listed: frozenset[str]
    income: Mapping[str, str]
    restricted: Mapping[str, str] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)


def drawn(rule: PoolRule, table: ModelTable, facts: Facts, countries: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each country `("", "")` where it is in the pool, else the code of the reason and the reason in words.

    The first reason of a fixed order speaks: a country that is no candidate is not also judged by its income.
    """
    return {code: _one(rule, table, facts, code) for code in countries}


def _one(rule: PoolRule, table: ModelTable, facts: Facts, code: str) -> tuple[str, str]:
    if code in table.not_candidates:
        return "not_candidate", table.not_candidates[code]
    if code not in facts.listed:
        return "not_listed", table.listing["reason"]
    if rule.only and code not in rule.only:
        return "not_added", "The round is about other countries."
    if rule.leave_out_partners and code in facts.partners:
        return "partner", facts.partners[code]
    if rule.leave_out_restricted and code in facts.restricted:
        return "restricted", facts.restricted[code]
    income = facts.income.get(code, "")
    if rule.income_classes and not income and not rule.unclassed_may:
        return "income_unknown", "The World Bank gives no income class."
    if rule.income_classes and income and income not in rule.income_classes:
        return "income", f"{INCOME_CLASSES.get(income, income)}."
    return "", ""
