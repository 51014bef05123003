"""Blocks for the rating grid: cells pasted from a spreadsheet program, and the workbook with one row for each cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django import forms
from django.core.files.base import File
from django.http import HttpResponse

from cpc.text import without_hidden
from cpc.web.actions import ActionForm
from cpc.web.sheets.blocks import Incoming, UnreadableBlock, names_by_label, read_pasted, read_workbook
from cpc.web.sheets.files import workbook_response
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from cpc.web.sheets.rows import SheetRow
from selection.evidence.evidence_options import CandidateEvidence
from selection.models import STEPS, Candidate, RatingEvidence
from selection.ratings import presenters
from selection.ratings.forms import LONGEST
from selection.ratings.grid.entries import (
    NONE_FOUND,
    CellKey,
    Entry,
    entry_of,
    one_line,
    plain_lines,
    split_reason,
    tidy,
)
from selection.ratings.grid.forms import LONGEST_CELL, LONGEST_DOCUMENT
from selection.ratings.grid.presenters import short_label
from selection.ratings.grid.queries import SHEET, RaterGrid, ratings_seen, subject_of
from selection.ratings.services import revision_of

DOCUMENT = "Document: "
"""Begins a line of evidence that names a document stored elsewhere."""

STEP_TEXTS = [*map(str, range(STEPS + 1)), NONE_FOUND]
ABOUT = ("Candidate", "Kind", "Source", "Evidence to copy into a row of this candidate")


class RatingRowForm(ActionForm):
    candidate = forms.CharField(label="Candidate", help_text="As on this sheet, or its code.")
    criterion = forms.CharField(label="Criterion", help_text="As on this sheet.")
    rating = forms.ChoiceField(
        label="Rating",
        choices=[(text, text) for text in STEP_TEXTS],
        help_text=f"0 to {STEPS}; {NONE_FOUND} if no evidence was found.",
    )
    reason = forms.CharField(label="Reason", widget=forms.Textarea, help_text="One sentence is enough.")
    evidence = forms.CharField(
        label="Evidence",
        widget=forms.Textarea,
        help_text=f"One a line, copied from the tab About, or “{DOCUMENT}” with its title and where to find it.",
    )


class RatingRows(RowKind):
    key, noun, plural = "rating", "rating", "ratings"
    slots = tuple(Slot(name) for name in RatingRowForm.base_fields if name != "idempotency_key")

    def make_form(self, _record: object, data: FormData | None) -> ActionForm:
        return RatingRowForm(data)


def _sheet(grid: RaterGrid) -> Sheet:
    return Sheet(SHEET, subject_of(grid.round), "Ratings", [SheetSection("Ratings", [RatingRows()])])


# --- out --------------------------------------------------------------------------------------------------------


def workbook(grid: RaterGrid, unsaved: Mapping[CellKey, Entry]) -> HttpResponse:
    """Return the grid as a workbook: one row for each cell, with what is not saved yet, and the evidence."""
    sheet, rows, about = _sheet(grid), [], [list(ABOUT)]
    books = {code: CandidateEvidence(candidate) for code, candidate in grid.candidates.items()}
    for key, cell in grid.cells.items():
        entry = unsaved.get(key) or entry_of(key, cell.own)
        links = [books[key.code].find(one, cell.own) for one in entry.evidence]
        lines = [text_of(link, grid.candidates[key.code]) for link in links if link is not None]
        cells = {
            "candidate": grid.candidates[key.code].country.name,
            "criterion": cell.row.label,
            "rating": entry.text,
            "reason": entry.reason,
            "evidence": "\n".join([*lines, *([DOCUMENT + entry.document] if entry.document else [])]),
        }
        row_key = str(grid.candidates[key.code].pk)
        rows.append(SheetRow(sheet.kinds[0], cells, key=row_key, revision=revision_of(cell.own)))
    for code, book in books.items():
        about += [_copied(offer.evidence, grid.candidates[code]) for offer in book.all_offers]
    return workbook_response(sheet, rows, f"ratings {grid.round.title} {grid.round.fiscal_year}", about)


def text_of(link: RatingEvidence, candidate: Candidate) -> str:
    """Return a piece of evidence as one line of a file."""
    return " ".join(presenters.evidence(link, candidate).label.strip("“”").split())


def _copied(link: RatingEvidence, candidate: Candidate) -> list[str]:
    line = presenters.evidence(link, candidate)
    return [candidate.country.name, line.kind, line.source, text_of(link, candidate)]


def tabbed(grid: RaterGrid, unsaved: Mapping[CellKey, Entry]) -> HttpResponse:
    """Return the steps as text with tabs, candidates by criteria, to paste into a spreadsheet program."""
    lines = [["Candidate", *(short_label(row) for row in grid.criteria)]]
    for row in grid.rows:
        keys = [CellKey(row.candidate.country.code, cell.row.key) for cell in row.criteria]
        texts = [(unsaved.get(key) or entry_of(key, grid.own(key))).text for key in keys]
        lines.append([row.candidate.country.name, *texts])
    text = "\r\n".join("\t".join(line) for line in lines)
    response = HttpResponse(text, content_type="text/tab-separated-values; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ratings.tsv"'
    return response


# --- in ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pasted:
    """One cell of a block. Reason and evidence are None if the block has no column for them."""

    key: CellKey
    text: str
    reason: str | None = None
    evidence: str | None = None
    seen: str | None = None


@dataclass(slots=True)
class Block:
    """The cells of a block, and sentences on rows and columns that could not be read, which don't stop the others."""

    cells: list[Pasted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, cell: Pasted, where: str) -> None:
        if any(one.key == cell.key for one in self.cells):
            self.problems.append(f"{where} is there twice. The first one counts.")
        else:
            self.cells.append(cell)


