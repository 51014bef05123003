"""What is to last, what may go wrong, and what evaluations found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from partnerships.form_parts.rows import row_form
from partnerships.models import Evaluation, Partnership, Risk, SustainabilityMeasure, SustainabilityStrategy
from partnerships.page_frame import (
    METHODS,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.sustainability import presenters
from partnerships.sustainability.services import add_entry, edit_entry


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its model, the fields of its form, its name, and the page it stands on."""

    model: type[Any]
    fields: tuple[str, ...]
    words: str
    page: str = "partnership-outlook"


KINDS = {
    "strategy": Kind(SustainabilityStrategy, ("institution", "approach", "due_on"), "sustainability strategy"),
    "measure": Kind(
        SustainabilityMeasure,
        ("objective", "kind", "text", "owner", "review_on", "status", "evidence"),
        "sustainability measure",
    ),
    "risk": Kind(
        Risk,
        ("text", "likelihood", "impact", "mitigation", "owner", "review_on", "state", "closing_note"),
        "risk",
    ),
    "evaluation": Kind(
        Evaluation,
        (
            "kind",
            "title",
            "evaluator",
            "method",
            "planned_on",
            "completed_on",
            "state",
            "findings",
            "response",
            "published_at",
            "document",
        ),
        "evaluation",
        "partnership-results",
    ),
}
LABELS = {
    "review_on": "Looked at again on",
    "owner": "Owner",
    "due_on": "To be developed by",
    "likelihood": "Likelihood, 1 to 5",
    "impact": "Impact, 1 to 5",
    "closing_note": "Why it is closed",
    "completed_on": "Day on which it was completed",
}


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def outlook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Strategies, measures and risks, each with its owner and the day on which it is looked at again."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    may_edit = user_of(request).allows(Permission.EDIT_PARTNERSHIPS)
    return page(
        request,
        "partnerships/outlook.html",
        partnership,
        "partnership-outlook",
        here="Sustainability and risks",
        strategies=list(partnership.strategies.filter(withdrawn=False)),
        measures_table=presenters.measures_table(today, may_edit=may_edit),
        measures=list(partnership.sustainability_measures.select_related("owner", "objective")),
        risks_table=presenters.risks_table(today, may_edit=may_edit),
        risks=list(partnership.risks.select_related("owner")),
        may_edit=may_edit,
        may_edit_terms=may_edit and not partnership.is_binding,
    )


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _act(partnership: Partnership, kind: Kind, verb: str, button: str) -> Act:
    back = reverse(kind.page, args=[partnership.pk])
    label = "Results" if kind.page == "partnership-results" else "Sustainability and risks"
    return Act(f"{verb}: {kind.words}", button, back, trail_of(partnership, (label, back)))


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Add an entry."""
    check_parameters(request, ())
    partnership, wanted = managed_or_404(pk), _kind(kind)
    form = row_form(wanted.model, wanted.fields, partnership, labels=LABELS)(sent(request))
    act = _act(partnership, wanted, "Add", f"Add the {wanted.words}")

    def work() -> None:
        add_entry(entry=wanted.model(partnership=partnership, **form.values), actor=user_of(request))

    return answer(request, partnership, form, act, work, f"The {wanted.words} is on record.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int, kind: str, entry: int) -> HttpResponse:
    """Keep an entry current; what it was stays in the history."""
    check_parameters(request, ())
    partnership, wanted = managed_or_404(pk), _kind(kind)
    row = wanted.model._default_manager.filter(partnership=partnership, pk=entry).first()
    if row is None:
        raise Http404
    form = row_form(wanted.model, wanted.fields, partnership, labels=LABELS).of(row, sent(request))
    act = _act(partnership, wanted, "Edit", f"Save the {wanted.words}")

    def work() -> None:
        edit_entry(entry=row, values=form.values, actor=user_of(request), seen=form.cleaned_data["seen"])

    return answer(request, partnership, form, act, work, "Saved.")
