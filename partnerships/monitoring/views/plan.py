"""The monitoring plan: indicators, baselines, targets, and its way from draft to approval."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.findings import errors
from cpc.lifecycle import step_findings
from cpc.parameters import check_parameters
from partnerships.form_parts.rows import TermForm, row_form
from partnerships.lookups.locking import locked
from partnerships.lookups.rule_inputs import newest_targets, plan_state
from partnerships.models import BaselineStatus, MonitoringPlan, OutcomeIndicator, Partnership, PlanState
from partnerships.monitoring import queries
from partnerships.monitoring.forms import (
    BROUGHT,
    EDITED,
    INDICATOR,
    LABELS,
    BaselineForm,
    TargetsForm,
    sheet_field,
)
from partnerships.monitoring.preconditions import PLAN_CHECKS
from partnerships.monitoring.presenters import monitoring as monitoring_presenters
from partnerships.monitoring.services.plans import (
    add_indicator,
    adopt_indicator,
    collect_baseline,
    edit_indicator,
    set_targets,
    take_plan_step,
)
from partnerships.page_frame import (
    METHODS,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.standard_indicators import LIBRARY, STANDARD, SUGGESTED
from partnerships.states import PLAN
from partnerships.step_pages import (
    Subject,
    available_steps,
    awaits_second_person,
    comments,
    step_page,
)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every indicator with baseline and targets, and where the plan stands."""
    check_parameters(request, ())
    partnership, user, today = managed_or_404(pk), user_of(request), timezone.now().date()
    found = queries.plan_of(partnership)
    indicators = list(queries.indicators_of(partnership))
    years, targets = queries.years_of(partnership), newest_targets(row.pk for row in indicators)
    subject = _subject(partnership, found) if found else None
    is_draft = found is None or found.state == PlanState.DRAFT
    lacking = step_findings(PLAN_CHECKS, "submit", plan_state(found), today) if found else []
    return page(
        request,
        "partnerships/monitoring.html",
        partnership,
        "partnership-monitoring",
        here="Monitoring plan",
        mark=monitoring_presenters.plan_mark(found),
        lines=[monitoring_presenters.indicator_line(row, years, targets) for row in indicators],
        findings=lacking if is_draft else errors(lacking),
        steps=available_steps(subject, user) if subject else [],
        waits=subject is not None and awaits_second_person(subject, user),
        comments=comments(subject) if subject else [],
        may_edit=user.allows(Permission.EDIT_PARTNERSHIPS),
        is_draft=is_draft,
        library=(STANDARD, SUGGESTED),
    )


def _subject(partnership: Partnership, found: MonitoringPlan) -> Subject:
    back = reverse("partnership-monitoring", args=[partnership.pk])
    return Subject(
        row=found,
        machine=PLAN,
        checks=PLAN_CHECKS,
        state=plan_state,
        take=partial(take_plan_step, plan=found),
        what="the monitoring plan",
        back=back,
        trail=trail_of(partnership, ("Monitoring plan", back)),
    )


