"""Reads of the consultation on criteria: who can be asked, and one request for the agency that it asks."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from selection.models import CriteriaAnswer, CriteriaRequest


def agencies_to_ask() -> QuerySet[Agency]:
    """Return the agencies that can answer in the product: those with a point of contact."""
    contacts = User.objects.filter(agency=OuterRef("pk"), role=Role.REVIEWER, is_contact=True, is_active=True)
    return Agency.objects.filter(Exists(contacts), is_active=True)


def agencies_to_record() -> QuerySet[Agency]:
    return Agency.objects.filter(is_active=True)


def find_request(user: User, pk: int) -> CriteriaRequest | None:
    """Return a request to the reviewer's own agency; None if there is no such request."""
    if not user.allows(Permission.CONSULT) or user.agency_id is None:
        return None
    rows = CriteriaRequest.objects.select_related("model", "agency", "asked_by")
    return rows.filter(pk=pk, agency=user.agency_id).first()


def answers_of(request: CriteriaRequest) -> list[CriteriaAnswer]:
    """Return the answers of the agency on the version, the newest first."""
    rows = CriteriaAnswer.objects.filter(model=request.model_id, agency=request.agency_id)
    return list(rows.select_related("recorded_by").order_by("-pk"))
