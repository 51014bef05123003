"""Registrations with the selection app: partner countries, and links from decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from partnerships.agreements import queries
from partnerships.agreements.earlier_compacts import compacts_of, limits_on
from partnerships.agreements.origin import origin_findings
from partnerships.agreements.presenters import partnership_row
from partnerships.models import Partnership
from selection.models import Action, Candidate, Decision
from selection.queries import Section, Sequel
from selection.services import (
    register_dossier_section,
    register_earlier_compacts,
    register_partners,
    register_sequels,
    register_signatures,
    register_terms,
)


def register() -> None:
    register_partners(queries.in_partnership)
    register_terms(queries.terms)
    register_signatures(queries.signatures)
    register_sequels(sequels_of)
    register_earlier_compacts(compacts_of, limits_on)
    see = Permission.VIEW_PARTNERSHIPS
    register_dossier_section(
        Section("partnerships", "Partnerships", "partnerships/agreements/_dossier.html", _section, see, order=60)
    )


def sequels_of(candidates: Sequence[Candidate], user: User) -> Mapping[int, Sequence[Sequel]]:
    if not user.allows(Permission.VIEW_PARTNERSHIPS):
        return {}
    by_candidate = queries.partnerships_by_candidate(candidates)
    sequels = {key: [_sequel(row) for row in rows] for key, rows in by_candidate.items()}
    if user.allows(Permission.EDIT_PARTNERSHIPS):
        current = Decision.objects.filter(
            candidate__in=list(candidates), action=Action.SELECT, superseded_at__isnull=True
        ).select_related("candidate__round", "candidate__country")
        for decision in current:
            if not origin_findings(decision):
                sequels.setdefault(decision.candidate_id, []).append(_offer(decision))
    return sequels


def _sequel(row: Partnership) -> Sequel:
    assert row.decision is not None
    outlived = row.decision.superseded_at is not None
    return Sequel(row.title, reverse("partnership", args=[row.pk]), row.get_status_display().lower(), outlived=outlived)


def _offer(decision: Decision) -> Sequel:
    return Sequel("Open the partnership", _open_url(decision), is_offer=True)


def _open_url(decision: Decision) -> str:
    return f"{reverse('partnership-new')}?decision={decision.pk}"


def _section(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    today = timezone.now().date()
    offers = [one for one in sequels_of([candidate], user_of(request)).get(candidate.pk, ()) if one.is_offer]
    return {
        "lines": [partnership_row(row, candidate, today) for row in queries.partnerships_of_country(candidate.country)],
        "offers": offers,
    }
