"""The first limit policy, as published by the office, and the offices of the Department of State that clear texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from cpc.accounts.models import Agency
from cpc.audit.services import record
from partnerships.models import LimitPolicy, LimitPolicyApproval

FIRST_POLICY_FROM = date(2013, 3, 7)
"""Enactment of the statute that the fact sheet describes (P.L. 113-4).

The fact sheet has no date, so the limits apply from this day.
"""

CITATION = "TIP Office fact sheet on Child Protection Compact Partnerships: up to five years, up to USD 5 million"


OFFICES = (
    ("lt", "L/T", "Office of the Legal Adviser, Treaty Affairs"),
    ("state-f", "State/F", "Department of State, Office of Foreign Assistance"),
    ("inl", "INL", "Bureau of International Narcotics and Law Enforcement Affairs"),
    ("regional", "Regional", "Regional bureau"),
    ("post", "Post", "U.S. Embassy"),
    ("h", "H", "Bureau of Legislative Affairs"),
    ("drl", "DRL", "Bureau of Democracy, Human Rights, and Labor"),
    ("prm", "PRM", "Bureau of Population, Refugees, and Migration"),
)
"""Usual offices of the Department of State, by code, short name, and name. An administrator adds others."""


def sync_reference() -> None:
    """Create the offices and the first policy that are not there yet."""
    _sync_offices()
    _sync_policy()


@transaction.atomic
def _sync_offices() -> None:
    known = set(Agency.objects.values_list("code", flat=True))
    for code, short_name, name in OFFICES:
        if code not in known:
            office = Agency.objects.create(
                code=code, short_name=short_name, name=name, is_state_office=True, is_consulted=False
            )
            record(actor=None, action="shipped", target=office)


@transaction.atomic
def _sync_policy() -> None:
    """Create the first policy if there is none. Two people propose and approve later ones."""
    if LimitPolicyApproval.objects.exists():
        return
    policy = LimitPolicy.objects.create(
        effective_from=FIRST_POLICY_FROM, term_months=60, funding=Decimal("5000000.00"), citation=CITATION
    )
    approval = LimitPolicyApproval.objects.create(policy=policy)
    for row in (policy, approval):
        record(actor=None, action="shipped", target=row)
