"""Reporting periods: results recorded by one person, approved by another, then locked."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import Partnership, ReportingPeriod
from partnerships.models.results import PeriodState
from partnerships.monitoring import queries
from partnerships.monitoring.forms import ResultForm, ScheduleForm
from partnerships.monitoring.presenters import monitoring as monitoring_presenters
from partnerships.monitoring.services.results import record_result, schedule_periods, take_period_step
from partnerships.page_frame import (
    METHODS,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.reviews import PERIOD
from partnerships.schedules import ReportFrequency
from partnerships.step_pages import (
    Subject,
    comments,
    offered,
    step_page,
    waits_for_another,
)

WRITABLE = (PeriodState.NO_DATA, PeriodState.IN_PROGRESS, PeriodState.RETURNED)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def periods(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every reporting period, and where each stands."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    return page(
        request,
        "partnerships/periods.html",
        partnership,
        "partnership-periods",
        here="Reporting periods",
        table=monitoring_presenters.periods_table(today),
        rows=list(queries.periods_of(partnership)),
        may_edit=user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the periods that are missing up to the end of the term."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    back = reverse("partnership-periods", args=[pk])
    form = ScheduleForm(sent(request))
    act = Act(
        "Schedule reporting periods",
        "Add the periods",
        back,
        trail_of(partnership, ("Reporting periods", back)),
        "Periods that are on record stay; those of a longer term are added. Reports are due as 4 FAM 642 says.",
    )

    def work() -> None:
        frequency = ReportFrequency(form.cleaned_data["frequency"])
        schedule_periods(partnership=partnership, frequency=frequency, actor=user_of(request))

    return answer(request, partnership, form, act, work, "The periods are on the schedule.")


def _period(partnership: Partnership, pk: int) -> ReportingPeriod:
    row = partnership.reporting_periods.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _subject(partnership: Partnership, row: ReportingPeriod) -> Subject:
    back = reverse("partnership-period", args=[partnership.pk, row.pk])
    above = ("Reporting periods", reverse("partnership-periods", args=[partnership.pk]))
    return Subject(
        row=row,
        lifecycle=PERIOD,
        state=period_state,
        take=partial(take_period_step, period=row),
        what=f"the period {monitoring_presenters.period_words(row)}",
        back=back,
        trail=trail_of(partnership, above, (monitoring_presenters.period_words(row), back)),
    )


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def period(request: HttpRequest, pk: int, period: int) -> HttpResponseBase:
    """What each indicator brought in one period, what is still missing, and every comment."""
    check_parameters(request, ())
    partnership, user, today = managed_or_404(pk), user_of(request), timezone.now().date()
    row = _period(partnership, period)
    subject = _subject(partnership, row)
    is_open = row.state in WRITABLE
    return page(
        request,
        "partnerships/period.html",
        partnership,
        "partnership-periods",
        here=monitoring_presenters.period_words(row),
        trail=subject.trail[:-1],
        period=row,
        words=monitoring_presenters.period_words(row),
        mark=monitoring_presenters.period_mark(row, today),
        lines=monitoring_presenters.lines_of_period(queries.period_lines(row)),
        findings=PERIOD.named("submit").findings(period_state(row), today) if is_open else [],
        steps=[step for step in offered(subject, user) if step.name != "begin"],
        waits=waits_for_another(subject, user),
        comments=comments(subject),
        may_record=is_open and user.allows(Permission.EDIT_PARTNERSHIPS),
    )


@require_http_methods(METHODS)
@requires(Permission.VIEW_PARTNERSHIPS)
def step(request: HttpRequest, pk: int, period: int, name: str) -> HttpResponse:
    """Take one step of a period."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    return step_page(request, partnership, _subject(partnership, _period(partnership, period)), name)


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def result(request: HttpRequest, pk: int, period: int, indicator: int) -> HttpResponse:
    """Record what an indicator brought, with its parts by sex and age, in place of an earlier result."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _period(partnership, period)
    measured = queries.indicators_of(partnership).filter(pk=indicator, withdrawn=False).first()
    if measured is None:
        raise Http404
    subject = _subject(partnership, row)
    if row.state not in WRITABLE and request.method != "POST":
        messages.info(request, f"The period is {row.get_state_display().lower()}; its results are locked.")
        return redirect(subject.back)
    form = ResultForm(measured, row, sent(request))
    act = Act(
        f"{'Replace' if form.is_replacing else 'Record'} a result: {measured.code}",
        "Record the result",
        subject.back,
        subject.trail,
        f"{measured.title}, {monitoring_presenters.period_words(row)}. {measured.definition}",
        template="partnerships/result.html",
        context={"indicator": measured, "grid": _grid(form)},
    )

    def work() -> None:
        record_result(period=row, indicator=measured, actor=user_of(request), on=timezone.now().date(), **form.values)

    return answer(request, partnership, form, act, work, "The result is recorded.")


def _grid(form: ResultForm) -> list[tuple[str, list[str], list[tuple[str, list[object]]]]]:
    """The parts as tables: caption, columns, rows of bound fields."""
    tables: dict[str, dict[str, list[object]]] = {}
    columns: dict[str, list[str]] = {}
    for name, part, label in form.parts:
        caption = part.breakdown.label
        crossed = bool(part.sex and part.age)
        first, _, second = label.partition(", ") if crossed else (label, "", "Number")
        tables.setdefault(caption, {}).setdefault(first, []).append(form[name])
        if second not in columns.setdefault(caption, []):
            columns[caption].append(second)
    return [(caption, columns[caption], list(rows.items())) for caption, rows in tables.items()]
