"""Services for field checks and their findings; who is responsible or records the evidence cannot close one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.steps import check_step
from cpc.database.revisions import check_revision
from partnerships.lookups.locking import (
    change,
    check_same_partnership,
    create,
    lock_partnership,
    lock_row,
    service,
)
from partnerships.models import DocumentVersion, FieldCheck, FieldFinding, FieldFindingStep, FindingState
from partnerships.models.field_checks import WIDER_REGIONS
from partnerships.states import FINDING


@service(Permission.EDIT_PARTNERSHIPS)
def record_check(*, check: FieldCheck, actor: User) -> FieldCheck:
    """Record a site visit, data quality assessment, or desk review.

    Raises `ValidationError` with code `region` for what is no focus region, `tests` for a data quality
    assessment without its indicator and all five tests, or `future_day`.
    """
    lock_partnership(check.partnership)
    _require_own(check)
    check.recorded_by = actor
    return create(check, actor=actor, action="recorded")


@service(Permission.EDIT_PARTNERSHIPS)
def edit_check(
    *, check: FieldCheck, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> FieldCheck:
    """Correct a field check. Raises `EditConflict` if it no longer has the `expected_revision`."""
    current = lock_row(check)
    check_revision(current.current_revision(), expected_revision)
    for name, value in values.items():
        setattr(current, name, value)
    _require_own(current)
    return change(lock_row(check), values, actor=actor)


def _require_own(check: FieldCheck) -> None:
    check_same_partnership(check.partnership_id, award=check.award, indicator=check.indicator)
    _require_own_document(check.document, check.partnership_id)
    if check.region not in ("", *WIDER_REGIONS, *check.partnership.focus_regions):
        message = "Choose a focus region of the partnership, never an address."
        raise ValidationError({"region": ValidationError(message, code="region")})


def _require_own_document(document: DocumentVersion | None, partnership_id: int) -> None:
    if document is not None and document.document.partnership_id != partnership_id:
        raise ValidationError({"document": ValidationError("Choose one from this partnership.", code="document")})


@service(Permission.EDIT_PARTNERSHIPS)
def add_finding(*, finding: FieldFinding, actor: User) -> FieldFinding:
    """Add an unsaved finding to a field check. On an indicator, it marks its values until somebody else closes it.

    Raises `ValidationError` with code `responsible` unless one is: the recipient of an award, an office, or a person.
    """
    lock_partnership(finding.partnership)
    check_same_partnership(
        finding.partnership_id,
        field_check=finding.field_check,
        award=finding.award,
        participant=finding.participant,
        indicator=finding.indicator,
    )
    finding.recorded_by = actor
    return create(finding, actor=actor, action="recorded")


@service(Permission.EDIT_PARTNERSHIPS)
def edit_finding(
    *, finding: FieldFinding, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> FieldFinding:
    """Change the text, weight, action, or due day of a finding that is not closed.

    Raises `EditConflict` if it no longer has the `expected_revision`, and `ValidationError` with code `finding_closed`.
    """
    current = lock_row(finding)
    check_revision(current.current_revision(), expected_revision)
    if current.state == FindingState.CLOSED:
        raise ValidationError("The finding is closed. Reopen it first.", code="finding_closed")
    return change(current, values, actor=actor)


@transaction.atomic
def take_finding_step(
    *, finding: FieldFinding, name: str, actor: User, reason: str = "", document: DocumentVersion | None = None
) -> FieldFinding:
    """Take one step of a finding. `reason` is the evidence, or why it is not enough.

    Raises `PermissionDenied`, and `ValidationError` with code `transition`, `reason`, or `two_people` if the person who
    is responsible or recorded the evidence would close it.
    """
    current = lock_row(finding)
    _require_own_document(document, current.partnership_id)
    transition = check_step(
        FINDING,
        name,
        record=current,
        state=current.state,
        label=current.get_state_display(),
        actor=actor,
        reason=reason,
    )
    step = FieldFindingStep(
        finding=current,
        name=name,
        source=current.state,
        target=transition.target,
        reason=reason.strip(),
        document=document,
        actor=actor,
    )
    create(step, actor=actor, action=f"took the step: {transition.label}")
    current.refresh_from_db()
    return current
