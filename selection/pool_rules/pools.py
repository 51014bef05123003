"""Pools of candidates: the rule that defines a round's pool, and the dated pool of the desk screen. Pure.

A round applies its own rule to every country (`pool_reasons`). The desk screen ranks the countries that the office's
policy includes on a day (`resolve_pool`); any other country is outside for the first reason that applies. The app that
runs partnerships registers a function here that returns the current partner countries.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.model_definition.criteria_table import ModelTable
from selection.pool_rules.policy import (
    NOT_A_STATE,
    AdmissionRow,
    PartnershipTerm,
    PolicyRow,
    Reason,
)

INCOME_CLASSES: Mapping[str, str] = {
    "L": "Low income",
    "LM": "Lower middle income",
    "UM": "Upper middle income",
    "H": "High income",
}
"""The World Bank's four classes, by the label of `wb.income_class`."""

STATED = 0.95
"""Least share of tiers that an edition of the TIP Report must state to count as complete.

The shipped files do not state the tiers of three countries in 2023. Requiring all of them would fall back to the tiers
of 2021 for every country, which is less accurate.
"""

Partners = Callable[[], Mapping[str, str]]
_partners: list[Partners] = []


def register_partners(tell: Partners) -> None:
    """Register a function that returns the current partners: each country code with the text for the page."""
    if tell not in _partners:
        _partners.append(tell)


def partners() -> dict[str, str]:
    """Return the countries that are in a partnership now, each with its description."""
    return {code: text for tell in _partners for code, text in tell().items()}


@dataclass(frozen=True, slots=True)
class PoolRule:
    """Rule for which countries may be candidates.

    `income_classes` are the permitted classes; if it is empty, every class is permitted. `unclassed_may` permits a
    country without a class. `leave_out_restricted` excludes countries barred by a restriction in force, and
    `leave_out_partners` countries in a partnership. `only` limits the round to some countries, by code; empty for all.
    The TIP Report's list always applies (22 U.S.C. 7103a(a)), and the model names the countries that are never
    candidates.
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
        """Read a rule. Raise `TypeError` for an unknown field, `ValueError` for an unknown class."""
        known = dict(data)
        for name in ("income_classes", "only"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    @property
    def descriptions(self) -> list[str]:
        """Return the rule as text, one sentence per part."""
        sentences = ["Listed in the TIP Report."]
        if self.income_classes:
            names = [INCOME_CLASSES[code].removesuffix(" income").lower() for code in self.income_classes]
            unclassed = "in" if self.unclassed_may else "out"
            sentences.append(f"Income: {', '.join(names)}; countries without a class are {unclassed}.")
        else:
            sentences.append("Every income class.")
        if self.leave_out_partners:
            sentences.append("Not in a partnership now.")
        if self.leave_out_restricted:
            sentences.append("No review on record bars it.")
        if self.only:
            sentences.append(f"Only {formats.count_of(len(self.only), 'named country', 'named countries')}.")
        return sentences

    def to_dict(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class CountryPoolFacts:
    """Facts that the rule uses, by country code: tiers, income class, restrictions that bar, partnerships."""

    listed: frozenset[str]
    income: Mapping[str, str]
    restricted: Mapping[str, str] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)


def pool_reasons(
    rule: PoolRule, table: ModelTable, facts: CountryPoolFacts, countries: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Return for each country `("", "")` if it is in the pool, else the reason's code and text.

    Only the first reason in a fixed order is given: a country that can never be a candidate is not also checked for
    income.
    """
    return {code: _pool_reason(rule, table, facts, code) for code in countries}


def _pool_reason(rule: PoolRule, table: ModelTable, facts: CountryPoolFacts, code: str) -> tuple[str, str]:
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


