"""Pages of the comment matrix: all notes of a round with answers, exports, and uploads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.files.upload_safety import UnreadableFile
from cpc.parameters import check_parameters
from cpc.web import exports, formats
from cpc.web.lists import OpenList, filter_error, listing
from cpc.web.tables import FORMATS, query
from selection.comment_matrix import services
from selection.comment_matrix.presenters import MATRIX, matrix_table
from selection.models import MatrixUpload, Note, NoteKind, NoteStatus, SelectionRound
from selection.notes import queries as notes_queries
from selection.notes.forms import MatrixFileForm, MatrixFilter
from selection.notes.matrix_columns import ABOUT, ALL, SHEET
from selection.notes.presenters import notes as notes_presenters
from selection.notes.presenters.document import document_response
from selection.notes.queries import Thread
from selection.notes.views import closed_reason, round_or_404
from selection.page_frame import SelectionAction, or_404

MOST_IN_DOCUMENT = 1_500
HOW_TO = (
    ("New notes", "One row per note. Leave “No.” empty, and “Adjudication” and all columns after it."),
    ("Existing notes", "Rows with a number are for reference. You can't change them here; use the note's page."),
    ("Candidate", f"The name of a candidate your agency is asked about, or “{ALL}” for the round as a whole."),
    ("Type", "Critical, Major, Substantive or Administrative. A critical note needs a rationale."),
    ("Section or paragraph", "Enter a criterion's name to attach the note to it. Any other text is stored as entered."),
    ("Formulas", "Don't use formulas. A cell with a formula is rejected."),
    ("Victims", "Do not enter information about individual victims."),
)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(MATRIX)
def matrix(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    """List the notes that this account sees, blocking ones first.

    `?format=csv|xlsx` exports the columns of the page, `?format=docx` the document, each with all notes that match.
    """
    user = user_of(request)
    selection_round = round_or_404(user, pk)
    form = _filter(shown, selection_round, user)
    rows = notes_queries.matrix(selection_round, user, **form.cleaned_data)
    labels = notes_queries.criterion_labels(selection_round)
    table = shown.table(matrix_table(selection_round, user))
    if request.GET.get("format"):
        listed = notes_queries.threads(notes_queries.with_threads(rows), labels)
        return _export(shown, selection_round, listed, form.filter_labels)
    page = table.page(request, rows.values_list("pk", flat=True))
    found = notes_queries.with_threads(Note.objects.all()).in_bulk(list(page.object_list))
    summary = notes_queries.summary(selection_round, user)
    is_part = form.filter_labels and form.cleaned_data["status"] != notes_queries.TAKEN_BACK
    shown.counted(page.paginator.count, summary["total"] if is_part else None)
    context = {
        "shown": shown,
        "round": selection_round,
        "form": form,
        "table": table,
        "page": page,
        "rows": notes_queries.threads([found[key] for key in page.object_list if key in found], labels),
        "summary": summary,
        "progress": notes_presenters.progress(summary["answered"], summary["total"]) if summary["total"] else None,
        "filters": form.filter_labels,
        "may_import": selection_round.is_open and (bool(own_agencies(user)) or user.allows(Permission.RUN_ROUNDS)),
        "may_write": selection_round.is_open and notes_queries.writes_notes(user),
        "sees_rounds": user.allows(Permission.VIEW_ROUNDS),
        "exports": [(kind.upper(), query(request, format=kind, page=None)) for kind in ("docx", "xlsx", "csv")],
    }
    return render(request, "selection/comment_matrix/matrix.html", context)


def _filter(shown: OpenList, selection_round: SelectionRound, user: User) -> MatrixFilter:
    offers = {
        "agency": [(notes_queries.OFFICE, "TIP Office"), *notes_queries.agencies_in(selection_round, user)],
        "candidate": notes_queries.candidates_in(selection_round, user),
        "kind": [(str(value), str(label)) for value, label in NoteKind.choices],
        "status": [
            *((str(value), str(label)) for value, label in NoteStatus.choices),
            (notes_queries.TAKEN_BACK, "Withdrawn or superseded"),
        ],
    }
    form = shown.form(lambda given: MatrixFilter(given, auto_id="f-%s", offers=offers))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    return form


def _export(
    shown: OpenList, selection_round: SelectionRound, rows: list[Thread], filters: list[str]
) -> HttpResponseBase:
    notes = (
        ("Round", str(selection_round)),
        ("As of", formats.moment(timezone.now())),
        ("Filters", "; ".join(filters) or "None"),
        ("Notes", str(len(rows))),
    )
    kind = shown.request.GET["format"]
    name = f"comment matrix {selection_round.fiscal_year} {selection_round.title}"
    if kind == "docx":
        if len(rows) > MOST_IN_DOCUMENT:
            raise BadRequest(f"{len(rows):,} notes are too many for a document. Filter the matrix, or use XLSX.")
        return document_response(rows, title=f"Comment matrix, {selection_round}", notes=notes, name=name)
    if kind not in FORMATS:
        raise BadRequest(f"“{kind}” is not an export format. Use csv, xlsx, or docx.")
    return shown.export(kind, rows, name, notes=notes)


# ---- uploaded workbooks --------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the workbook to fill in: an agency's current notes, and rows for new ones.

    The office names the agency in the URL.
    """
    check_parameters(request, ("agency",))
    user = user_of(request)
    selection_round = round_or_404(user, pk)
    named = _agencies_to_upload_for(selection_round, user).filter(code=request.GET.get("agency", ""))
    agency = or_404(named.first() or (user.agency if own_agencies(user) else None))
    rows = notes_queries.matrix(selection_round, user, agency=agency.code)
    listed = notes_queries.threads(notes_queries.with_threads(rows), notes_queries.criterion_labels(selection_round))
    name = f"comment matrix {selection_round.fiscal_year} {selection_round.title} {agency.code}"
    notes = (("Round", str(selection_round)), ("Agency", agency.name), *HOW_TO)
    return exports.xlsx_response(listed, notes_presenters.FIELDS, name, sheet=SHEET, notes=notes)


