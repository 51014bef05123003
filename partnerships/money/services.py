from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.validation import reject
from partnerships.ledger_days import notified_as_obligated
from partnerships.limits import notified_within_limit
from partnerships.lookups.funds import replacement_covers_funds
from partnerships.lookups.ledger import overage_with
from partnerships.lookups.locking import check_columns, check_still_open, create, lock_partnership, service
from partnerships.models import (
    CongressionalNotification,
    Contribution,
    DocumentVersion,
    Fund,
    NotificationExemption,
    Partnership,
)


@service(Permission.RECORD_MONEY)
def record_contribution(*, contribution: Contribution, actor: User | None) -> Contribution:
    """Record a pledged, reported, or verified contribution of a government.

    Contributions never count toward the funding limit. Raises `ValidationError` with code `rate` if the value in U.S.
    dollars is not the original amount times its rate.
    """
    contribution.recorded_by = actor
    return create(contribution, actor=actor, action="recorded")


@service(Permission.RECORD_MONEY)
def record_notification(
    *,
    partnership: Partnership,
    sent_on: date,
    amount: Decimal,
    reference: str,
    actor: User | None,
    fund: Fund | None = None,
    document: DocumentVersion | None = None,
    replaces: CongressionalNotification | None = None,
) -> CongressionalNotification:
    """Record a congressional notification.

    Raises `ValidationError` with code `notified_limit` if the total goes over the limit, and `not_notified` if a
    replacement falls below what is obligated on any day, or `fund_not_notified` below what is obligated from a fund.
    """
    current = lock_partnership(partnership)
    check_still_open(CongressionalNotification(partnership=current))
    notification = CongressionalNotification(
        partnership=current,
        sent_on=sent_on,
        amount=amount,
        reference=reference,
        fund=fund,
        document=document,
        replaces=replaces,
        recorded_by=actor,
    )
    check_columns(notification)
    notified = current.totals.notified + amount - (replaces.amount if replaces else 0)
    reject(notified_within_limit(dataclasses.replace(current.totals, notified=notified), current.limits))
    if replaces is not None:
        overage = overage_with(current, sent_on, notification=notification)
        reject(notified_as_obligated(overage, amount) or replacement_covers_funds(current, notification))
    return create(notification, actor=actor, action="recorded")


@service(Permission.APPROVE_PARTNERSHIPS)
def exempt_from_notification(
    *, partnership: Partnership, kind: str, amount: Decimal, from_on: date, authority: str, reason: str, actor: User
) -> NotificationExemption:
    exemption = NotificationExemption(
        partnership=lock_partnership(partnership),
        kind=kind,
        amount=amount,
        from_on=from_on,
        authority=authority,
        reason=reason,
        recorded_by=actor,
    )
    return create(exemption, actor=actor, action="exempted")
