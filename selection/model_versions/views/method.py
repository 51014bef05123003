"""Editing the method of a draft: what belongs to the whole, and how the values of a criterion become best estimates."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from selection.lookups import model_versions
from selection.model_definition.editing import with_estimate, with_method
from selection.model_versions.forms.estimates import EstimateForm
from selection.model_versions.forms.method import MethodForm
from selection.model_versions.views.rows import act_on, draft_or_redirect, save
from selection.model_versions.views.steps import trail_of
from selection.page_frame import METHODS, Act, sent


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def method(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Edit the method as a whole: the first N, facts of need, peers, groups and the mean of the axes."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    form = MethodForm(sent(request), table=found.as_table, edit=found.edit)
    lede = "How many countries are the first, what stands in for a missing value, and when is a country in or out?"
    act = act_on(found, "Method", "Save the method", lede)
    return save(
        request, found, form, act, lambda: with_method(form.method, **form.beside_method), "The method is saved."
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_MODELS)
def estimate(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """Edit how the values of a criterion become best estimates with an error."""
    check_parameters(request, ())
    found = draft_or_redirect(request, pk)
    if isinstance(found, HttpResponseRedirect):
        return found
    table = found.as_table
    row = next((row for row in table.criteria if row.key == key), None)
    if row is None:
        raise Http404
    if table.method is None:
        messages.info(request, "The version has no method yet. Set it up first.")
        return redirect("model-method", pk=pk)
    form = EstimateForm(sent(request), row=row, indicators=model_versions.all_indicators(), edit=found.edit)
    back = reverse("model-row", args=[pk, "criteria", key])
    act = Act(
        f"Error of {row.label}",
        "Save the error",
        f"{reverse('model', args=[pk])}#{key}",
        [*trail_of(found), (row.label, back)],
        str(found),
        "Which series is its value taken from, and how far may the truth lie from it?",
        template="selection/models/estimate.html",
    )
    return save(request, found, form, act, lambda: with_estimate(key, form.estimate), "The error is saved.")
