"""Registrations of the consultation: the reviewer's panel, and what waits for office and agencies."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery, Window
from django.http import HttpRequest
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import dashboard
from cpc.site.dashboard import Panel
from selection import dossier_sections
from selection.consultation import inbox, presenters, queries
from selection.dossier_sections import Section
from selection.models import (
    ANSWERING,
    Candidate,
    EvidenceVersion,
    PoolReason,
    Position,
    PositionValue,
    RequestCandidate,
)

SHOWN = 5


def register() -> None:
    inbox.register()
    dashboard.register(
        Panel("consultation", "selection/consultation/_home_agency.html", _agency, Permission.CONSULT, order=5)
    )
    dashboard.register(
        Panel("answers", "selection/consultation/_home_answered.html", _answered, Permission.CONSULT, order=4)
    )
    dossier_sections.register(
        Section(
            "consultation",
            "Consultation",
            "selection/consultation/_dossier.html",
            _on_candidate,
            Permission.VIEW_ROUNDS,
            order=60,
        )
    )


def _on_candidate(request: HttpRequest, candidate: Candidate) -> dict[str, Any] | None:
    cells = queries.on_candidate(candidate, timezone.now().date())
    return {
        "rows": [(cell, presenters.mark(cell)) for cell in cells],
        "may_run": user_of(request).allows(Permission.RUN_ROUNDS),
    }


def _answered(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the agency answered in open rounds, in one query; None if it is asked for nothing."""
    agency = user_of(request).agency
    if agency is None:
        return None
    own = Position.objects.live().final().filter(request=OuterRef("request"), candidate=OuterRef("candidate"))
    newest = EvidenceVersion.objects.filter(candidate=OuterRef("candidate")).order_by("-pk")
    rows = (
        RequestCandidate.objects.filter(
            queries.ASKED,
            request__agency=agency,
            request__round__state__in=ANSWERING,
            candidate__excluded_because=PoolReason.CANDIDATE,
        )
        .annotate(
            value=Subquery(own.values("value")[:1]),
            given_at=Subquery(own.values("at")[:1]),
            evidence=Subquery(own.values("evidence")[:1]),
            newest=Subquery(newest.values("pk")[:1]),
            asked=Window(Count("pk")),
            answered=Window(Count("value")),
        )
        .select_related("candidate__country")
        .order_by(F("given_at").desc(nulls_last=True), "candidate__country__name")
    )
    shown = list(rows[:SHOWN])
    if not shown:
        return None
    answers = [(row, PositionValue(row.value).label, row.evidence != row.newest) for row in shown if row.value]
    return {"agency": agency, "answers": answers, "count": shown[0].answered, "asked": shown[0].asked}


def _agency(request: HttpRequest) -> dict[str, Any] | None:
    agency = user_of(request).agency
    if agency is None:
        return None
    people = User.objects.filter(agency=agency, is_active=True).order_by("-is_contact", "name", "pk")[:SHOWN]
    return {"agency": agency, "people": list(people), "office": settings.OFFICE_EMAIL}
