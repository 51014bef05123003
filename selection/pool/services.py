"""Services for the desk screen's pool: one person proposes a rule or an admission, another decides it.

The database enforces every rule below; see `selection.database.pool_triggers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from indicators.models import Country
from selection.lookups.proposals import decide_once
from selection.models import Admission, PoolDecision, PoolPolicy
from selection.models.pool import Proposal
from selection.pool_rules.policy import POSITIONS

Row = TypeVar("Row", bound=Proposal)


def _validation_error(code: str, message: str, field: str = "") -> ValidationError:
    error = ValidationError(message, code=code)
    return ValidationError({field: error}) if field else error


@transaction.atomic
def propose_policy(
    *,
    reason: str,
    puts_outside: Sequence[str],
    in_force_from: dt.date,
    citation: str,
    why: str,
    actor: User,
    legal_note: str = "",
) -> PoolPolicy:
    """Propose a rule of the pool for one reason from a day. It takes effect once another person approves it.

    Raise `ValidationError` with `backdated` or the codes of the constraints.
    """
    require(actor, Permission.RUN_ROUNDS)
    policy = PoolPolicy(
        reason=reason,
        place=POSITIONS.get(reason, 0),
        puts_outside=list(puts_outside),
        in_force_from=in_force_from,
        citation=citation.strip(),
        why=why.strip(),
        legal_note=legal_note.strip(),
        proposed_by=actor,
    )
    return create(policy, actor=actor, action="proposed")


@transaction.atomic
def decide_policy(*, policy: PoolPolicy, approve: bool, actor: User, note: str = "") -> PoolPolicy:
    """Approve or reject a proposed rule. An approved rule replaces the previous one from its first day.

    Raise `ValidationError` with `two_people`, `decided_already`, `backdated`, `policy_later` or `decision_note`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    return decide_once(_locked(PoolPolicy, policy), approve, actor, note, {})


@transaction.atomic
def propose_admission(*, country: Country, why: str, until: dt.date, actor: User, legal_note: str = "") -> Admission:
    """Propose to admit a country that the policy excludes. It takes effect once another person approves it.

    Raise `ValidationError` with `no_candidate`, `admission_over`, `legal_note` (Tier 3) or the codes of the fields.
    """
    require(actor, Permission.RUN_ROUNDS)
    admission = Admission(
        country=country, why=why.strip(), until=until, legal_note=legal_note.strip(), proposed_by=actor
    )
    return create(admission, actor=actor, action="proposed")


@transaction.atomic
def decide_admission(*, admission: Admission, approve: bool, actor: User, note: str = "") -> Admission:
    """Admit a country as proposed, from today, or reject the proposal.

    Raise `ValidationError` with `two_people`, `decided_already`, `admission_over`, `admitted_already`, `legal_note` or
    `decision_note`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    found = _locked(Admission, admission)
    today = timezone.now().date()
    if approve and found.until < today:
        raise _validation_error("admission_over", "The last day has passed. Propose the admission again.")
    return decide_once(found, approve, actor, note, {"in_force_from": today} if approve else {})


@transaction.atomic
def end_admission(*, admission: Admission, reason: str, actor: User) -> Admission:
    """End an admission today, before its last day, with the reason.

    Raise `ValidationError` with `admission_kept` if it is not in force, `admission_over` or `ended_because`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    found = _locked(Admission, admission)
    if found.decision != PoolDecision.APPROVED or found.ended_on is not None:
        raise _validation_error("admission_kept", "You can end only an admission that was approved and has not ended.")
    if not reason.strip():
        raise _validation_error("ended_because", "Enter the reason for ending it.", "reason")
    values = {"ended_on": timezone.now().date(), "ended_by": actor, "ended_because": reason.strip()}
    return set_fields(found, values, actor=actor, action="ended")


def _locked(model: type[Row], row: Row) -> Row:
    # FOR NO KEY UPDATE: foreign keys to the row stay possible meanwhile.
    found: Row = model._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    return found
