"""Page to give the same position on several candidates of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.consultation import queries as consultation_queries
from selection.consultation.services import positions as positions_services
from selection.consultation.services.several import submit_for_several
from selection.evidence import services as evidence_services
from selection.models import ANSWERING, ConsultationRequest
from selection.page_frame import SelectionAction, or_404
from selection.review import presenters, queries
from selection.review.forms import SeveralForm


class AnswerSeveral(SelectionAction):
    permission = Permission.CONSULT
    parameters = ("c",)
    form_class = SeveralForm
    form: SeveralForm
    template_name = "selection/review/several.html"
    heading = "Same position for several"
    asked: ConsultationRequest

    def load(self) -> None:
        self.asked = or_404(consultation_queries.find_own_request(self.actor, self.kwargs["pk"]))
        evidence_services.fresh_evidence(selection_round=self.asked.round)
        self.bench = queries.bench_of(self.asked, self.today)
        named = set(self.request.POST.getlist("candidates"))
        # A candidate that a colleague answered meanwhile stays in the form, with what was typed for it.
        self.cells = [cell for cell in self.bench.cells if cell.is_waited_for or cell.candidate.country.code in named]
        self.newest = consultation_queries.newest_versions([self.asked.round])
        self.kicker = f"Review for {self.asked.agency} · {self.asked.round}"

    def redirect_reason(self) -> str:
        if self.cells or self.request.method == "POST":
            return ""
        return f"{self.asked.agency.short} has answered on every candidate of this request."

    def blocked_reason(self) -> str:
        if not self.asked.owes:
            return "The office does not ask for positions here."
        if self.asked.round.state not in ANSWERING:
            return (
                f"The round is {self.asked.round.state_phrase}. Positions are given in consultation and deliberation."
            )
        if not positions_services.submits(self.actor, self.asked):
            return f"Only the point of contact of {self.asked.agency.short} submits. Save a draft for each candidate."
        return ""

    @property
    def back_url(self) -> str:
        return reverse("consultation")

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Consultation", reverse("consultation"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"cells": self.cells, "evidence": self.newest}

    def get_initial(self) -> dict[str, Any]:
        return {"candidates": self.request.GET.getlist("c")}

    def show_conflict(self) -> None:
        self.load()
        self.form.cells = {cell.candidate.country.code: cell for cell in self.cells}
        self.form.see_again(dict(self.newest))

    def perform(self, values: Mapping[str, Any]) -> str:
        made = submit_for_several(
            request=self.asked,
            chosen=self.form.chosen,
            value=values["value"],
            text=values["text"],
            proposed_due_on=values["proposed_due_on"],
            actor=self.actor,
        )
        self.done = f"{formats.count_of(len(made), 'position')} submitted for {self.asked.agency.short}."
        waiting = queries.bench_of(self.asked, self.today).waiting
        if not waiting:
            return reverse("consultation")
        first = waiting[0]
        return reverse("consultation-review", args=[self.asked.pk, first.candidate.country.code]) + "#candidate"

    def rows(self) -> Sequence[dict[str, Any]]:
        """Return the candidates with their fields, drafts, and who of the agency opened the evidence."""
        openings = queries.openings_of(self.asked, [cell.candidate for cell in self.cells])
        chosen = set(self.form["candidates"].value() or ())
        found = []
        for cell in self.cells:
            code = cell.candidate.country.code
            opening = openings.get(cell.candidate.pk)
            newest = self.newest.get(cell.candidate.pk)
            found.append(
                {
                    "cell": cell,
                    "code": code,
                    "status": presenters.status_of(cell),
                    "opening": opening,
                    "is_older": opening is not None and opening.evidence_id != newest,
                    "is_chosen": code in chosen,
                    "only": self.form[f"only-{code}"],
                    "seen": self.form[f"seen-{code}"],
                }
            )
        return found

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "asked": self.asked,
            "agency": self.asked.agency,
            "round": self.asked.round,
            "rows": self.rows(),
            "waiting": len(self.bench.waiting),
        }
