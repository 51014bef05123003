"""Tasks of the home page about rounds that wait for a decision."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.findings import errors
from cpc.lifecycle import step_findings
from cpc.site import dashboard
from cpc.site.dashboard import Task, TaskSource
from cpc.web import formats
from selection.decisions import queries as decisions_queries
from selection.models import (
    RoundState,
    SelectionRound,
)
from selection.rounds.preconditions import ROUND_CHECKS


def register() -> None:
    dashboard.register_tasks(TaskSource("decisions", _tasks, Permission.APPROVE_SELECTION, order=15))


def _tasks(request: HttpRequest) -> list[Task]:
    user, today = user_of(request), timezone.now().date()
    tasks = [
        Task(
            f"{selection_round}: {formats.count_of(count, 'recommendation')} to decide",
            reverse("round-deliberation", args=[selection_round.pk]),
            "Decide on each recommendation. The person who drafted it can't decide.",
            "groups",
        )
        for selection_round, count in decisions_queries.waiting_for(user)
    ]
    deliberated = SelectionRound.objects.visible_to(user).filter(state=RoundState.DELIBERATION).order_by("pk")
    return tasks + [
        Task(
            f"{row}: close the round as decided",
            reverse("round-step", args=[row.pk, "decide"]),
            "Every candidate has a decision, and the memo is issued.",
            "groups",
        )
        for row in deliberated
        if not errors(step_findings(ROUND_CHECKS, "decide", row, today))
    ]
