"""The rules that every step of a state machine follows: permission, source, reason, and checks.

A service calls `check_step` and `check_findings` on the locked row, then records the step with its target::

    label = plan.get_state_display()
    transition = check_step(PLAN, name, record=plan, state=plan.state, label=label, actor=actor, reason=reason)
    check_findings(PLAN_CHECKS, name, plan_state(plan), on)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.authors import check_may_decide
from cpc.findings import errors
from cpc.lifecycle import Checks, StateMachine, Subject, Transition, step_findings
from cpc.validation import validation_error


def with_target(transition: Transition, record: Any) -> Transition:
    """Return the transition with the state to which it leads from the current one of `record` as its target.

    Only one that takes back another step reads the `steps` of the record, which have the `source` of each.
    """
    if not transition.back_to:
        return transition
    before = record.steps.order_by("-pk").values_list("source", flat=True).first()
    return replace(transition, target=transition.leads_to(before))


def check_step(
    machine: StateMachine,
    name: str,
    *,
    record: models.Model,
    state: str,
    label: str,
    actor: User | None,
    reason: str,
    code: str = "transition",
) -> Transition:
    """Return the transition `name` with its target if `actor` may take it with `record` from `state`.

    `label` is the state as pages show it. Raises `PermissionDenied`, and `ValidationError` of `code` for
    another source, `two_people` for a decision of an author of the record, or `reason` without one.
    """
    transition = machine.transition(name)
    require(actor, Permission(transition.permission))
    if state not in transition.sources:
        raise ValidationError(f"“{transition.label}” is not a step from “{label.lower()}”.", code=code)
    if transition.by_another:
        check_may_decide(record, actor)
    if transition.needs_reason and not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter a reason.", code="reason")})
    return with_target(transition, record)


def check_findings(checks: Checks[Subject], name: str, subject: Subject, on: date) -> None:
    """Raise `ValidationError` with the code of every error that the checks of a step find."""
    blocking = errors(step_findings(checks, name, subject, on))
    if blocking:
        raise validation_error(blocking)
