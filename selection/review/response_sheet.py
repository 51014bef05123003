"""Workbook in which an agency answers offline: a row for each candidate, and a tab for notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.http import HttpResponse

from cpc.web.actions import ActionForm
from cpc.web.sheets.blocks import Incoming, read_workbook
from cpc.web.sheets.files import workbook_response
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection
from cpc.web.sheets.rows import saved_rows
from selection.consultation.presenters import mark
from selection.consultation.queries import PositionCell, revision_of_position
from selection.models import ConsultationRequest
from selection.notes.presenters.notes import visibilities
from selection.notes.queries import criterion_labels
from selection.review.forms import NoteRowForm, PositionRowForm
from selection.review.queries import Workbench


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate of the request as a row; `pk` is its key in the workbook."""

    cell: PositionCell
    evidence: int

    @property
    def pk(self) -> int:
        return self.cell.candidate.pk


class PositionRows(RowKind):
    """One row for each candidate. Its key holds the evidence and the position that the agency saw."""

    key, noun, plural = "position", "position", "positions"
    adds = removes = False
    named_by = "candidate"

    def __init__(self, bench: Workbench, newest: Mapping[int, int]) -> None:
        self.bench, self.newest = bench, newest

    def records(self) -> Sequence[CandidateRow]:
        return [CandidateRow(cell, self.newest.get(cell.candidate.pk, 0)) for cell in self.bench.cells]

    def revision(self, record: CandidateRow) -> str:
        return f"{record.evidence}.{revision_of_position(record.cell.position)}"

    def make_form(self, record: CandidateRow | None, data: FormData | None) -> ActionForm:
        return PositionRowForm(data)

    def values_of(self, form: ActionForm) -> Mapping[str, Any]:
        return {}

    def locked(self, record: CandidateRow) -> Mapping[str, str]:
        return {"candidate": record.cell.candidate.country.name, "status": mark(record.cell).text}


class NoteRows(RowKind):
    """New notes. Notes on record are on their pages and in the comment matrix."""

    key, noun, plural = "note", "note", "notes"

    def __init__(self, request: ConsultationRequest, bench: Workbench) -> None:
        countries = [cell.candidate.country for cell in bench.cells]
        self.options = {
            "candidates": [(country.code, country.name) for country in countries],
            "criteria": [("", ""), *criterion_labels(request.round).items()],
            "visibilities": visibilities(of_agency=True),
        }

    def records(self) -> Sequence[Any]:
        return ()

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return NoteRowForm(data, **self.options)


def sheet_of(request: ConsultationRequest, bench: Workbench, newest: Mapping[int, int]) -> Sheet:
    kinds = (PositionRows(bench, newest), NoteRows(request, bench))
    sections = tuple(SheetSection(kind.plural.capitalize(), (kind,)) for kind in kinds)
    return Sheet("responses", str(request.pk), "Positions and notes", sections)


def response_workbook(request: ConsultationRequest, sheet: Sheet) -> HttpResponse:
    name = f"positions {request.round.fiscal_year} {request.round.title} {request.agency.code}"
    return workbook_response(sheet, saved_rows(sheet), name)


def read_responses(sheet: Sheet, file: File[bytes]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the filled rows of positions and of notes as plain data. Raises `UnreadableFile` with the cell."""
    rows = read_workbook(sheet, file)
    positions, notes = ([one for one in rows if one.kind.key == key] for key in ("position", "note"))
    return [_plain(one) for one in positions], [_plain(one) for one in notes]


def _plain(one: Incoming) -> dict[str, Any]:
    """Return a row with the keys of its choices; a text that is no choice stays as it is, with the error."""
    columns = one.kind.by_name
    misfits = {name: misfit for name, text in one.cells.items() if (misfit := columns[name].misfit(text))}
    return {
        "line": one.line,
        "key": one.key,
        "revision": one.revision,
        "cells": {name: columns[name].value(text) for name, text in one.cells.items()},
        "misfits": misfits,
    }
