"""Work on funds: money that Congress was notified of and that expires, or has expired, without being obligated."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.db.models import DecimalField, Exists, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown, today
from cpc.web import formats
from partnerships.funds.queries import signed_amount
from partnerships.models import CongressionalNotification, Fund, LedgerEntry
from partnerships.queue.branches import of_partnership, page, run_here
from partnerships.schedules import WARNING_DAYS

MONEY = DecimalField(max_digits=14, decimal_places=2)
EXPIRY = "31 U.S.C. 1502"


def funds() -> list[Branch]:
    warned = today(max(WARNING_DAYS))
    return [
        _branch("fund-expires", _left().filter(fund__expires_on__gte=today(), fund__expires_on__lte=warned), _expires),
        _branch("fund-expired", _left().filter(fund__expires_on__lt=today()), _expired),
    ]


def _left() -> QuerySet[CongressionalNotification]:
    """Return the last notification in effect of each partnership and fund, if less is obligated than was notified."""
    later = _in_effect().filter(pk__gt=OuterRef("pk"))
    rows = CongressionalNotification.objects.filter(run_here("partnership"), fund__isnull=False)
    return rows.filter(replaced_by__isnull=True).alias(left=_amount_left()).filter(~Exists(later), left__gt=0)


def _in_effect() -> QuerySet[CongressionalNotification]:
    """Return the notifications in effect from the fund of a row, in its partnership."""
    return CongressionalNotification.objects.filter(
        replaced_by__isnull=True, partnership=OuterRef("partnership"), fund=OuterRef("fund")
    )


def _amount_left() -> CombinedExpression:
    """Return SQL for what was notified from the fund of a row and is not obligated from it, in its partnership."""
    notified = _in_effect().order_by().values("fund").annotate(total=Sum("amount")).values("total")
    entries = LedgerEntry.objects.filter(award__partnership=OuterRef("partnership"), fund=OuterRef("fund"))
    obligated = entries.order_by().values("fund").annotate(total=Sum(signed_amount("obligated"))).values("total")
    none = Value(0, output_field=MONEY)
    return Subquery(notified, output_field=MONEY) - Coalesce(Subquery(obligated, output_field=MONEY), none)


def _branch(key: str, rows: QuerySet[CongressionalNotification], show: Callable[[Row], Shown]) -> Branch:
    facts = {
        "left": _amount_left(),
        "account": "fund__account",
        "name": "fund__account_name",
        "first": "fund__first_fiscal_year",
        "last": "fund__last_fiscal_year",
    }
    return of_partnership(key, Category.FOLLOW_UP, rows, show, due="fund__expires_on", facts=facts)


def _amount(row: Row) -> str:
    """Return what is left, and the fund: "$400,000.00 of INCLE, FY 2026/2027"."""
    fund = Fund(
        account=row.facts["account"],
        account_name=row.facts["name"],
        first_fiscal_year=row.facts["first"],
        last_fiscal_year=row.facts["last"],
    )
    return f"{formats.dollars(Decimal(str(row.facts['left'])))} of {fund}"


def _expires(row: Row) -> Shown:
    return Shown(
        f"Obligate {_amount(row)}, for {row.subject}",
        page("partnership-ledger", row.partnership),
        f"Congress was notified of it. After the fund expires, it takes no new obligation ({EXPIRY}).",
        "Open", "account_balance",
    )  # fmt: skip


def _expired(row: Row) -> Shown:
    return Shown(
        f"Take back the notification of {_amount(row)}, for {row.subject}",
        page("partnership-notification-replace", row.partnership, row.id),
        f"The fund expired before this was obligated ({EXPIRY}).", "Replace", "account_balance",
    )  # fmt: skip
