"""Facts for the sentences on two to five countries of a run: their order, causes, and possible reversal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cpc.web import charts, formats
from selection.countries import published as published_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.presenters.verdict import finding
from selection.countries.queries.screen import Screen
from selection.country_comparison.queries import Compared, CountryPair, FlipChange
from selection.models import CountryStatus
from selection.ranking.presenters import sentences as sentences_presenters
from selection.runs import labels
from selection.runs.labels import LEVEL
from selection.runs.rows import RankingRow
from selection.runs.verdicts import Fact

USUAL = 1.645
"""Number of standard errors to either side that hold 90 percent."""

NAMED = 4
"""Number of factors that a sentence names."""

GAPS = 2
"""Most gaps in the evidence that a card names; more are counted."""

SMALL = 0.1
"""Points below which a factor is not named, because they display as 0.0."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """Change of one figure that reverses a pair, with `best`, the value that counts now, and its 90% range.

    `is_usual` is False if the value lies outside that range.
    """

    name: str
    country: str
    value: str
    best: str
    is_higher: bool
    range: str
    is_usual: bool


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two countries, the one with the higher score first; `_pair_why.html` and `_pair_flips.html` have the sentences.

    `lead` is in points, with the largest factors for each country, and the points of all `other_factors`. `axis_shares`
    are the share of the score at which the first axis reverses the order, and its share now.
    """

    pair: CountryPair
    first: RankingRow
    second: RankingRow
    mark: charts.Svg
    lead: float
    for_first: list[str]
    for_second: list[str]
    other_factors: float
    axis_shares: tuple[str, str] | None
    axes: list[str]
    figure: FigureChange | None

    @property
    def outcome(self) -> str:
        """Return "ahead", "level", or "behind" by the share of draws of the first country; "" without draws."""
        share = self.pair.share
        if share is None:
            return ""
        return "ahead" if share >= LEVEL else "behind" if share <= 1 - LEVEL else "level"

    @property
    def is_reversible(self) -> bool:
        """Return True if another weight, or another value in the usual range of one figure, reverses the order."""
        return self.axis_shares is not None or (self.figure is not None and self.figure.is_usual)


@dataclass(frozen=True, slots=True)
class Card:
    row: RankingRow
    letter: charts.Svg
    finding: Mapping[str, Any]
    facts: tuple[Fact, ...]


# ---- verdict -------------------------------------------------------------------------------------------------------


def verdict(found: Compared, pairs: Sequence[PairRow]) -> dict[str, Any]:
    """Return the facts on the order of the countries, and on those without a position; `_verdict.html` has the text.

    `of_first` are the pairs of the country with the highest score; `last_below` is the least share of draws in which
    the last country is below another one.
    """
    order = list({row.code: row for pair in pairs for row in (pair.first, pair.second)}.values())
    of_first = [pair for pair in pairs if pair.first is order[0]]
    last_below = min((pair.pair.share or 0.0 for pair in pairs if pair.second is order[-1]), default=0.0)
    return {
        "is_asked_again": found.is_asked_again,
        "listed": [f"{row.name} {row.rank}" for row in sorted(found.rows, key=lambda row: row.rank or 0) if row.rank],
        "order": order,
        "names": [row.name for row in order],
        "has_draws": all(pair.outcome for pair in pairs),
        "pairs": pairs,
        "of_first": of_first,
        **{
            outcome: [pair.second.name for pair in of_first if pair.outcome == outcome]
            for outcome in ("ahead", "level", "behind")
        },
        "also_level": [pair for pair in pairs if pair.outcome == "level" and pair.first is not order[0]],
        "last_below": last_below if last_below >= LEVEL else None,
        "widest": _widest(found, pairs),
        "unranked": [row for row in (order if len(order) == 2 else found.rows) if row in order and row.rank is None],
        "unscored": [row for row in found.rows if row not in order],
    }


def _widest(found: Compared, pairs: Sequence[PairRow]) -> tuple[str, str, str, float] | None:
    """Return the factor with the widest gap, the country ahead, the one behind, and the points between them."""
    gaps = [(points, key, row) for row in pairs for key, points in row.pair.gaps.items()]
    if not gaps:
        return None
    points, key, row = max(gaps, key=lambda gap: abs(gap[0]))
    ahead, behind = (row.first, row.second) if points > 0 else (row.second, row.first)
    return _named(found, key), ahead.name, behind.name, abs(points)


def _named(found: Compared, key: str) -> str:
    return value_use_presenters.named(found.ranking.table.row(key))


# ---- pairs ---------------------------------------------------------------------------------------------------------