def read_block(grid: RaterGrid, text: str, start: CellKey | None) -> Block:
    """Return the cells of a pasted block: with headings, or else from the cell `start` on. Raises `UnreadableBlock`."""
    lines = [
        [cell.strip() for cell in line] for line in csv.reader(io.StringIO(text.replace("\0", "")), delimiter="\t")
    ]
    lines = [line for line in lines if any(line)]
    if not lines:
        raise UnreadableBlock("There is nothing to read. Paste the cells of a spreadsheet.")
    by_label = names_by_label(RatingRows())
    if {"criterion", "rating"} <= {by_label.get(cell.casefold(), "") for cell in lines[0]}:
        return _of_rows(grid, read_pasted(RatingRows(), text))
    names = _criteria(grid)
    if any(cell.casefold() in names for cell in lines[0]):
        return _of_table(grid, lines)
    if start is None:
        raise UnreadableBlock("Choose the cell that the block begins at, or paste it with its headings.")
    return _from_cell(grid, lines, start)


def _of_table(grid: RaterGrid, lines: Sequence[Sequence[str]]) -> Block:
    block, names, codes = Block(), _criteria(grid), _codes(grid)
    heads = [names.get(cell.casefold()) for cell in lines[0]]
    unknown = [cell for cell, key in zip(lines[0][1:], heads[1:], strict=True) if cell and not key]
    block.problems += [f"“{cell}” is not a criterion of this round." for cell in unknown]
    for line in lines[1:]:
        code = codes.get(line[0].casefold())
        if code is None:
            block.problems.append(f"“{line[0]}” is not a candidate of this round.")
            continue
        for cell, key in zip(line[1:], heads[1:], strict=False):
            if key:
                block.add(_pasted(CellKey(code, key), cell), f"{line[0]}, {key}")
    return block


def _from_cell(grid: RaterGrid, lines: Sequence[Sequence[str]], start: CellKey) -> Block:
    codes, keys = [*grid.candidates], [row.key for row in grid.criteria]
    top, left = codes.index(start.code), keys.index(start.criterion)
    wide = max(map(len, lines))
    if top + len(lines) > len(codes) or left + wide > len(keys):
        size = f"{len(lines)} by {wide}"
        raise UnreadableBlock(f"The block of {size} cells does not fit: from this cell, the grid ends before it.")
    return Block(
        [
            _pasted(CellKey(codes[top + down], keys[left + right]), cell)
            for down, line in enumerate(lines)
            for right, cell in enumerate(line)
        ]
    )


