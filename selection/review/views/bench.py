"""Pages on one candidate: the evidence, the agency's position, and its confirmation and withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.database.revisions import EditConflict
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.consultation import presenters as consultation_presenters
from selection.consultation import queries as consultation_queries
from selection.consultation.forms import ConfirmForm, PositionForm
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, revision_of_position
from selection.consultation.services import positions as positions_services
from selection.consultation.services.openings import record_opening
from selection.consultation.services.withdrawals import withdraw_position
from selection.evidence import services as evidence_services
from selection.evidence.queries import evidence_lines, newest_evidence
from selection.evidence.trends import trends_of
from selection.lookups.earlier_compacts import earlier_compacts
from selection.models import ANSWERING, Candidate, ConsultationRequest, Position, PositionDraft
from selection.notes import queries as notes_queries
from selection.page_frame import SelectionAction, or_404
from selection.review import presenters, queries
from selection.review.forms import WithdrawPositionForm
from selection.review.queries import NoteRow, Workbench

FOCUS = "#candidate"
"""Fragment of the heading of a candidate's page, so that focus begins there."""


def url_of(cell: PositionCell) -> str:
    return reverse("consultation-review", args=[cell.request.pk, cell.candidate.country.code]) + FOCUS


class CandidateReview(SelectionAction):
    """Page with the evidence on one candidate, the office's questions, and the agency's position and notes."""

    permission = Permission.CONSULT
    template_name = "selection/review/bench.html"
    asked: ConsultationRequest
    candidate: Candidate
    row: NoteRow | None = None
    """The row with an open note form."""

    def load(self) -> None:
        code = self.kwargs["code"].upper()
        self.asked, self.candidate = or_404(consultation_queries.find_for_review(self.actor, self.kwargs["pk"], code))
        evidence_services.fresh_evidence(selection_round=self.asked.round)

    @cached_property
    def bench(self) -> Workbench:
        return queries.bench_of(self.asked, self.today)

    @cached_property
    def read(self) -> queries.ReadNarrative | None:
        return queries.narrative_of(self.candidate)

    def load_page(self) -> None:
        self.version = or_404(newest_evidence(self.candidate))
        self.history = consultation_queries.history_of(self.asked, self.candidate)
        self.live = next((row for row in self.history if row.superseded_at is None), None)
        self.drafts = consultation_queries.drafts_of(self.actor, self.asked, self.candidate)
        self.own = next((draft for draft in self.drafts if draft.author_id == self.actor.pk), None)

    def record_opening(self) -> None:
        record_opening(request=self.asked, evidence=self.version, actor=self.actor)

    def initial_position(self, shown: PositionDraft | None) -> dict[str, Any]:
        return PositionForm.initial_of(self.version.pk, self.live, self.own, shown)

    def next_url(self) -> str:
        """Return the page of the next candidate that waits, or the queue if none does."""
        following = queries.next_to_answer(self.bench, self.candidate, self.actor, self.today)
        return url_of(following) if following else reverse("consultation")

    def own_url(self, fragment: str = "") -> str:
        return reverse("consultation-review", args=[self.asked.pk, self.candidate.country.code]) + fragment

    def get_context(self) -> dict[str, Any]:
        return self.position_context() | self.evidence_context() | self.list_context()

    def position_context(self) -> dict[str, Any]:
        asked, live = self.asked, self.live
        stale = live if live is not None and live.is_final and live.evidence_id != self.version.pk else None
        withdrawn = self.history[0] if self.history and self.history[0].withdrawn_because and live is None else None
        marks = consultation_presenters.MARKS
        may_write, may_submit = (
            asked.owes and asked.round.state in ANSWERING,
            positions_services.submits(self.actor, asked),
        )
        return {
            "asked": asked,
            "candidate": self.candidate,
            "round": asked.round,
            "agency": asked.agency,
            "version": self.version,
            "questions": consultation_presenters.questions(asked),
            "due": consultation_presenters.due_mark(asked, self.today),
            "today": self.today,
            "history": [(row, marks[PositionStatus(row.value)]) for row in self.history],
            "live": live,
            "live_mark": marks[PositionStatus(live.value)] if live else None,
            "withdrawn": withdrawn,
            "may_withdraw": live is not None and not hasattr(live, "extension_answer") and may_write and may_submit,
            "stale": stale,
            "changes": consultation_queries.changes_of([stale]).get(stale.pk, ()) if stale else (),
            "confirm": ConfirmForm(initial={"evidence": self.version.pk, "position": stale.pk}) if stale else None,
            "own": self.own,
            "others": [draft for draft in self.drafts if draft != self.own],
            "may_write": may_write,
            "may_submit": may_submit,
            "contacts": consultation_queries.contacts_of(asked.agency),
            "office": settings.OFFICE_EMAIL,
        }

    def evidence_context(self) -> dict[str, Any]:
        evidence = evidence_lines(self.version, self.candidate)
        trends = trends_of(evidence, self.candidate.country, as_of=self.version.as_of)
        notes = presenters.notes_by_row(notes_queries.notes_on(self.candidate, self.actor))
        opened = self.row.key if self.row else ""
        shown = presenters.shown_evidence(self.version, evidence, trends, notes, opened)
        narrative = presenters.shown_narrative(self.read, notes, opened)
        may_note = self.asked.round.is_open and self.candidate.in_pool and notes_queries.writes_notes(self.actor)
        code = self.candidate.country.code
        return {
            "evidence": shown,
            "narrative": narrative,
            "notes": notes,
            "own_notes": [line for line in notes.lines if line["note"].agency_id == self.actor.agency_id],
            "note_url": reverse("consultation-note", args=[self.asked.pk, code]) if may_note else "",
            "note_row": self.row,
            "compacts": earlier_compacts([code], self.today)[code],
        }

    def list_context(self) -> dict[str, Any]:
        before, after = self.bench.neighbors(self.candidate)
        return {
            "bench": self.bench,
            "listed": presenters.listed(self.bench),
            "next": queries.next_to_answer(self.bench, self.candidate, self.actor, self.today),
            "previous_url": url_of(before) if before else "",
            "following_url": url_of(after) if after else "",
        }


