"""Rounds in the queue: recommendations and rounds that wait for a decision."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.findings import errors
from cpc.lifecycle import step_findings
from cpc.site import queue
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from cpc.web import formats
from selection.decisions import queries as decisions_queries
from selection.models import (
    RoundState,
    SelectionRound,
)
from selection.rounds.preconditions import ROUND_CHECKS


def register() -> None:
    queue.register(QueueSource("decisions", Permission.APPROVE_SELECTION, _to_decide, order=15))


def _to_decide(desk: Desk) -> list[Lane]:
    items = [
        Item(
            f"recommendations:{selection_round.pk}",
            f"Decide on {formats.count_of(count, 'recommendation')} of {selection_round}",
            reverse("round-deliberation", args=[selection_round.pk]),
            "Decide on each recommendation. The person who drafted it can't decide.",
            "Decide",
            "groups",
            Category.APPROVALS,
        )
        for selection_round, count in decisions_queries.waiting_for(desk.user)
    ]
    deliberated = SelectionRound.objects.visible_to(desk.user).filter(state=RoundState.DELIBERATION).order_by("pk")
    items += [
        Item(
            f"round-decide:{row.pk}",
            f"Close {row} as decided",
            reverse("round-step", args=[row.pk, "decide"]),
            "Every candidate has a decision, and the memo is issued.",
            "Close",
            "groups",
            Category.APPROVALS,
        )
        for row in deliberated
        if not errors(step_findings(ROUND_CHECKS, "decide", row, desk.today))
    ]
    return [queue.lane_of_items(desk, Category.APPROVALS, items)]