def _pasted(key: CellKey, cell: str) -> Pasted:
    text, reason = split_reason(cell)
    return Pasted(key, text[:LONGEST_CELL], reason[:LONGEST] or None)


def read_file(grid: RaterGrid, file: File[bytes]) -> Block:
    """Return the cells of a workbook. Raises `UnreadableFile`."""
    return _of_rows(grid, read_workbook(_sheet(grid), file))


def _of_rows(grid: RaterGrid, rows: Iterable[Incoming]) -> Block:
    block, names, codes = Block(), _criteria(grid), _codes(grid)
    for row in rows:
        name, label = row.cells.get("candidate", ""), row.cells.get("criterion", "")
        code, criterion = codes.get(name.casefold()), names.get(label.casefold())
        if code is None:
            block.problems.append(f"“{name}” is not a candidate of this round." if name else "A row has no candidate.")
        elif criterion is None:
            block.problems.append(f"{name}: “{label}” is not a criterion of this round.")
        else:
            text = tidy(row.cells.get("rating", ""))[:LONGEST_CELL]
            reason, evidence = row.cells.get("reason", "")[:LONGEST], without_hidden(row.cells.get("evidence", ""))
            seen = one_line(row.revision)[:LONGEST_CELL] or None
            cell = Pasted(CellKey(code, criterion), text, reason, evidence, seen)
            block.add(cell, f"{name}, {label}")
    return block


def _criteria(grid: RaterGrid) -> dict[str, str]:
    """Return the criteria by each text that names one."""
    return {name.casefold(): row.key for row in grid.criteria for name in (row.key, short_label(row), row.label)}


def _codes(grid: RaterGrid) -> dict[str, str]:
    """Return the codes of the candidates by each text that names one."""
    return {
        name.casefold(): code for code, candidate in grid.candidates.items() for name in (code, candidate.country.name)
    }


def take_in(grid: RaterGrid, unsaved: Mapping[CellKey, Entry], block: Sequence[Pasted]) -> dict[CellKey, Entry]:
    """Return the entries with those of a block over them. An empty cell of a block changes nothing.

    A reason or evidence that the block does not have stays as it is.
    """
    found, older = dict(unsaved), ratings_seen(grid, (one.seen for one in block if one.seen))
    books: dict[str, CandidateEvidence] = {}
    for one in block:
        if not any((one.text, one.reason, one.evidence)):
            continue
        base = entry_of(one.key, grid.own(one.key))
        entry = replace(found.get(one.key, base), refused="")
        reason = entry.reason if one.reason is None else plain_lines(one.reason)
        entry = replace(entry, text=one.text or entry.text, reason=reason)
        if one.evidence is not None:
            book = books.setdefault(one.key.code, CandidateEvidence(grid.candidates[one.key.code]))
            entry = _with_evidence(entry, one.evidence, book)
        if one.seen is not None:
            entry = replace(entry, seen=one.seen)
            if one.seen != base.seen and entry.matches(entry_of(one.key, older.get(one.seen))):
                continue  # the row is as it was downloaded, and the record has moved on
        if entry.matches(base):
            found.pop(one.key, None)
        else:
            found[one.key] = entry
    return found


def _with_evidence(entry: Entry, text: str, book: CandidateEvidence) -> Entry:
    """Return the entry with the evidence that the lines of a text name; a line that names none refuses it."""
    keys, documents, unknown = list[str](), list[str](), list[str]()
    by_text = {text_of(offer.evidence, book.candidate).casefold(): offer.key for offer in book.all_offers}
    for line in (" ".join(part.split()) for part in text.splitlines()):
        if line.startswith(DOCUMENT.strip()):
            documents.append(line.removeprefix(DOCUMENT.strip()).strip())
        elif line:
            key = by_text.get(line.strip("“”").casefold()) or (line if book.find(line) else "")
            keys += [key] if key else []
            unknown += [] if key else [line]
    refused = f"“{unknown[0][:80]}” is not on record about {book.candidate.country.name}." if unknown else ""
    document = "; ".join(filter(None, documents))[:LONGEST_DOCUMENT]
    return replace(entry, evidence=tuple(dict.fromkeys(keys)), document=document, refused=refused)