class AnswerRequest(CandidateReview):
    parameters = ("draft",)
    form_class = PositionForm
    form: PositionForm
    shown: PositionDraft | None = None

    def load(self) -> None:
        super().load()
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
        self.record_opening()
        return super().get(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> str:
        given = {name: values[name] for name in ("value", "text", "proposed_due_on", "evidence")}
        given |= {"request": self.asked, "candidate": self.candidate, "actor": self.actor}
        if not self.form.submits:
            self.done = "Draft saved. Only your agency sees it."
            positions_services.save_draft(expected_revision=values["draft_revision"], **given)
            return self.own_url()
        self.done = f"Submitted for {self.asked.agency.short} on {self.candidate.country}."
        taken = next((draft for draft in self.drafts if draft.pk == values["draft"]), None)
        expected = self.form.expected_revision
        positions_services.submit_position(expected_revision=expected, taken_over=taken, **given)
        return self.next_url()

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
        return self.next_url()

    def get_context(self) -> dict[str, Any]:
        self.load_page()
        form = PositionForm(initial=self.initial_position(None))
        return super().get_context() | {"form": form, "refused": self.form}


class WithdrawPosition(SelectionAction):
    permission = Permission.CONSULT
    form_class = WithdrawPositionForm
    form: WithdrawPositionForm
    button = "Withdraw the position"
    back = "consultation-review"
    position: Position | None

    def load(self) -> None:
        code = self.kwargs["code"].upper()
        self.asked, self.candidate = or_404(consultation_queries.find_for_review(self.actor, self.kwargs["pk"], code))
        live = Position.objects.live().filter(request=self.asked, candidate=self.candidate)
        self.position = live.select_related("request", "candidate__country").first()
        country = self.candidate.country
        self.kicker = f"{self.asked.agency}, {self.asked.round}"
        self.heading = f"Withdraw the position on {country}"
        self.intro = (
            f"The position stays on record with your reason, but no longer counts. {self.asked.agency.short} owes an "
            "answer again, by the same due date. The office is notified."
        )
        self.done = f"Withdrawn. {self.asked.agency.short} owes an answer on {country} again."

    def redirect_reason(self) -> str:
        if self.position is not None or self.request.method == "POST":
            return ""
        return f"{self.asked.agency.short} has no position on {self.candidate.country} to withdraw."

    def blocked_reason(self) -> str:
        if positions_services.submits(self.actor, self.asked):
            return ""
        return f"Only the point of contact of {self.asked.agency.short} withdraws a position."

    def back_arguments(self) -> Sequence[Any]:
        return [self.asked.pk, self.candidate.country.code]

    def breadcrumbs(self) -> Breadcrumbs:
        queue = ("Consultation", reverse("consultation"))
        return [("Home", reverse("home")), queue, (self.candidate.country.name, self.back_url)]

    def facts(self) -> Sequence[tuple[str, Any]]:
        if self.position is None:
            return []
        return [
            ("Position", self.position.get_value_display()),
            ("Text", self.position.text or formats.DASH),
            ("Given", formats.day(self.position.at)),
            ("Due", formats.day(self.asked.due_on)),
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"revision": revision_of_position(self.position)}

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.position is None:
            raise EditConflict("Another point of contact withdrew the position after you opened this page.")
        withdraw_position(
            position=self.position,
            reason=values["reason"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
