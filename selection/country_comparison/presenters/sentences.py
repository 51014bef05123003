"""Sentences on two to five countries of a run: their order, causes, and possible reversal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cpc.web import charts, formats
from selection.countries.presenters import published as published_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.presenters.verdict import verdict as verdict_of_one
from selection.countries.queries.screen import Screen
from selection.country_comparison.queries import Compared, CountryPair, FlipChange
from selection.models import CountryStatus
from selection.ranking.presenters import sentences as sentences_presenters
from selection.runs import labels
from selection.runs.labels import LEVEL
from selection.runs.rows import RankingRow
from selection.runs.verdicts import Fact, PageVerdict

USUAL = 1.645
"""Number of standard errors to either side that hold 90 percent."""

NAMED = 4
"""Number of factors that a sentence names."""

GAPS = 2
"""Most gaps in the evidence that a card names; more are counted."""

NO_ORDER = "These countries cannot be put in order."

SMALL = 0.1
"""Points below which a factor is not named, because they display as 0.0."""


@dataclass(frozen=True, slots=True)
class PairRow:
    title: str
    share: str
    counted: str
    is_close: bool
    mark: charts.Svg
    why: str
    flips: tuple[str, ...]
    cannot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Card of one country."""

    row: RankingRow
    letter: charts.Svg
    summary: str
    facts: tuple[Fact, ...]


# ---- verdict -------------------------------------------------------------------------------------------------------


def verdict(found: Compared) -> PageVerdict:
    """Describe the order of the countries, its shares of draws, and countries without a position."""
    if not found.is_asked_again:
        ranked = sorted((row for row in found.rows if row.rank is not None), key=lambda row: row.rank or 0)
        first = f"In the list: {formats.listing([f'{row.name} {row.rank}' for row in ranked])}." if ranked else NO_ORDER
        return PageVerdict(
            first, "More detail is not available, because the values this run scored are no longer available."
        )
    order = _order(found)
    unscored = [row for row in found.rows if row.code not in order]
    tail = "".join(f" {row.name} cannot be placed: {_unscored_reason(row)}." for row in unscored)
    if len(order) < 2:
        return PageVerdict(NO_ORDER, f"Their values are below.{tail}")
    if any(pair.share is None for pair in found.pairs):
        names = [found.names[code] for code in order]
        first = f"By best estimates {names[0]} is above {formats.listing(names[1:])}."
        return PageVerdict(first, f"This run has no draws, so it cannot show how sure that order is.{tail}")
    if len(order) == 2:
        return PageVerdict(*_of_two(found, found.pairs[0], tail))
    return PageVerdict(*_of_more(found, order, tail))


def _unscored_reason(row: RankingRow) -> str:
    is_unknown = row.status == CountryStatus.NOT_RANKABLE
    return "no fact of need has been published" if is_unknown else "its figures do not result in a score"


def _order(found: Compared) -> list[str]:
    """Return the codes of the countries in pairs, in the order of their scores."""
    return list(dict.fromkeys(code for pair in found.pairs for code in (pair.first, pair.second)))


def _of_two(found: Compared, pair: CountryPair, tail: str) -> tuple[str, str]:
    first, second = (found.names[code] for code in (pair.first, pair.second))
    share = formats.chance(pair.share, prose=True)
    rest = f"{_places(found, pair)}{first} is above in {share} of draws"
    if _is_close(pair):
        bold = f"{first} and {second} are too close to call."
    elif (pair.share or 0.0) < LEVEL:
        bold = f"{second} is ahead of {first} in most draws."
        rest = f"{rest}, although best estimates put {first} above"
    else:
        bold = f"{first} is ahead of {second}."
    flips, _ = _flips(found, pair, short=True)
    turned = (
        (f" The order would reverse if {', or if '.join(flips)}.")
        if flips
        else " No single change would reverse the order."
    )
    return bold, f"{rest}. {why(found, pair)}{turned}{tail}"


def _places(found: Compared, pair: CountryPair) -> str:
    """Describe the ranks of a pair, such as "Senegal ranks 7 and Ghana 9. ", or who has none."""
    rows = [next(row for row in found.rows if row.code == code) for code in (pair.first, pair.second)]
    if all(row.rank is not None for row in rows):
        return f"{rows[0].name} is ranked {rows[0].rank} and {rows[1].name} {rows[1].rank}. "
    return "".join(f"{row.name} has no rank: {_no_rank(row)}. " for row in rows if row.rank is None)