def pair_rows(found: Compared) -> list[PairRow]:
    letters = {row.code: index for index, row in enumerate(found.rows)}
    rows = {row.code: row for row in found.rows}
    axes = [node.label.lower() for node in found.ranking.table.nodes if not node.parent][:2]
    pairs = []
    for pair in found.pairs:
        # No omitted factor is larger than a named one, and the named ones and the rest add up to the lead.
        lead = round(sum(pair.gaps.values()), 1)
        largest = sorted(pair.gaps.items(), key=lambda item: -abs(item[1]))[:NAMED]
        main = [(_named(found, key), round(points, 1)) for key, points in largest if abs(points) >= SMALL]
        pairs.append(
            PairRow(
                pair,
                rows[pair.first],
                rows[pair.second],
                charts.pairbar(pair.share, letters[pair.first], letters[pair.second]),
                lead,
                [f"{name} (+{formats.number(points, 1)})" for name, points in main if points > 0],
                [f"{name} (+{formats.number(-points, 1)})" for name, points in main if points < 0],
                round(lead - sum(points for _, points in main), 1) if len(main) < len(pair.gaps) else 0.0,
                _axis_shares(pair),
                axes,
                _figure(found, pair.change) if pair.change else None,
            )
        )
    return pairs


def neighbors_first(pairs: Sequence[PairRow]) -> tuple[list[PairRow], list[PairRow]]:
    """Divide the pairs, which are by score, into pairs of neighbors and all others."""
    order = dict.fromkeys(code for row in pairs for code in (row.pair.first, row.pair.second))
    beside = set(pairwise(order))
    is_beside = [(row.pair.first, row.pair.second) in beside for row in pairs]
    return (
        [row for row, is_first in zip(pairs, is_beside, strict=True) if is_first],
        [row for row, is_first in zip(pairs, is_beside, strict=True) if not is_first],
    )


def _axis_shares(pair: CountryPair) -> tuple[str, str] | None:
    if pair.crossing is None or pair.now is None:
        return None
    share, now = (f"{round(100 * one)}%" for one in (pair.crossing, pair.now))
    return (f"{formats.number(100 * pair.crossing, 1)}%" if share == now else share), now


def what_if_weights(found: Compared) -> list[tuple[str, str]]:
    """Return the two axis weights, as What if takes them, that reverse the first pair that weights can reverse.

    Empty if no weights reverse any pair.
    """
    axes = [node.key for node in found.ranking.table.nodes if not node.parent][:2]
    for pair in found.pairs:
        if pair.crossing is not None and pair.now is not None and len(axes) == len(("need", "feasibility")):
            beyond = (
                math.floor(100 * pair.crossing) + 1 if pair.crossing > pair.now else math.ceil(100 * pair.crossing) - 1
            )
            share = min(100, max(0, beyond))
            return [(f"w-{axes[0]}", str(share)), (f"w-{axes[1]}", str(100 - share))]
    return []


def _figure(found: Compared, change: FlipChange) -> FigureChange:
    row = found.ranking.table.row(change.criterion)
    screen = next(screen for screen in found.screens if screen.country.code == change.code)
    indicator = screen.indicator_used(change.criterion)
    value, best = (published_presenters.amount(row, number, indicator) for number in (change.value, change.best))
    if value == best:  # a difference that the unit's decimals do not show
        value, best = (
            published_presenters.amount(row, number, indicator, more=2) for number in (change.value, change.best)
        )
    return FigureChange(
        value_use_presenters.named(row),
        screen.country.name,
        value,
        best,
        change.value > change.best,
        value_use_presenters.span(row, screen.lines[change.criterion]["estimate"], indicator),
        abs(change.errors) <= USUAL,
    )


# ---- cards ---------------------------------------------------------------------------------------------------------


def cards(found: Compared) -> list[Card]:
    return [
        Card(row, charts.letter_mark(index), finding(screen), tuple(_facts(row, screen)))
        for index, (row, screen) in enumerate(zip(found.rows, found.screens, strict=True))
    ]


def _facts(row: RankingRow, screen: Screen) -> Iterator[Fact]:
    interval = "" if row.low is None else formats.span(str(row.low), str(row.high), prose=True)
    if row.rank is not None:
        yield Fact("Rank", str(row.rank), interval)
    elif row.status == CountryStatus.PROVISIONAL:
        yield Fact("Rank", "Provisional", interval and f"place {interval}")
    else:
        note = "" if row.place is None or row.status == CountryStatus.NOT_RANKABLE else f"would take {row.place}"
        yield Fact("Rank", "None", note)
    yield Fact(f"First {screen.first}", sentences_presenters.chance(row.p20, screen.table))
    unknown = row.status == CountryStatus.NOT_RANKABLE
    yield Fact("Need", "Not known" if unknown else formats.number(row.need, 1))
    yield Fact("Feasibility", formats.number(row.feasibility, 1))
    corruption = row.hurdles.get("corruption")
    if corruption is not None:
        yield Fact("Corruption hurdle", labels.chance(corruption), mark=labels.CHANCE_MARKS[corruption.kind])
    on = screen.run.reference_date
    now = [f"since {term.start.year}" for term in screen.terms if term.holds(on)]
    terms = labels.raised(formats.listing([*sentences_presenters.former(row), *now]))
    yield Fact("Partnership", terms or "None recorded")
    filled = len(row.weak.filled)
    weak = sentences_presenters.weak(row, screen.table)
    yield Fact(
        "Not known or old", f"{filled} of {len(screen.lines)} values not known" if filled > GAPS else weak or "Nothing"
    )
