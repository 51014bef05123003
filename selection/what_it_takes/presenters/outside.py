"""A country outside the pool: the rule that keeps it out, and the labels with which no rule would."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from selection.pool_rules.policy import REASONS, Reason
from selection.runs.queries.basis import Basis
from selection.what_it_takes.presenters.texts import Texts


def outside_context(texts: Texts, basis: Basis) -> dict[str, Any]:
    answer, code = texts.answer, texts.country.code
    entry = basis.selection.pool.outside.get(code)
    rule = REASONS.get(Reason(answer.pool_reason)) if answer.pool_reason else None
    may_let_in = rule is not None and not rule.fixed
    query = [*texts.given, ("follow", code), ("pool", answer.pool_reason)]
    return {
        "sentence": entry.sentence if entry else "",
        "in_pool": [
            {
                "text": texts.at(one.criterion, one.label),
                "rank": one.rank,
                "is_in": one.rank is not None and one.rank <= answer.first,
                "url": texts.with_values({one.criterion: one.label}),
            }
            for one in answer.in_pool
        ],
        "let_in_url": reverse("what-if", query=query) if may_let_in else "",
    }
