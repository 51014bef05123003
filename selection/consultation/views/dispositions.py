"""Actions of the office on positions of agencies, and on missing positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.consultation import forms, queries
from selection.consultation.edits import edits_of
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services.dispositions import EditOutcome
from selection.consultation.views.requests import RequestAction
from selection.models import ConsultationRequest, Position
from selection.page_frame import or_404, round_or_404


class PositionAction(RequestAction):
    position: Position

    def load(self) -> None:
        super().load()
        self.kicker = f"{self.position.agency} on {self.position.candidate.country}"

    def find_request(self) -> ConsultationRequest:
        round_or_404(self.request, self.kwargs["pk"])
        self.position = or_404(queries.find_position(self.actor, self.kwargs["pk"], self.kwargs["position"]))
        return self.position.request


class RecordDisposition(PositionAction):
    form_class = forms.DispositionForm
    form: forms.DispositionForm
    heading = "Record the disposition"
    button = "Record the disposition"
    done = "Recorded. The agency has been notified."
    intro = "What did the office do about the position? The memo prints it. A later disposition replaces this one."

    def facts(self) -> Sequence[tuple[str, Any]]:
        position = self.position
        newest = position.dispositions.order_by("-pk").first()
        return [
            ("Position", position.get_value_display()),
            *([] if edits_of(position) else [("Agency's text", position.text)]),
            ("Given", formats.day(position.at)),
            *([("What the office did about it", newest.text)] if newest else []),
        ]

    def form_arguments(self) -> dict[str, Any]:
        return {"edits": edits_of(self.position)}

    def get_initial(self) -> dict[str, Any]:
        return {"revision": queries.revision_of_disposition(self.position)}

    def perform(self, values: Mapping[str, Any]) -> None:
        outcomes = [
            EditOutcome(values[f"edit_{number}"] == forms.ACCEPTED, values[f"reason_{number}"])
            for number in range(1, len(self.form.edits) + 1)
        ]
        dispositions_services.dispose(
            position=self.position,
            text=values["text"],
            outcomes=outcomes,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class AnswerExtension(PositionAction):
    form_class = forms.ExtensionForm
    heading = "Answer the request for more time"
    button = "Record the answer"
    done = "Recorded. The agency has been notified."
    intro = "Granting it moves this agency's due date for all its candidates."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [
            ("Current due date", formats.day(self.asked.due_on)),
            ("Date requested", formats.day(self.position.proposed_due_on)),
            ("Why", self.position.text),
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": self.position.proposed_due_on}

    def perform(self, values: Mapping[str, Any]) -> None:
        dispositions_services.answer_extension(
            position=self.position,
            granted=values["decision"] == "grant",
            due_on=values["due_on"],
            reason=values["reason"],
            actor=self.actor,
        )
