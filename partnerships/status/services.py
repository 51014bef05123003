from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.steps import check_findings, check_step
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import (
    create,
    lock_partnership,
    service,
    set_fields,
)
from partnerships.models import (
    Correction,
    Determination,
    Partnership,
    StatusChange,
)
from partnerships.states import BY_DETERMINATION, PARTNERSHIP
from partnerships.status.preconditions import PARTNERSHIP_CHECKS, grounds_open


@transaction.atomic
def take_step(
    *,
    partnership: Partnership,
    name: str,
    actor: User | None,
    on: date,
    reason: str = "",
    determination: Determination | None = None,
) -> Partnership:
    """Take one step of a partnership on a day, and return the updated partnership.

    Raises `ValidationError` with code `transition` if the current status does not allow the step, `reason` or
    `determination` if one is missing, `two_people` for a signature by an author of the terms, and the codes of the
    step's preconditions.
    """
    current = lock_partnership(partnership)
    label = current.get_status_display()
    transition = check_step(
        PARTNERSHIP, name, record=current, state=current.status, label=label, actor=actor, reason=reason
    )
    if BY_DETERMINATION.get(name) != (determination.kind if determination else None):
        raise ValidationError(
            {"determination": ValidationError("This step requires a statutory determination.", code="determination")}
        )
    check_findings(PARTNERSHIP_CHECKS, name, current, on)
    step = StatusChange(
        partnership=current,
        transition=name,
        from_status=current.status,
        to_status=transition.target,
        effective_on=_effective_on(current, name, on),
        reason=reason.strip(),
        determination=determination,
        actor=actor,
    )
    create(step, actor=actor, action=f"took the step: {transition.label}")
    if transition.permission == Permission.APPROVE_PARTNERSHIPS:
        notify_authors(current, did=transition.past.lower(), actor=actor, target=step)
    current.refresh_from_db()
    return current


def _effective_on(partnership: Partnership, name: str, on: date) -> date:
    """Return the effective day of a step.

    A term starts and ends on its own days, even if recorded later.
    """
    if name == "complete" and partnership.ends_on:
        return min(on, partnership.ends_on)
    if name == "start" and partnership.starts_on:
        return max(partnership.starts_on, partnership.status_as_of or partnership.starts_on)
    return on


@service(Permission.APPROVE_PARTNERSHIPS)
def record_determination(*, determination: Determination, actor: User) -> Determination:
    """Record a suspension, termination, or reinstatement. `determine` also takes the step.

    A determination about a part or an entity stops obligations under that entity's award and does not change the
    partnership's status.
    """
    lock_partnership(determination.partnership)
    determination.recorded_by = actor
    if determination.kind == "reinstatement" and determination.suspension is not None:
        missing = grounds_open(determination.suspension, determination.determined_on)
        if missing:
            raise ValidationError(f"{' '.join(missing)} (22 U.S.C. 7103a(d)(6)(B))", code="ground_open")
    return create(determination, actor=actor, action="determined")


STEP_OF = {kind: name for name, kind in BY_DETERMINATION.items()}


@transaction.atomic
def determine(*, determination: Determination, actor: User) -> Determination:
    """Record a determination and, if it covers the whole partnership, take its step that day.

    Raises the errors of `record_determination` and `take_step`; then neither is recorded.
    """
    made = record_determination(determination=determination, actor=actor)
    suspended = made.suspension or made
    if suspended.stops_the_partnership and made.stops_the_partnership:
        take_step(
            partnership=made.partnership,
            name=STEP_OF[made.kind],
            actor=actor,
            on=made.determined_on,
            reason=made.text,
            determination=made,
        )
    return made


@service(Permission.EDIT_PARTNERSHIPS)
def open_correction(*, determination: Determination, ground: str, description: str, actor: User) -> Correction:
    if ground not in determination.grounds:
        raise ValidationError("The determination does not name this ground.", code="ground")
    return create(
        Correction(determination=determination, ground=ground, description=description), actor=actor, action="opened"
    )


@service(Permission.APPROVE_PARTNERSHIPS)
def close_correction(*, correction: Correction, evidence: str, on: date, actor: User) -> Correction:
    """Close a correction, once, with evidence.

    Raises `ValidationError` with code `future_day` for a day after today, and `before_determination` for one before
    the determination that the correction answers.
    """
    first = correction.determination.determined_on
    if on > timezone.now().date():
        raise ValidationError({"on": ValidationError("This can't be dated in the future.", code="future_day")})
    if on < first:
        message = f"The determination is of {first}. A correction of its ground can't be closed before that date."
        raise ValidationError({"on": ValidationError(message, code="before_determination")})
    values = {"evidence": evidence, "closed_on": on, "closed_by": actor}
    return set_fields(correction, values, actor=actor, action="closed")
