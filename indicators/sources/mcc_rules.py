"""Pass rules of the scorecards of the Millennium Challenge Corporation.

The rules are data by fiscal year (`reference/mcc_rules.json`): the indicators and their categories, how each
passes, how many are needed, and which are hurdles. A year whose rule is not fully known is `complete=False`: its
cards are not recomputed, and the publisher's results stay.

Every result has three values. A comparison that lacks the median is unknown, not failed; an indicator without a
score counts as not passed, as the publisher counts it. Kleene's logic propagates the unknown: a card fails only if
no unknown could still save it.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "mcc_rules.json"

FIRST_YEAR = 2012
"""First fiscal year of the 20-indicator scorecard; older cards had another rule and are not read."""


class RuleOutcome(enum.StrEnum):
    PASS = "Pass"  # noqa: S105  # not a password
    FAIL = "Fail"
    UNKNOWN = "Unknown"


class Rule(enum.StrEnum):
    MEDIAN = "median"
    ABOVE = "above"
    BELOW = "below"
    ABOVE_MEDIAN_OR = "above_median_or"


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """Indicator of the scorecards.

    `value` is the fixed threshold of the rules that have one.
    """

    slug: str
    name: str
    category: str
    unit: str
    higher_is_better: bool
    rule: Rule
    value: float | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Condition that every passing card meets: at least one of the indicators passes."""

    name: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YearRule:
    """Rule of one fiscal year.

    `slots` holds the indicators of a card; a slot of two is one or the other by income group. `incomplete_because`
    gives the reason if `complete` is false. `income_groups` are limits of GNI per capita in US dollars, (from, to),
    and None if they were not found; medians are never computed here but read from the card.
    """

    year: int
    complete: bool
    incomplete_because: str
    slots: tuple[tuple[str, ...], ...]
    of: int | None
    needed: int | None
    hurdles: tuple[Hurdle, ...]
    each_category: int = 0
    income_groups: tuple[tuple[int | None, int], ...] | None = None
    basis: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()

    def slot_of(self, slug: str) -> tuple[str, ...]:
        """Return the slot that holds the indicator.

        It is the indicator alone if the year's list is not known. Raises `KeyError` if the list is known and has no
        such indicator.
        """
        if not self.slots:
            return (slug,)
        for slot in self.slots:
            if slug in slot:
                return slot
        raise KeyError(slug)


@dataclass(frozen=True, slots=True)
class Tally:
    """Number of indicators in a group that pass, and that may still pass."""

    passed: int
    unknown: int
    of: int

    def share(self) -> float | None:
        """Return the percentage that passed; None while one is unknown or if there are none."""
        return None if self.unknown or not self.of else 100 * self.passed / self.of

    def at_least(self, needed: int) -> RuleOutcome:
        """Return whether `needed` pass, for any outcome of the unknown ones."""
        if self.passed >= needed:
            return RuleOutcome.PASS
        return RuleOutcome.FAIL if self.passed + self.unknown < needed else RuleOutcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class CardResult:
    """Recomputed card: all indicators, each category, each hurdle by name, and the whole."""

    total: Tally
    categories: Mapping[str, Tally]
    hurdles: Mapping[str, RuleOutcome]
    outcome: RuleOutcome


def judge(rule: IndicatorRule, score: float | None, median: float | None) -> RuleOutcome:
    """Return the outcome of a score.

    `median`: strictly better than the median of the income group; `above`/`below`: strictly beyond the fixed value,
    the median does not count; `above_median_or`: strictly above the lower of the fixed value and the median.
    """
    if score is None:
        return RuleOutcome.FAIL
    if rule.rule is Rule.ABOVE and rule.value is not None:
        return _outcome(score > rule.value)
    if rule.rule is Rule.BELOW and rule.value is not None:
        return _outcome(score < rule.value)
    if rule.rule is Rule.ABOVE_MEDIAN_OR and rule.value is not None:
        if score > rule.value:
            return RuleOutcome.PASS
        return RuleOutcome.UNKNOWN if median is None else _outcome(score > median)
    if median is None:
        return RuleOutcome.UNKNOWN
    return _outcome(score > median if rule.higher_is_better else score < median)


