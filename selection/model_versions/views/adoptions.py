"""Adopting a published version of a model as the office's own, and withdrawing that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from selection.lookups.adoptions import adopted_words, adoption_of, adoptions_of
from selection.lookups.model_versions import version_before
from selection.model_versions.forms.adoptions import AdoptForm, WithdrawAdoptionForm
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.services import adoptions as adoptions_services
from selection.model_versions.views.steps import address, trail_of
from selection.model_versions.views.versions import model_or_404
from selection.models import ModelState, ScoringModel
from selection.page_frame import (
    METHODS,
    Act,
    answer,
    sent,
)


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the office adopts the published version of a model."""
    check_parameters(request, ())
    found = model_or_404(pk)
    if request.method != "POST":
        if adoption_of(found) is not None:
            messages.info(request, f"{found} is adopted already.")
            return redirect(address(found))
        if found.state != ModelState.PUBLISHED:
            messages.info(
                request, f"{found} is {found.get_state_display().lower()}; only a published version is adopted."
            )
            return redirect(address(found))
    form = AdoptForm(sent(request), initial={"adopted_on": timezone.now().date()})

    def work() -> None:
        asked = form.cleaned_data
        adoptions_services.adopt_model(
            model=found,
            reason=asked["reason"],
            document=asked["document"],
            adopted_on=asked["adopted_on"],
            actor=user_of(request),
        )

    act = Act(
        f"Adopt version {found.number}",
        "Adopt the version",
        address(found),
        trail_of(found),
        str(found),
        "From then on, pages say that the office adopted this version, instead of calling it illustrative. Nothing "
        "is computed again.",
        facts=_published(found),
    )
    return answer(request, form, act, work, "The version is adopted.")


def _published(model: ScoringModel) -> list[tuple[str, Any]]:
    """Return when a version was published, and what that changed in the list; adopting changes nothing in it."""
    facts: list[tuple[str, Any]] = []
    if model.published_at:
        facts.append(("Published", formats.day(model.published_at)))
    before = version_before(model)
    said = None if before is None else model_change(before, model).verdict
    if said is not None:
        words = f"Against {before}: {said[0]} {said[1]}".strip()
        compare = reverse("model-compare", args=[model.pk])
        link = format_html('{} <a href="{}">See the whole comparison</a>', words, compare)
        facts.append(("What publishing changed", link))
    return facts


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the adoption of a version, with the reason."""
    check_parameters(request, ())
    found = model_or_404(pk)
    row = next(iter(adoptions_of(found)), None)
    if row is None:
        raise Http404
    if request.method != "POST" and row.withdrawn_on is not None:
        messages.info(request, "The adoption was withdrawn already.")
        return redirect(address(found))
    form = WithdrawAdoptionForm(sent(request))

    def work() -> None:
        adoptions_services.withdraw_adoption(adoption=row, reason=form.cleaned_data["reason"], actor=user_of(request))

    act = Act(
        "Withdraw the adoption",
        "Withdraw the adoption",
        address(found),
        trail_of(found),
        str(found),
        "The version is illustrative again. The adoption and the reason of its withdrawal stay on record.",
        facts=[("Adopted", adopted_words(row)), ("Why", row.reason)],
    )
    return answer(request, form, act, work, "The adoption is withdrawn.")
