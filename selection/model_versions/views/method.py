"""Edits of a draft's method: its general settings, and how a criterion's values become best estimates."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse

from cpc.web.actions import Breadcrumbs
from selection.lookups import model_versions
from selection.model_definition.criteria_table import CriterionRow
from selection.model_versions.forms.estimates import EstimateForm
from selection.model_versions.forms.method import MethodForm
from selection.model_versions.views.rows import DraftAction


class EditMethod(DraftAction):
    form_class = MethodForm
    heading = "Method"
    button = "Save the method"
    done = "The method is saved."
    intro = "Set how many countries count as the first, how missing values are filled, and when a country is in or out."

    def form_arguments(self) -> dict[str, Any]:
        return {"table": self.table}


class EditEstimate(DraftAction):
    form_class = EstimateForm
    template_name = "selection/model_versions/estimate.html"
    button = "Save the error"
    done = "The error is saved."
    intro = "Choose the series that supply the value, and set how far the true value can be from it."
    criterion: CriterionRow

    def load(self) -> None:
        super().load()
        key = self.kwargs["key"]
        criterion = next((row for row in self.table.criteria if row.key == key), None)
        if criterion is None:
            raise Http404
        self.criterion = criterion
        self.heading = f"Error of {criterion.label}"
        self.back = f"model#{key}"

    def breadcrumbs(self) -> Breadcrumbs:
        row = reverse("model-row", args=[self.model.pk, "criteria", self.criterion.key])
        return [*super().breadcrumbs(), (self.criterion.label, row)]

    def form_arguments(self) -> dict[str, Any]:
        return {"row": self.criterion, "indicators": model_versions.all_indicators()}
