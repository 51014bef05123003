"""Note on one row of the workbench, written at that row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse

from selection.consultation.forms import PositionForm
from selection.models import NoteVisibility
from selection.notes.presenters import notes as notes_presenters
from selection.notes.services.notes import write_note
from selection.review import queries
from selection.review.forms import PlacedNoteForm
from selection.review.queries import NoteRow
from selection.review.views.bench import CandidateReview


class WriteNoteInPlace(CandidateReview):
    """The workbench with the form of a note in the row that `?row=` names. Saving it submits no position."""

    parameters = ("row",)
    form_class = PlacedNoteForm
    form: PlacedNoteForm
    done = "Note saved. It is on its way; you need not submit a position first."

    def load(self) -> None:
        super().load()
        self.load_page()
        sent = self.request.method == "POST"
        wanted = (self.request.POST if sent else self.request.GET).get("row", "")
        self.row = self.find_row(wanted)
        self.is_gone = self.row is None
        if self.row is None and not sent:
            raise Http404
        self.row = self.row or queries.whole_row(self.candidate)

    def find_row(self, key: str) -> NoteRow | None:
        if key in ("", queries.WHOLE):
            return queries.whole_row(self.candidate)
        if key.startswith("e-"):
            table = self.candidate.round.model.as_table
            found = (
                row for row in table.criteria if row.key == key.removeprefix("e-") and row.key in self.version.cells
            )
            return next((queries.criterion_row(row.key, row.label) for row in found), None)
        return next((row for row in (self.read.rows if self.read else ()) if row.key == key), None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.record_opening()
        return super().get(request, *args, **kwargs)

    def redirect_reason(self) -> str:
        if self.asked.round.is_open or self.request.method == "POST":
            return ""
        return f"The round is {self.asked.round.state_phrase}, so its notes can't change."

    @property
    def back_url(self) -> str:
        return self.own_url(f"#{self.row.key}" if self.row else "")

    def form_arguments(self) -> dict[str, Any]:
        assert self.row is not None
        visibilities = notes_presenters.visibilities(of_agency=True)
        return {"visibilities": visibilities, "auto_id": f"note-{self.row.key}-%s"}

    def get_initial(self) -> dict[str, Any]:
        assert self.row is not None
        return {"row": self.row.key, "visibility": NoteVisibility.OFFICE}

    def perform(self, values: Mapping[str, Any]) -> str:
        assert self.row is not None
        if self.is_gone:
            message = "This row is no longer shown. Save the note on the candidate as a whole, or choose another row."
            self.form.point_to(queries.WHOLE)
            raise ValidationError(message, code="row_gone")
        note = write_note(
            selection_round=self.asked.round,
            candidate=self.candidate,
            anchor=self.row.anchor,
            content=self.form.content,
            visibility=values["visibility"],
            actor=self.actor,
        )
        self.done = f"Note {note.reference} saved."
        return self.back_url

    def get_context(self) -> dict[str, Any]:
        form = PositionForm(initial=self.initial_position(self.own))
        return super().get_context() | {"form": form, "shown": self.own, "note_form": self.form}
