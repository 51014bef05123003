"""Drafts of sheets: of one account, offered again, and deleted once the sheet is saved."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from cpc.accounts.models import User
from cpc.web.models import SheetDraft
from cpc.web.sheets.kinds import Sheet
from cpc.web.sheets.rows import SheetRow, arrange, saved_rows, with_records


def find_draft(sheet: Sheet, account: User) -> SheetDraft | None:
    return SheetDraft.objects.filter(account=account, sheet=sheet.key, subject=sheet.subject).first()


def store_draft(sheet: Sheet, account: User, rows: Sequence[SheetRow]) -> SheetDraft | None:
    """Keep the rows that differ from the record, or delete the draft if there are none."""
    stored = [row.as_json() for row in rows if not row.is_blank]
    if not any(row.is_touched and not row.is_blank for row in rows):
        drop_draft(sheet, account)
        return None
    values = {"rows": stored, "stored_at": timezone.now()}
    draft, _ = SheetDraft.objects.update_or_create(
        account=account, sheet=sheet.key, subject=sheet.subject, defaults=values
    )
    return draft


def drop_draft(sheet: Sheet, account: User) -> None:
    SheetDraft.objects.filter(account=account, sheet=sheet.key, subject=sheet.subject).delete()


def rows_of_draft(sheet: Sheet, draft: SheetDraft) -> list[SheetRow]:
    """Return the rows of a draft over the records of today.

    A row that was not touched shows the record. A touched one whose record has changed since names what is saved now,
    and so does one whose record is gone. Records that came since are added.
    """
    stored = with_records(sheet, draft.rows)
    for row in stored:
        if row.record is None:
            continue
        if not row.is_touched:
            row.cells, row.seen, row.revision = dict(row.saved), "", row.kind.revision(row.record)
            row.seen = row.digest()
        elif row.revision != row.kind.revision(row.record):
            _tell(row)
    known = {(row.kind.key, row.key) for row in stored if row.key}
    fresh = saved_rows(sheet)
    by_key = {(row.kind.key, row.key): row for row in stored if row.key}
    for row in fresh:
        if (row.kind.key, row.key) not in known:
            if row.parent is not None:
                row.parent = by_key.get((row.parent.kind.key, row.parent.key), row.parent)
            stored.append(row)
    return arrange(sheet, stored)


def _tell(row: SheetRow) -> None:
    """Say at a row of a draft what has been saved since. Its next saving is no conflict."""
    for name, saved in row.saved.items():
        if name != row.kind.within and row.cells.get(name, "") != saved:
            row.refuse(name, f"Saved value: {saved or 'none'}")
    row.refuse("", "Someone else saved this row after your draft. Saving the sheet writes your entries.")
    row.revision = row.kind.revision(row.record)
