"""Registrations of the consultation: the reviewer's panel, and what waits for office and agencies."""

from __future__ import annotations

from typing import Any

from django.conf import settings
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
from selection.models import Candidate

SHOWN = 5


def register() -> None:
    inbox.register()
    dashboard.register(
        Panel("consultation", "selection/consultation/_home_agency.html", _agency, Permission.CONSULT, order=5)
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


def _agency(request: HttpRequest) -> dict[str, Any] | None:
    agency = user_of(request).agency
    if agency is None:
        return None
    people = User.objects.filter(agency=agency, is_active=True).order_by("-is_contact", "name", "pk")[:SHOWN]
    return {"agency": agency, "people": list(people), "office": settings.OFFICE_EMAIL}
