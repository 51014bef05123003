"""Adopting a published version of a model as the office's own, and withdrawing that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html

from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import formats
from selection.lookups.adoptions import adoption_of, adoption_text, adoptions_of
from selection.lookups.criteria_consultation import adoption_reasons_needed, criteria_consultation
from selection.lookups.model_versions import version_before
from selection.model_versions.forms.adoptions import AdoptForm, WithdrawAdoptionForm
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.services import adoptions as adoptions_services
from selection.model_versions.views.steps import VersionAction
from selection.models import Adoption, ModelState


class AdoptModel(VersionAction):
    permission = Permission.APPROVE_SELECTION
    form_class = AdoptForm
    template_name = "selection/model_versions/adopt.html"
    button = "Adopt the version"
    done = "The version is adopted."
    intro = (
        "Pages then state that the office adopted this version, instead of calling it illustrative. No ranking is "
        "recomputed."
    )

    def load(self) -> None:
        super().load()
        self.heading = f"Adopt version {self.model.number}"

    def redirect_reason(self) -> str:
        if self.request.method == "POST":
            return ""
        if adoption_of(self.model) is not None:
            return f"{self.model} has already been adopted."
        if self.model.state != ModelState.PUBLISHED:
            state = self.model.get_state_display().lower()
            return f"{self.model} is {state}. Only a published version can be adopted."
        return ""

    def blocked_reason(self) -> str:
        return why_not_decide(self.model, self.actor)

    def facts(self) -> Sequence[tuple[str, Any]]:
        """Return when the version was published, and how that changed the list. Adoption changes no rank."""
        facts: list[tuple[str, Any]] = []
        if self.model.published_at:
            facts.append(("Published", formats.day(self.model.published_at)))
        before = version_before(self.model)
        verdict = None if before is None else model_change(before, self.model).verdict
        if verdict is not None:
            summary = f"Compared with {before}: {verdict[0]} {verdict[1]}".strip()
            compare = reverse("model-compare", args=[self.model.pk])
            link = format_html('{} <a href="{}">See the whole comparison</a>', summary, compare)
            facts.append(("What publishing changed", link))
        return facts

    def get_initial(self) -> dict[str, Any]:
        return {"adopted_on": self.today}

    def form_arguments(self) -> dict[str, Any]:
        return {"lacking": adoption_reasons_needed(self.model)}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"criteria_facts": criteria_consultation(self.model)}

    def perform(self, values: Mapping[str, Any]) -> None:
        adoptions_services.adopt_model(model=self.model, actor=self.actor, **values)


class WithdrawAdoption(VersionAction):
    permission = Permission.APPROVE_SELECTION
    form_class = WithdrawAdoptionForm
    heading = button = "Withdraw the adoption"
    done = "The adoption is withdrawn."
    intro = "The version becomes illustrative again. The adoption and the reason for withdrawing it remain on record."
    adoption: Adoption

    def load(self) -> None:
        super().load()
        newest = next(iter(adoptions_of(self.model)), None)
        if newest is None:
            raise Http404
        self.adoption = newest

    def redirect_reason(self) -> str:
        is_over = self.request.method != "POST" and self.adoption.withdrawn_on is not None
        return "This adoption has already been withdrawn." if is_over else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Adopted", adoption_text(self.adoption)), ("Why", self.adoption.reason)]

    def perform(self, values: Mapping[str, Any]) -> None:
        adoptions_services.withdraw_adoption(adoption=self.adoption, reason=values["reason"], actor=self.actor)
