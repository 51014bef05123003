"""Pages of the consultation on criteria: the office asks and records, an agency reads the criteria and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.web.actions import Breadcrumbs
from selection.criteria_consultation import forms, queries
from selection.criteria_consultation import services as criteria_services
from selection.lookups.criteria_consultation import criteria_consultation, criteria_consultees
from selection.model_versions.presenters import versions as versions_presenters
from selection.model_versions.queries import criteria as criteria_queries
from selection.model_versions.views.steps import VersionAction
from selection.models import CriteriaRequest, ModelState
from selection.page_frame import SelectionAction, or_404

CURRENT = (ModelState.DRAFT, ModelState.PUBLISHED)


class CriteriaAction(VersionAction):
    """Action of the office on the consultation about one version."""

    permission = Permission.RUN_ROUNDS
    template_name = "selection/criteria_consultation/office.html"
    back = "model#consultation"

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.model.state in CURRENT:
            return ""
        state = self.model.get_state_display().lower()
        return f"{self.model} is {state}. Agencies are asked about a draft or the published version."

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"criteria_facts": criteria_consultation(self.model)}


class AskOnCriteria(CriteriaAction):
    form_class = forms.AskOnCriteriaForm
    heading = "Ask agencies about the criteria"
    button = "Ask the agencies"
    done = "The agencies are asked. Each finds the request in its queue."
    intro = "Each agency reads the criteria and weights of this version and answers whether it agrees."

    def form_arguments(self) -> dict[str, Any]:
        return {"agencies": queries.agencies_to_ask()}

    def perform(self, values: Mapping[str, Any]) -> None:
        criteria_services.ask_on_criteria(model=self.model, actor=self.actor, **values)


class RecordAnswer(CriteriaAction):
    parameters = ("agency",)
    form_class = forms.RecordForm
    form: forms.RecordForm
    heading = "Record an answer on the criteria"
    button = "Record the answer"
    done = "The answer is on record."
    intro = "For an answer that reached the office by letter, email, or in a meeting."

    def form_arguments(self) -> dict[str, Any]:
        return {"agencies": queries.agencies_to_record()}

    def get_initial(self) -> dict[str, Any]:
        code = self.request.GET.get("agency", "")
        agency = Agency.objects.filter(code=code, is_active=True).first()
        return {"agency": agency, "revision": self.revision()}

    def revision(self) -> str:
        """Return the revision of the answers of every agency, one of which the form may replace."""
        rows = self.model.criteria_answers.filter(superseded_at__isnull=True).order_by("agency")
        return " ".join(f"{row.agency_id}:{criteria_services.revision_of(self.model, row.agency)}" for row in rows)

    def perform(self, values: Mapping[str, Any]) -> None:
        agency: Agency = values["agency"]
        shown = dict(part.split(":", 1) for part in self.form.expected_revision.split())
        own = shown.get(str(agency.pk), f"0-{self.model.table_hash[:12]}")
        criteria_services.record_criteria_answer(model=self.model, actor=self.actor, expected_revision=own, **values)


class AnswerOnCriteria(SelectionAction):
    """Page of an agency: the criteria and weights of a version, and its answer."""

    permission = Permission.CONSULT
    form_class = forms.CriteriaAnswerForm
    form: forms.CriteriaAnswerForm
    template_name = "selection/criteria_consultation/answer.html"
    button = "Submit the answer"
    done = "Submitted. It stays on record; a later answer replaces it."
    heading = "Criteria of the scoring model"
    back = "consultation"
    asked: CriteriaRequest

    def load(self) -> None:
        self.asked = or_404(queries.find_request(self.actor, self.kwargs["pk"]))
        self.kicker = f"{self.asked.agency} · {self.asked.model}"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Consultation", reverse("consultation"))]

    def blocked_reason(self) -> str:
        if self.asked.superseded_at is not None:
            return "The office asked again since. Open the newer request from your queue."
        if self.asked.model.state not in CURRENT:
            return f"The version is {self.asked.model.get_state_display().lower()}, so no answer is needed any more."
        return "" if self.actor.is_contact else "A point of contact of your agency submits the answer."

    def get_initial(self) -> dict[str, Any]:
        return {"revision": criteria_services.revision_of(self.asked.model, self.asked.agency)}

    def perform(self, values: Mapping[str, Any]) -> str:
        criteria_services.answer_on_criteria(
            request=self.asked, actor=self.actor, expected_revision=self.form.expected_revision, **values
        )
        return reverse("criteria-answer", args=[self.asked.pk])

    def get_context(self) -> dict[str, Any]:
        table = self.asked.model.as_table
        answers = queries.answers_of(self.asked)
        return super().get_context() | {
            "asked": self.asked,
            "model": self.asked.model,
            "today": self.today,
            "tree": versions_presenters.tree(table, criteria_queries.entries(table, None)),
            "statutory_rows": versions_presenters.statutory_rows(table),
            "answers": answers,
            "is_changed": self.asked.table_hash != self.asked.model.table_hash,
            "is_named": any(one.agency == self.asked.agency for one in criteria_consultees()),
        }
