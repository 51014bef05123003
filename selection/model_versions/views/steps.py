"""Actions on whole versions of a scoring model: clone, import, publish, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.finding_targets import RecordKeys
from cpc.findings import Finding
from cpc.web.actions import Breadcrumbs
from cpc.web.edit_conflicts import ConfirmationForm
from selection.lookups.model_versions import version_before
from selection.model_versions.forms.versions import (
    CloneForm,
    ImportForm,
    WithdrawVersionForm,
)
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.services import versions as versions_services
from selection.model_versions.views.versions import model_or_404
from selection.models import ModelState, ScoringModel
from selection.page_frame import SelectionAction


def list_breadcrumbs() -> Breadcrumbs:
    return [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("Scoring models", reverse("models"))]


class VersionAction(SelectionAction):
    back = "model"
    model: ScoringModel

    def load(self) -> None:
        self.model = model_or_404(self.kwargs["pk"])
        self.kicker = str(self.model)

    def back_arguments(self) -> Sequence[Any]:
        return [self.model.pk]

    def breadcrumbs(self) -> Breadcrumbs:
        return [*list_breadcrumbs(), (str(self.model), reverse("model", args=[self.model.pk]))]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"model": self.model}


class CloneModel(VersionAction):
    permission = Permission.EDIT_MODELS
    form_class = CloneForm
    button = "Make the draft"
    done = "The draft is ready. Make your changes."
    intro = "The draft starts as a copy of this version. It has no effect until another person publishes it."

    def load(self) -> None:
        super().load()
        self.heading = f"Draft a version from version {self.model.number}"

    def perform(self, values: Mapping[str, Any]) -> str:
        made = versions_services.clone_model(model=self.model, note=values["note"], actor=self.actor)
        return reverse("model", args=[made.pk])


class ImportModel(SelectionAction):
    """Draft a version from a JSON file; each error is listed with its location."""

    permission = Permission.EDIT_MODELS
    form_class = ImportForm
    template_name = "selection/model_versions/import.html"
    heading = "Import a model"
    button = "Import the model"
    done = "The file is valid. A draft was created from it."
    intro = "If the file is valid, it becomes a draft with the same key and the next version number."
    back = "models"

    def breadcrumbs(self) -> Breadcrumbs:
        return list_breadcrumbs()

    def perform(self, values: Mapping[str, Any]) -> str:
        made = versions_services.import_model(data=values["file"], note=values["note"], actor=self.actor)
        return reverse("model", args=[made.pk])


class PublishModel(VersionAction):
    """Publish a draft that another person wrote; the page first lists what blocks it and what it changes."""

    permission = Permission.APPROVE_SELECTION
    form_class = ConfirmationForm
    form: ConfirmationForm
    template_name = "selection/model_versions/publish.html"
    done = "The version is published. To use it for the desk screen, compute the ranking."
    intro = "No one can change a published version. Stored runs and rounds keep the version that scored them."

    def load(self) -> None:
        super().load()
        self.heading = self.button = f"Publish version {self.model.number}"

    def redirect_reason(self) -> str:
        is_published = self.model.state == ModelState.PUBLISHED and self.request.method != "POST"
        return f"{self.model} has already been published." if is_published else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("What is different", self.model.note or "Not entered yet"), ("Drafted by", self.model.drafted_by)]

    def record_keys(self) -> RecordKeys:
        return {"model": self.model.pk}

    def findings(self) -> Sequence[Finding]:
        return versions_services.publication_findings(self.model, self.actor)

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.model.current_revision()}

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        versions_services.publish_model(model=self.model, actor=self.actor, expected_revision=expected)

    def get_context(self) -> dict[str, Any]:
        before = version_before(self.model)
        change = None if before is None else model_change(before, self.model)
        return super().get_context() | {"change": change}


class WithdrawModel(VersionAction):
    permission = Permission.EDIT_MODELS
    form_class = WithdrawVersionForm
    button = "Withdraw the draft"
    done = "The draft is withdrawn."

    def load(self) -> None:
        super().load()
        self.heading = f"Withdraw version {self.model.number}"

    def perform(self, values: Mapping[str, Any]) -> None:
        versions_services.withdraw_model(model=self.model, reason=values["reason"], actor=self.actor)
