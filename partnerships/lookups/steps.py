"""The service that takes a step of a plan, a reporting period, a dialogue, or an assessment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from cpc.accounts.models import User
from cpc.audit.authors import authors_of
from cpc.audit.steps import check_findings, check_step
from cpc.lifecycle import Checks, StateMachine, Subject
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import create
from partnerships.models import Dialogue, MonitoringPlan, ReportingPeriod, YearAssessment
from partnerships.models.monitoring import Step

Stepping = TypeVar("Stepping", MonitoringPlan, ReportingPeriod, Dialogue, YearAssessment)


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
    # An approval begins a new draft, of which no one is an author yet.
    authors = authors_of(current) if transition.by_another else []
    row = make(name=name, source=current.state, target=transition.target, reason=reason.strip(), actor=actor)
    create(row, actor=actor, action=f"took the step: {transition.label}")
    if transition.by_another:
        notify_authors(current, did=transition.past.lower(), actor=actor, target=row, authors=authors)
    current.refresh_from_db()
    return current
