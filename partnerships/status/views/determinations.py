"""Suspension, termination and reinstatement by statute: 22 U.S.C. 7103a(d)(6)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from partnerships.limit_exceptions.queries import papers_of
from partnerships.models import Determination, DeterminationKind, Partnership
from partnerships.page_frame import (
    METHODS,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.states import IN_FORCE
from partnerships.status import determinations as status_determinations
from partnerships.status import presenters
from partnerships.status.forms import (
    CloseForm,
    CorrectionForm,
    DeterminationForm,
    ReinstatementForm,
)
from partnerships.status.services import close_correction, determine, open_correction

ABOUT = {
    DeterminationKind.SUSPENSION: (
        "Record a suspension",
        "One on the whole country suspends the partnership at once; one on a part or an entity stops obligations "
        "under it. The term goes on running.",
    ),
    DeterminationKind.TERMINATION: (
        "Record a termination",
        "One on the whole country ends the partnership on its day. It is not taken back.",
    ),
    DeterminationKind.REINSTATEMENT: (
        "Record a reinstatement",
        "Each ground of the suspension has a closed correction first (22 U.S.C. 7103a(d)(6)(B)).",
    ),
}


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def determinations(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was determined and when, ground by ground, and what a reinstatement still lacks."""
    check_parameters(request, ())
    partnership, user = managed_or_404(pk), user_of(request)
    rows = list(status_determinations.determinations_of(partnership))
    may_determine = user.allows(Permission.APPROVE_PARTNERSHIPS) and partnership.status in IN_FORCE
    is_suspended = any(row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement") for row in rows)
    kinds = [kind for kind in DeterminationKind if kind != DeterminationKind.REINSTATEMENT or is_suspended]
    return page(
        request,
        "partnerships/determinations.html",
        partnership,
        "partnership-determinations",
        here="Determinations",
        rows=[_line(row) for row in rows],
        kinds=[(kind.value, ABOUT[kind][0]) for kind in kinds] if may_determine else [],
        may_open=user.allows(Permission.EDIT_PARTNERSHIPS),
        may_close=user.allows(Permission.APPROVE_PARTNERSHIPS),
    )


def _line(row: Determination) -> dict[str, Any]:
    is_open = row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement")
    return {
        "row": row,
        "mark": presenters.determination_mark(row),
        "about": presenters.subject_words(row),
        "grounds": presenters.ground_lines(row),
        "is_open": is_open,
        "missing": presenters.missing(row) if is_open else [],
        "unopened": is_open and len(row.corrections.all()) < len(row.grounds),
    }


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Record a determination, with the step of the lifecycle that follows from it."""
    check_parameters(request, ())
    partnership, user = managed_or_404(pk), user_of(request)
    if kind not in DeterminationKind.values:
        raise Http404
    wanted, back = DeterminationKind(kind), reverse("partnership-determinations", args=[pk])
    if partnership.status not in IN_FORCE:
        messages.info(request, "Determinations are about partnerships in force.")
        return redirect(back)
    suspensions = status_determinations.suspensions_open(partnership)
    form: DeterminationForm | ReinstatementForm
    initial: dict[str, Any] = {"determined_on": timezone.now().date()}
    if wanted == DeterminationKind.REINSTATEMENT:
        form = ReinstatementForm(suspensions, papers_of(partnership), sent(request), initial=initial)
    else:
        initial |= {"subject": "country", "scope": "whole"}
        awards = partnership.awards.all()
        form = DeterminationForm(awards, papers_of(partnership), sent(request), initial=initial)
    heading, lede = ABOUT[wanted]
    act = Act(
        heading,
        heading,
        back,
        trail_of(partnership, ("Determinations", back)),
        lede,
        facts=_facts(suspensions) if wanted == DeterminationKind.REINSTATEMENT else (),
    )

    def work() -> None:
        determination = Determination(partnership=partnership, kind=wanted, **form.values)
        determine(determination=determination, actor=user)

    return answer(request, partnership, form, act, work, f"Recorded: {wanted.label.lower()}.")


def _facts(suspensions: Any) -> list[tuple[str, str]]:
    found = []
    for row in suspensions.prefetch_related("corrections"):
        lacks = presenters.missing(row)
        found.append((str(row), "Still missing: " + "; ".join(lacks) if lacks else "Every ground is corrected."))
    return found or [("Suspensions", "None is in force.")]


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def correct(request: HttpRequest, pk: int, determination: int) -> HttpResponse:
    """Record what is to be done about a ground of a suspension."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = status_determinations.suspensions_open(partnership).filter(pk=determination).first()
    if row is None:
        raise Http404
    back = reverse("partnership-determinations", args=[pk])
    without = [(line.ground, line.label) for line in presenters.ground_lines(row) if line.correction is None]
    form = CorrectionForm(without, sent(request))
    act = Act(
        "Open a correction",
        "Open the correction",
        back,
        trail_of(partnership, ("Determinations", back)),
        str(row),
    )

    def work() -> None:
        asked = form.cleaned_data
        open_correction(
            determination=row, ground=asked["ground"], description=asked["description"], actor=user_of(request)
        )

    return answer(request, partnership, form, act, work, "The correction is open.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def close(request: HttpRequest, pk: int, correction: int) -> HttpResponse:
    """Close a correction, once, with evidence."""
    check_parameters(request, ())
    partnership: Partnership = managed_or_404(pk)
    row = status_determinations.correction_of(partnership, correction)
    if row is None:
        raise Http404
    back = reverse("partnership-determinations", args=[pk])
    form = CloseForm(sent(request), initial={"on": timezone.now().date()})
    closed = f"It was closed on {formats.day(row.closed_on)}." if row.closed_on else ""
    act = Act(
        "Close a correction",
        "Close the correction",
        back,
        trail_of(partnership, ("Determinations", back)),
        "It is closed once and stays closed.",
        facts=[("Ground", row.get_ground_display()), ("To be done", row.description)],
        barred=closed if request.method != "POST" else "",
    )

    def work() -> None:
        close_correction(
            correction=row, evidence=form.cleaned_data["evidence"], on=form.cleaned_data["on"], actor=user_of(request)
        )

    return answer(request, partnership, form, act, work, "The correction is closed.")
