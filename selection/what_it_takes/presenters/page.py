"""Context of the page: the finding, one value at a time, sets, weights, and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpc.web import formats
from selection.runs.rows import RankingRow
from selection.what_if.askable import AskableGroup
from selection.what_if.changes import CountryChange
from selection.what_if.question import Question
from selection.what_it_takes.case import OUT
from selection.what_it_takes.presenters.lead import lead_of, nearest_weights, without_text
from selection.what_it_takes.presenters.reaches import reach_table, rest_text, rows_of
from selection.what_it_takes.presenters.texts import Texts, rank_text, would_rank
from selection.what_it_takes.presenters.together import parts_of
from selection.what_it_takes.results import Reach, WithdrawnEvidence
from selection.what_it_takes.weights import STEPS, TRIES, with_weight

WEIGHTS, WITHDRAWALS = 2, 3
"""Most single weights and withdrawals that the page names."""


def page_context(texts: Texts, row: RankingRow | None, groups: Sequence[AskableGroup]) -> dict[str, Any]:
    """Return the context for a country with an answer; `groups` are the weights that a question may change."""
    answer = texts.answer
    shown, folded = rows_of(texts)
    return {
        "lead": lead_of(texts, row),
        "reach_table": reach_table(texts),
        "reach_rows": shown,
        "more_table": reach_table(texts, more=True),
        "more_rows": folded,
        "more": rest_text(texts, folded) if folded else (),
        "sets": parts_of(texts),
        "tried": len(answer.together[0].smallest.tried),
        "weights": weights_of(texts, groups),
        "evidence": evidence_of(texts),
        "supplied": formats.listing([texts.at(key, value) for key, value in answer.supplied.items()]),
    }


def weights_of(texts: Texts, groups: Sequence[AskableGroup]) -> dict[str, Any]:
    """Return the facts on weights: the best single ones, all of them free, and at random."""
    answer = texts.answer
    by_key = {group.key: group for group in groups}
    nearest = nearest_weights(answer)
    ordered = sorted(answer.one_weight, key=lambda one: one.best if answer.wants_in else -one.best)
    shown = []
    for one in (nearest or ordered)[:WEIGHTS]:
        percent = one.at if one.enough is None else one.enough
        shown.append(
            {
                "text": texts.weight(one.key, one.group, percent),
                "rank": rank_text(one.ranks[STEPS.index(percent)]),
                "url": texts.with_weights(with_weight(by_key[one.group], one.key, percent)),
            }
        )
    free = answer.all_free
    return {
        "enough": len(nearest),
        "shown": shown,
        "moved": "" if free is None else formats.share(free.moved),
        "gone": answer.gone,
        "free_url": "" if free is None else texts.with_weights(free.numbers),
        "random": "" if answer.random_share is None else formats.chance(answer.random_share, prose=True),
        "is_never": answer.random_share == 0.0,
        "tries": TRIES,
    }


def evidence_of(texts: Texts) -> dict[str, Any]:
    """Return the facts on evidence: the withdrawals that go farthest, and the figure that would settle most."""
    answer = texts.answer
    rows = [_withdrawal(texts, one) for one in answer.evidence]
    ranked = [row for row in rows if row["rank"] is not None]
    best = ranked[0] if ranked else None
    return {
        "enough": [row for row in rows if row["is_enough"]][:WITHDRAWALS],
        "best": best,
        "helps": best is not None and answer.rank is not None and (best["rank"] < answer.rank) is answer.wants_in,
        "lost": [row for row in rows if row["rank"] is None][:WITHDRAWALS] if answer.wants_in else [],
        "any": bool(rows),
        "settles": settles_of(texts),
    }


def _withdrawal(texts: Texts, one: WithdrawnEvidence) -> dict[str, Any]:
    change = CountryChange(without={one.withdrawal.criterion: one.series})
    rank = one.withdrawal.outcome.rank
    return {
        "text": without_text(texts, one),
        "rank": rank,
        "would": would_rank(rank or OUT),
        "url": texts.url(Question(changes={texts.country.code: change})),
        "is_enough": one.is_enough,
    }


def settles_of(texts: Texts) -> dict[str, Any] | None:
    """Return the number whose range moves the rank most; None if none moves it."""
    numbers = [reach for reach in texts.answer.reaches if isinstance(reach.value.now, float)]
    wide = [reach for reach in numbers if reach.high != reach.low]
    if not wide:
        return None
    most: Reach = max(wide, key=lambda reach: abs(reach.high - reach.low))
    years = [
        value.year
        for one in texts.answer.evidence
        if one.withdrawal.criterion == most.value.key
        for value in one.withdrawal.published
    ]
    return {
        "name": texts.name(most.value.key),
        "year": max(years, default=None),
        "low": min(most.low, most.high),
        "high": max(most.low, most.high),
    }
