"""A partnership by its key, its steps with their current targets, and the service to step its plan and periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from cpc.accounts.models import User
from cpc.audit.steps import check_findings, check_step
from cpc.lifecycle import Checks, StateMachine, Subject, Transition
from partnerships.lookups.duties import with_overdue
from partnerships.lookups.locking import create
from partnerships.models import (
    Dialogue,
    DocumentVersion,
    MonitoringPlan,
    Partnership,
    ReportingPeriod,
)
from partnerships.models.monitoring import Step
from partnerships.states import PARTNERSHIP


def find(pk: int, *, overdue_on: date | None = None) -> Partnership | None:
    """Return the partnership with its country, policy, and origin, or None.

    With `overdue_on` it also counts the overdue duties on that day. The count queries every kind of duty, so pages
    that do not show it leave it out.
    """
    origin = ("opened_by", "origin_confirmation__confirmed_by")
    rows = Partnership.objects.select_related("country", "limit_policy", *origin)
    if overdue_on is not None:
        rows = with_overdue(rows, overdue_on)
    return rows.filter(pk=pk).first()


def document_versions_of(partnership: Partnership) -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.filter(document__partnership=partnership).select_related("document").order_by("-pk")


def steps_from(partnership: Partnership) -> tuple[Transition, ...]:
    """Return the steps from a partnership's status, in the order in which pages offer them."""
    return tuple(_with_target(step, partnership) for step in PARTNERSHIP.transitions_from(partnership.status))


def step_named(partnership: Partnership, name: str) -> Transition:
    """Return the step of that name. Raises `KeyError` if there is none."""
    return _with_target(PARTNERSHIP.transition(name), partnership)


def _with_target(step: Transition, partnership: Partnership) -> Transition:
    """Return the step with its target; only a step that takes back another one needs the newest step."""
    if not step.back_to:
        return step
    status_before = partnership.status_changes.order_by("-pk").values_list("from_status", flat=True).first()
    return replace(step, target=step.leads_to(status_before))


Stepping = TypeVar("Stepping", MonitoringPlan, ReportingPeriod, Dialogue)


def step(
    current: Stepping,
    machine: StateMachine,
    *,
    name: str,
    checks: Checks[Subject],
    state: Callable[[Any], Subject],
    make: Callable[..., Step],
    actor: User,
    on: date,
    reason: str,
) -> Stepping:
    """Take the step `name` with a locked row.

    `state` returns the values that the checks read, and `make` the row of the step. Raises `PermissionDenied`, and
    `ValidationError` with code `transition`, `reason`, `two_people`, or the codes of the failed checks.
    """
    label = current.get_state_display()
    transition = check_step(machine, name, record=current, state=current.state, label=label, actor=actor, reason=reason)
    if name in checks:
        check_findings(checks, name, state(current), on)
    row = make(name=name, source=current.state, target=transition.target, reason=reason.strip(), actor=actor)
    create(row, actor=actor, action=f"took the step: {transition.label}")
    current.refresh_from_db()
    return current
