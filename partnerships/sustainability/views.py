from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from cpc.web import formats
from partnerships.form_parts.base import RowForm, row_form
from partnerships.models import Evaluation, Risk, SustainabilityMeasure, SustainabilityStrategy
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    Visit,
    partnership_page,
)
from partnerships.sustainability import presenters
from partnerships.sustainability.services import add_entry, edit_entry

LABELS = {
    "review_on": "Next review date",
    "owner": "Owner",
    "due_on": "To be developed by",
    "likelihood": "Likelihood, 1 to 5",
    "impact": "Impact, 1 to 5",
    "closing_note": "Reason for closing",
    "completed_on": "Date completed",
}


@dataclass(frozen=True, slots=True)
class Kind:
    model: type[Any]
    fields: tuple[str, ...]
    noun: str
    page: str = "partnership-outlook"

    @property
    def form(self) -> type[RowForm]:
        return row_form(self.model, self.fields, labels=LABELS)


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


@partnership_page("sustainability/outlook.html", "partnership-outlook", "Sustainability and risks")
def outlook(visit: Visit) -> Context:
    partnership, today, may_edit = visit.partnership, visit.today, visit.may_edit
    return {
        "strategies": list(partnership.strategies.filter(withdrawn=False)),
        "measures_table": presenters.measures_table(today, may_edit=may_edit),
        "measures": list(partnership.sustainability_measures.select_related("owner", "objective")),
        "risks_table": presenters.risks_table(today, may_edit=may_edit),
        "risks": list(partnership.risks.select_related("owner")),
        "may_edit": may_edit,
        "may_add_measure": visit.may_add("sustainabilitymeasure"),
        "may_add_risk": visit.may_add("risk"),
        "may_edit_terms": may_edit and not partnership.is_binding,
    }


class EntryAction(PartnershipAction):
    kind: Kind

    def load(self) -> None:
        super().load()
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        self.kind = KINDS[self.kwargs["kind"]]
        self.form_class = self.kind.form
        self.back = self.kind.page


class AddEntry(EntryAction):
    def load(self) -> None:
        super().load()
        self.plans = self.kind.model._meta.model_name or ""
        self.heading = f"Add {formats.with_article(self.kind.noun)}"
        self.button = f"Add the {self.kind.noun}"
        self.done = f"The {self.kind.noun} is added."

    def perform(self, values: Mapping[str, Any]) -> None:
        add_entry(entry=self.kind.model(partnership=self.partnership, **values), actor=self.actor)


class EditEntry(EntryAction):
    form: RowForm
    entry: Any
    done = "Saved."

    def load(self) -> None:
        super().load()
        self.entry = get_object_or_404(self.kind.model, partnership=self.partnership, pk=self.kwargs["entry"])
        self.heading = f"Edit the {self.kind.noun}"
        self.button = f"Save the {self.kind.noun}"

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.entry}

    def perform(self, values: Mapping[str, Any]) -> None:
        edit_entry(entry=self.entry, values=values, actor=self.actor, expected_revision=self.form.expected_revision)
