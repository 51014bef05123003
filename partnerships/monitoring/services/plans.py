from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import save_validated
from partnerships.lookups.locking import (
    audit_values,
    change,
    check_same_partnership,
    create,
    lock_partnership,
    lock_row,
    service,
)
from partnerships.lookups.rule_inputs import newest_targets, plan_state
from partnerships.lookups.steps import step
from partnerships.models import (
    BaselineStatus,
    IndicatorSource,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    PlanStep,
    Target,
)
from partnerships.monitoring.preconditions import PLAN_CHECKS
from partnerships.monitoring.queries import targets_revision
from partnerships.standard_indicators import LIBRARY
from partnerships.states import PLAN


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target to set for a fiscal year, or for the whole partnership if it is None."""

    fiscal_year: int | None
    value: Decimal


def plan_for(*, partnership: Partnership, actor: User | None) -> MonitoringPlan:
    """Return the monitoring plan of a partnership, locked until the transaction ends.

    A missing plan is created.
    """
    lock_partnership(partnership)
    plan = MonitoringPlan.objects.select_for_update(of=("self",), no_key=True).filter(partnership=partnership).first()
    return plan or create(MonitoringPlan(partnership=partnership), actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def add_indicator(*, indicator: OutcomeIndicator, actor: User) -> OutcomeIndicator:
    """Add an unsaved indicator to the plan of its partnership while the plan is a draft.

    Raises `ValidationError` with code `plan_fixed` for a plan that is no draft, and `objective` for an objective of
    another partnership.
    """
    plan_for(partnership=indicator.partnership, actor=actor)
    check_same_partnership(indicator.partnership_id, objective=indicator.objective, responsible=indicator.responsible)
    return create(indicator, actor=actor)


@transaction.atomic
def adopt_indicator(*, code: str, actor: User, sheet_read: bool, **overrides: Any) -> OutcomeIndicator:
    """Add an indicator from the library.

    `overrides` holds the values of this partnership (definition, data source, and so on). Raises `ValidationError` with
    code `library` for an unknown code, and `sheet_read` for a standard indicator if the current reference sheet was
    not read.
    """
    try:
        entry = LIBRARY[code]
    except KeyError:
        known = ", ".join(LIBRARY)
        raise ValidationError(f"{code} is not in the library, which has {known}.", code="library") from None
    if entry.source == IndicatorSource.STANDARD and not sheet_read:
        raise ValidationError(entry.notice, code="sheet_read")
    defaults = {
        "code": entry.code,
        "source": entry.source,
        "title": entry.title,
        "level": entry.level,
        "paradigm": entry.paradigm,
        "measure": entry.measure.value,
        "unit": entry.unit,
        "direction": entry.direction.value,
        "accumulation": entry.accumulation.value,
        "by_sex": entry.by_sex,
        "by_age": entry.by_age,
    }
    return add_indicator(indicator=OutcomeIndicator(**(defaults | overrides)), actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def edit_indicator(
    *, indicator: OutcomeIndicator, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> OutcomeIndicator:
    """Change fields of an indicator while the plan is a draft. `withdrawn` removes it.

    Raises `EditConflict` if the row no longer has the `expected_revision`.
    """
    plan_for(partnership=indicator.partnership, actor=actor)
    current = lock_row(indicator)
    check_revision(current.current_revision(), expected_revision)
    check_same_partnership(
        current.partnership_id, objective=values.get("objective"), responsible=values.get("responsible")
    )
    return change(current, values, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def collect_baseline(
    *, indicator: OutcomeIndicator, value: Decimal, on: date, source: str, actor: User
) -> OutcomeIndicator:
    """Record, once, a baseline that was still to be collected. An approved plan permits this too.

    Raises `ValidationError` with code `baseline` if there is a baseline; to correct it, revise the plan.
    """
    plan_for(partnership=indicator.partnership, actor=actor)
    current = OutcomeIndicator.objects.get(pk=indicator.pk)
    if current.baseline_status == BaselineStatus.KNOWN:
        raise ValidationError("There is already a baseline. Revise the plan and edit the indicator.", code="baseline")
    values = {
        "baseline_status": BaselineStatus.KNOWN,
        "baseline_value": value,
        "baseline_on": on,
        "baseline_source": source,
    }
    return change(current, values, actor=actor, action="collected the baseline")


@service(Permission.EDIT_PARTNERSHIPS)
def set_targets(
    *,
    indicator: OutcomeIndicator,
    targets: Sequence[NewTarget],
    actor: User,
    reason: str = "",
    expected_revision: str | None = None,
) -> list[Target]:
    """Set targets together while the plan is a draft. Unchanged targets add nothing.

    `expected_revision` is the `targets_revision` from when the writer opened the form. Raises `EditConflict` if
    targets were set since, and `ValidationError` with code `reason` if a target changes without one.
    """
    plan_for(partnership=lock_partnership(indicator.partnership), actor=actor)
    check_revision(targets_revision(indicator), expected_revision)
    current_targets = newest_targets([indicator.pk])
    changed = [target for target in targets if current_targets.get((indicator.pk, target.fiscal_year)) != target.value]
    if any((indicator.pk, target.fiscal_year) in current_targets for target in changed) and not reason.strip():
        raise ValidationError({"reason": ValidationError("Explain why a target changes.", code="reason")})
    rows = []
    for target in changed:
        row = Target(
            indicator=indicator,
            fiscal_year=target.fiscal_year,
            value=target.value,
            reason=reason.strip(),
            recorded_by=actor,
        )
        save_validated(row, force_insert=True)
        rows.append(row)
    if rows:
        record(
            actor=actor,
            action="set targets",
            target=indicator,
            before={str(year or "whole"): value for (_, year), value in current_targets.items()},
            after={"targets": [audit_values(row) for row in rows]},
        )
    return rows


@transaction.atomic
def take_plan_step(*, plan: MonitoringPlan, name: str, actor: User, on: date, reason: str = "") -> MonitoringPlan:
    """Take one step of the plan: submit, return, approve, or revise it.

    Submitting needs an outcome indicator and every target (`outcome_indicator_missing`, `target_missing`). The person
    who submits cannot approve (`two_people`).
    """
    lock_partnership(plan.partnership)
    return step(
        lock_row(plan),
        PLAN,
        name=name,
        checks=PLAN_CHECKS,
        state=plan_state,
        make=partial(PlanStep, plan=plan),
        actor=actor,
        on=on,
        reason=reason,
    )
