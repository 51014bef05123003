"""Openings: which members of an agency read which version of the evidence."""

from __future__ import annotations

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from selection.models import ConsultationRequest, EvidenceOpening, EvidenceVersion


def record_opening(*, request: ConsultationRequest, evidence: EvidenceVersion, actor: User) -> None:
    """Record that a member of the agency asked opened the evidence. Only the first time of each version counts.

    There is no audit entry: the row itself shows who opened what, and when.
    """
    if not actor.allows(Permission.CONSULT) or actor.agency_id is None or actor.agency_id != request.agency_id:
        return
    if request.sent_at is None or EvidenceOpening.objects.filter(evidence=evidence, opened_by=actor).exists():
        return
    row = EvidenceOpening(request=request, evidence=evidence, agency_id=actor.agency_id, opened_by=actor)
    EvidenceOpening.objects.bulk_create([row], ignore_conflicts=True)
