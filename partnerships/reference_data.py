"""The first limit policy, as published by the office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from cpc.audit.services import record
from partnerships.models import LimitPolicy, LimitPolicyApproval

FIRST_POLICY_FROM = date(2013, 3, 7)
"""Enactment of the statute that the fact sheet describes (P.L. 113-4).

The fact sheet has no date, so the limits apply from this day.
"""

CITATION = "TIP Office fact sheet on Child Protection Compact Partnerships: up to five years, up to USD 5 million"


@transaction.atomic
def sync_reference() -> None:
    """Create the first policy if there is none. Two people propose and approve later ones."""
    if LimitPolicyApproval.objects.exists():
        return
    policy = LimitPolicy.objects.create(
        effective_from=FIRST_POLICY_FROM, term_months=60, funding=Decimal("5000000.00"), citation=CITATION
    )
    approval = LimitPolicyApproval.objects.create(policy=policy)
    for row in (policy, approval):
        record(actor=None, action="shipped", target=row)