def _agencies_to_upload_for(selection_round: SelectionRound, user: User) -> Any:
    asked = notes_queries.agencies_asked(selection_round).order_by("name")
    if own_agencies(user):
        return asked.filter(pk__in=own_agencies(user))
    return asked if user.allows(Permission.RUN_ROUNDS) else asked.none()


class MatrixAction(SelectionAction):
    permission = Permission.VIEW_OBSERVATIONS
    back = "round-matrix"
    round: SelectionRound

    def load(self) -> None:
        self.round = round_or_404(self.actor, self.kwargs["pk"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "round": self.round,
            "sees_rounds": self.actor.allows(Permission.VIEW_ROUNDS),
        }


class SendMatrix(MatrixAction):
    """Send a filled matrix; its preview is shown before anything is saved."""

    form_class = MatrixFileForm
    template_name = "selection/comment_matrix/import.html"
    done = already_done = "File uploaded. Check the preview before you add its notes."

    def load(self) -> None:
        super().load()
        if not (own_agencies(self.actor) or self.actor.allows(Permission.RUN_ROUNDS)):
            raise PermissionDenied(f"{self.actor} can't import a matrix.")
        self.agencies = _agencies_to_upload_for(self.round, self.actor)

    def redirect_reason(self) -> str:
        return "" if self.round.is_open else closed_reason(self.round)

    def form_arguments(self) -> dict[str, Any]:
        of_agency = self.actor.agency_id is not None
        own, entered = notes_presenters.visibilities(of_agency=True), notes_presenters.ENTERED_VISIBILITIES
        return {"agencies": self.agencies, "visibilities": own if of_agency else entered}

    def perform(self, values: Mapping[str, Any]) -> str:
        try:
            upload = services.receive_matrix(selection_round=self.round, actor=self.actor, **values)
        except UnreadableFile as fault:
            raise ValidationError({"file": f"{fault.message} {fault.remedy}"}) from fault
        return reverse("matrix-upload", args=[self.round.pk, upload.pk])

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"agencies": list(self.agencies)}


class ImportMatrix(MatrixAction):
    """Preview a filled matrix line by line, and add its notes: all of them or none."""

    template_name = "selection/comment_matrix/upload.html"
    already_done = "The file had no new notes. Nothing was added."
    upload: MatrixUpload

    def load(self) -> None:
        super().load()
        self.upload = or_404(notes_queries.find_upload(self.round, self.kwargs["upload"], self.actor))

    def perform(self, values: Mapping[str, Any]) -> None:
        taken = services.import_matrix(upload=self.upload, actor=self.actor)
        self.done = f"{formats.count_of(taken.added, 'note')} added." if taken.added else self.already_done

    def get_context(self) -> dict[str, Any]:
        lines = services.compare_lines(self.upload)
        return super().get_context() | {
            "upload": self.upload,
            "lines": sorted(lines, key=lambda line: (not line.faults, line.state != "new", line.row))[:200],
            "more": max(len(lines) - 200, 0),
            "counts": Counter(line.state for line in lines),
            "faults": sum(len(line.faults) for line in lines),
            "can_import": self.upload.applied_at is None
            and self.round.is_open
            and not any(line.faults for line in lines),
            "about": ABOUT,
        }
