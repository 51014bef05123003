"""Services for limit policies and limit exceptions, each decided by a second person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import check_may_decide
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import create, lock_partnership, service
from partnerships.models import (
    DocumentVersion,
    ExceptionKind,
    FigureStatement,
    LimitException,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    LimitPolicy,
    LimitPolicyApproval,
    Partnership,
)
from partnerships.models.limits import AWARD_MONTHS


@service(Permission.EDIT_PARTNERSHIPS)
def propose_policy(
    *,
    effective_from: date,
    term_months: int,
    funding: Decimal,
    citation: str,
    actor: User,
    award_months: int = AWARD_MONTHS,
) -> LimitPolicy:
    """Propose limits from a day on. They take effect once another person approves them."""
    policy = LimitPolicy(
        effective_from=effective_from,
        term_months=term_months,
        funding=funding,
        award_months=award_months,
        citation=citation,
        proposed_by=actor,
    )
    return create(policy, actor=actor, action="proposed")


@service(Permission.APPROVE_PARTNERSHIPS)
def approve_policy(*, policy: LimitPolicy, actor: User) -> LimitPolicyApproval:
    """Approve proposed limits. Unsigned partnerships adopt them from the policy's first day.

    Raises `ValidationError` with code `two_people`, or `backdated` for a first day before today.
    """
    check_may_decide(policy, actor)
    return create(LimitPolicyApproval(policy=policy, approved_by=actor), actor=actor, action="approved")


@service(Permission.EDIT_PARTNERSHIPS)
def request_exception(
    *,
    partnership: Partnership,
    actor: User,
    reason: str,
    expires_on: date,
    term_months: int | None = None,
    funding: Decimal | None = None,
) -> LimitException:
    """Request a new limit of the term or of funding. It needs another person's grant.

    Raises `ValidationError` with code `exception_limit` for no limit or two, or `exception_beyond` for one that is not
    plausible.
    """
    request = LimitException(
        partnership=partnership,
        term_months=term_months,
        funding=funding,
        reason=reason,
        expires_on=expires_on,
        requested_by=actor,
    )
    return create(request, actor=actor, action="requested")


@service(Permission.APPROVE_PARTNERSHIPS)
def grant_exception(
    *, exception: LimitException, authority: str, document: DocumentVersion, actor: User
) -> LimitExceptionGrant:
    """Grant a requested exception. The partnership's limits change at once.

    Raises `ValidationError` with code `two_people`, `exception_authority` without an authority or for a document of
    another partnership, `exception_expired`, or `exception_refused`.
    """
    check_may_decide(exception, actor)
    if document.document.partnership_id != exception.partnership_id:
        raise ValidationError("The document belongs to another partnership.", code="exception_authority")
    lock_partnership(exception.partnership)
    grant = LimitExceptionGrant(exception=exception, granted_by=actor, authority=authority, document=document)
    made = create(grant, actor=actor, action="granted")
    notify_authors(exception, did="granted", actor=actor, target=made)
    return made


@service(Permission.APPROVE_PARTNERSHIPS)
def refuse_exception(*, exception: LimitException, reason: str, actor: User) -> LimitExceptionRefusal:
    """Reject a requested exception, with the reason.

    A rejected exception cannot be granted later; a new one may be requested. Raises `ValidationError` with code
    `two_people`, or `exception_granted`.
    """
    check_may_decide(exception, actor)
    lock_partnership(exception.partnership)
    row = LimitExceptionRefusal(exception=exception, refused_by=actor, reason=reason.strip())
    made = create(row, actor=actor, action="refused")
    notify_authors(exception, did="refused", actor=actor, target=made)
    return made


@transaction.atomic
def document_practice(
    *,
    partnership: Partnership,
    statement: FigureStatement,
    term_months: int | None = None,
    funding: Decimal | None = None,
) -> LimitException:
    """Record, for the demo loader, that practice exceeded a limit. Unknown fields stay empty.

    The database accepts this only for a documented partnership.
    """
    exception = create(
        LimitException(
            partnership=partnership,
            kind=ExceptionKind.DOCUMENTED_PRACTICE,
            statement=statement,
            term_months=term_months,
            funding=funding,
        ),
        actor=None,
        action="documented",
    )
    create(LimitExceptionGrant(exception=exception), actor=None, action="documented")
    return exception