def tally_card(year: YearRule, outcomes: Mapping[str, RuleOutcome]) -> CardResult:
    """Compute the card from its indicators' outcomes.

    An indicator of the year without an outcome is unknown. Raises `ValueError` for a year whose rule is not complete,
    since it cannot be computed.
    """
    if not year.complete or year.needed is None:
        raise ValueError(f"FY{year.year} is not recomputed: {year.incomplete_because}")
    known = indicators()
    by_slot = [(slot, _of_slot(slot, outcomes)) for slot in year.slots]
    by_category: dict[str, list[RuleOutcome]] = {name: [] for name in categories()}
    for slot, outcome in by_slot:
        by_category[known[slot[0]].category].append(outcome)
    total = _tally(outcome for _, outcome in by_slot)
    tallies = {name: _tally(results) for name, results in by_category.items()}
    hurdles = {
        hurdle.name: _any(outcomes.get(slug, RuleOutcome.UNKNOWN) for slug in hurdle.any_of) for hurdle in year.hurdles
    }
    parts = [total.at_least(year.needed), *hurdles.values()]
    parts += [tally.at_least(year.each_category) for tally in tallies.values()]
    return CardResult(total, tallies, hurdles, _all(parts))


def find(name: str) -> IndicatorRule | None:
    """Return the indicator with this name, alias, or slug.

    Case, apostrophes, and hyphens are ignored.
    """
    return _by_name().get(_plain(name))


@cache
def indicators() -> dict[str, IndicatorRule]:
    return {
        slug: IndicatorRule(
            slug=slug,
            name=entry["name"],
            category=entry["category"],
            unit=entry["unit"],
            higher_is_better=entry["better"] == "higher",
            rule=Rule(entry["rule"]),
            value=entry.get("value"),
            aliases=tuple(entry.get("aliases", ())),
        )
        for slug, entry in _data()["indicators"].items()
    }


@cache
def categories() -> dict[str, str]:
    return dict(_data()["categories"])


@cache
def years() -> dict[int, YearRule]:
    named, sets = _data()["rules"], _data()["sets"]
    return {
        int(year): _year(int(year), {**named[entry["rule"]], **entry}, sets) for year, entry in _data()["years"].items()
    }


def year_rule(year: int) -> YearRule:
    """Return the rule of a fiscal year; one that is not on record is incomplete.

    Raises `ValueError` before FY2012.
    """
    if year < FIRST_YEAR:
        raise ValueError(f"FY{year} had another scorecard; the first one read is FY{FIRST_YEAR}")
    because = f"no rule for FY{year} is recorded"
    return years().get(year) or YearRule(year, False, because, slots=(), of=None, needed=None, hurdles=())


def _year(year: int, entry: Mapping[str, Any], sets: Mapping[str, list[Any]]) -> YearRule:
    listed = sets[entry["indicators"]] if entry["indicators"] else []
    groups = entry["income_groups"]
    return YearRule(
        year=year,
        complete=entry["complete"],
        incomplete_because=entry.get("incomplete_because", ""),
        slots=tuple((slot,) if isinstance(slot, str) else tuple(slot) for slot in listed),
        of=entry["of"],
        needed=entry["needed"],
        hurdles=tuple(Hurdle(h["name"], tuple(h["any_of"])) for h in entry["hurdles"]),
        each_category=entry.get("each_category", 0),
        income_groups=None if groups is None else tuple((low, high) for low, high in groups),
        basis=tuple(entry["basis"]),
        confirm=tuple(entry["confirm"]),
    )


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return data


@cache
def _by_name() -> dict[str, IndicatorRule]:
    return {_plain(name): rule for rule in indicators().values() for name in (rule.slug, rule.name, *rule.aliases)}


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _outcome(passes: bool) -> RuleOutcome:
    return RuleOutcome.PASS if passes else RuleOutcome.FAIL


def _of_slot(slot: tuple[str, ...], outcomes: Mapping[str, RuleOutcome]) -> RuleOutcome:
    return next((outcomes[slug] for slug in slot if slug in outcomes), RuleOutcome.UNKNOWN)


def _tally(outcomes: Iterable[RuleOutcome]) -> Tally:
    results = list(outcomes)
    return Tally(results.count(RuleOutcome.PASS), results.count(RuleOutcome.UNKNOWN), len(results))


def _any(outcomes: Iterable[RuleOutcome]) -> RuleOutcome:
    results = set(outcomes)
    if RuleOutcome.PASS in results:
        return RuleOutcome.PASS
    return RuleOutcome.UNKNOWN if RuleOutcome.UNKNOWN in results else RuleOutcome.FAIL


def _all(outcomes: Iterable[RuleOutcome]) -> RuleOutcome:
    results = set(outcomes)
    if RuleOutcome.FAIL in results:
        return RuleOutcome.FAIL
    return RuleOutcome.UNKNOWN if RuleOutcome.UNKNOWN in results else RuleOutcome.PASS
