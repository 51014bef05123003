"""Work on awards: recipients' reports, notifications of Congress, close-outs, and the closing of a partnership."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown, today
from cpc.web import formats
from indicators.models import Country
from partnerships.lookups.duties import (
    awards_to_close,
    awards_to_end,
    awards_to_start,
    closeout_day,
    covered_by_notices,
    next_closeout_step,
    notification_day,
    notifications_open,
    reports_open_of_all,
)
from partnerships.models import (
    Award,
    AwardState,
    CloseoutStep,
    Correction,
    Determination,
    Partnership,
    ReportDue,
    ReportEvent,
    ReportEventKind,
    Status,
    StatusChange,
)
from partnerships.queue.branches import (
    MONTH,
    WEEK,
    label_of,
    newest,
    of_partnership,
    page,
    run_here,
)
from partnerships.queue.duties import suspensions
from partnerships.schedules import NOTIFICATION_DAYS
from partnerships.states import BEFORE_SIGNATURE, DECIDED_ROUND, IN_FORCE
from selection.models import Candidate, RestrictionFinding


def awards() -> list[Branch]:
    return [*_reports(), *_awards(), _notifications(), _restrictions()]


def _reports() -> list[Branch]:
    here = run_here("award__partnership")
    later = ReportEvent.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"))
    last_event = ReportEvent.objects.filter(~Exists(later), report=OuterRef("pk"))
    arrived = last_event.filter(kind=ReportEventKind.RECEIVED)
    facts = {
        "award": "award_id",
        "recipient": "award__recipient",
        "kind": label_of(ReportDue, "kind"),
        "first": "period_start",
        "last": "period_end",
    }
    due = reports_open_of_all().filter(due_on__lte=today(WEEK))
    received = ReportDue.objects.filter(Exists(arrived), here)

    def report(row: Row) -> str:
        return f"the {row.facts['kind'].lower()} of {row.text('recipient', 60)}, {row.subject}"

    def period(row: Row) -> str:
        return f"{formats.day(row.day('first'))} to {formats.day(row.day('last'))}."

    def owed(row: Row) -> Shown:
        note = row.text("note", 90)
        why = f"{period(row)} It was returned: “{note}”" if row.facts["event"] == "returned" else period(row)
        return Shown(f"Log {report(row)}", page("award-report", row.partnership, row.facts["award"], row.id), why,
                     "Log", "report")  # fmt: skip

    return [
        of_partnership(
            "report-log", Category.REPORTS, due, owed, prefix="award__partnership", due="due_on",
            facts={
                **facts, "event": newest(ReportEvent, "report", "kind"), "note": newest(ReportEvent, "report", "note"),
            },
        ),
        of_partnership(
            "report-accept", Category.REPORTS, received,
            lambda row: Shown(
                f"Accept or return {report(row)}", page("award-report", row.partnership, row.facts["award"], row.id),
                f"{period(row)} It was received.", "Review", "report",
            ),
            prefix="award__partnership", since=newest(ReportEvent, "report", "on"), facts=facts,
        ),
    ]  # fmt: skip


def _awards() -> list[Branch]:
    facts = {"recipient": "recipient"}
    next_step = next_closeout_step()
    steps = CloseoutStep.objects.filter(award=OuterRef("pk"))

    def of(row: Row) -> str:
        return f"the award of {row.text('recipient', 60)}, {row.subject}"

    return [
        of_partnership(
            "award-activate", Category.FOLLOW_UP, awards_to_start().filter(starts_on__lte=today()),
            lambda row: Shown(
                f"Record the start of {of(row)}, or move its days", page("award", row.partnership, row.id),
                "Its first day has come, and nothing is obligated.", "Open", "account_balance",
            ),
            due="starts_on", facts=facts,
        ),
        of_partnership(
            "award-end", Category.FOLLOW_UP, awards_to_end().filter(ends_on__lt=today()),
            lambda row: Shown(
                f"Record the end of {of(row)}, or extend it", page("award-state", row.partnership, row.id),
                "Its last day has passed, and it is still recorded as running.", "Record", "account_balance",
            ),
            due="ends_on", facts=facts,
        ),
        of_partnership(
            "award-closeout", Category.FOLLOW_UP, awards_to_close(), _closeout,
            due=closeout_day(),
            since="ended_on",
            facts={
                **facts,
                "step": Subquery(next_step.values("pk")[:1]),
                "what": Subquery(next_step.annotate(label=label_of(CloseoutStep, "kind")).values("label")[:1]),
                "planned": Exists(steps),
            },
        ),
    ]  # fmt: skip


def _closeout(row: Row) -> Shown:
    award, facts = f"the award of {row.text('recipient', 60)}, {row.subject}", row.facts
    if not facts["planned"]:
        url, why = (
            page("award-closeout", row.partnership, row.id),
            "The award is over; no step of its close-out is listed.",
        )
        return Shown(f"Plan the close-out of {award}", url, f"{why} 2 CFR 200.344.", "Plan", "account_balance")
    if facts["step"]:
        url = page("award-closeout-step", row.partnership, row.id, facts["step"])
        return Shown(f"Finish the close-out of {award}", url, f"Next: {facts['what']}.", "Record", "account_balance")
    url, why = page("award-state", row.partnership, row.id), "Every step of its close-out is recorded."
    return Shown(f"Close out {award}", url, why, "Close out", "account_balance")


def _notifications() -> Branch:
    """Return partnerships with awards beyond what notifications and exemptions cover, so that no more is obligated."""
    return of_partnership(
        "notification", Category.FOLLOW_UP, notifications_open(),
        lambda row: Shown(
            f"Record the congressional notification for {row.subject}",
            page("partnership-notification-new", row.id),
            f"{formats.money(row.facts['awarded'])} is awarded; notifications and exemptions cover "
            f"{formats.money(row.facts['covered'])}. Obligations follow {NOTIFICATION_DAYS} days later.",
            "Record", "account_balance",
        ),
        prefix="", due=notification_day(), facts={"awarded": "awarded_total", "covered": covered_by_notices()},
    )  # fmt: skip


def _restrictions() -> Branch:
    """Return the countries of partnerships with a review of a restriction that expires soon or has expired.

    Candidates of open rounds are rows of the selection.
    """
    later = RestrictionFinding.objects.filter(country=OuterRef("country"), code=OuterRef("code"), pk__gt=OuterRef("pk"))
    expiring = RestrictionFinding.objects.filter(~Exists(later), country=OuterRef("pk"), expires_on__lte=today(MONTH))
    partners = Partnership.objects.filter(run_here("", BEFORE_SIGNATURE | IN_FORCE), country=OuterRef("pk"))
    candidates = Candidate.objects.in_pool().filter(country=OuterRef("pk")).exclude(round__state__in=DECIDED_ROUND)
    counted = expiring.order_by().values("country").annotate(number=Count("pk")).values("number")
    return Branch(
        "partner-restrictions", Category.FOLLOW_UP,
        Country.objects.filter(Exists(partners), Exists(expiring), ~Exists(candidates)),
        lambda row: Shown(
            f"Renew {formats.count_of(row.facts['count'], 'restriction review')} of {row.subject}",
            page("restriction-list", row.facts["code"]),
            "Reviews are current at the signature and before money is obligated.", "Review", "lock",
        ),
        subject="name", due=Subquery(expiring.order_by("expires_on").values("expires_on")[:1]),
        facts={"count": Subquery(counted), "code": "code"},
    )  # fmt: skip


# ---- what approvers do without a rule on authors ---------------------------------------------------------------------


def _to_reinstate() -> QuerySet[Determination]:
    """Return the suspensions that can end: each ground was corrected by a day of the term."""
    late = Correction.objects.filter(determination=OuterRef("pk"), closed_on__gt=OuterRef("partnership__ends_on"))
    return suspensions().filter(~Exists(late), grounds__len=F("corrected"))


def closing() -> list[Branch]:
    """Return corrections to close, suspensions to end, and partnerships to close: any approver may do them."""
    corrections = Correction.objects.filter(
        run_here("determination__partnership"), closed_on__isnull=True, determination__reinstatement__isnull=True
    )
    return [
        of_partnership(
            "correction-close", Category.APPROVALS, corrections,
            lambda row: Shown(
                f"Close the correction of a ground of the suspension of {row.subject}",
                page("partnership-correction-close", row.partnership, row.id),
                f"{row.text('ground')}. It is closed with the evidence.", "Review", "report",
            ),
            prefix="determination__partnership", facts={"ground": label_of(Correction, "ground")},
        ),
        of_partnership(
            "reinstate", Category.APPROVALS, _to_reinstate(),
            lambda row: Shown(
                f"Decide on the reinstatement of {row.subject}",
                page("partnership-determination-new", row.partnership, "reinstatement"),
                "The correction of each ground of its suspension is closed.", "Decide", "report",
            ),
            since="determined_on",
        ),
        of_partnership(
            "partnership-close", Category.APPROVALS, to_close(),
            lambda row: Shown(
                f"Close the partnership with {row.subject}", page("partnership-step", row.id, "close"),
                "Its awards are closed out, and its reports are settled.", "Review", "check_circle",
            ),
            prefix="", since=newest(StatusChange, "partnership", "at"),
            who=newest(StatusChange, "partnership", "actor__name"),
        ),
    ]  # fmt: skip


def to_close() -> QuerySet[Partnership]:
    """Return the partnerships that are over and have nothing left to settle, as the step requires."""
    awards_of = Award.objects.filter(partnership=OuterRef("pk"))
    unsettled = ~Q(state__in=(AwardState.CLOSED, AwardState.PLANNED)) | ~Q(obligated_total=F("disbursed_total"))
    owed = ReportDue.objects.filter(award__partnership=OuterRef("pk")).alias(
        event=newest(ReportEvent, "report", "kind")
    )
    owed = owed.filter(Q(event__isnull=True) | Q(event=ReportEventKind.RETURNED))
    rows = Partnership.objects.filter(run_here(""), status__in=(Status.COMPLETED, Status.TERMINATED))
    return rows.filter(~Exists(awards_of.filter(unsettled)), ~Exists(owed))