def _no_rank(row: RankingRow) -> str:
    return "it is provisional" if row.status == CountryStatus.PROVISIONAL else "it is outside the pool"


def _of_more(found: Compared, order: Sequence[str], tail: str) -> tuple[str, str]:
    top, names = order[0], found.names
    shares = {pair.second: pair.share or 0.0 for pair in found.pairs if pair.first == top}
    ahead = [code for code in order[1:] if shares[code] >= LEVEL]
    level = [code for code in order[1:] if 1 - LEVEL < shares[code] < LEVEL]
    behind = [code for code in order[1:] if shares[code] <= 1 - LEVEL]
    parts = []
    if ahead:
        parts.append(f"ahead of {formats.listing([names[code] for code in ahead])}")
    if level:
        parts.append(f"too close to call against {formats.listing([names[code] for code in level])}")
    if behind:
        parts.append(f"in most draws behind {formats.listing([names[code] for code in behind])}")
    shares_text = [f"{names[code]} in {formats.chance(shares[code], prose=True)}" for code in order[1:]]
    shares_text[0] += " of draws"
    rest = [f"It is above {formats.listing(shares_text)}."]
    rest += [
        sentence for sentence in [_others_close(found, order[1:]), _last(found, order), _widest(found)] if sentence
    ]
    rest += [f"{row.name} has no rank: {_no_rank(row)}." for row in found.rows if row.code in order and not row.rank]
    return f"{names[top]} is {formats.listing(parts)}.", f"{' '.join(rest)}{tail}"


def _others_close(found: Compared, codes: Sequence[str]) -> str:
    pairs = [pair for pair in found.pairs if pair.first in codes and pair.second in codes and _is_close(pair)]
    if not pairs:
        return ""
    named = [f"{found.names[pair.first]} and {found.names[pair.second]}" for pair in pairs]
    return f"Also too close to call: {'; '.join(named)}."


def _last(found: Compared, order: Sequence[str]) -> str:
    """Describe how often the last country is below all others, if that is clear."""
    shares = [pair.share or 0.0 for code in order[:-1] if (pair := found.pair(order[-1], code)) is not None]
    if min(shares, default=0.0) < LEVEL:
        return ""
    least = formats.chance(min(shares), prose=True)
    return f"{found.names[order[-1]]} is below each of the others in at least {least} of draws."


def _widest(found: Compared) -> str:
    """Name the factor with the widest gap, and its two countries."""
    gaps = [(abs(points), key, pair, points > 0) for pair in found.pairs for key, points in pair.gaps.items()]
    if not gaps:
        return ""
    points, key, pair, first_leads = max(gaps, key=lambda item: item[0])
    ends = [found.names[code] for code in ((pair.first, pair.second) if first_leads else (pair.second, pair.first))]
    named = _named(found, key)
    return f"The widest gap is {named}: {ends[0]} is {formats.number(points, 1)} points ahead of {ends[1]}."


def _is_close(pair: CountryPair) -> bool:
    return pair.share is not None and 1 - LEVEL < pair.share < LEVEL


# ---- pairs ---------------------------------------------------------------------------------------------------------


def pair_rows(found: Compared) -> tuple[list[PairRow], list[PairRow]]:
    """Return the pairs as rows, by score: pairs of neighbors, and all other pairs."""
    order = _order(found)
    beside = set(pairwise(order))
    rows = [((pair.first, pair.second) in beside, row) for pair, row in zip(found.pairs, _rows(found), strict=True)]
    return [row for is_beside, row in rows if is_beside], [row for is_beside, row in rows if not is_beside]


def _rows(found: Compared) -> list[PairRow]:
    letters = {row.code: index for index, row in enumerate(found.rows)}
    rows = []
    for pair in found.pairs:
        first, second = (found.names[code] for code in (pair.first, pair.second))
        possible, impossible = _flips(found, pair)
        rows.append(
            PairRow(
                f"{first} and {second}",
                formats.chance(pair.share),
                f"of draws have {first} above" if pair.share is not None else "",
                _is_close(pair),
                charts.pairbar(pair.share, letters[pair.first], letters[pair.second]),
                why(found, pair),
                tuple(possible),
                tuple(impossible),
            )
        )
    return rows


