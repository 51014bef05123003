"""One way to take a step of a plan, a period or a dialogue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.findings import errors
from cpc.lifecycle import Lifecycle
from cpc.validation import refusal
from partnerships.lookups.locking import create, require
from partnerships.models import Dialogue, MonitoringPlan, ReportingPeriod
from partnerships.models.monitoring import Step

Stepping = TypeVar("Stepping", MonitoringPlan, ReportingPeriod, Dialogue)
Subject = TypeVar("Subject")


def for_writing(row: Stepping) -> Stepping:
    """The row as it is now, locked until the transaction ends."""
    return type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def step(
    current: Stepping,
    lifecycle: Lifecycle[Subject],
    *,
    name: str,
    state: Callable[[Any], Subject],
    make: Callable[..., Step],
    actor: User,
    on: date,
    reason: str,
) -> Stepping:
    """Take the step `name` with a locked row. `state` gives what the checks look at, `make` the row of the step.

    Raises `PermissionDenied`, and `ValidationError` with `transition`, `reason`, `two_people` or the codes of what
    the checks found.
    """
    transition = lifecycle.named(name)
    require(actor, Permission(transition.permission))
    if current.state not in transition.sources:
        raise ValidationError(
            f"{transition.label} is no step from {current.get_state_display().lower()}.", code="transition"
        )
    if transition.needs_reason and not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why.", code="reason")})
    if transition.checks:
        found = errors(transition.findings(state(current), on))
        if found:
            raise refusal(found)
    row = make(name=name, source=current.state, target=transition.target, reason=reason.strip(), actor=actor)
    create(row, actor=actor, action=f"took the step: {transition.label}")
    current.refresh_from_db()
    return current
