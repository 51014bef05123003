"""Pages of a reviewer: the queue of their agency and the page to answer on one candidate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.database.revisions import EditConflict
from cpc.parameters import check_parameters
from cpc.web.tables import PAGE, paginate
from selection.consultation import presenters, queries
from selection.consultation.forms import ConfirmForm, PositionForm
from selection.consultation.position_status import PositionStatus
from selection.consultation.services import positions as positions_services
from selection.evidence import services as evidence_services
from selection.evidence.queries import evidence_lines, newest_evidence
from selection.models import ANSWERING, Candidate, ConsultationRequest, Position, PositionDraft
from selection.page_frame import SelectionAction, or_404
from selection.runs import labels

ANSWERED = "answered"
"""Query parameter for the page number of the agency's answered candidates."""


@require_safe
@requires(Permission.CONSULT)
def queue(request: HttpRequest) -> HttpResponse:
    check_parameters(request, (PAGE, ANSWERED))
    user, today = user_of(request), timezone.now().date()
    assert user.agency is not None
    for selection_round in queries.open_rounds_of(user):
        evidence_services.fresh_evidence(selection_round=selection_round)
    own_queue = queries.queue_of(user, today)
    waiting = paginate(request, own_queue.waiting)
    answered = paginate(request, own_queue.answered, parameter=ANSWERED)
    context = {
        "queue": own_queue,
        "waiting_page": waiting,
        "answered_page": answered,
        "agency": user.agency,
        "waiting": [
            (cell, presenters.questions(cell.request), presenters.due_mark(cell.request, today)) for cell in waiting
        ],
        "answered": [
            (cell, presenters.mark(cell), own_queue.changes.get(cell.position.pk, ()) if cell.position else ())
            for cell in answered
        ],
        "contacts": queries.contacts_of(user.agency),
        "office": settings.OFFICE_EMAIL,
        "today": today,
    }
    return render(request, "selection/consultation/queue.html", context)


class CandidateReview(SelectionAction):
    """Page with the evidence on one candidate, the office's questions, and the agency's position."""

    permission = Permission.CONSULT
    template_name = "selection/consultation/review.html"
    asked: ConsultationRequest
    candidate: Candidate

    def load(self) -> None:
        code = self.kwargs["code"].upper()
        self.asked, self.candidate = or_404(queries.find_for_review(self.actor, self.kwargs["pk"], code))

    def load_page(self) -> None:
        self.version = or_404(newest_evidence(self.candidate))
        self.history = queries.history_of(self.asked, self.candidate)
        self.live = next((row for row in self.history if row.superseded_at is None), None)
        self.drafts = queries.drafts_of(self.actor, self.asked, self.candidate)
        self.own = next((draft for draft in self.drafts if draft.author_id == self.actor.pk), None)

    def initial_position(self, shown: PositionDraft | None) -> dict[str, Any]:
        return PositionForm.initial_of(self.version.pk, self.live, self.own, shown)

    def get_context(self) -> dict[str, Any]:
        asked, live, version = self.asked, self.live, self.version
        stale = live if live is not None and live.is_final and live.evidence_id != version.pk else None
        waiting = [
            cell for cell in queries.queue_of(self.actor, self.today).waiting if cell.candidate != self.candidate
        ]
        evidence = evidence_lines(version, self.candidate)
        lines = [presenters.line(found) for found in evidence if not found.is_rated]
        return {
            "asked": asked,
            "candidate": self.candidate,
            "round": asked.round,
            "agency": asked.agency,
            "version": version,
            "questions": presenters.questions(asked),
            "due": presenters.due_mark(asked, self.today),
            "today": self.today,
            "counted": [line for line in lines if line["row"].weight > 0],
            "beside": [line for line in lines if not line["row"].weight > 0],
            "rated": [labels.lowered(found.row.label) for found in evidence if found.is_rated],
            "history": [(row, presenters.MARKS[PositionStatus(row.value)]) for row in self.history],
            "live": live,
            "live_mark": presenters.MARKS[PositionStatus(live.value)] if live else None,
            "stale": stale,
            "changes": queries.changes_of([stale]).get(stale.pk, ()) if stale else (),
            "confirm": ConfirmForm(initial={"evidence": version.pk, "position": stale.pk}) if stale else None,
            "own": self.own,
            "others": [draft for draft in self.drafts if draft != self.own],
            "may_write": asked.owes and asked.round.state in ANSWERING,
            "may_submit": positions_services.submits(self.actor, asked),
            "contacts": queries.contacts_of(asked.agency),
            "next": waiting[0] if waiting else None,
            "office": settings.OFFICE_EMAIL,
        }


class AnswerRequest(CandidateReview):
    parameters = ("draft",)
    form_class = PositionForm
    form: PositionForm
    shown: PositionDraft | None = None

    def load(self) -> None:
        super().load()
        evidence_services.fresh_evidence(selection_round=self.asked.round)
        self.load_page()
        if self.request.method != "POST":
            self.shown = self.find_draft()

    def find_draft(self) -> PositionDraft | None:
        """Return the draft named by `?draft=`, or else the reader's own."""
        wanted = self.request.GET.get("draft", "")
        return or_404(next((row for row in self.drafts if str(row.pk) == wanted), None)) if wanted else self.own

    def get_initial(self) -> dict[str, Any]:
        return self.initial_position(self.shown)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = self.candidate.country.code
        if kwargs["code"] != code:
            return redirect("consultation-review", kwargs["pk"], code)
        return super().get(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> str:
        given = {name: values[name] for name in ("value", "text", "proposed_due_on", "evidence")}
        given |= {"request": self.asked, "candidate": self.candidate, "actor": self.actor}
        if not self.form.submits:
            self.done = "Draft saved. Only your agency sees it."
            positions_services.save_draft(expected_revision=values["draft_revision"], **given)
            return reverse("consultation-review", args=[self.asked.pk, self.candidate.country.code])
        self.done = f"Submitted for {self.asked.agency.short}. It stays on file; a later position replaces it."
        taken = next((draft for draft in self.drafts if draft.pk == values["draft"]), None)
        expected = self.form.expected_revision
        positions_services.submit_position(expected_revision=expected, taken_over=taken, **given)
        return reverse("consultation")

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"form": self.form, "shown": self.shown}


class ConfirmPosition(CandidateReview):
    http_method_names = ["post"]
    form_class = ConfirmForm

    def load(self) -> None:
        super().load()
        self.done = f"Confirmed for {self.asked.agency.short} on the current evidence."

    def perform(self, values: Mapping[str, Any]) -> str:
        live = Position.objects.live().filter(request=self.asked, candidate=self.candidate)
        position = live.filter(pk=values["position"]).first()
        if position is None:
            raise EditConflict(
                "Another position was submitted for your agency after you opened the page. Read it first."
            )
        positions_services.confirm_position(position=position, evidence=values["evidence"], actor=self.actor)
        return reverse("consultation")

    def get_context(self) -> dict[str, Any]:
        self.load_page()
        form = PositionForm(initial=self.initial_position(None))
        return super().get_context() | {"form": form, "refused": self.form}
