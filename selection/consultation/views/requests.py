"""Pages on which the office runs the consultation of a round: requests, due dates, and positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports, formats
from cpc.web.actions import Breadcrumbs
from cpc.web.edit_conflicts import ConfirmationForm
from cpc.web.tables import export_format
from selection import consultation_notifications
from selection.consultation import consent_queries, forms, presenters, queries
from selection.consultation.position_status import PositionStatus
from selection.consultation.services import cut_short
from selection.consultation.services import requests as requests_services
from selection.evidence import services as evidence_services
from selection.models import ANSWERING, ConsultationRequest, RoundState
from selection.page_frame import RoundAction, or_404, round_or_404
from selection.ratings.queries import hidden_in_round


def request_or_404(request: HttpRequest, pk: int, asked: int) -> ConsultationRequest:
    round_or_404(request, pk)
    return or_404(queries.find_request(user_of(request), pk, asked))


@require_safe
@requires(Permission.VIEW_ROUNDS)
def requests(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ("format",))
    selection_round, today, user = round_or_404(request, pk), timezone.now().date(), user_of(request)
    evidence_services.fresh_evidence(selection_round=selection_round)
    page = queries.consultation_of(selection_round, today)
    if kind := export_format(request):
        return exports.response(kind, page.cells, presenters.FIELDS, f"positions round {pk}", sheet="Positions")
    context = {
        "round": selection_round,
        "tab": "round-consultation",
        "page": page,
        "facts": presenters.facts(page),
        "rows": [
            (
                asked,
                asked.request.agency_id in page.statutory,
                presenters.due_mark(asked.request, today),
                [
                    (cell, presenters.mark(cell)) if (cell := asked.cells.get(candidate.pk)) else None
                    for candidate in page.candidates
                ],
            )
            for asked in page.sent
        ],
        "legend": list(presenters.MARKS.values()),
        "needs": [cell for cell in page.cells if cell.needs_disposition],
        "extensions": [cell for cell in page.cells if cell.status is PositionStatus.EXTENSION],
        "may_run": user.allows(Permission.RUN_ROUNDS) and selection_round.is_open,
        "may_draft": user.allows(Permission.RUN_ROUNDS)
        and selection_round.is_open
        and selection_round.state != RoundState.DRAFT,
        "today": today,
    }
    return render(request, "selection/consultation/requests.html", context)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def one(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    check_parameters(request, ())
    asked_request = request_or_404(request, pk, asked)
    evidence_services.fresh_evidence(selection_round=asked_request.round)
    user, today = user_of(request), timezone.now().date()
    cells = queries.cells_of(asked_request, queries.newest_versions([asked_request.round]), today)
    changes = queries.changes_of([cell.position for cell in cells if cell.is_stale and cell.position is not None])
    hidden = hidden_in_round(asked_request.round, user)
    may_run = user.allows(Permission.RUN_ROUNDS)
    context = {
        "round": asked_request.round,
        "tab": "round-consultation",
        "asked": asked_request,
        "questions": presenters.questions(asked_request),
        "due": presenters.due_mark(asked_request, today),
        "today": today,
        "rows": [
            (
                cell,
                presenters.mark(cell),
                presenters.change_texts(
                    changes.get(cell.position.pk, ()) if cell.position else (), hidden.get(cell.candidate.pk, ())
                ),
            )
            for cell in cells
        ],
        "contacts": queries.contacts_of(asked_request.agency),
        "preview": consultation_notifications.preview(asked_request, [cell.candidate for cell in cells])
        if asked_request.is_draft and cells
        else None,
        "form": ConfirmationForm(initial={"revision": queries.revision_of(asked_request)}),
        "may_run": may_run and asked_request.round.is_open,
        "may_answer": may_run and asked_request.round.state in ANSWERING,
        "may_send": may_run and asked_request.is_draft and asked_request.round.state == RoundState.CONSULTATION,
        "moves": list(asked_request.due_changes.select_related("by")),
        "refused": consent_queries.refused_shorter_times(asked_request),
        "left_to_ask": may_run and queries.left_to_ask(asked_request).exists(),
    }
    return render(request, "selection/consultation/request.html", context)


# ---- actions -------------------------------------------------------------------------------------------------------


class ConsultationAction(RoundAction):
    permission = Permission.RUN_ROUNDS
    back = "round-requests"

    def above(self) -> Breadcrumbs:
        return [("Consultation", reverse("round-requests", args=[self.round.pk]))]


class DraftRequest(ConsultationAction):
    form_class = forms.RequestForm
    heading = "Ask an agency"
    button = "Draft the request"
    done = "Draft saved. Review the message to the agency, then send it."
    intro = "The agency sees nothing until you review the message and send the request."

    def form_arguments(self) -> dict[str, Any]:
        return {"agencies": queries.agencies_to_ask(self.round), "candidates": queries.pool_of(self.round)}

    def perform(self, values: Mapping[str, Any]) -> str:
        draft = requests_services.draft_request(selection_round=self.round, actor=self.actor, **values)
        return reverse("round-request", args=[self.round.pk, draft.pk])


class RecordNotApplicable(ConsultationAction):
    form_class = forms.NotApplicableForm
    heading = "Record as not applicable"
    button = "Record"
    done = "Recorded."
    intro = (
        "For an agency that the statute names but that has no part in this round. Asking it later cancels this record."
    )

    def form_arguments(self) -> dict[str, Any]:
        return {"agencies": queries.to_leave_out(self.round)}

    def perform(self, values: Mapping[str, Any]) -> None:
        requests_services.record_not_applicable(selection_round=self.round, actor=self.actor, **values)


class RequestAction(ConsultationAction):
    back = "round-request"
    asked: ConsultationRequest

    def load(self) -> None:
        self.asked = self.find_request()
        self.round = self.asked.round
        self.kicker = f"{self.asked.agency}, {self.round}"

    def find_request(self) -> ConsultationRequest:
        return request_or_404(self.request, self.kwargs["pk"], self.kwargs["asked"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk, self.asked.pk]

    def above(self) -> Breadcrumbs:
        page = reverse("round-request", args=[self.round.pk, self.asked.pk])
        return [*super().above(), (self.asked.agency.name, page)]


class EditRequest(RequestAction):
    form_class = forms.RequestForm
    form: forms.RequestForm
    heading = "Edit the request"
    button = "Save"
    done = "Request saved."

    def redirect_reason(self) -> str:
        is_draft = self.asked.is_draft or self.request.method == "POST"
        return "" if is_draft else "The request was sent, so it is no longer a draft."

    def form_arguments(self) -> dict[str, Any]:
        return {"candidates": queries.pool_of(self.round)}

    def get_initial(self) -> dict[str, Any]:
        return forms.RequestForm.initial_of(self.asked)

    def perform(self, values: Mapping[str, Any]) -> None:
        requests_services.edit_request(
            request=self.asked,
            values={name: values[name] for name in ("role", "due_on", "questions")},
            candidates=values["candidates"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class ConfirmAction(RequestAction):
    form: ConfirmationForm

    def get_initial(self) -> dict[str, Any]:
        return {"revision": queries.revision_of(self.asked)}

    def facts(self) -> Sequence[tuple[str, Any]]:
        asked = self.asked
        dropped = [("Dropped", f"by {asked.dropped_by}: {asked.drop_reason}")] if asked.dropped_at is not None else []
        return [
            ("Role", asked.get_role_display()),
            ("Due", formats.day(asked.due_on) if asked.due_on else "No answer requested"),
            ("Candidates", ", ".join(row.candidate.country.name for row in asked.candidates.all()) or formats.DASH),
            *dropped,
        ]


class SendRequest(ConfirmAction):
    form_class = ConfirmationForm
    heading = "Send the request"
    button = "Send"
    intro = "The agency is notified immediately. The request's page shows the message."

    def load(self) -> None:
        super().load()
        self.done = f"Sent to {self.asked.agency.short}."

    def facts(self) -> Sequence[tuple[str, Any]]:
        contacts = queries.contacts_of(self.asked.agency)
        return [*super().facts(), ("Submits", ", ".join(map(str, contacts)) or formats.DASH)]

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        requests_services.send_request(request=self.asked, actor=self.actor, expected_revision=expected)


class DropRequest(ConfirmAction):
    form_class = forms.DropForm
    heading = button = "Drop the request"
    intro = "The agency is notified and no longer has to answer. Its positions stay on file. You can ask it again."

    def load(self) -> None:
        super().load()
        self.done = f"{self.asked.agency.short} is no longer asked."

    def perform(self, values: Mapping[str, Any]) -> str:
        expected = self.form.expected_revision
        requests_services.drop_request(
            request=self.asked, reason=values["reason"], actor=self.actor, expected_revision=expected
        )
        return reverse("round-requests", args=[self.round.pk])


class MoveDueDate(ConfirmAction):
    form_class = forms.DueForm
    heading = button = "Move the due date"
    done = "Due date moved."
    intro = (
        "A later date applies at once, and the agency is notified. An earlier one applies once the agency or an "
        "approver agrees."
    )

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Current due date", formats.day(self.asked.due_on))]

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        if self.asked.owes and self.asked.due_on is not None and values["due_on"] < self.asked.due_on:
            cut_short.propose_shorter_time(request=self.asked, actor=self.actor, expected_revision=expected, **values)
            self.done = "Asked. The due date stays until the agency or an approver agrees."
            return
        requests_services.move_due(request=self.asked, actor=self.actor, expected_revision=expected, **values)


class AddCandidates(RequestAction):
    form_class = forms.CandidatesForm
    heading = "Add candidates"
    button = "Add candidates"
    done = "Candidates added. The agency has been notified."
    intro = "The agency is notified immediately. The role and due date of the request apply."

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or queries.left_to_ask(self.asked).exists():
            return ""
        return f"{self.asked.agency} is already asked about every candidate in the round."

    def form_arguments(self) -> dict[str, Any]:
        return {"candidates": queries.left_to_ask(self.asked)}

    def perform(self, values: Mapping[str, Any]) -> None:
        requests_services.add_candidates(request=self.asked, candidates=values["candidates"], actor=self.actor)
