"""Facts of the finding: which single changes are enough, how large the smallest set is, and the best of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from selection.runs import labels
from selection.runs.rows import RankingRow
from selection.what_it_takes.presenters.texts import Texts, first_text, rank_text, would_rank
from selection.what_it_takes.results import WhatItTakes, WithdrawnEvidence, WithTier
from selection.what_it_takes.weights import OneWeight

NAMED = 3
"""Most changes of one kind that the finding names."""


@dataclass(frozen=True, slots=True)
class SingleChanges:
    """Single changes that are enough, as texts: values inside their range and beyond it, weights, withdrawals."""

    possible: tuple[str, ...]
    beyond: tuple[str, ...]
    weights: tuple[str, ...]
    evidence: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.possible or self.beyond or self.weights or self.evidence)


def singles_of(texts: Texts) -> SingleChanges:
    answer = texts.answer
    # A country that lacks evidence needs the values that it lacks first.
    alone = [reach for reach in answer.reaches if not answer.supplied.keys() - {reach.value.key}]
    possible, beyond = (
        tuple(
            texts.enough(reach.value, reach.enough)
            for reach in alone
            if reach.enough is not None and reach.is_possible is inside
        )
        for inside in (True, False)
    )
    weights = () if answer.supplied else nearest_weights(answer)
    return SingleChanges(
        possible,
        beyond,
        tuple(texts.weight(one.key, one.group, one.enough or 0.0) for one in weights),
        tuple(without_text(texts, one) for one in answer.evidence if one.is_enough),
    )


def nearest_weights(answer: WhatItTakes) -> Sequence[OneWeight]:
    """Return the weights that are enough alone, those that have to move least first."""
    enough = [(abs(one.enough - one.percent), one) for one in answer.one_weight if one.enough is not None]
    return [one for _, one in sorted(enough, key=lambda pair: pair[0])]


def without_text(texts: Texts, one: WithdrawnEvidence) -> str:
    """Name a withdrawal: "without the value of 2022 for child labor", "without any value for child labor"."""
    published = one.withdrawal.published
    years = formats.listing([str(year) for year in sorted({value.year for value in published}, reverse=True)])
    kind = f"the {formats.agree(len(published), 'value', 'values')} of {years}"
    if one.withdrawal.is_whole and len(published) > 1:
        kind = "any value"
    return f"without {kind} for {texts.name(one.withdrawal.criterion)}"


def few(texts: Sequence[str]) -> str:
    return formats.listing(texts, "or", most=NAMED)


def lead_of(texts: Texts, row: RankingRow | None) -> dict[str, Any]:
    """Return the facts of the sentences of the finding; `goal` is what the question asks about, as a verb."""
    answer, name = texts.answer, texts.country.name
    singles = singles_of(texts)
    line = answer.together[0]
    smallest = line.smallest
    size = len(smallest.sets[0][0]) + len(answer.supplied) if smallest.sets else 0
    nearest = line.with_tiers[0] if line.with_tiers else None
    into, out = f"bring {name} into", f"take {name} out of"
    # No single change does more for a line that is farther: the model's own needs none to be named.
    farther = answer.together[1] if len(answer.together) > 1 else None
    tier_size = 0 if nearest is None else 1 + len(answer.supplied) + _size(nearest)
    return {
        "goal": f"{into if answer.wants_in else out} the {first_text(answer.first)}",
        "line": first_text(answer.first),
        "wants_in": answer.wants_in,
        "singles": singles,
        "possible": few(singles.possible),
        "beyond": few(singles.beyond),
        "weights": few(singles.weights),
        "evidence": few(singles.evidence),
        "even": first_text(farther.first) if farther and not _reaches(answer, farther.first) else "",
        "size": size,
        "count": formats.spell_out(size).lower(),
        "rank_then": would_rank(smallest.sets[0][1]) if smallest.sets else "",
        "tried": len(smallest.tried),
        "together": would_rank(smallest.together),
        "tier": nearest,
        "tier_size": tier_size,
        "tier_count": formats.spell_out(tier_size).lower(),
        "tier_chance": "" if nearest is None or nearest.chance is None else formats.chance(nearest.chance, prose=True),
        "tier_now": answer.by_key[answer.tier].value.now if answer.tier in answer.by_key else "",
        "facts": facts_of(texts, row),
    }


def _size(one: WithTier) -> int:
    return len(one.smallest.sets[0][0]) if one.smallest.sets else 0


def _reaches(answer: WhatItTakes, first: int) -> bool:
    """Return whether a single change reaches another line."""
    ranks = [rank for reach in answer.reaches for rank in (reach.in_range, reach.on_scale) if rank is not None]
    ranks += [one.best for one in answer.one_weight]
    ranks += [one.withdrawal.outcome.rank for one in answer.evidence if one.withdrawal.outcome.rank]
    return any(rank <= first for rank in ranks)


def facts_of(texts: Texts, row: RankingRow | None) -> list[tuple[str, str, str]]:
    """Return the figures below the finding: term, value, note."""
    answer = texts.answer
    best = "Best" if answer.wants_in else "Lowest"
    found = [("Rank now", f"{answer.rank} of {answer.ranked}", labels.interval(row.low, row.high) if row else "")]
    if answer.status != "ranked":
        found = [("Rank then", f"{answer.rank} of {answer.ranked + 1}", "with the values that it lacks")]
    inside = [reach for reach in answer.reaches if reach.in_range is not None]
    if inside:
        top = min(inside, key=lambda reach: _key(answer, reach.in_range or 0))
        name = texts.name(top.value.key)
        found.append((f"{best} with one value", rank_text(top.in_range or 0), f"within its range: {name}"))
    if answer.one_weight:
        one = min(answer.one_weight, key=lambda weight: _key(answer, weight.best))
        found.append((f"{best} with one weight", rank_text(one.best), texts.weight(one.key, one.group, one.at)))
    return found + _draws(texts, row)


def _draws(texts: Texts, row: RankingRow | None) -> list[tuple[str, str, str]]:
    """Return the share of draws within the line, where the run counted it, and within that of the model."""
    answer, table = texts.answer, texts.table
    if row is None or row.p20 is None or answer.status != "ranked":
        return []
    own, model = first_text(answer.first), f"{first_text(table.first)}: {formats.chance(row.p20)}"
    if answer.first == table.first:
        return [(f"Draws in the {own}", formats.chance(row.p20), "")]
    if answer.first == table.method.get("short") and row.p10 is not None:
        return [(f"Draws in the {own}", formats.chance(row.p10), model)]
    return [(f"Draws in the {first_text(table.first)}", formats.chance(row.p20), "")]


def _key(answer: WhatItTakes, rank: int) -> int:
    return rank if answer.wants_in else -rank
