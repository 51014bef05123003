"""The library of outcome indicators: standard, suggested, and those of the office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.pages import breadcrumb
from partnerships.models import OfficeIndicator
from partnerships.monitoring.forms import OfficeIndicatorForm
from partnerships.monitoring.presenters import office_indicators_table
from partnerships.monitoring.services.library import add_office_indicator, edit_office_indicator
from partnerships.page_frame import STYLESHEET
from partnerships.standard_indicators import STANDARD, SUGGESTED


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def library(request: HttpRequest) -> HttpResponseBase:
    """Show every indicator to start from, with its definition and where it comes from."""
    check_parameters(request, ())
    edits = user_of(request).allows(Permission.EDIT_PARTNERSHIPS)
    context = {
        "standard": STANDARD,
        "suggested": SUGGESTED,
        "own": list(OfficeIndicator.objects.all()),
        "table": office_indicators_table(edits=edits),
        "may_edit": edits,
    }
    return render(request, "partnerships/monitoring/library.html", context)


class LibraryAction(ActionView):
    permission = Permission.EDIT_PARTNERSHIPS
    stylesheet = STYLESHEET
    form_class = OfficeIndicatorForm
    form: OfficeIndicatorForm
    back = "indicator-library"
    intro = "An entry of the office, not an official list. Partnerships start their own indicators from it."

    def breadcrumbs(self) -> Breadcrumbs:
        return [breadcrumb("home"), breadcrumb("partnerships"), breadcrumb("indicator-library")]


class AddOfficeIndicator(LibraryAction):
    heading = "Add an indicator to the library"
    button = "Add the indicator"
    done = "The indicator is in the library."

    def perform(self, values: Mapping[str, Any]) -> None:
        add_office_indicator(entry=OfficeIndicator(**values), actor=self.actor)


class EditOfficeIndicator(LibraryAction):
    button = "Save the indicator"
    done = "Saved. Indicators that were started from it stay as they are."
    entry: OfficeIndicator

    def load(self) -> None:
        super().load()
        self.entry = get_object_or_404(OfficeIndicator, pk=self.kwargs["row"])
        self.heading = f"Edit {self.entry.code}"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.entry}

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        edit_office_indicator(entry=self.entry, values=values, actor=self.actor, expected_revision=expected)
