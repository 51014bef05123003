"""Sample records of the pool: policies and admissions that are proposed, approved, rejected, and ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from cpc.accounts.models import User
from indicators.models import Country
from selection.lookups.adoptions import adoption_of
from selection.model_versions.services import adoptions as adoptions_services
from selection.models import Admission, Adoption, PoolPolicy
from selection.pool import services as pool_services
from tests.support.criteria import unanswered
from tests.support.models import shipped


@dataclass(frozen=True)
class Pooled:
    """Proposals that wait for a decision, an admission in force, and the adoption of the shipped model."""

    policy: PoolPolicy
    admission: Admission
    admitted: Admission
    adoption: Adoption


def open_policy(analyst: User) -> PoolPolicy:
    """Return the undecided proposal to let high-income countries in; create it if there is none."""
    known = PoolPolicy.objects.filter(reason="high_income", decision="").first()
    return known or pool_services.propose_policy(
        reason="high_income",
        puts_outside=[],
        in_force_from=timezone.now().date(),
        citation="Sample memo on the pool",
        why="Sample: the office wants to see every income class before it narrows.",
        actor=analyst,
    )


def open_admission(analyst: User, code: str = "DEU") -> Admission:
    """Return an admission that waits for a decision; create it if there is none."""
    known = Admission.objects.filter(country__code=code, decision="").first()
    return known or pool_services.propose_admission(
        country=Country.objects.get(code=code),
        why="Sample: the country asked for a partnership.",
        until=timezone.now().date() + dt.timedelta(days=180),
        actor=analyst,
    )


def admitted(analyst: User, approver: User, code: str = "CHL") -> Admission:
    """Return an admission in force; create it if there is none."""
    known = Admission.objects.filter(country__code=code, decision="approved", ended_on=None).first()
    return known or pool_services.decide_admission(
        admission=open_admission(analyst, code), approve=True, actor=approver, note="Sample note."
    )


def adopted(approver: User) -> Adoption:
    """Return the adoption of the shipped model; create it if there is none."""
    return adoption_of(shipped()) or adoptions_services.adopt_model(
        model=shipped(),
        reason="Sample: the weights were argued through in two meetings.",
        document="Sample memo 12",
        adopted_on=timezone.now().date(),
        actor=approver,
        unanswered=unanswered(),
    )


def pooled(analyst: User, approver: User) -> Pooled:
    """Create a record in each state."""
    refused = pool_services.propose_policy(
        reason="special_case",
        puts_outside=[],
        in_force_from=timezone.now().date(),
        citation="Sample memo on the pool",
        why="Sample: a Special Case could be rated by hand.",
        actor=analyst,
    )
    pool_services.decide_policy(
        policy=refused, approve=False, actor=approver, note="Sample: there is no tier to score."
    )
    coming = pool_services.propose_policy(
        reason="tier3",
        puts_outside=["Tier 3", "Tier 2 Watch List"],
        in_force_from=timezone.now().date() + dt.timedelta(days=60),
        citation="Sample memo on the pool",
        why="Sample: the office looks at Tier 2 first.",
        actor=analyst,
    )
    pool_services.decide_policy(policy=coming, approve=True, actor=approver)
    over = admitted(analyst, approver, "URY")
    pool_services.end_admission(admission=over, reason="Sample: the country withdrew.", actor=approver)
    adoptions_services.withdraw_adoption(
        adoption=adopted(approver), reason="Sample: recorded too early.", actor=approver
    )
    return Pooled(
        policy=open_policy(analyst),
        admission=open_admission(analyst),
        admitted=admitted(analyst, approver),
        adoption=adopted(approver),
    )
