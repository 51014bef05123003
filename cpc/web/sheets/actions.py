"""Pages with a sheet: an action page whose form is the sheet.

    class TermsSheet(SheetAction, PartnershipAction):
        permission = Permission.EDIT_PARTNERSHIPS
        heading = "Participants and responsibilities"
        back = "partnership-terms"

        def make_sheet(self) -> Sheet:
            kinds = Participants(self.partnership, self.actor), Responsibilities(self.partnership, self.actor)
            return Sheet("people", f"partnership {self.partnership.pk}", self.heading, [SheetSection(...), ...])

A POST has an `step`: save (the default), draft, discard, add, paste, or upload; a subclass may name more in `saves`,
each with what it does after the sheet is saved, in the same transaction. Only saving writes records. An step of "draft"
that asks for JSON is the automatic one of the script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from cpc.files.upload_safety import UnreadableFile
from cpc.web import formats
from cpc.web.actions import ActionForm, ActionView, unsent_data
from cpc.web.sheets import drafts, shown
from cpc.web.sheets.blocks import (
    Incoming,
    UnreadableBlock,
    find_row,
    name_of,
    read_pasted,
    read_workbook,
    refuse_fixed,
)
from cpc.web.sheets.files import text_response, workbook_response
from cpc.web.sheets.kinds import Sheet
from cpc.web.sheets.rows import MOST_ROWS, SheetRow, TooManyRows, arrange, new_row, saved_rows, sent_rows
from cpc.web.sheets.saving import SheetErrors, Written, save_sheet, undo

TOO_MANY = f"A sheet takes at most {MOST_ROWS} rows. Save it in parts."
FORMATS = ("xlsx", "tsv")


class SheetForm(ActionForm):
    """The form around a sheet. Its rows are read by `cpc.web.sheets.rows`."""

    is_multipart = True  # type: ignore[assignment]  # it takes a workbook


class SheetAction(ActionView):
    """An action page with a sheet. Stands before the base that loads the record."""

    form_class: type[ActionForm] = SheetForm
    template_name = "components/sheet.html"
    parameters: Collection[str] = ("draft", "format")
    button = "Save"
    extends: Sequence[str] = ()  # further steps that add rows to the page: `extend_by`
    saves: Mapping[str, str] = {}  # further steps that save, with the labels of their buttons
    sheet: Sheet
    rows: list[SheetRow]
    written: Written
    notice = ""  # what an step changed on the page, for its reader

    def make_sheet(self) -> Sheet:
        raise NotImplementedError

    def after_save(self, step: str) -> None:
        """Do what belongs to an step of `saves`, once the rows are saved. Raises `ValidationError`."""

    def extend_by(self, step: str) -> None:
        """Add rows to the page in a step of `extends`. Raises `UnreadableBlock`."""

    def offers_saves(self) -> bool:
        """Return whether the page shows the buttons of `saves` for the rows that it has."""
        return True

    def first_rows(self) -> list[SheetRow]:
        """Return the rows of the page as it is opened: the records."""
        return saved_rows(self.sheet)

    def load(self) -> None:
        super().load()
        self.sheet = self.make_sheet()

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def get_fresh_form(self) -> ActionForm:
        return self.form

    @property
    def step(self) -> tuple[str, str]:
        name, _, argument = self.request.POST.get("step", "save").partition(" ")
        return name, argument

    # --- reading ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the records, the draft that `?draft=open` asks for, or with `?format=` a file."""
        wanted = request.GET.get("format", "")
        if wanted and wanted not in FORMATS:
            raise BadRequest(f"A sheet is not available as {wanted}. It is available as {' or '.join(FORMATS)}.")
        draft = drafts.find_draft(self.sheet, self.actor)
        is_open = request.GET.get("draft") == "open" and draft is not None
        if (unsent := unsent_data(request)) is not None:
            self.rows = sent_rows(self.sheet, unsent)
        elif draft and is_open:
            self.rows = drafts.rows_of_draft(self.sheet, draft)
        else:
            self.rows = self.arranged(self.first_rows())
        if wanted:
            respond = workbook_response if wanted == "xlsx" else text_response
            return respond(self.sheet, self.rows, f"{self.sheet.title} {self.file_name()}")
        self.draft = None if is_open else draft
        return self.render()

    def file_name(self) -> str:
        return self.sheet.subject

    def arranged(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        return arrange(self.sheet, rows)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name, argument = self.step
        self.draft = None
        if name == "discard":
            drafts.drop_draft(self.sheet, self.actor)
            messages.success(request, "The draft is deleted.")
            return redirect(request.path)
        try:
            self.rows = sent_rows(self.sheet, request.POST)
        except TooManyRows:
            self.rows = self.arranged(saved_rows(self.sheet))
            return self.refuse(TOO_MANY)
        if name == "draft":
            return self.store()
        if name in ("add", "paste", "upload", *self.extends):
            return self.extend(name, argument)
        if name not in ("save", *self.saves):
            raise BadRequest(f"This page does not know the step “{name}”.")
        return super().post(request, *args, **kwargs)

    def refuse(self, message: str) -> HttpResponse:
        self.form.add_error(None, message)
        return self.render()

    # --- steps ---------------------------------------------------------------------------------------

    def store(self) -> HttpResponseBase:
        draft = drafts.store_draft(self.sheet, self.actor, self.rows)
        if self.request.accepts("text/html"):
            messages.success(
                self.request, "The draft is saved. The record is unchanged." if draft else "Nothing differs."
            )
            return redirect(f"{self.request.path}?draft=open" if draft else self.request.path)
        return JsonResponse({"stored": draft.stored_at.isoformat() if draft else None})

    def extend(self, name: str, argument: str) -> HttpResponse:
        """Add empty rows, a pasted block, or a workbook to the rows on the page. Nothing is saved."""
        try:
            if name in self.extends:
                self.extend_by(name)
            elif name == "add":
                self.add_rows(argument)
            elif name == "upload":
                file = self.request.FILES.get("workbook")
                if file is None:
                    return self.refuse("Choose a workbook first.")
                self.take_in(read_workbook(self.sheet, file))
            else:
                kind = self.sheet.kind(self.request.POST.get("pasted-kind", ""))
                if kind is None or not kind.takes_blocks:
                    return self.refuse("Choose which rows the block has.")
                self.take_in(read_pasted(kind, self.request.POST.get("pasted", "")))
        except UnreadableBlock as error:
            return self.refuse(str(error))
        except UnreadableFile as error:
            return self.refuse(f"{error.message} {error.remedy}")
        except TooManyRows:
            return self.refuse(TOO_MANY)
        self.form = self.form_class(initial=self.get_initial(), **self.form_arguments())
        return self.render()

    def add_rows(self, argument: str) -> None:
        """Add an empty row of a kind, under the row of a number if the kind belongs to one."""
        key, _, under = argument.partition(" ")
        kind = self.sheet.kind(key)
        if kind is None or not kind.adds:
            raise BadRequest("This sheet takes no such row.")
        parent = next((row for row in self.rows if str(row.number) == under), None)
        self.rows = self.arranged([*self.rows, new_row(kind, parent=parent)])

    def take_in(self, block: Sequence[Incoming]) -> None:
        """Put the rows of a block among those on the page: over the record that a key names, else as new rows."""
        rows = [row for row in self.rows if not row.is_blank]
        known = {(row.kind.key, row.key): row for row in rows if row.key}
        added = changed = misfits = 0
        taken: list[tuple[SheetRow, Incoming]] = []
        for one in block:
            row = find_row(one, known)
            if row is None:
                row = new_row(one.kind, {**one.kind.defaults, **one.cells})
                rows.append(row)
                added += 1
            else:
                if any(row is other for other, _ in taken):
                    raise UnreadableBlock(f"Two rows of the block are {name_of(row)}. Delete one of them.")
                row.cells |= {name: text for name, text in one.cells.items() if name in row.saved}
                row.revision = one.revision or row.revision
                misfits += refuse_fixed(row, one)
                changed += 1
            row.tidy_choices()
            misfits += len(row.refuse_misfits())
            taken.append((row, one))
        if len(rows) > MOST_ROWS + len(known):
            raise TooManyRows
        for row, one in taken:
            self._put_under(row, one, rows)
        self.rows = self.arranged(rows)
        found = [formats.count_of(added, "new row")] if added else []
        found += [f"{formats.count_of(changed, 'row')} on record"] if changed else []
        differ = sum(row.is_touched for row, _ in taken if not row.is_new)
        differs = f"{differ or 'none'} {formats.agree(differ or 1, 'differs', 'differ')}"
        those = f", of which {differs} from it" if changed else ""
        self.notice = f"The block has {formats.listing(found)}{those}. Nothing is saved yet."
        if misfits:
            self.notice = f"{self.notice} Correct the marked cells first."

    def _put_under(self, row: SheetRow, one: Incoming, rows: Sequence[SheetRow]) -> None:
        """Put a row under the one that it names."""
        kind = row.kind
        text = one.cells.get(kind.within, "") if kind.within else ""
        if not text:
            return
        target = kind.refers[kind.within]
        found = [
            other
            for other in rows
            if other.kind.key == target
            and text.casefold()
            in {
                name.casefold()
                for name in (
                    *(other.kind.names(other.record) if other.record is not None else ()),
                    *other.kind.new_names(other.cells),
                )
            }
        ]
        if len(found) == 1:
            row.parent = found[0]
            return
        label = kind.by_name[kind.within].label
        row.parent = None
        row.refuse("", f"{label}: {len(found) or 'no'} {'row is' if len(found) < 2 else 'rows are'} called “{text}”.")

    def perform(self, values: Mapping[str, Any]) -> str | None:
        self.written = save_sheet(self.sheet, self.rows)
        if any(row.differences for row in self.rows) and self.request.POST.get("noted") != self.noted():
            raise ValidationError("Nothing was saved yet.", code="differences")
        step, _ = self.step
        if step != "save":
            self.after_save(step)
        drafts.drop_draft(self.sheet, self.actor)
        if step == "save" and not self.written.total:
            self.unchanged = "Nothing was changed."
        else:
            self.done = self.done or self.written_sentence()
        return None

    def noted(self) -> str:
        """Return a digest of the differences of all rows. A person who sends it back has seen them."""
        found = [(row.digest(), sorted(row.differences.items())) for row in self.rows if row.differences]
        return hashlib.sha256(repr(found).encode()).hexdigest()[:18] if found else ""

    def written_sentence(self) -> str:
        written = self.written
        parts = [
            f"{formats.count_of(count, 'row')} {verb}"
            for count, verb in (
                (written.added, "added"),
                (written.changed, "changed"),
                (written.removed, "removed"),
            )
            if count
        ]
        return f"Saved: {formats.listing(parts)}." if parts else "Saved."

    # --- showing ------------------------------------------------------------------------------------

    def get_context(self) -> dict[str, Any]:
        rows = self.with_blanks()
        sections = shown.show(self.sheet, rows)
        lines = [line for section in sections for group in section.groups for line in group.rows]
        problems = [
            (ident, ", ".join(filter(None, (line.label, label))), message)
            for line in lines
            for ident, label, message in line.summed_errors
        ]
        differences = [
            (ident, ", ".join(filter(None, (line.label, label))), message)
            for line in lines
            for ident, label, message in line.differences
        ]
        is_wide = any(section.section.headings for section in sections)
        return super().get_context() | {
            "sheet": self.sheet,
            "sections": sections,
            "references": shown.references(self.sheet, rows),
            "problems": problems,
            "wrong_cells": sum(len(line.errors) for line in lines),
            "differences": differences,
            "noted": self.noted(),
            "sheet_errors": [] if problems or differences else self.form.non_field_errors(),
            "draft": self.draft,
            "notice": self.notice,
            "notice_kind": "warning" if problems else "success",
            "kinds": [kind for kind in self.sheet.kinds if kind.takes_blocks],
            "adds": any(kind.adds for kind in self.sheet.kinds),
            "saves": list(self.saves.items()) if self.offers_saves() else [],
            "most_rows": MOST_ROWS,
            "path": self.request.path,
            "is_wide": is_wide,
        }

    def with_blanks(self) -> list[SheetRow]:
        """Return the rows with an empty one in each section that has none, so that a person can begin to type."""
        rows = list(self.rows)
        for section in self.sheet.sections:
            kind = section.kinds[0]
            if kind.adds and not any(row.kind in section.kinds for row in rows):
                rows.append(new_row(kind))
        return self.arranged(rows)

    def render(self) -> HttpResponse:
        response = super().render()
        if any(row.errors for row in self.rows):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if self.request.method == "POST" else HTTPStatus.OK
        return response

    def show_conflict(self) -> None:
        """Let the rows be as on record: nothing was saved. Conflicts are shown at their rows by `save_sheet`."""
        undo(self.rows)


__all__ = ("SheetAction", "SheetErrors", "SheetForm")
