"""Awards: what describes one, its ledger whose rows are never edited, sub-awards, reports, close-out and state."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import exports, formats
from cpc.web.tables import check_parameters, query
from partnerships.awards import presenters
from partnerships.awards.forms import (
    AwardForm,
    AwardStateForm,
    CloseoutStepForm,
    LedgerForm,
    ReportEventForm,
    ScheduleForm,
    SubAwardForm,
)
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.awards.services.awards import states_after
from partnerships.forms.former import WriteForm
from partnerships.lookups.locking import locked
from partnerships.models import Award, AwardState, LedgerKind, Partnership, SubAward
from partnerships.money import queries as money_queries
from partnerships.money.presenters import award_state, award_warnings
from partnerships.money.views import KINDS
from partnerships.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.row_pages import hold_seen, overtaken
from partnerships.schedules import ReportFrequency, ReportKind


def money_url(partnership: Partnership, place: str = "") -> str:
    """Return the page of money."""
    url = reverse("partnership-money", args=[partnership.pk])
    return f"{url}#{place}" if place else url


def money_trail(partnership: Partnership, *above: tuple[str, str]) -> Trail:
    """Return the way to a page of an award."""
    return trail_of(partnership, ("Money", money_url(partnership)), *above)


def _award(pk: int, award: int) -> tuple[Partnership, Award]:
    partnership = managed_or_404(pk)
    found = money_queries.find_award(partnership, award)
    if found is None:
        raise Http404
    return partnership, found


def _url(award: Award, place: str = "") -> str:
    url = reverse("award", args=[award.partnership_id, award.pk])
    return f"{url}#{place}" if place else url


def _trail(partnership: Partnership, award: Award) -> Trail:
    return money_trail(partnership, (award.recipient, _url(award)))


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def award(request: HttpRequest, pk: int, award: int) -> HttpResponseBase:
    """One award; `?format=csv|xlsx` exports its ledger with running totals."""
    check_parameters(request, ("format",))
    partnership, found = _award(pk, award)
    today, kind = timezone.now().date(), request.GET.get("format", "")
    if kind not in ("", *KINDS):
        raise BadRequest(f"There is no export as “{kind}”. Take csv or xlsx.")
    if kind:
        rows = presenters.movements(money_queries.ledger_of(found))
        notes = (("Award", str(found)), ("FAIN", found.fain), ("Day", today.isoformat()))
        return exports.response(kind, rows, presenters.LEDGER_FIELDS, f"ledger {found}", sheet="Ledger", notes=notes)
    shown = money_queries.award_page(found)
    return page(
        request,
        "partnerships/award.html",
        partnership,
        "partnership-money",
        here=found.recipient,
        award=found,
        shown=shown,
        state=award_state(found),
        facts=presenters.award_facts(found),
        pairs=presenters.description(found),
        warnings=award_warnings(found),
        movements=presenters.movements(shown.ledger),
        reports=[(row, presenters.report_mark(row, today)) for row in shown.reports],
        closeout=[(row, presenters.closeout_mark(row, today)) for row in shown.closeout],
        states=sorted(states_after(found), key=list(AwardState).index),
        records=user_of(request).allows(Permission.RECORD_MONEY),
        csv_url=query(request, format="csv"),
        xlsx_url=query(request, format="xlsx"),
        trail=money_trail(partnership),
    )


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an award; its amounts come in through the ledger."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = AwardForm(partnership, sent(request))

    def work() -> str:
        made = awards_services.create_award(award=Award(partnership=partnership, **form.values), actor=user_of(request))
        return _url(made)

    act = Act(
        heading="Open an award",
        button="Open the award",
        back=money_url(partnership, "awards"),
        trail=money_trail(partnership),
        lede="A grant, cooperative agreement or contract of TIP Office project funds. Amounts follow in its ledger.",
    )
    return answer(request, partnership, form, act, work, "The award is open. Record its amount in its ledger.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def edit(request: HttpRequest, pk: int, award: int) -> HttpResponse:
    """Change what describes an award."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    form = AwardForm(partnership, sent(request), instance=found)
    seen = hold_seen(form, found)

    def work() -> None:
        awards_services.edit_award(award=found, actor=user_of(request), values=form.values, seen=seen)

    act = Act(
        heading="Edit the award",
        button="Save the award",
        back=_url(found),
        trail=_trail(partnership, found),
        facts=overtaken(form, found, seen),
    )
    return answer(request, partnership, form, act, work, "Saved.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def state(request: HttpRequest, pk: int, award: int) -> HttpResponse:
    """Start, stop, end, terminate for convenience, close or reopen an award."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    form = AwardStateForm(states_after(found), sent(request), initial={"on": timezone.now().date()})
    form.stand_on([("State", found.get_state_display())])

    def work() -> None:
        locked(partnership)
        form.hold_against([("State", Award.objects.get(pk=found.pk).get_state_display())])
        values = form.values | {"state": AwardState(form.values["state"])}
        awards_services.change_award_state(award=found, actor=user_of(request), **values)

    act = Act(
        heading="Change the state of the award",
        button="Change the state",
        back=_url(found),
        trail=_trail(partnership, found),
        facts=[("Now", found.get_state_display())],
    )
    return answer(request, partnership, form, act, work, "The state is changed.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def ledger(request: HttpRequest, pk: int, award: int) -> HttpResponse:
    """Record a movement of money; the refusal names the limit, the excess and the largest lawful amount."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    today = timezone.now().date()
    form = LedgerForm(partnership, sent(request), initial={"on": today})

    def work() -> None:
        values = form.values | {"kind": LedgerKind(form.values["kind"])}
        awards_services.record_ledger_entry(award=found, actor=user_of(request), **values)

    act = Act(
        heading="Record a movement of money",
        button="Record in the ledger",
        back=_url(found, "ledger"),
        trail=_trail(partnership, found),
        lede="A row of the ledger is never edited. What was wrong is set right by another row.",
        facts=_room(partnership, found),
    )
    return answer(request, partnership, form, act, work, "The movement is in the ledger.")


def _room(partnership: Partnership, award: Award) -> list[tuple[str, str]]:
    """How much of each kind may move today."""
    today = timezone.now().date()
    notified = money_queries.may_obligate(partnership, today) - partnership.obligated_total
    unobligated = award.awarded_total - award.obligated_total
    return [
        ("May be awarded", formats.dollars(partnership.planned_total - partnership.awarded_total)),
        ("May be obligated today", formats.dollars(max(min(unobligated, notified), 0))),
        ("May be disbursed", formats.dollars(award.obligated_total - award.disbursed_total)),
    ]


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def subaward(request: HttpRequest, pk: int, award: int, row: int | None = None) -> HttpResponse:
    """Record a sub-award, or one that takes the place of another."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    before = found.subawards.filter(pk=row).first() if row is not None else None
    if row is not None and before is None:
        raise Http404
    initial: dict[str, Any] = {}
    if before is not None:
        initial = {name: getattr(before, name) for name in SubAwardForm.base_fields if hasattr(before, name)}
    form = SubAwardForm(partnership, sent(request), initial=initial)

    def work() -> None:
        made = SubAward(award=found, replaces=before, **form.values)
        awards_services.record_subaward(subaward=made, actor=user_of(request))

    act = Act(
        heading="Replace a sub-award" if before else "Record a sub-award",
        button="Record in its place" if before else "Record the sub-award",
        back=_url(found, "subawards"),
        trail=_trail(partnership, found),
        lede="It lies inside the award and is never added to it. Zero takes one back.",
        facts=[
            ("Left in the award", formats.dollars(found.awarded_total - found.subawarded_total)),
            *([("In the place of", str(before))] if before else []),
        ],
    )
    return answer(request, partnership, form, act, work, "The sub-award is on record.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def reports(request: HttpRequest, pk: int, award: int) -> HttpResponse:
    """Put the reports of an award on its schedule, from its first to its last day."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    form = ScheduleForm(sent(request))

    def work() -> None:
        reports_services.schedule_reports(
            award=found,
            kind=ReportKind(form.values["kind"]),
            frequency=ReportFrequency(form.values["frequency"]),
            actor=user_of(request),
        )

    act = Act(
        heading="Schedule reports",
        button="Put them on the schedule",
        back=_url(found, "reports"),
        trail=_trail(partnership, found),
        lede="From the first to the last day of the award. Reports that are on the schedule stay.",
    )
    return answer(request, partnership, form, act, work, "The reports are on the schedule.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def report(request: HttpRequest, pk: int, award: int, row: int) -> HttpResponse:
    """Record that a report came in, was accepted or was returned."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    due = money_queries.find_report(found, row)
    if due is None:
        raise Http404
    form = ReportEventForm(partnership, sent(request), initial={"on": timezone.now().date()})

    def work() -> None:
        reports_services.record_report_event(report=due, actor=user_of(request), **form.values)

    act = Act(
        heading="Record what happened to a report",
        button="Record it",
        back=_url(found, "reports"),
        trail=_trail(partnership, found),
        facts=[
            ("Report", f"{due.get_kind_display()}, {due.get_frequency_display().lower()}"),
            ("Period", f"{formats.day(due.period_start)} to {formats.day(due.period_end)}"),
            ("Due", formats.day(due.due_on)),
            ("Stands", presenters.report_mark(due, timezone.now().date()).text),
        ],
    )
    return answer(request, partnership, form, act, work, "It is on record.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def closeout(request: HttpRequest, pk: int, award: int) -> HttpResponse:
    """List the steps that close an award."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    form = WriteForm(sent(request))

    def work() -> None:
        reports_services.plan_closeout(award=found, actor=user_of(request))

    act = Act(
        heading="Plan the close-out",
        button="List the steps",
        back=_url(found, "closeout"),
        trail=_trail(partnership, found),
        lede="2 CFR 200.344: the recipient reports within 120 days of the last day, the office is done within a year.",
        facts=[("Last day of the award", formats.day(found.last_day))],
    )
    return answer(request, partnership, form, act, work, "The steps are listed.")


@require_http_methods(METHODS)
@requires(Permission.RECORD_MONEY)
def closeout_step(request: HttpRequest, pk: int, award: int, row: int) -> HttpResponse:
    """Record that a step of the close-out is done, or why it does not apply."""
    check_parameters(request, ())
    partnership, found = _award(pk, award)
    step = found.closeout_steps.filter(pk=row).first()
    if step is None:
        raise Http404
    form = CloseoutStepForm(sent(request), initial={"done_on": timezone.now().date()})

    def work() -> None:
        reports_services.record_closeout_step(step=step, actor=user_of(request), **form.values)

    act = Act(
        heading=step.get_kind_display(),
        button="Record the step",
        back=_url(found, "closeout"),
        trail=_trail(partnership, found),
        lede="A step of the close-out of this award.",
        facts=[("Due", formats.day(step.due_on))],
    )
    return answer(request, partnership, form, act, work, "The step is recorded.")
