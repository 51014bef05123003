"""Saving of a sheet: each row is tried in a savepoint, so that all errors appear at once; all go in or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, transaction

from cpc.database.revisions import EditConflict
from cpc.validation import db_errors_as_validation
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import saved_values
from cpc.web.sheets.kinds import RowKind, Sheet, SheetColumn
from cpc.web.sheets.rows import SheetRow, other_rows

CHANGED_SINCE = "Someone else saved this row since you opened it. Your entries are still here. Save again to keep them."


class SheetErrors(ValidationError):
    """Errors at cells of a sheet. Nothing may be saved; the transaction must end."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        super().__init__("Nothing was saved.", code="sheet")


class RefusedCells(ValidationError):
    """An error of `RowKind.finish`, at a column of the record that it names."""

    def __init__(self, errors: Sequence[tuple[object, str, str]]) -> None:
        self.at = errors  # record, column, message
        super().__init__([message for _, _, message in errors])


@dataclass(slots=True)
class Written:
    """Numbers of rows that were added, changed, and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed


@transaction.atomic
def save_sheet(sheet: Sheet, rows: Sequence[SheetRow]) -> Written:
    """Write every row that differs, in the order of the kinds.

    Raises `SheetErrors` after all rows were tried, with the errors in `errors` of the rows: the caller's transaction
    must not be committed.
    """
    for row in rows:
        row.differences.clear()
        row.is_checked = True
    names = _Names([*rows, *other_rows(sheet)])
    written = Written()
    removals = [row for kind in reversed(sheet.kinds) for row in rows if row.kind is kind and row.is_removed]
    again = [row for row in removals if row.record is not None and not _remove(row, written)]
    for kind in sheet.kinds:
        for row in rows:
            if row.kind is kind and not row.is_removed:
                _save(row, names, written)
        _finish(kind, [row for row in rows if row.kind is kind])
    for row in again:  # what depended on them may be gone by now
        row.errors.clear()
        _remove(row, written)
    if not any(row.errors for row in rows):
        _check_deferred()
    if any(row.errors for row in rows):
        undo(rows)
        raise SheetErrors(sum(len(messages) for row in rows for messages in row.errors.values()))
    return written


def undo(rows: Sequence[SheetRow]) -> None:
    """Let rows stand for what is on record once the transaction has ended without a commit."""
    for row in rows:
        if not row.key:
            row.record = None
        elif row.record.pk is None:
            row.record.pk = row.record._meta.pk.to_python(row.key)


def _check_deferred() -> None:
    """Run checks that the database puts off to the end of a transaction."""
    with db_errors_as_validation(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class _Names:
    """The rows of a sheet by kind and name, to resolve references."""

    def __init__(self, rows: Iterable[SheetRow]) -> None:
        self._rows: dict[str, dict[str, list[SheetRow]]] = {}
        for row in rows:
            if row.is_blank or row.is_removed:
                continue
            names = {*row.kind.new_names(row.cells)} | ({*row.kind.names(row.record)} if row.record else set())
            for name in {name.strip().casefold() for name in names if name.strip()}:
                self._rows.setdefault(row.kind.key, {}).setdefault(name, []).append(row)

    def find(self, column: SheetColumn, text: str) -> tuple[SheetRow | None, str]:
        """Return the row that a text names, or None and the error."""
        found = self._rows.get(column.refers_to, {}).get(text.casefold(), [])
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, f"{len(found)} rows are called “{text}”. Give them different names."
        known = [names[0] for names in self._shown(column.refers_to)][:6]
        return None, f"No row is called “{text}”." + (f" There are: {'; '.join(known)}." if known else "")

    def _shown(self, key: str) -> Iterable[Sequence[str]]:
        seen: set[int] = set()
        for rows in self._rows.get(key, {}).values():
            for row in rows:
                if id(row) not in seen:
                    seen.add(id(row))
                    yield row.kind.names(row.record) if row.record else row.kind.new_names(row.cells)


def _remove(row: SheetRow, written: Written) -> bool:
    """Remove the record of a row, unless someone changed it since the page was opened."""
    if row.revision != row.kind.revision(row.record):
        row.is_removed = False
        row.revision = row.kind.revision(row.record)
        row.refuse("", "Someone else saved this row since you opened it. Read it again before you remove it.")
        return True
    try:
        with transaction.atomic():
            row.kind.remove(row.record)
    except ValidationError as error:
        for message in error.messages:
            row.refuse("", message)
        return False
    written.removed += 1
    return True


def _save(row: SheetRow, names: _Names, written: Written) -> None:
    """Add or change the record of a row, or put its errors at its cells."""
    row.is_ready = not row.is_new
    if row.is_blank or not row.is_touched:
        return
    if row.is_new and not row.kind.adds:
        row.refuse("", f"No {row.kind.noun} can be added now.")
        return
    waits, data = _data(row, names)
    form = row.kind.form(row.record, data)
    for name in waits & form.fields.keys():
        form.fields[name].required = False
    misfits = row.refuse_misfits()
    if not row.is_new and not form.has_changed() and not misfits:
        return
    if not row.is_new and row.revision != row.kind.revision(row.record):
        _show_conflict(row, form)
        return
    if not form.is_valid() or misfits:
        _collect(row, form, waits | misfits)
        return
    if not waits:  # the row that it refers to may have errors, which end the transaction
        _write(row, form, data, written)


def _write(row: SheetRow, form: ActionForm, data: dict[str, str], written: Written) -> None:
    try:
        with transaction.atomic():
            if row.is_new:
                row.record = row.kind.add(form.values)
                row.is_ready = True
                for name, message in row.kind.differences(row.record):
                    row.note_difference(name, message)
            else:
                row.kind.change(row.record, form.values, row.revision)
    except EditConflict:
        row.record.refresh_from_db()
        _show_conflict(row, row.kind.form(row.record, data))
    except ValidationError as error:
        form.add_service_errors(error)
        _collect(row, form, ())
    else:
        if row.key:
            written.changed += 1
        else:
            written.added += 1


def _data(row: SheetRow, names: _Names) -> tuple[set[str], dict[str, str]]:
    """Return the columns that wait for a row with errors, and what the form of a row takes, with keys for names."""
    waits: set[str] = set()
    data: dict[str, str] = {}
    for name, column in row.kind.by_name.items():
        text = row.cells.get(name, "")
        if not column.refers_to:
            data[name] = column.value(text)
            continue
        if name == row.kind.within:
            target, problem = row.parent, ""
        else:
            target, problem = names.find(column, text) if text else (None, "")
        if problem:
            row.refuse(name, problem)
            waits.add(name)
        elif target is not None and not target.is_ready:
            waits.add(name)
        data[name] = str(target.record.pk) if target is not None and target.is_ready else ""
    return waits, data


def _show_conflict(row: SheetRow, form: ActionForm) -> None:
    """Show the saved value of each cell that differs, and let the next submission pass."""
    for name, message in saved_values(form, row.kind.form(row.record, None)):
        row.refuse(name or "", message)
    row.refuse("", CHANGED_SINCE)
    row.revision = row.kind.revision(row.record)


def _collect(row: SheetRow, form: ActionForm, waits: Iterable[str]) -> None:
    for name, messages in form.errors.items():
        if name not in waits:
            for message in messages:
                row.refuse("" if name == NON_FIELD_ERRORS else name, str(message))


def _finish(kind: RowKind, rows: Sequence[SheetRow]) -> None:
    """Let a kind write what needs all its rows, unless one of them has errors."""
    if any(row.errors for row in rows):
        return
    try:
        with transaction.atomic():
            kind.finish()
    except RefusedCells as refused:
        for record, name, message in refused.at:
            at = next((row for row in rows if row.record is record), rows[0])
            at.refuse(name, message)
    except ValidationError as error:
        if not rows:
            raise
        for message in error.messages:
            rows[0].refuse("", message)
