"""The folds of the page: who was chosen, the groups, and the checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.tables import Column, Table
from partnerships.outcomes.checks import PRETENDED, CheckRow
from partnerships.outcomes.comparing import Compared
from partnerships.outcomes.measures import MEASURES, TIER, OutcomeMeasure
from partnerships.outcomes.panel import Signature
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.results import ALPHA, MeasureResult, OutcomeResults

LABELS: Mapping[str, str] = {
    "group_5": "5 countries in each group",
    "group_15": "15 countries in each group",
    "group_20": "20 countries in each group",
    "regression": "Regression on level and trend instead of groups",
    "same_tier": "Chance from countries on the same tier",
    "no_freedom": "Freedom left out of the distance",
    "after_2": "2 periods after signature",
    "after_3": "3 periods after signature",
    "after_5": "5 periods after signature",
    "after_all": "All periods after signature",
    "from_2": "From the second period after signature on",
    "before_5": "5 periods before signature",
    "high_income": "High income in every pool",
    "lowest_tier": "Tier 3 in every pool",
    "inferred": "Inferred editions used",
    "confirmed": "Editions not confirmed left out",
    "no_loose": "No loose matches",
    PRETENDED: "A signature pretended some years earlier",
}
"""Checks in the order of the page; those that leave out a partner follow."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Percentiles of freedom by partner, how many are above the middle, and the rise of the Watch List."""

    partners: Sequence[str]
    above: int
    watch_list: str


def chosen_of(results: OutcomeResults, names: Mapping[str, str]) -> Chosen:
    known = [
        (names.get(one.country, one.country), share)
        for one, share in zip(results.signatures, results.freedom, strict=True)
        if share is not None
    ]
    return Chosen(
        [f"{name} {_ordinal(round(share))}" for name, share in known],
        sum(share > 50 for _, share in known),
        "" if results.watch_list is None else numbers.difference(TIER, results.watch_list),
    )


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def sizes_of(result: MeasureResult, names: Mapping[str, str]) -> str:
    """Return how many countries the partners are compared with: "Ten each; twelve for Côte d'Ivoire."."""
    counts = Counter(len(one.members) for one in result.compared)
    if not counts:
        return "None yet."
    usual = counts.most_common(1)[0][0]
    others = [
        f"{len(one.members)} for {names.get(one.country, one.country)}"
        for one in result.compared
        if len(one.members) != usual
    ]
    return f"{usual} each{'; ' if others else ''}{formats.listing(others)}."


def groups_table(names: Mapping[str, str]) -> Table[Compared]:
    def members(one: Compared) -> str:
        return ", ".join(f"{names.get(m.country, m.country)} {formats.number(m.distance, 2)}" for m in one.members)

    return Table(
        "Groups",
        [
            Column("Partner", lambda one: names.get(one.country, one.country)),
            Column("Compared with, and distance", members, css="is-wide"),
        ],
        caption="Countries that each partner is compared with",
    )


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: its label, and the row of each measure that has it."""

    label: str
    rows: Mapping[str, CheckRow]


def check_lines(results: OutcomeResults, names: Mapping[str, str]) -> list[CheckLine]:
    by_key: dict[tuple[str, Signature | None], dict[str, CheckRow]] = {}
    for key, result in results.measures.items():
        for row in result.checks:
            by_key.setdefault((row.key, row.omitted), {})[key] = row
    lines = [CheckLine(label, by_key[key, None]) for key, label in LABELS.items() if (key, None) in by_key]
    partners = Counter(one.country for one in results.signatures)
    for (_, omitted), rows in by_key.items():
        if omitted is not None:
            year = f" ({omitted.day.year})" if partners[omitted.country] > 1 else ""
            lines.append(CheckLine(f"Without {names.get(omitted.country, omitted.country)}{year}", rows))
    return lines


def check_text(line: CheckLine, measure: OutcomeMeasure) -> str | None:
    """Return a pooled difference with its p; None if a check was not tried for a measure, or has too few partners."""
    row = line.rows.get(measure.key)
    if row is None or row.difference is None:
        return None
    return f"{numbers.difference(measure, row.difference)} ({numbers.chance(row.p)})"


def checks_table(results: OutcomeResults) -> Table[CheckLine]:
    def column(measure: OutcomeMeasure) -> Column[CheckLine]:
        return Column(measure.tab, lambda line: check_text(line, measure), css="num")

    shown = [measure for measure in MEASURES if measure.key in results.measures]
    return Table(
        "Checks",
        [Column("Check", lambda line: line.label), *(column(measure) for measure in shown)],
        caption="Pooled difference by other rules, with p",
    )


@dataclass(frozen=True, slots=True)
class ChecksFinding:
    """The lowest p of all checks, and whether chance could explain the difference in each of them.

    `pretended` is the difference at a pretended signature in the tier, and `is_larger` whether it exceeds that at the
    real one.
    """

    lowest: str
    is_chance: bool
    pretended: str = ""
    pretended_p: str = ""
    years: int = 0
    is_larger: bool = False


def checks_finding(results: OutcomeResults) -> ChecksFinding | None:
    found = [row.p for result in results.measures.values() for row in result.checks if row.p is not None]
    if not found:
        return None
    tier = results.measures.get(TIER.key)
    earlier = next((row for row in tier.checks if row.key == PRETENDED), None) if tier else None
    lowest, is_chance = numbers.chance(min(found)), min(found) > ALPHA
    if tier is None or tier.pooled is None or earlier is None or earlier.difference is None:
        return ChecksFinding(lowest, is_chance)
    return ChecksFinding(
        lowest,
        is_chance,
        numbers.difference(TIER, earlier.difference),
        numbers.chance(earlier.p),
        TIER.pretended,
        abs(earlier.difference) > abs(tier.pooled.difference),
    )
