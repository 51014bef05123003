"""Backups and restore tests on the page of the system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from cpc.recovery import schedule
from cpc.recovery.models import Backup, Restoration
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.markup import lines, small
from cpc.web.tables import Column, Table

SHOWN = 5
CHECK_NAMES = {
    "tables": "the tables",
    "stored": "the archive of files",
    "guards": "the rules and rights in the database",
    "audit": "the audit trail",
    "feed": "the changes for programs",
    "files": "the files",
    "replay": "the last run when computed again",
}
"""Description of each check of a restoration: the data that it compares, in the order of a sentence, without commas."""


def _state(row: Backup) -> SafeString:
    if row.error:
        return lines(status("bad", "Failed"), small(row.error))
    if row.verified_at is None:
        return status("unknown", "Not checked")
    return lines(status("good", "Checksums agree"), small(f"read back {formats.moment(row.verified_at)}"))


def _holds(row: Backup) -> str:
    if row.error:
        return ""
    rows, files = formats.count_of(row.rows, "row"), formats.count_of(row.files, "file")
    return f"{rows}, {files}, roles{', encrypted' if row.is_encrypted else ''}"


BACKUPS: Table[Backup] = Table(
    "Backups, newest first",
    [
        Column("When", lambda row: formats.moment(row.began_at), detail=lambda row: f"by {row.made_by}"),
        Column("Size", lambda row: filesizeformat(row.size) if not row.error else None),
        Column("Took", lambda row: took(row.seconds)),
        Column("Holds", _holds),
        Column("State", _state),
    ],
    css="usa-table--hover",
)


def took(seconds: float) -> str:
    """Return a duration, such as “11 min 40 s”."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def restored_sentence(row: Restoration | None) -> str:
    """Return what the last restoration or drill showed."""
    if row is None:
        return "No restore was tested yet. An operator tests one with manage.py restore --drill."
    what = "A restore was last tested" if row.is_drill else "This database was restored"
    of = f"from the backup of {formats.moment(row.made_at)}"
    if not row.is_equal:
        found = _listed(name for name, problems in row.report.items() if problems)
        return f"{what} on {formats.day(row.at.date())}, {of}: it differs in {found}."
    return f"{what} on {formats.day(row.at.date())}, {of}: equal in {_listed(row.report)}, in {took(row.seconds)}."


def _listed(checks: Iterable[str]) -> str:
    names = set(checks)
    known = [text for name, text in CHECK_NAMES.items() if name in names]
    return formats.listing([*known, *sorted(names - CHECK_NAMES.keys())])


def backup_figure(row: Backup | None) -> tuple[str, str, str]:
    if row is None:
        return "Last backup", "None yet", "" if schedule.is_set_up() else "no destination is set"
    checked = "checksums agree" if row.verified_at else "not checked"
    return (
        "Last backup",
        formats.day(row.began_at),
        f"{formats.time(row.began_at)}, {filesizeformat(row.size)}, {checked}",
    )


def restore_figure(row: Restoration | None) -> tuple[str, str, str]:
    if row is None:
        return "Last restore test", "None yet", ""
    found = "equal" if row.is_equal else "not equal"
    return (
        "Last restore test" if row.is_drill else "Last restore",
        formats.day(row.at),
        f"{found}, in {took(row.seconds)}",
    )


def section() -> dict[str, Any]:
    """Return what the section on backups shows."""
    due, restored = schedule.next_at(), Restoration.objects.first()
    return {
        "figures": [backup_figure(Backup.objects.stored().first()), restore_figure(restored)],
        "is_set_up": schedule.is_set_up(),
        "next": formats.moment(due) if due else "",
        "every": settings.BACKUP_EVERY_HOURS,
        "restored": restored_sentence(restored),
        "table": BACKUPS,
        "rows": list(Backup.objects.filter(removed_at=None)[:SHOWN]),
    }
