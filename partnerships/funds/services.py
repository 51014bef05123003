from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Sum, When

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import change, create
from cpc.database.revisions import check_revision
from cpc.findings import Finding
from cpc.validation import reject
from partnerships.fund_days import CANCELLATION, EXPIRY
from partnerships.limits import usd
from partnerships.lookups.locking import lock_row, service
from partnerships.models import Fund, LedgerEntry, LedgerKind


@service(Permission.RECORD_MONEY)
def add_fund(*, fund: Fund, actor: User | None) -> Fund:
    """Add an unsaved fund. Its days, if it has any, name the document that states them."""
    return create(fund, actor=actor)


@service(Permission.RECORD_MONEY)
def change_fund(
    *, fund: Fund, values: Mapping[str, Any], actor: User | None, expected_revision: str | None = None
) -> Fund:
    """Change a fund.

    Raises `EditConflict` if it no longer has the `expected_revision`, and `ValidationError` with code `fund_days` for a
    day after which entries on record obligate or pay from it.
    """
    current = lock_row(fund)
    check_revision(current.current_revision(), expected_revision)
    reject(_entries_after(current, values))
    return change(current, values, actor=actor)


def _entries_after(fund: Fund, values: Mapping[str, Any]) -> list[Finding]:
    obligated = (LedgerKind.OBLIGATION,), LedgerKind.DEOBLIGATION, "obligated", EXPIRY
    adjusted = (LedgerKind.OBLIGATION, LedgerKind.ADJUSTMENT), LedgerKind.DEOBLIGATION, "obligated", CANCELLATION
    paid = (LedgerKind.DISBURSEMENT,), LedgerKind.REFUND, "disbursed", CANCELLATION
    findings = []
    for name, rules in (("expires_on", [obligated]), ("canceled_on", [adjusted, paid])):
        day = values.get(name, getattr(fund, name))
        if day is None or day == getattr(fund, name):
            continue
        findings += [found for rule in rules if (found := _entry_after(fund, name, day, *rule))]
    return findings


def _entry_after(
    fund: Fund, name: str, day: date, kinds: tuple[LedgerKind, ...], reversed_by: LedgerKind, what: str, citation: str
) -> Finding | None:
    """Return a finding about the last day after `day` with entries that nothing reversed on that same day."""
    signed = Case(When(kind=reversed_by, then=-F("amount")), default=F("amount"))
    rows = (
        LedgerEntry.objects.filter(fund=fund, on__gt=day, kind__in=(*kinds, reversed_by))
        .order_by()
        .values("award__recipient", "award_id", "on")
        .annotate(net=Sum(signed))
        .filter(net__gt=Decimal(0))
        .order_by("-on", "award_id")
    )
    last = rows.first()
    if last is None:
        return None
    message = (
        f"{usd(last['net'])} was {what} from this fund on {last['on']} for {last['award__recipient']}. Enter "
        f"{last['on']} or a later day, or first reverse that entry on its own date."
    )
    return Finding.error("fund_days", message, name, citation)