@require_http_methods(METHODS)
@requires(Permission.VIEW_PARTNERSHIPS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of the plan."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    found = queries.plan_of(partnership)
    if found is None:
        raise Http404
    return step_page(request, partnership, _subject(partnership, found), name)


def _act(partnership: Partnership, heading: str, button: str, **more: Any) -> Act:
    back = reverse("partnership-monitoring", args=[partnership.pk])
    return Act(heading, button, back, trail_of(partnership, ("Monitoring plan", back)), **more)


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an indicator, from scratch or, with `?adopt=` and its code, from the library."""
    check_parameters(request, ("adopt",))
    partnership, user, code = managed_or_404(pk), user_of(request), request.GET.get("adopt", "")
    if code and code not in LIBRARY:
        raise BadRequest(f"{code} is not in the library, which has {', '.join(LIBRARY)}.")
    made = row_form(OutcomeIndicator, INDICATOR, partnership, labels=LABELS)
    form, facts = _adopting(made, request, code) if code else (made(sent(request)), ())
    act = _act(
        partnership,
        f"Adopt {code}" if code else "Add an indicator",
        "Add the indicator",
        lede=LIBRARY[code].notice if code else "What is measured, how, by whom, and from where it starts.",
        facts=facts,
    )

    def work() -> None:
        values = {name: form.cleaned_data[name] for name in form.names if name in form.fields}
        if code:
            read = form.cleaned_data.get("sheet_read", True)
            adopt_indicator(code=code, actor=user, sheet_read=read, partnership=partnership, **values)
        else:
            add_indicator(indicator=OutcomeIndicator(partnership=partnership, **values), actor=user)

    return answer(request, partnership, form, act, work, "The indicator is in the plan. Set its targets.")


def _adopting(made: type[TermForm], request: HttpRequest, code: str) -> tuple[TermForm, list[tuple[str, str]]]:
    """The form for an indicator of the library, with what it brings along."""
    found = LIBRARY[code]
    brought = {
        "title": found.title,
        "level": found.level,
        "paradigm": found.paradigm,
        "measure": found.measure.value,
        "unit": found.unit,
        "direction": found.direction.value,
        "accumulation": found.accumulation.value,
        "by_sex": found.by_sex,
        "by_age": found.by_age,
    }
    form = made(sent(request), initial=brought)
    for name in BROUGHT:
        del form.fields[name]
    if found in STANDARD:
        form.fields["sheet_read"] = sheet_field()
    facts = [("Code", code), ("Title", found.title)]
    return form, facts + ([("Reference sheet", found.address)] if found.address else [])


def _indicator(partnership: Partnership, pk: int) -> OutcomeIndicator:
    row = queries.indicators_of(partnership).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
    """Edit an indicator while the plan is a draft."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _indicator(partnership, indicator)
    form = row_form(OutcomeIndicator, EDITED, partnership, labels=LABELS).of(row, sent(request))
    act = _act(partnership, f"Edit {row.code}", "Save the indicator", lede=row.title)

    def work() -> None:
        edit_indicator(indicator=row, values=form.values, actor=user_of(request), seen=form.cleaned_data["seen"])

    return answer(request, partnership, form, act, work, "Saved.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def targets(request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
    """Set the target of each fiscal year and of the whole partnership."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _indicator(partnership, indicator)
    form = TargetsForm(queries.years_of(partnership), queries.targets_of(row), row.unit, sent(request))
    added = "what each year adds" if row.accumulation == "sum" else "where the figure stands at the end of each year"
    act = _act(
        partnership,
        f"Targets of {row.code}",
        "Set the targets",
        lede=f"{row.title}. For this indicator a target says {added}.",
        facts=[
            ("Baseline", monitoring_presenters.indicator_line(row, (), {}).baseline),
            ("Better is", row.get_direction_display()),
        ],
    )

    form.stand_on(form.standing())

    def work() -> None:
        locked(partnership)
        form.hold_against(TargetsForm(queries.years_of(partnership), queries.targets_of(row), row.unit).standing())
        set_targets(indicator=row, targets=form.targets, actor=user_of(request), reason=form.cleaned_data["reason"])

    return answer(request, partnership, form, act, work, "The targets are set.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def baseline(request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
    """Record a baseline that was still to be collected."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _indicator(partnership, indicator)
    form = BaselineForm(sent(request))
    known = row.baseline_status == BaselineStatus.KNOWN and request.method != "POST"
    act = _act(
        partnership,
        f"Baseline of {row.code}",
        "Record the baseline",
        lede=f"{row.title}, {row.unit}. It is recorded once.",
        barred="There is a baseline. Revise the plan and edit the indicator to correct it." if known else "",
    )

    def work() -> None:
        collect_baseline(
            indicator=row,
            value=form.cleaned_data["value"],
            on=form.cleaned_data["on"],
            source=form.cleaned_data["source"],
            actor=user_of(request),
        )

    return answer(request, partnership, form, act, work, "The baseline is recorded.")
