"""Work of the office on partnerships: the next step, returned work, and what was decided and not carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown, account, today
from cpc.web import formats
from partnerships.agreements.queries import waiting_decisions
from partnerships.lookups.duties import (
    instruments_signed,
    instruments_to_publish,
    periods_open,
    publication_day,
    terms_over,
    terms_to_start,
)
from partnerships.lookups.open_clearance import amendments_stopped, clearance_stop
from partnerships.models import (
    Amendment,
    AmendmentState,
    LimitException,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    PeriodState,
    PeriodStep,
    PlanState,
    PlanStep,
    ReportingPeriod,
    Status,
    StatusChange,
    Target,
)
from partnerships.queue.branches import (
    MONTH,
    QUARTER,
    newest,
    of_partnership,
    page,
    run_here,
)
from partnerships.queue.clearance import STOPS, amendment_texts
from partnerships.queue.decisions import span, to_sign
from partnerships.schedules import PUBLISHED_WITHIN
from partnerships.states import IN_FORCE

STEPS = {
    Status.SELECTED: ("invite", "Invite {} to a partnership", "Selected; no invitation is on record.", "Invite"),
    Status.INVITED: ("open_negotiations", "Open negotiations with {}", "Invited; no negotiation is on record.", "Open"),
    Status.NEGOTIATING: (
        "submit_for_clearance",
        "Complete the terms with {} and submit them for clearance",
        "In negotiation.",
        "Submit",
    ),
}
"""Steps before clearance: name, title, why, and button."""


def office_work() -> list[Branch]:
    return [*_steps(), *_terms(), *_amendments(), *_plans(), *_periods(), *_instrument()]


def own_returns() -> list[Branch]:
    """Return what an account without the office's work submitted itself and got back."""
    submitted = {"name": "submit", "actor": account()}
    returned: dict[str, dict[str, Any]] = {
        "amendment-revise": {"requested_by": account()},
        "plan-revise": {"pk__in": PlanStep.objects.filter(**submitted).values("plan")},
        "period-revise": {"pk__in": PeriodStep.objects.filter(**submitted).values("period")},
    }
    found = [*_amendments(), *_plans(), *_periods()]
    return [replace(one, rows=one.rows.filter(**returned[one.key])) for one in found if one.key in returned]


# ---- steps of the partnership ----------------------------------------------------------------------------------------


def _steps() -> list[Branch]:
    entered = newest(StatusChange, "partnership", "at")
    has_origin = Q(decision__isnull=False) | Q(origin_confirmation__isnull=False)
    before = Partnership.objects.filter(has_origin, run_here("", STEPS))
    started = terms_to_start().filter(starts_on__lte=today())
    return [
        Branch(
            "partnership-open", Category.FOLLOW_UP, waiting_decisions(),
            lambda row: Shown(
                f"Open the partnership with {row.subject}", f"{page('partnership-new')}?decision={row.id}",
                f"Selected in {row.text('round')}, FY {row.facts['year']}. No partnership is open yet.", "Open", "flag",
            ),
            subject="candidate__country__name", since="at",
            facts={"round": "candidate__round__title", "year": "candidate__round__fiscal_year"},
        ),
        of_partnership(
            "partnership-step", Category.FOLLOW_UP, before, _next_step, prefix="", since=entered,
            facts={"status": "status"},
        ),
        of_partnership(
            "clearance-complete", Category.FOLLOW_UP, to_sign(ready=False), _before_signature, prefix="",
            since=entered,
            facts={"stop": clearance_stop("pk"), "first": "starts_on", "last": "ends_on"},
        ),
        of_partnership(
            "partnership-start", Category.FOLLOW_UP, started,
            lambda row: Shown(
                f"Start the partnership with {row.subject}", page("partnership-step", row.id, "start"),
                "Its first day has come, and it is still recorded as signed.", "Start", "flag",
            ),
            prefix="", due="starts_on",
        ),
        of_partnership(
            "partnership-complete", Category.FOLLOW_UP, terms_over(today()),
            lambda row: Shown(
                f"Record how the partnership with {row.subject} ended", page("partnership-step", row.id, "complete"),
                f"Its term ended on {formats.day(row.due)}, and it is still recorded as running.", "Record", "flag",
            ),
            prefix="", due="ends_on",
        ),
    ]  # fmt: skip


def _next_step(row: Row) -> Shown:
    name, title, why, verb = STEPS[Status(row.facts["status"])]
    return Shown(title.format(row.subject), page("partnership-step", row.id, name), why, verb, "flag")