# ---- the pool of the desk screen -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoolInputs:
    """Decisions that define the pool of one day: policies, admissions, and partnerships, as on record.

    A run stores their `to_dict()`, so that a replay resolves the same pool regardless of later decisions. `stated` is
    the share of tiers that an edition must state to count.
    """

    on: dt.date
    policies: tuple[PolicyRow, ...]
    admissions: tuple[AdmissionRow, ...] = ()
    partnerships: tuple[PartnershipTerm, ...] = ()
    stated: float = STATED

    @classmethod
    def of_day(
        cls,
        on: dt.date,
        policies: Sequence[PolicyRow],
        admissions: Sequence[AdmissionRow],
        partnerships: Sequence[PartnershipTerm],
    ) -> PoolInputs:
        """Return the decisions in force on a day and the partnerships begun by it, with today's edition rule."""
        return cls(
            on,
            tuple(sorted((row for row in policies if row.holds(on)), key=lambda row: (row.place, row.key))),
            tuple(sorted((row for row in admissions if row.holds(on)), key=lambda row: (row.country, row.key))),
            tuple(
                sorted(
                    (term for term in partnerships if term.start <= on),
                    key=lambda term: (term.country, term.start, term.title),
                )
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "policies": [row.to_dict() for row in self.policies],
            "admissions": [row.to_dict() for row in self.admissions],
            "partnerships": [term.to_dict() for term in self.partnerships],
            "stated": self.stated,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PoolInputs:
        """Read inputs. Raise `KeyError` or `TypeError` for data of another shape."""
        return cls(
            dt.date.fromisoformat(data["on"]),
            tuple(PolicyRow.from_dict(row) for row in data["policies"]),
            tuple(AdmissionRow.from_dict(row) for row in data["admissions"]),
            tuple(PartnershipTerm.from_dict(row) for row in data["partnerships"]),
            float(data["stated"]),
        )


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """Published facts to which the policy is applied.

    `tiers` are the labels of the newest complete TIP edition (`edition`) by country: its keys are the listed
    countries. `income` holds the last stated class of the World Bank. `not_states` are listed territories that are not
    states.
    """

    edition: str
    tiers: Mapping[str, str]
    income: Mapping[str, str]
    not_states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """Result for one listed country.

    `reason_code` is empty for a country in the pool. `admitted` is the key of the admission that lets it in, and
    `overridden` the reason that would exclude it otherwise. `former` names partnerships that have ended.
    """

    country: str
    reason_code: str = ""
    sentence: str = ""
    admitted: int | None = None
    overridden: str = ""
    former: tuple[str, ...] = ()

    @property
    def is_in(self) -> bool:
        return not self.reason_code


@dataclass(frozen=True)
class Pool:
    """Pool of one day: an entry for every listed country, by its code, and its inputs."""

    inputs: PoolInputs
    edition: str
    entries: Mapping[str, PoolEntry]

    @property
    def members(self) -> tuple[str, ...]:
        """Return the countries in the pool, admitted ones included."""
        return tuple(code for code, entry in self.entries.items() if entry.is_in)

    @property
    def default_members(self) -> tuple[str, ...]:
        """Return the countries in the pool without an admission; only they enter the pool's statistics."""
        return tuple(code for code, entry in self.entries.items() if entry.is_in and entry.admitted is None)

    @property
    def outside(self) -> Mapping[str, PoolEntry]:
        """Return the states outside the pool, by code. Territories and former states are left out."""
        return {
            code: entry for code, entry in self.entries.items() if not entry.is_in and entry.reason_code != NOT_A_STATE
        }

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of countries in the pool (`in`), admitted, and outside by reason, with zeros."""
        reasons = Counter(entry.reason_code for entry in self.entries.values())
        return {
            "listed": len(self.entries),
            "in": reasons[""],
            "admitted": len(self.members) - len(self.default_members),
            **{reason.value: reasons[reason.value] for reason in Reason},
            NOT_A_STATE: reasons[NOT_A_STATE],
        }


def resolve_pool(inputs: PoolInputs, facts: PoolFacts) -> Pool:
    """Return for each listed country whether it is in the pool, or the first reason that excludes it.

    The policies are applied in order. An admission overrides any reason, except for the United States, territories
    that are not states, and Tier 3 countries whose admission has no legal note.
    """
    on = inputs.on
    policies = sorted((row for row in inputs.policies if row.holds(on)), key=lambda row: (row.place, row.key))
    admissions = {row.country: row for row in inputs.admissions if row.holds(on)}
    terms = grouped(inputs.partnerships, lambda term: term.country)
    entries = {
        code: _entry(code, policies, admissions.get(code), terms.get(code, ()), facts, on)
        for code in sorted(facts.tiers)
    }
    return Pool(inputs, facts.edition, entries)


def _entry(
    code: str,
    policies: Sequence[PolicyRow],
    admission: AdmissionRow | None,
    terms: Sequence[PartnershipTerm],
    facts: PoolFacts,
    on: dt.date,
) -> PoolEntry:
    former = tuple(term.title for term in terms if term.is_over(on))
    if code in facts.not_states:
        return PoolEntry(code, NOT_A_STATE, "Listed in the TIP Report, but not a state: shown, never ranked.")
    found = [(row.reason, sentences) for row in policies if (sentences := _outside(row, code, terms, facts, on))]
    if not found:
        return PoolEntry(code, former=former)
    reason, sentence = found[0]
    if admission is None or reason == Reason.UNITED_STATES:
        return PoolEntry(code, reason, sentence, former=former)
    if facts.tiers[code] == "Tier 3" and not admission.legal_note:
        sentence = f"{sentence} The admission on record has no legal note, which a Tier 3 country needs."
        return PoolEntry(code, reason, sentence, former=former)
    sentence = f"Admitted until {formats.day(admission.until)}: {admission.why}"
    return PoolEntry(code, "", sentence, admission.key, reason, former)


def _outside(row: PolicyRow, code: str, terms: Sequence[PartnershipTerm], facts: PoolFacts, on: dt.date) -> str:
    """Return the sentence for which one policy puts a country outside, or "" if it does not."""
    tier, income = facts.tiers[code], facts.income.get(code, "")
    if row.reason == Reason.UNITED_STATES:
        return "The United States is the other participant of every partnership." if code in row.values else ""
    if row.reason == Reason.PARTNERSHIP:
        in_force = [term for term in terms if term.holds(on)] if row.values else []
        if not in_force:
            return ""
        ends = f" and ends {formats.day(in_force[0].end)}" if in_force[0].end else ""
        return f"A partnership is in force: {in_force[0].title}. It began {formats.day(in_force[0].start)}{ends}."
    if row.reason in (Reason.SPECIAL_CASE, Reason.TIER3):
        return f"{tier} in the TIP Report of {facts.edition}." if tier in row.values else ""
    if row.reason == Reason.NO_INCOME_CLASS:
        return "The World Bank states no income class." if row.values and not income else ""
    return f"{INCOME_CLASSES[income]} by the World Bank's classes." if income and income in row.values else ""
