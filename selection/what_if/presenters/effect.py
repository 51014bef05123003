"""The effect of a question as the What if page shows it: sentences, who enters and leaves, chart, and list."""

from __future__ import annotations

from typing import Any

from selection.ranking.presenters.sentences import limits_of
from selection.runs.movements import Move
from selection.what_if.effect import effect
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.ranked_list import country_address, counts_text, list_rows
from selection.what_if.presenters.sentences import facts_of, farthest_text, say
from selection.what_if.presenters.slope_chart import slope_chart


def effect_context(listing: QuestionListing) -> dict[str, Any]:
    answered, faults = listing.answered, listing.asking.faults
    is_stopped = bool(faults or answered.answer.error)
    own = answered.base.key == str(answered.run.pk)
    facts = facts_of(
        # No country moves while nothing is computed.
        effect(answered.base.ranks, answered.base.ranks, answered.first) if is_stopped else answered.effect,
        answered.name,
        answered.rows,
        f"run {answered.run.pk}",
        is_run=answered.question.is_official and own,
        drawn={row.code: row.chances.p20 for row in answered.shown.rows if row.chances} or None,
        limits=limits_of(answered.ranking.table, "in_draws"),
    ) | {"is_stopped": is_stopped, "has_faults": bool(faults)}
    moves = {} if is_stopped else {"enters": answered.effect.enters, "leaves": answered.effect.leaves}
    return {
        **{key: say(key, facts) for key in ("verdict", "rest", "noise", "bar")},
        **{key: [_move(listing, move) for move in some] for key, some in moves.items()},
        "farthest": "" if is_stopped else _farthest(listing),
        "chart": slope_chart(listing),
        "rows": list_rows(listing),
        "ranked": len(answered.shown.ranks),
        "counts": counts_text(answered),
        "error": answered.answer.error,
        "faults": [str(fault) for fault in faults.values()],
        "lone": "" if faults else answered.answer.lone,
    }


def _farthest(listing: QuestionListing) -> str:
    """Return who moves farthest by other options, where nothing else differs from the run; "" otherwise."""
    answered = listing.answered
    question = answered.question
    alone = not (question.weights or question.changes_who) and answered.base.key == str(answered.run.pk)
    return farthest_text(answered.effect, answered.name, answered.askable.phrases(question.options)) if alone else ""


def _move(listing: QuestionListing, move: Move) -> dict[str, str]:
    return {
        "name": listing.answered.name(move.code),
        "href": country_address(listing, move.code),
        "before": "no rank" if move.before is None else str(move.before),
        "after": "no rank" if move.after is None else str(move.after),
    }
