"""Pages of the workbook of positions and notes: download, upload, and the preview of every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.files.upload_safety import UnreadableFile
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from cpc.web.sheets.kinds import Sheet
from selection.consultation import queries as consultation_queries
from selection.evidence.services import fresh_evidence
from selection.models import ConsultationRequest, ResponseUpload
from selection.page_frame import SelectionAction, or_404
from selection.review import queries, services
from selection.review.forms import WorkbookForm
from selection.review.response_sheet import read_responses, response_workbook, sheet_of


def sheet_for(asked: ConsultationRequest) -> Sheet:
    bench = queries.bench_of(asked, timezone.now().date())
    return sheet_of(asked, bench, consultation_queries.newest_versions([asked.round]))


@require_safe
@requires(Permission.CONSULT)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the workbook: a row for each candidate, lists to choose from, and a tab for notes."""
    check_parameters(request, ())
    asked = or_404(consultation_queries.find_own_request(user_of(request), pk))
    fresh_evidence(selection_round=asked.round)
    return response_workbook(asked, sheet_for(asked))


class WorkbookAction(SelectionAction):
    permission = Permission.CONSULT
    asked: ConsultationRequest

    def load(self) -> None:
        self.asked = or_404(consultation_queries.find_own_request(self.actor, self.kwargs["pk"]))
        fresh_evidence(selection_round=self.asked.round)
        self.kicker = f"{self.asked.agency} · {self.asked.round}"

    @property
    def back_url(self) -> str:
        return reverse("consultation")

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Consultation", reverse("consultation"))]


class UploadResponses(WorkbookAction):
    form_class = WorkbookForm
    heading = "Upload positions and notes"
    button = "Upload and preview"
    intro = "You see every change and error before anything is saved."
    consequence = "The file was not read."

    def perform(self, values: Mapping[str, Any]) -> str:
        file = values["file"]
        try:
            positions, notes = read_responses(sheet_for(self.asked), file)
        except UnreadableFile as fault:
            raise ValidationError({"file": f"{fault.message} {fault.remedy}"}) from fault
        upload = services.receive_responses(
            request=self.asked, file=file, positions=positions, notes=notes, actor=self.actor
        )
        return reverse("consultation-responses", args=[self.asked.pk, upload.pk])


class SaveResponses(WorkbookAction):
    """Preview of a workbook row by row. Saving takes the good rows; the others are named and can be corrected."""

    template_name = "selection/review/responses.html"
    heading = "Preview of the workbook"
    upload: ResponseUpload

    def load(self) -> None:
        super().load()
        rows = ResponseUpload.objects.visible_to(self.actor).filter(request=self.asked, pk=self.kwargs["upload"])
        self.upload = or_404(rows.select_related("request__round", "request__agency", "uploaded_by").first())

    @property
    def back_url(self) -> str:
        return reverse("consultation-responses", args=[self.asked.pk, self.upload.pk])

    def perform(self, values: Mapping[str, Any]) -> None:
        found = services.save_responses(upload=self.upload, actor=self.actor)
        parts = [formats.count_of(found.new_positions, "position"), formats.count_of(found.new_notes, "note")]
        self.done = f"{formats.listing(parts)} saved."
        if found.refused:
            self.done += f" {formats.count_of(found.refused, 'row')} refused; correct and upload the file again."

    def breadcrumbs(self) -> Breadcrumbs:
        return [*super().breadcrumbs(), ("Upload", reverse("consultation-upload", args=[self.asked.pk]))]

    def get_context(self) -> dict[str, Any]:
        found = services.preview_responses(upload=self.upload, actor=self.actor)
        tables: Sequence[tuple[str, str, Sequence[services.RowOutcome]]] = (
            ("positions", "Positions", found.positions),
            ("notes", "Notes", found.notes),
        )
        return super().get_context() | {
            "upload": self.upload,
            "asked": self.asked,
            "found": found,
            "tables": [(key, title, sorted(rows, key=_gravest)) for key, title, rows in tables],
            "to_save": found.new_positions + found.new_notes,
        }


def _gravest(row: services.RowOutcome) -> tuple[bool, bool, int]:
    return row.state != "refused", row.state in ("unchanged", "open"), row.line
