"""Tables and texts of updates."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, lines, link, small
from cpc.web.tables import PAGE_SIZE, Column, Table
from indicators.imports.presenters import ISSUES, ISSUES_FILE
from indicators.models import Update
from indicators.updates.queries import FileRow, FileStatus, UpdateFiles

UPDATES_LIST = declare(ListPage("updates", "Updates", "update", "updates", "updates"))
UPDATES: Table[Update] = Table(
    "Updates",
    [
        Column("Update", lambda row: link(reverse("update", args=[row.pk]), row)),
        Column("Files", lambda row: getattr(row, "received", None), "number"),
        Column("Ready for review", lambda row: getattr(row, "waiting", None), "number"),
        Column("Published", lambda row: getattr(row, "published", None), "number"),
        Column("State", lambda row: row.get_state_display()),
        Column("Received", lambda row: row.created_at, "day", detail=lambda row: str(row.created_by or "System")),
    ],
    caption="Updates, newest first",
    css="usa-table--hover c-figures",
    per_page=PAGE_SIZE,
)

UPDATE_ISSUES = declare(ListPage("update-issues", "Issues of an update", "issue", "issues", "update-issues"))
ISSUES_OF_UPDATE = Table("Issues", ISSUES.columns, file=ISSUES_FILE, per_page=PAGE_SIZE)

_STATES: Mapping[FileStatus, tuple[str, str, str]] = {
    FileStatus.READING: ("info", "Being read", "hourglass_empty"),
    FileStatus.READY: ("good", "Ready", ""),
    FileStatus.OLDER: ("info", "Older than what is loaded", "history"),
    FileStatus.TWIN: ("warn", "Same edition as another file", ""),
    FileStatus.SOURCE: ("bad", "Needs an answer", "highlight_off"),
    FileStatus.FIELDS: ("bad", "Needs an answer", "highlight_off"),
    FileStatus.NOTHING: ("none", "Nothing to publish", ""),
    FileStatus.BAD: ("bad", "Can't be read", ""),
    FileStatus.PUBLISHED: ("good", "Published", ""),
    FileStatus.RETRACTED: ("none", "Taken back", "undo"),
    FileStatus.DISCARDED: ("none", "Discarded", ""),
}


def _state(row: FileRow) -> SafeString:
    if row.status is FileStatus.LEFT_OUT:
        return status("warn", f"{formats.count_of(row.count['rejected'], 'row')} left out")
    kind, text, icon = _STATES[row.status]
    return status(kind, text, icon_name=icon)


def _tick(row: FileRow) -> SafeString:
    if not row.can_tick or row.batch is None:
        return SafeString("")
    return format_html(
        '<span class="usa-checkbox"><input class="usa-checkbox__input" id="t-{0}" type="checkbox" name="imports" '
        'value="{0}" form="ticked"{1}><label class="usa-checkbox__label" for="t-{0}"><span class="u-sr">Publish {2}'
        "</span></label></span>",
        row.batch.pk,
        SafeString(" checked") if row.is_ticked else "",
        row.batch.title,
    )


def _recognized(row: FileRow) -> SafeString:
    batch = row.batch
    name = code(row.file.file_name)
    if batch is None:
        return lines("Not received", name, small(row.file.error_message))
    what = batch.source.title if batch.source else "Not recognized"
    edition = f"{batch.edition} edition" if batch.source and batch.edition else ""
    under = format_html("{} · {}", edition, name) if edition else name
    return lines(link(reverse("import", args=[batch.pk]), what), format_html('<span class="u-small">{}</span>', under))


def files_table(files: UpdateFiles, alone: Mapping[int, str], alone_label: str = "Alone") -> Table[FileRow]:
    """Return the files with their counts; `alone` is what each would do alone, by import, if that is known."""

    def count(key: str) -> Column[FileRow]:
        return Column(key.capitalize(), lambda row: row.count.get(key) or None, "number")

    def on_its_own(row: FileRow) -> SafeString | str:
        if row.batch is not None and row.status in (FileStatus.SOURCE, FileStatus.FIELDS):
            label = "Choose the source" if row.status is FileStatus.SOURCE else "Answer in its preview"
            return link(reverse("import", args=[row.batch.pk]), label, f" of {row.file.file_name}")
        if row.batch is not None and row.status is FileStatus.BAD:
            return link(reverse("import", args=[row.batch.pk]), "See why", f" {row.file.file_name} can't be read")
        return alone.get(row.batch.pk, "") if row.batch is not None else row.file.error_remedy

    columns: list[Column[FileRow]] = [
        Column("Publish", _tick, hidden_label=True, is_action=False),
        Column("Recognized as", _recognized, row_header=True),
        count("new"),
        count("changed"),
        count("unchanged"),
        count("rejected"),
        Column("State", _state, css="u-nowrap"),
    ]
    if alone or files.of(FileStatus.SOURCE, FileStatus.FIELDS, FileStatus.BAD):
        columns.append(Column(alone_label, on_its_own))
    return Table("Files of the update", columns, css="usa-table--hover c-figures")