def _before_signature(row: Row) -> Shown:
    if stop := row.facts["stop"]:
        title, url = f"Complete the clearance of the text with {row.subject}", page("partnership-clearance", row.id)
        return Shown(title, url, STOPS[stop], "Open", "edit")
    if not row.facts["last"] or not row.facts["first"]:
        url, why = page("partnership-edit", row.id), "The record lacks the days of the term."
    else:
        url = page("partnership-term-new", row.id, "participant")
        why = "Name the office that leads for each government."
    return Shown(f"Complete what the signature of {row.subject} needs", url, why, "Complete", "edit")


def _terms() -> list[Branch]:
    last = today(QUARTER)
    ending = Partnership.objects.filter(run_here("", IN_FORCE), ends_on__gte=today(), ends_on__lte=last)
    expiring = LimitException.objects.filter(
        run_here(statuses=IN_FORCE),
        grant__isnull=False,
        expires_on__gte=today(),
        expires_on__lte=today(MONTH),
    )
    return [
        of_partnership(
            "term-ends", Category.FOLLOW_UP, ending,
            lambda row: Shown(
                f"Extend the partnership with {row.subject}, or let it end",
                page("partnership-amendment-new", row.id),
                "A term is extended by an amendment that takes effect before its last day.", "Extend", "alarm",
            ),
            prefix="", due="ends_on",
        ),
        of_partnership(
            "exception-expires", Category.FOLLOW_UP, expiring,
            lambda row: Shown(
                f"Use or renew the limit exception of {row.subject}",
                page("partnership-exception-new", row.partnership),
                f"What is done under it by {formats.day(row.due)} stays covered, and nothing afterward.",
                "Renew", "lock",
            ),
            due="expires_on",
        ),
    ]  # fmt: skip


# ---- amendments, plan, and periods -----------------------------------------------------------------------------------


def _amendments() -> list[Branch]:
    rows = Amendment.objects.filter(run_here())
    drafts = rows.filter(state=AmendmentState.DRAFT)
    facts = {"number": "number", "title": "title", "note": "decision_note"}

    def amendment(row: Row) -> str:
        return page("partnership-amendment", row.partnership, row.facts["number"])

    return [
        of_partnership(
            "amendment-revise", Category.RETURNED, drafts.exclude(decision_note=""),
            lambda row: Shown(
                f"Revise amendment {row.facts['number']} to {row.subject}", amendment(row),
                _returned(row, "note"), "Revise", "undo",
            ),
            since="decided_at", who="decided_by__name", facts=facts,
        ),
        of_partnership(
            "amendment-submit", Category.FOLLOW_UP, drafts.filter(decision_note=""),
            lambda row: Shown(
                f"Submit or withdraw amendment {row.facts['number']} to {row.subject}", amendment(row),
                f"{row.who} drafted it: {row.text('title')}.", "Open", "edit",
            ),
            since="requested_at", who="requested_by__name", facts=facts,
        ),
        of_partnership(
            "amendment-apply", Category.FOLLOW_UP,
            rows.filter(state=AmendmentState.APPROVED).exclude(pk__in=amendments_stopped().values("pk")),
            lambda row: Shown(
                f"Put amendment {row.facts['number']} to {row.subject} into effect",
                page("partnership-amendment-step", row.partnership, row.facts["number"], "apply"),
                f"{row.text('title')}. It is approved and not in effect.", "Put into effect", "edit",
            ),
            since="decided_at", who="decided_by__name", facts=facts,
        ),
        amendment_texts(),
    ]  # fmt: skip


def _returned(row: Row, name: str) -> str:
    by = f"{row.who} returned it" if row.who else "It was returned"
    return f"{by}: “{row.text(name)}”"