def why(found: Compared, pair: CountryPair) -> str:
    """Describe the lead of a pair's first country, with the main factors for and against it.

    No omitted factor is larger than a named one, and the named ones and the rest add up to the lead.
    """
    whole = round(sum(pair.gaps.values()), 1)
    largest = sorted(pair.gaps.items(), key=lambda item: -abs(item[1]))[:NAMED]
    main_gaps = [(key, round(points, 1)) for key, points in largest if abs(points) >= SMALL]
    sentences = [f"{found.names[pair.first]} scores {formats.number(whole, 1)} points higher."]
    for code, sign in ((pair.first, 1), (pair.second, -1)):
        named = [f"{_named(found, key)} (+{formats.number(abs(one), 1)})" for key, one in main_gaps if sign * one > 0]
        if named:
            whose = "In its favor" if sign > 0 else f"In favor of {found.names[code]}"
            sentences.append(f"{whose}: {formats.listing(named)}.")
    rest = round(whole - sum(one for _, one in main_gaps), 1)
    if rest and len(main_gaps) < len(pair.gaps):
        others = "add" if rest > 0 else "take"
        sentences.append(
            f"All other factors together {others} {abs(rest):.1f} {'to' if rest > 0 else 'from'} the lead."
        )
    return " ".join(sentences)


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


def _named(found: Compared, key: str) -> str:
    return value_use_presenters.named(found.ranking.table.row(key))


def _flips(found: Compared, pair: CountryPair, *, short: bool = False) -> tuple[list[str], list[str]]:
    """Describe what would reverse a pair's order, and what is known not to.

    `short` leaves out ranges.
    """
    possible: list[str] = []
    impossible: list[str] = []
    if pair.now is not None:
        axis, other = (
            node.label.lower() for node in [node for node in found.ranking.table.nodes if not node.parent][:2]
        )
        if pair.crossing is None:
            impossible.append(f"No weight of {axis} against {other} would: {found.names[pair.first]} leads on both.")
        else:
            side = "more" if pair.crossing > pair.now else "less"
            share, now = (f"{round(100 * one)}%" for one in (pair.crossing, pair.now))
            share = f"{formats.number(100 * pair.crossing, 1)}%" if share == now else share
            possible.append(f"{axis} counted for about {share} of the score or {side} (now {now})")
    if pair.change is None:
        impossible.append("No single figure would, even far outside its usual range.")
    elif abs(pair.change.errors) > USUAL:
        changed = _changed(found, pair.change, "at")
        impossible.append(f"No single figure would within its usual range. The closest: {changed}.")
    else:
        possible.append(_changed(found, pair.change, "were", short=short))
    return possible, impossible


def _changed(found: Compared, change: FlipChange, verb: str, *, short: bool = False) -> str:
    """Describe a change of one figure, with the value that counts now.

    For example, "child labor in Ghana were 23.6% or higher (now counted as 20.1%; ...)".
    """
    row = found.ranking.table.row(change.criterion)
    screen = next(one for one in found.screens if one.country.code == change.code)
    used = [one for one in screen.statements.get(change.criterion, ()) if one.is_used]
    indicator = used[0].observation.indicator if used else None
    value, best = (published_presenters.amount(row, one, indicator) for one in (change.value, change.best))
    if value == best:  # a difference that the unit's decimals do not show
        value, best = (published_presenters.amount(row, one, indicator, more=2) for one in (change.value, change.best))
    side = "higher" if change.value > change.best else "lower"
    between = "" if short else value_use_presenters.span(row, screen.lines[change.criterion]["estimate"], indicator)
    known = f"; {between} in 90% of draws" if between else ""
    where = f"{value_use_presenters.named(row)} in {screen.country.name}"
    return f"{where} {verb} {value} or {side} (now counted as {best}{known})"


# ---- cards ---------------------------------------------------------------------------------------------------------


def cards(found: Compared) -> list[Card]:
    return [
        Card(row, charts.letter_mark(index), verdict_of_one(screen).first, tuple(_facts(row, screen)))
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
    yield Fact("Not known or old", _weak(row, screen) or "Nothing")


def _weak(row: RankingRow, screen: Screen) -> str:
    """Describe missing or old evidence, or count the unknown values if there are many."""
    if len(row.weak.filled) > GAPS:
        return f"{len(row.weak.filled)} of {len(screen.lines)} values not known"
    return sentences_presenters.weak(row, screen.table)


def letters(rows: Sequence[RankingRow]) -> list[charts.Svg]:
    return [charts.letter_mark(index) for index in range(len(rows))]
