"""Contributions of rankings and countries to the kernel: panels and tasks of the home page."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.recovery.verification import CHECKS, RestoreCheck
from cpc.retention.schedule import CLASSES as RETENTION
from cpc.retention.schedule import RetentionClass
from cpc.retention.scopes import HOLD_SCOPES, HoldScope
from cpc.site import dashboard, queue
from cpc.site.dashboard import Panel
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from cpc.site.queue_rows import does_office_work
from cpc.web import formats
from indicators.services import CountryRank, ResultPanel, register_ranks, register_result
from selection.models import CountryScore, CountryStatus, SelectionRound
from selection.run_comparison.views.aftermath import result_panel
from selection.runs.presenters import data_changes
from selection.runs.queries.stored_runs import (
    anything_published,
    first_since,
    newest_run,
    shown_first,
)
from selection.runs.services import replay_of_the_newest

FIRST = 20
"""The first countries of the ranking whose tiers are to be confirmed."""


def register() -> None:
    dashboard.register(
        Panel("ranking", "selection/home/_home_ranking.html", _ranking, Permission.VIEW_RANKINGS, order=10)
    )
    register_result(ResultPanel("ranking", result_panel))
    register_ranks(_ranks)
    queue.register(QueueSource("ranking", Permission.RUN_SCREEN, _to_compute, order=30))
    HOLD_SCOPES.add(HoldScope("round", "Selection rounds", _rounds, lambda key: reverse("round", args=[key])))
    RETENTION.add(
        RetentionClass(
            "selection",
            "Rankings, rounds, consultation, and decisions",
            "Department of State schedule: policy decisions, likely permanent; transferred by an export",
            ("selection",),
            "Permanent",
            is_held=True,
        )
    )
    CHECKS.add(RestoreCheck("replay", replay_of_the_newest))
    queue.register(QueueSource("tiers", Permission.IMPORT_DATA, _to_confirm, order=31))


def _rounds() -> list[tuple[int, str]]:
    """Return the key and name of each selection round, for legal holds."""
    return [(row.pk, str(row)) for row in SelectionRound.objects.order_by("-pk")]


def _ranks(user: User) -> dict[str, CountryRank]:
    """Return rank or provisional status of each country of the newest run, if the user may see rankings."""
    if not user.allows(Permission.VIEW_RANKINGS):
        return {}
    scores = CountryScore.objects.filter(run=shown_first().values("pk")[:1])
    return {
        code: CountryRank(rank, status == CountryStatus.PROVISIONAL)
        for code, rank, status in scores.values_list("country__code", "rank", "status")
    }


def _ranking(_request: HttpRequest) -> dict[str, Any] | None:
    first = CountryScore.objects.filter(run=OuterRef("pk"), rank__lte=3).order_by("rank")
    run = shown_first().annotate(first=ArraySubquery(first.values("country__name"))).first()
    return None if run is None else {"run": run, "first": run.first}


def _to_compute(desk: Desk) -> list[Lane]:
    """Return an item to compute a run if newer data than the newest run's exists, or if there is no run."""
    if not does_office_work(desk.user, Permission.RUN_SCREEN, Permission.APPROVE_SELECTION):
        return []
    run = newest_run()
    if run is None:
        if not anything_published():
            return []
        why = "Observations are published, but no ranking counts them yet."
        return [_compute(desk, "Compute the first ranking", why)]
    after = first_since(run)
    if not after.anything:
        return []
    if count := after.publications:
        first = data_changes(after)[:2]  # the kinds of change, and the first value
        why = f"{formats.count_of(count, 'publication')} came after run {run.pk}. {' '.join(first)}"
    elif after.published is not None:
        why = f"Version {after.published.number} of the model is published; run {run.pk} used another version."
    else:
        changes = (
            (after.pool, "The rules, admissions, or partnerships of the pool have changed since"),
            (after.regions, "The regions of countries have changed since"),
            (after.statements, "A statement that an edition is not published was recorded or withdrawn after"),
            (True, "The model or the scoring engine has changed since"),
        )
        why = f"{next(text for applies, text in changes if applies)} run {run.pk}."
    return [_compute(desk, "Compute the ranking again", why)]


def _to_confirm(desk: Desk) -> list[Lane]:
    """Return an item for the tiers among the first countries that no report loaded here states."""
    first = CountryScore.objects.filter(run=shown_first().values("pk")[:1], rank__lte=FIRST)
    found = first.aggregate(all=Count("pk"), unconfirmed=Count("pk", filter=Q(tier_quality="unconfirmed")))
    if not found["unconfirmed"]:
        return []
    item = Item(
        "tiers",
        f"Confirm {formats.count_of(found['unconfirmed'], 'tier')} with the TIP Report",
        reverse("tier-list"),
        f"{found['unconfirmed']} of the first {found['all']} countries of the ranking rest on a list of others.",
        "Confirm",
        "verified",
        Category.DATA,
    )
    return [queue.lane_of_items(desk, Category.DATA, [item])]


def _compute(desk: Desk, title: str, why: str) -> Lane:
    item = Item("ranking-compute", title, reverse("ranking"), why, "Compute", "autorenew", Category.DATA)
    return queue.lane_of_items(desk, Category.DATA, [item])