def _plans() -> list[Branch]:
    drafts = MonitoringPlan.objects.filter(run_here(statuses=IN_FORCE), state=PlanState.DRAFT)
    drafts = drafts.alias(last_step=Coalesce(newest(PlanStep, "plan", "name"), Value("")))
    without_target = OutcomeIndicator.objects.filter(
        ~Exists(Target.objects.filter(indicator=OuterRef("pk"))), partnership=OuterRef("pk"), withdrawn=False
    )
    first = Subquery(without_target.order_by("code").values("pk")[:1])
    count = without_target.order_by().values("partnership").annotate(number=Count("pk")).values("number")
    in_force = Partnership.objects.filter(Exists(without_target), run_here("", IN_FORCE))
    unscheduled = Partnership.objects.filter(
        ~Exists(ReportingPeriod.objects.filter(partnership=OuterRef("pk"))),
        run_here("", IN_FORCE),
        monitoring_plan__state=PlanState.APPROVED,
    )
    return [
        of_partnership(
            "plan-revise", Category.RETURNED, drafts.filter(last_step="return"),
            lambda row: Shown(
                f"Revise the monitoring plan of {row.subject}", page("partnership-monitoring", row.partnership),
                _returned(row, "reason"), "Open the plan", "undo",
            ),
            since=newest(PlanStep, "plan", "at"), who=newest(PlanStep, "plan", "actor__name"),
            facts={"reason": newest(PlanStep, "plan", "reason")},
        ),
        of_partnership(
            "plan-submit", Category.FOLLOW_UP, drafts.exclude(last_step="return"),
            lambda row: Shown(
                f"Submit the monitoring plan of {row.subject}", page("partnership-monitoring", row.partnership),
                "Results are measured against an approved plan; this one is a draft.", "Open the plan", "assessment",
            ),
            since=newest(PlanStep, "plan", "at"),
        ),
        of_partnership(
            "targets", Category.FOLLOW_UP, in_force, _targets, prefix="",
            facts={
                "first": first,
                "count": Coalesce(Subquery(count, output_field=IntegerField()), 0),
                "plan": "monitoring_plan__state",
            },
        ),
        of_partnership(
            "periods-schedule", Category.FOLLOW_UP, unscheduled,
            lambda row: Shown(
                f"Schedule the reporting periods of {row.subject}", page("partnership-periods-schedule", row.id),
                "The monitoring plan is approved, and no period is on record.", "Schedule", "event",
            ),
            prefix="",
        ),
    ]  # fmt: skip


def _targets(row: Row) -> Shown:
    count = formats.count_of(row.facts["count"], "indicator has", "indicators have")
    if row.facts["plan"] == PlanState.DRAFT:
        url, why = page("partnership-indicator-targets", row.id, row.facts["first"]), f"{count} no target."
    elif row.facts["plan"] == PlanState.APPROVED:
        url = page("partnership-monitoring-step", row.id, "revise")
        why = f"{count} no target. Open the approved plan for revision first."
    else:
        url, why = page("partnership-monitoring", row.id), f"{count} no target. The plan waits for approval."
    return Shown(f"Set targets for the indicators of {row.subject}", url, why, "Set", "assessment")


def _periods() -> list[Branch]:
    rows = periods_open()
    facts = {"first": "starts_on", "last": "ends_on"}

    def period(row: Row) -> str:
        return page("partnership-period-results", row.partnership, row.id)

    return [
        of_partnership(
            "period-revise", Category.RETURNED, rows.filter(state=PeriodState.RETURNED),
            lambda row: Shown(
                f"Revise the report of {row.subject} on {span(row)}", period(row),
                _returned(row, "reason"), "Revise", "undo",
            ),
            due="due_on", since=newest(PeriodStep, "period", "at"), who=newest(PeriodStep, "period", "actor__name"),
            facts={**facts, "reason": newest(PeriodStep, "period", "reason")},
        ),
        of_partnership(
            "period-report", Category.REPORTS,
            rows.exclude(state=PeriodState.RETURNED).filter(ends_on__lt=today()),
            lambda row: Shown(
                f"Report the results of {row.subject} for {span(row)}", period(row),
                "The period is over, and its report is not submitted.", "Report", "assessment",
            ),
            due="due_on", facts=facts,
        ),
    ]  # fmt: skip


# ---- the instrument --------------------------------------------------------------------------------------------------


def _instrument() -> list[Branch]:
    """Return what a qualifying instrument still needs once it is signed (1 U.S.C. 112b)."""
    return [
        of_partnership(
            "instrument-report", Category.FOLLOW_UP,
            instruments_signed(today()).filter(reported_to_congress_on__isnull=True),
            lambda row: Shown(
                f"Record when the instrument with {row.subject} was reported to Congress",
                page("partnership-edit", row.id),
                "1 U.S.C. 112b: a qualifying instrument is reported after it is signed.", "Record", "account_balance",
            ),
            prefix="", since="signed_on",
        ),
        of_partnership(
            "instrument-publish", Category.FOLLOW_UP, instruments_to_publish(today()),
            lambda row: Shown(
                f"Record when the instrument with {row.subject} was published",
                page("partnership-edit", row.id),
                f"1 U.S.C. 112b: it is published within {PUBLISHED_WITHIN} days of its signature.",
                "Record", "account_balance",
            ),
            prefix="", due=publication_day(), since="signed_on",
        ),
    ]  # fmt: skip
