"""Pages that open a partnership, edit it, and confirm its stated reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.finding_targets import RecordKeys
from cpc.findings import Finding, Severity
from cpc.parameters import whole_number
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from cpc.web.markup import link
from cpc.web.pages import breadcrumb
from partnerships.agreements import queries as agreements_queries
from partnerships.agreements.forms import (
    RECORDED,
    OpenForm,
    OpenFromDecisionForm,
    OpeningForm,
    RecordForm,
)
from partnerships.agreements.origin import origin_findings
from partnerships.agreements.presenters import origin_facts
from partnerships.agreements.services import confirm_origin, create_partnership, edit_partnership
from partnerships.closing import CANCELED
from partnerships.decidable import ORIGIN
from partnerships.form_parts.base import NoteForm, RowForm
from partnerships.limit_presenters import agreed_facts
from partnerships.page_frame import (
    STYLESHEET,
    PartnershipAction,
)
from selection.models import Decision
from selection.queries import Scope, restriction_findings


class OpenPartnership(ActionView):
    """Open a partnership for a stated reason or, with `?decision=`, from a decision."""

    permission = Permission.EDIT_PARTNERSHIPS
    parameters = ("decision",)
    form_class: type[ActionForm] = OpenForm
    form: OpeningForm
    template_name = "partnerships/agreements/new.html"
    stylesheet = STYLESHEET
    heading = "Open a partnership"
    button = "Open the partnership"
    intro = "Choose the country and state the reason for selecting it. Enter what is already known of the term, too."
    done = "The partnership is open. Add its terms next."
    already_done = "This partnership was already opened. Nothing was added."
    back = "partnerships"
    decision: Decision | None = None

    def load(self) -> None:
        if "decision" not in self.request.GET:
            return
        number = whole_number(self.request.GET["decision"]) or 0
        self.decision = agreements_queries.decisions().filter(pk=number).first()
        if self.decision is None:
            raise Http404
        self.form_class = OpenFromDecisionForm
        self.template_name = "partnerships/agreements/new_from_decision.html"
        self.heading = f"Open a partnership with {self.decision.candidate.country.name}"
        self.intro = (
            "The partnership will be based on the decision below. Enter what is already known of the term, too."
        )

    def breadcrumbs(self) -> Breadcrumbs:
        return [breadcrumb("home"), breadcrumb("partnerships")]

    def get_initial(self) -> dict[str, Any]:
        if self.decision is None:
            return {}
        proposed = self.decision.recommendation
        return {
            "title": f"Child Protection Compact Partnership with {self.decision.candidate.country}",
            "planned_amount": proposed.proposed_amount,
            "planned_months": proposed.proposed_months,
        }

    def facts(self) -> list[tuple[str, str]]:
        return origin_facts(self.decision) if self.decision else []

    def record_keys(self) -> RecordKeys:
        return {"round": self.decision.candidate.round_id} if self.decision else {}

    def findings(self) -> list[Finding]:
        return origin_findings(self.decision) if self.decision else []

    def get_context(self) -> dict[str, Any]:
        if self.decision is None:
            return super().get_context() | {"waiting": agreements_queries.waiting_decisions()}
        candidate = self.decision.candidate
        existing = agreements_queries.partnerships_by_candidate([candidate]).get(candidate.pk, [])
        return super().get_context() | {"decision": self.decision, "existing": existing}

    def perform(self, values: Mapping[str, Any]) -> str:
        origin: dict[str, Any] = {}
        if self.decision is not None:
            origin = {"country": self.decision.candidate.country, "decision": self.decision}
        made = create_partnership(actor=self.actor, values=self.form.opened_with, **origin, **values)
        return reverse("partnership", args=[made.pk])


class ConfirmOrigin(PartnershipAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = NoteForm
    heading = "Confirm the stated reason"
    button = "Confirm the reason"
    intro = (
        "No round decision started this partnership. Your confirmation is recorded with your name, and then the "
        "partnership can move forward. If you disagree, cancel the partnership instead."
    )
    done = "The stated reason is confirmed."
    back = "partnership#origin"

    def redirect_reason(self) -> str:
        is_confirmed = self.partnership.decision_id or hasattr(self.partnership, "origin_confirmation")
        is_opened = self.request.method != "POST"
        return "There is no stated reason to confirm." if is_opened and is_confirmed else ""

    def facts(self) -> list[tuple[str, Any]]:
        country = self.partnership.country
        return [
            ("Country", link(reverse("country", args=[country.code]), f"{country.name}, with its tier and rank")),
            *agreed_facts(self.partnership, self.today),
            ("Stated reason", self.partnership.origin_reason),
            ("Opened by", str(self.partnership.opened_by or "Not recorded")),
        ]

    def findings(self) -> list[Finding]:
        """Return the restrictions to weigh. They bar the signature, not the confirmation."""
        if self.partnership.is_sample:
            return []
        found = restriction_findings(self.partnership.country, self.today, Scope.COUNTRY)
        return [replace(finding, severity=Severity.WARNING) for finding in found]

    def blocked_reason(self) -> str:
        return why_not_decide(self.partnership, self.actor, name=ORIGIN.name)

    def perform(self, values: Mapping[str, Any]) -> None:
        confirm_origin(partnership=self.partnership, actor=self.actor, **values)


class EditPartnership(PartnershipAction):
    """Edit a partnership. Signature fixes its terms; records about the instrument stay editable."""

    form_class = RecordForm
    form: RowForm
    button = "Save the partnership"
    done = "The partnership is saved."

    def load(self) -> None:
        super().load()
        months = self.partnership.term_limit_months
        may_last = f"The term can last up to {months} months. It can end on the anniversary, but not later."
        if self.partnership.is_binding:
            self.heading = "Review and publication"
            self.intro = "This partnership is signed. To change its terms, draft an amendment."
        elif self.partnership.status in CANCELED:
            self.heading = "Correct the partnership"
            self.intro = (
                "This partnership is canceled. Correct what is recorded; to try again, open another partnership."
            )
        else:
            self.heading, self.intro = "Edit the partnership", may_last

    def form_arguments(self) -> dict[str, Any]:
        editable = RECORDED if self.partnership.is_binding else None
        return super().form_arguments() | {"instance": self.partnership, "editable": editable}

    def facts(self) -> list[tuple[str, str]]:
        return self.form.locked_facts

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        edit_partnership(partnership=self.partnership, actor=self.actor, values=values, expected_revision=expected)
