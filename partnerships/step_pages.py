"""One page for a step of a plan, a period or a dialogue: what stands in its way, why it is taken, and the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cpc.accounts.access import check, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.lifecycle import Lifecycle, Transition
from partnerships.amendments.forms import NoteForm, ReasonForm
from partnerships.forms.former import WriteForm
from partnerships.models import Dialogue, MonitoringPlan, Partnership, ReportingPeriod
from partnerships.models.monitoring import Step
from partnerships.page_frame import (
    TWO_PEOPLE,
    Act,
    Trail,
    answer,
    sent,
)

SECOND_PERSON = ("approve", "return")


@dataclass(frozen=True, slots=True)
class Subject:
    """What takes the step. `state` gives what the checks look at, `take` takes the step (name, actor, on, reason)."""

    row: MonitoringPlan | ReportingPeriod | Dialogue
    lifecycle: Lifecycle[Any]
    state: Callable[[Any], Any]
    take: Callable[..., object]
    what: str
    back: str
    trail: Trail


def offered(subject: Subject, user: User) -> list[Transition[Any]]:
    """The steps that an account may take now; whoever submitted is offered no decision."""
    return [
        step
        for step in subject.lifecycle.leaving(subject.row.state)
        if user.allows(Permission(step.permission)) and not _is_barred(subject, step.name, user)
    ]


def waits_for_another(subject: Subject, user: User) -> bool:
    """Whether this account submitted what another one decides on."""
    return subject.row.state == "submitted" and _is_barred(subject, "approve", user)


def comments(subject: Subject) -> list[tuple[Step, str]]:
    """Every step that was taken, the newest first, with its name; the step holds the comment that came with it."""
    steps = subject.row.steps.select_related("actor").order_by("-pk")
    return [(step, subject.lifecycle.named(step.name).label) for step in steps]


def _is_barred(subject: Subject, name: str, user: User) -> bool:
    if name not in SECOND_PERSON:
        return False
    newest = subject.row.steps.order_by("-pk").first()
    return newest is not None and newest.actor_id == user.pk


def step_page(request: HttpRequest, partnership: Partnership, subject: Subject, name: str) -> HttpResponse:
    """Show the step, or take it."""
    user, today = user_of(request), timezone.now().date()
    try:
        transition = subject.lifecycle.named(name)
    except KeyError:
        raise Http404 from None
    check(user, Permission(transition.permission))
    if subject.row.state not in transition.sources and request.method != "POST":
        messages.info(request, f"“{transition.label}” is no step from {subject.row.get_state_display().lower()}.")
        return redirect(subject.back)
    form: WriteForm = (ReasonForm if transition.needs_reason else NoteForm)(sent(request))
    act = Act(
        f"{transition.label}: {subject.what}",
        transition.label,
        subject.back,
        subject.trail,
        transition.final_because,
        findings=transition.findings(subject.state(subject.row), today) if transition.checks else (),
        barred=TWO_PEOPLE if _is_barred(subject, name, user) else "",
    )

    def work() -> None:
        subject.take(name=name, actor=user, on=today, reason=form.cleaned_data["note"])

    return answer(request, partnership, form, act, work, f"Recorded: {transition.label.lower()}.")
