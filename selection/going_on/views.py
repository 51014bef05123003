"""Pages about going on: consultation and decision, and the consent of approvers and agencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from cpc.accounts.access import check
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import formats
from cpc.web.actions import ActionForm, Breadcrumbs
from selection.consultation import consent_queries
from selection.consultation.queries import PositionCell, contacts_of
from selection.consultation.services import cut_short
from selection.consultation.services.cut_short import reason_field
from selection.consultation.services.positions import submits
from selection.evidence import services as evidence_services
from selection.going_on import forms, presenters, services
from selection.lookups.rounds import statutory_consultees
from selection.models import ANSWERING, ConsultationRequest, CutShort, CutShortLine
from selection.page_frame import RoundAction, SelectionAction, or_404

BACK_TO_ROUND = "round-consultation"


class ConsultationAndDecision(RoundAction):
    """Answers of each agency, the obstacles, and the question whether to go on."""

    permission = Permission.VIEW_ROUNDS
    form_class = forms.GoOnForm
    form: forms.GoOnForm
    template_name = "selection/going_on/consultation.html"
    heading = "Consultation and decision"
    intro = "What did the agencies say, what stands in the way, and can the round go on?"
    button = "Ask the approver"
    done = "Asked. Nothing moves until the approver agrees."
    consequence = "Nothing was recorded."
    back = BACK_TO_ROUND

    def load(self) -> None:
        super().load()
        evidence_services.fresh_evidence(selection_round=self.round)
        if self.request.method == "POST":
            check(self.actor, Permission.RUN_ROUNDS)

    def title(self) -> str:
        return f"{self.heading}, {self.round.title}"

    @cached_property
    def missing(self) -> list[tuple[ConsultationRequest, list[PositionCell]]]:
        return consent_queries.missing_by_request(self.round, self.today)

    def form_arguments(self) -> dict[str, Any]:
        named = {agency.pk for agency in statutory_consultees()}
        requests = [request for request, _ in self.missing]
        return {
            "named": [request for request in requests if request.agency_id in named],
            "invited": [request for request in requests if request.agency_id not in named],
        }

    def get_context(self) -> dict[str, Any]:
        shown = presenters.page(self.round, self.missing, self.actor, self.today)
        return super().get_context() | shown | {"asks": self.asks()}

    def asks(self) -> list[dict[str, Any]]:
        """Return the fields of the reasons, each with the number of answers that are missing."""
        left = {request.pk: len(cells) for request, cells in self.missing}
        groups = [([request], self.form[reason_field(request)], False) for request in self.form.named]
        if self.form.invited:
            groups.append((list(self.form.invited), self.form[forms.INVITED], True))
        return [
            {
                "field": field,
                "left": sum(left[request.pk] for request in requests),
                "all": sum(len(request.candidates.all()) for request in requests),
                "agencies": formats.listing([request.agency.short for request in requests]) if invited else "",
            }
            for requests, field, invited in groups
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        answer = values["answer"]
        if answer == forms.WAIT:
            self.unchanged = "Nothing changed. The round stays in consultation."
        elif answer == forms.COMPLETE:
            _, aside = services.go_on_with_complete(selection_round=self.round, actor=self.actor, today=self.today)
            names = formats.listing([candidate.country.name for candidate in aside])
            self.done = f"Deliberation began. Set aside: {names}."
        else:
            cut_short.propose_going_on(
                selection_round=self.round, reasons=self.form.reasons, actor=self.actor, today=self.today
            )


class CutShortAction(RoundAction):
    back = BACK_TO_ROUND
    proposal: CutShort

    def load(self) -> None:
        super().load()
        self.proposal = or_404(consent_queries.find_proposal(self.round, self.kwargs["proposal"]))

    def above(self) -> Breadcrumbs:
        return [("Consultation and decision", self.back_url)]

    def title(self) -> str:
        return f"{self.heading}, {self.round.title}"

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or not self.proposal.decision:
            return ""
        return presenters.outcome(self.proposal)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | presenters.proposal(self.proposal, self.today)


class DecideCutShort(CutShortAction):
    """An approver agrees to a proposal, or refuses it."""

    permission = Permission.APPROVE_SELECTION
    form_class = forms.ConsentForm
    template_name = "selection/going_on/decide.html"
    button = "Record the answer"
    leave = "Decide later"

    def load(self) -> None:
        super().load()
        self.heading = presenters.question(self.proposal)

    def blocked_reason(self) -> str:
        return why_not_decide(self.proposal, self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        if values["answer"] == forms.AGREE:
            cut_short.agree(proposal=self.proposal, note=values["note"], actor=self.actor, today=self.today)
            self.done = "Agreed. The agencies and the person who asked are notified."
        else:
            cut_short.refuse(proposal=self.proposal, note=values["note"], actor=self.actor)
            self.done = "Refused. Nothing changed, and the person who asked is notified."


class WithdrawCutShort(CutShortAction):
    permission = Permission.RUN_ROUNDS
    form_class = ActionForm
    template_name = "selection/going_on/decide.html"
    heading = button = "Withdraw the proposal"
    done = "Withdrawn. Nothing changed."
    intro = "Nobody has decided yet. What an agency agreed to stays."

    def perform(self, values: Mapping[str, Any]) -> None:
        cut_short.withdraw(proposal=self.proposal, actor=self.actor)


class ConsentForAgency(SelectionAction):
    """A point of contact agrees, for the agency, to less time or to going on without its answer."""

    permission = Permission.CONSULT
    form_class = ActionForm
    button = "Agree for the agency"
    done = "Agreed. The office is notified. Your agency can still answer."
    leave = "Do not agree"
    back = "consultation"
    line: CutShortLine

    def load(self) -> None:
        self.line = or_404(consent_queries.find_line(self.actor, self.kwargs["line"]))
        if self.line.request.sent_at is None:
            raise Http404
        self.kicker = f"{self.line.request.agency}, {self.line.request.round}"
        self.heading = presenters.question_to_agency(self.line)
        self.intro = (
            "You need not agree. Without your agreement, an approver of the TIP Office decides. A later position of "
            "your agency counts in either case."
        )

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Consultation", reverse("consultation"))]

    def redirect_reason(self) -> str:
        if self.request.method == "POST":
            return ""
        if self.line.consented_by is not None:
            return f"{self.line.consented_by} already agreed for the agency."
        proposal = self.line.proposal
        is_open = not proposal.decision and self.line.request.round.state in ANSWERING
        return "" if is_open else "This proposal is no longer open."

    def blocked_reason(self) -> str:
        if submits(self.actor, self.line.request):
            return ""
        names = formats.listing([str(user) for user in contacts_of(self.line.request.agency)], "or")
        return f"Only a point of contact can agree for the agency{f': {names}' if names else ''}."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return presenters.facts_of_line(self.line, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        cut_short.consent_for_agency(line=self.line, actor=self.actor, today=self.today)
