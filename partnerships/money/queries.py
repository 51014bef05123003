from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from partnerships.ledger_days import counted_amounts
from partnerships.lookups.ledger import notice_of
from partnerships.models import (
    Award,
    CloseoutStep,
    CongressionalNotification,
    Contribution,
    LedgerEntry,
    NotificationExemption,
    Partnership,
    ReportDue,
    ReportEvent,
    SubAward,
)


@dataclass(frozen=True, slots=True)
class PartnershipMoney:
    """The money of a partnership.

    `may_obligate` is the amount that was notified in time or is exempt on the requested day. `counts` holds the part
    of it from each notification in effect, by key.
    """

    contributions: Sequence[Contribution]
    replaced: Sequence[Contribution]
    notifications: Sequence[CongressionalNotification]
    withdrawn: Sequence[CongressionalNotification]
    exemptions: Sequence[NotificationExemption]
    awards: Sequence[Award]
    may_obligate: Decimal
    counts: Mapping[int, Decimal]

    @property
    def waiting(self) -> Decimal:
        """Return the amount notified that may not be obligated yet."""
        return sum((row.amount - self.counts[row.pk] for row in self.notifications), Decimal("0.00"))


def money_of(partnership: Partnership, today: date) -> PartnershipMoney:
    statements = contributions_of(partnership)
    notifications = list(
        partnership.notifications.select_related("document__document", "replaced_by").order_by("sent_on", "pk")
    )
    return PartnershipMoney(
        contributions=[row for row in statements if not hasattr(row, "replaced_by")],
        replaced=[row for row in statements if hasattr(row, "replaced_by")],
        notifications=[row for row in notifications if not hasattr(row, "replaced_by")],
        withdrawn=[row for row in notifications if hasattr(row, "replaced_by")],
        exemptions=list(partnership.notification_exemptions.select_related("recorded_by")),
        awards=list(partnership.awards.select_related("program")),
        may_obligate=partnership.may_obligate(today),
        counts=counted_amounts([notice_of(row) for row in notifications], today),
    )


def contributions_of(partnership: Partnership) -> list[Contribution]:
    rows = partnership.contributions.select_related("program", "replaced_by", "replaces")
    return list(rows.order_by("fiscal_year", "government", "pk"))


@dataclass(frozen=True, slots=True)
class AwardPage:
    ledger: Sequence[LedgerEntry]
    subawards: Sequence[SubAward]
    replaced: Sequence[SubAward]
    reports: Sequence[ReportDue]
    closeout: Sequence[CloseoutStep]
    is_suspended: bool


def awards_of(partnership: Partnership) -> QuerySet[Award]:
    return partnership.awards.select_related("program", "partnership__limit_policy")


def award_page(award: Award) -> AwardPage:
    subawards = list(award.subawards.select_related("replaced_by"))
    return AwardPage(
        ledger=ledger_of(award),
        subawards=[row for row in subawards if not hasattr(row, "replaced_by")],
        replaced=[row for row in subawards if hasattr(row, "replaced_by")],
        reports=list(reports_of(award)),
        closeout=list(award.closeout_steps.all()),
        is_suspended=award.determinations.filter(kind="suspension", reinstatement__isnull=True).exists(),
    )


def ledger_of(award: Award) -> list[LedgerEntry]:
    return list(award.ledger.select_related("recorded_by", "document__document", "fund").order_by("on", "pk"))


def reports_of(award: Award) -> QuerySet[ReportDue]:
    """Return the reports that are due, annotated with `newest_kind`.

    `newest_kind` is the kind of the newest event, or None if there is no event.
    """
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-pk")
    return award.reports_due.annotate(newest_kind=Subquery(newest.values("kind")[:1])).prefetch_related("events")
