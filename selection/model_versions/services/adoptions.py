"""Adopting a published version of a model as the office's own, and withdrawing that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import check_may_decide
from cpc.findings import Finding, Severity
from cpc.validation import validation_error
from selection.lookups.criteria_consultation import adoption_reasons_needed, criteria_consultees
from selection.models import Adoption, ModelState, ScoringModel

LAW = "22 U.S.C. 7103a(d)(5)"


@transaction.atomic
def adopt_model(
    *,
    model: ScoringModel,
    reason: str,
    adopted_on: dt.date,
    actor: User,
    document: str = "",
    unanswered: Mapping[str, str] | None = None,
) -> Adoption:
    """Record that the office adopts a published version, which is not illustrative from then on.

    `unanswered` gives, by the code of an agency, the reason for adopting without its answer on the criteria; reasons
    for agencies that answered are not stored. Raise `ValidationError` with `not_published`, `two_people`,
    `criteria_not_consulted`, `no_criteria_consultee`, `in_future`, `before_publication`, `adopted_already` or `reason`.
    The database enforces these rules.
    """
    require(actor, Permission.APPROVE_SELECTION)
    check_may_decide(model, actor)
    given = {code: text.strip() for code, text in (unanswered or {}).items() if text.strip()}
    if model.state == ModelState.PUBLISHED and (findings := consultation_findings(model, given)):
        raise validation_error(findings)
    needed = {fact.agency.code for fact in adoption_reasons_needed(model)}
    adoption = Adoption(
        model=model,
        reason=reason.strip(),
        document=document.strip(),
        unanswered={code: text for code, text in given.items() if code in needed},
        adopted_on=adopted_on,
        adopted_by=actor,
    )
    return create(adoption, actor=actor, action="adopted")


def consultation_findings(model: ScoringModel, unanswered: Mapping[str, str]) -> list[Finding]:
    """Return what the consultation on the criteria lacks for an adoption with these reasons."""
    if not criteria_consultees():
        message = "No agency is marked as consulted on the criteria. Mark those that the statute names."
        return [Finding("no_criteria_consultee", Severity.ERROR, message, "", LAW)]
    return [
        Finding(
            "criteria_not_consulted",
            Severity.ERROR,
            f"{fact.agency} has not answered on the criteria of this version. Record its answer, or state why the "
            "office adopts without it.",
            f"without_{fact.agency.code}",
            LAW,
        )
        for fact in adoption_reasons_needed(model)
        if not unanswered.get(fact.agency.code)
    ]


@transaction.atomic
def withdraw_adoption(*, adoption: Adoption, reason: str, actor: User) -> Adoption:
    """Withdraw an adoption today, with the reason. The version is illustrative again.

    Raise `ValidationError` with `adoption_kept` if it was withdrawn already, or `reason`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    locked = Adoption.objects.select_for_update(of=("self",), no_key=True).get(pk=adoption.pk)
    if locked.withdrawn_on is not None:
        raise ValidationError("This adoption has already been withdrawn.", code="adoption_kept")
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter the reason.", code="reason")})
    values = {"withdrawn_on": timezone.now().date(), "withdrawn_by": actor, "withdrawn_because": reason.strip()}
    return set_fields(locked, values, actor=actor, action="withdrew")
