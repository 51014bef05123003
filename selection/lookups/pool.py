"""Lookups of the pool: the decisions in force on a day, and the proposals, rules, and admissions on record."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from cpc.accounts.models import User
from indicators.models import Country
from indicators.queries import known_values
from selection.lookups.model_versions import default_table
from selection.models import Admission, PoolDecision, PoolPolicy
from selection.pool_rules.policy import AdmissionRow, PolicyRow, partnership_terms
from selection.pool_rules.pools import (
    STATED,
    Pool,
    PoolFacts,
    PoolInputs,
    resolve_pool,
)
from selection.scoring_inputs.screening import facts_of

TIER, INCOME = "tip.tier", "wb.income_class"


def policies() -> QuerySet[PoolPolicy]:
    """Return every rule of the pool, proposals included, by reason and the newest first."""
    return PoolPolicy.objects.select_related("proposed_by", "decided_by")


def admissions() -> QuerySet[Admission]:
    """Return every admission, proposals included, the newest first."""
    return Admission.objects.select_related("country", "proposed_by", "decided_by", "ended_by")


def policy_in_force(reason: str, on: dt.date) -> PoolPolicy | None:
    """Return the rule for a reason that is in force on a day."""
    rows = policies().filter(reason=reason, decision=PoolDecision.APPROVED, in_force_from__lte=on)
    return rows.filter(Q(replaced_on__isnull=True) | Q(replaced_on__gt=on)).first()


def pool_inputs(on: dt.date) -> PoolInputs:
    """Return the policies, admissions, and partnerships of a day as now on record."""
    return PoolInputs.of_day(
        on,
        [_policy(row) for row in policies().filter(decision=PoolDecision.APPROVED)],
        [_admission(row) for row in admissions().filter(decision=PoolDecision.APPROVED)],
        partnership_terms(),
    )


def _policy(row: PoolPolicy) -> PolicyRow:
    return PolicyRow(
        key=row.pk,
        reason=row.reason,
        place=row.place,
        values=tuple(row.puts_outside),
        citation=row.citation,
        why=row.why,
        since=row.in_force_from,
        replaced_on=row.replaced_on,
        decided_by=_people(row.proposed_by, row.decided_by),
        legal_note=row.legal_note,
    )


def _admission(row: Admission) -> AdmissionRow:
    assert row.in_force_from is not None  # the database fills it with the approval
    return AdmissionRow(
        key=row.pk,
        country=row.country.code,
        why=row.why,
        since=row.in_force_from,
        until=row.until,
        ended_on=row.ended_on,
        decided_by=_people(row.proposed_by, row.decided_by),
        legal_note=row.legal_note,
    )


def _people(proposed: User | None, decided: User | None) -> str:
    """Return who proposed and who approved; empty for decisions that ship with the project."""
    if proposed is None or decided is None:
        return ""
    return f"{proposed}; approved by {decided}"


def pool_facts(as_of: int | None = None) -> PoolFacts:
    """Return tiers and income classes as known at a publication number (None is now)."""
    values = known_values({TIER, INCOME}, as_of=as_of)
    tiers = [value for value in values if value.indicator == TIER]
    income = [value for value in values if value.indicator == INCOME]
    return facts_of(tiers, income, Country.objects.all(), default_table(), stated=STATED)


def pool_on(on: dt.date, as_of: int | None = None) -> Pool:
    """Return the pool of a day, by the facts known at a publication number (None is now)."""
    return resolve_pool(pool_inputs(on), pool_facts(as_of))
