"""The smallest sets of values: with the tier as it is, and with each tier that makes them smaller."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.web import formats
from selection.what_it_takes.presenters.texts import Texts, first_text, would_rank
from selection.what_it_takes.results import SetsForLine, WithTier
from selection.what_it_takes.subsets import MOST, SHOWN, SmallestSets


@dataclass(frozen=True, slots=True)
class SetText:
    """One set: its values, the rank with all of them, and the URL that sets them in What if."""

    values: str
    rank: str
    url: str


@dataclass(frozen=True, slots=True)
class SetsText:
    """The smallest sets for one line: "First 10: five values"; `note` is what to know where there are none, or more."""

    title: str
    sets: tuple[SetText, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SetsPart:
    heading: str
    lines: tuple[SetsText, ...]


def parts_of(texts: Texts) -> list[SetsPart]:
    answer = texts.answer
    tier = answer.by_key[answer.tier].value.now if answer.tier in answer.by_key else None
    heading = f"If the tier stays at {tier}" if tier else "Values at the ends of their ranges"
    parts = [SetsPart(heading, tuple(_line(texts, one) for one in answer.together))]
    tiers = dict.fromkeys(one.tier for line in answer.together for one in line.with_tiers)
    for other in tiers:
        found = [(line.first, one) for line in answer.together for one in line.with_tiers if one.tier == other]
        chance = found[0][1].chance
        share = f" ({formats.chance(chance)} of {tier} countries, an edition later)" if chance is not None else ""
        parts.append(SetsPart(f"With {other}{share}", tuple(_with_tier(texts, first, one) for first, one in found)))
    return parts


def _line(texts: Texts, line: SetsForLine) -> SetsText:
    found, answer = line.smallest, texts.answer
    start = _line_text(texts, line.first)
    if not found.sets:
        return SetsText(f"{start}: no set of up to {_count(MOST)}", (), _all_of(found))
    sets = tuple(_set(texts, keys, rank) for keys, rank in found.sets)
    size = len(found.sets[0][0]) + len(answer.supplied)
    return SetsText(f"{start}: {_values(size)}", sets, _more(found))


def _with_tier(texts: Texts, first: int, one: WithTier) -> SetsText:
    start, supplied = _line_text(texts, first), len(texts.answer.supplied)
    if one.is_enough:
        alone = "the tier alone" if not supplied else f"{_values(1 + supplied)} in all"
        return SetsText(f"{start}: {alone}", (_set(texts, (), one.rank, one.tier),))
    size = len(one.smallest.sets[0][0]) + 1 + supplied
    sets = tuple(_set(texts, keys, rank, one.tier) for keys, rank in one.smallest.sets)
    return SetsText(f"{start}: {_values(size)} in all", sets, _more(one.smallest))


def _set(texts: Texts, keys: tuple[str, ...], rank: int, tier: str = "") -> SetText:
    answer = texts.answer
    question = answer.question(keys, tier)
    values = question.changes[answer.code].values
    named = [texts.at(key, value) for key, value in values.items()]
    return SetText(formats.listing(named), would_rank(rank), texts.url(question))


def _line_text(texts: Texts, first: int) -> str:
    line = first_text(first)
    return line.capitalize() if texts.answer.wants_in else f"Out of the {line}"


def _values(count: int) -> str:
    return "one value" if count == 1 else f"{_count(count)} values"


def _count(count: int) -> str:
    return formats.spell_out(count).lower()


def _more(found: SmallestSets) -> str:
    more = found.count - SHOWN
    return f"{formats.spell_out(more, 'more set', 'more sets')} of this size." if more > 0 else ""


def _all_of(found: SmallestSets) -> str:
    if not found.tried:
        return "No value has a range that helps."
    return f"All {len(found.tried)} at once: {would_rank(found.together)}."
