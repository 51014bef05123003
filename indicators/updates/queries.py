"""Files of an update: the state of each, which are ticked, and which hold the same edition."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from indicators.imports.definitions import changed_definitions
from indicators.models import Import, ImportIssue, ImportState, Update, UpdateFile
from indicators.sources.documents import FileFault

READING = (ImportState.RECEIVED, ImportState.READING)
DIFFERENCES_SHOWN = 4


class FileStatus(enum.StrEnum):
    """Status of one file of an update."""

    READING = "reading"
    READY = "ready"
    LEFT_OUT = "left_out"
    """Ready, and some rows are left out."""
    OLDER = "older"
    """Every value that it adds is replaced by a later edition that is loaded."""
    TWIN = "twin"
    """Another file of the update states values of the same edition, and only one of them can be published."""
    SOURCE = "source"
    """No publisher's layout was recognized."""
    FIELDS = "fields"
    """Fields were not read, or another file redefined what it measures: its own page asks for the answer."""
    NOTHING = "nothing"
    """No row of it can be published."""
    BAD = "bad"
    PUBLISHED = "published"
    RETRACTED = "retracted"
    DISCARDED = "discarded"


READY = frozenset({FileStatus.READY, FileStatus.LEFT_OUT, FileStatus.OLDER, FileStatus.TWIN})
"""Statuses of files that a person may tick."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Value that two files of one edition state differently."""

    country: str
    indicator: str
    period: str
    decimals: int
    later: float | str | None
    earlier: float | str | None


@dataclass(frozen=True, slots=True)
class Twins:
    """Two files of an update that state values of the same edition; `differing` counts those that they state
    differently. The one that was received later is chosen unless a person chose the other."""

    later: int
    earlier: int
    same: int
    differing: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of an update, with its import, if it could be stored."""

    file: UpdateFile
    status: FileStatus
    is_ticked: bool = False

    @property
    def batch(self) -> Import | None:
        return self.file.batch

    @property
    def can_tick(self) -> bool:
        return self.status in READY

    @property
    def count(self) -> Mapping[str, int]:
        return self.batch.counts if self.batch is not None else {}


@dataclass(frozen=True)
class UpdateFiles:
    """All files of an update in the order received."""

    update: Update
    rows: Sequence[FileRow]
    twins: Sequence[Twins]
    loaded: Mapping[int, str]
    """Newest published edition by source."""

    @cached_property
    def ticked(self) -> tuple[int, ...]:
        """Return the imports to publish together, in ascending order."""
        return tuple(sorted(row.batch.pk for row in self.rows if row.is_ticked and row.batch is not None))

    @cached_property
    def ready(self) -> tuple[int, ...]:
        return tuple(sorted(row.batch.pk for row in self.rows if row.can_tick and row.batch is not None))

    def of(self, *statuses: FileStatus) -> list[FileRow]:
        return [row for row in self.rows if row.status in statuses]

    def loaded_for(self, row: FileRow) -> str:
        """Return the newest published edition of the source of a file; "" if there is none."""
        return "" if row.batch is None else self.loaded.get(row.batch.source_id or 0, "")

    def row_of(self, batch_id: int) -> FileRow:
        return next(row for row in self.rows if row.batch is not None and row.batch.pk == batch_id)

    @property
    def is_reading(self) -> bool:
        return bool(self.of(FileStatus.READING))

    @property
    def published(self) -> list[FileRow]:
        return self.of(FileStatus.PUBLISHED)


def updates() -> QuerySet[Update]:
    """Return the updates, newest first, with the number of their files and of those that wait."""
    waiting = Q(files__batch__state=ImportState.PREVIEW)
    rows = Update.objects.select_related("created_by").order_by("-pk")
    return rows.annotate(
        received=Count("files", distinct=True),
        waiting=Count("files", filter=waiting, distinct=True),
        published=Count("files", filter=Q(files__batch__state=ImportState.PUBLISHED), distinct=True),
    )


def files_of(update: Update) -> UpdateFiles:
    """Return the files of an update with their statuses; queries grow only with twins and redefinitions."""
    files = list(update.files.select_related("batch__source", "batch__file", "batch__created_by"))
    batches = [file.batch for file in files if file.batch is not None and file.batch.state == ImportState.PREVIEW]
    twins = twins_among(batches)
    yielding = _yielding(files, twins)
    rows = []
    for file in files:
        status = _status_of(file.batch)
        if status in READY and file.batch_id in {pk for pair in twins for pk in (pair.later, pair.earlier)}:
            status = FileStatus.TWIN if file.batch_id in yielding else status
        chosen = status in (FileStatus.READY, FileStatus.LEFT_OUT) if file.is_ticked is None else file.is_ticked
        rows.append(FileRow(file, status, chosen and status in READY))
    return UpdateFiles(update, rows, twins, _loaded(batches))


def _status_of(batch: Import | None) -> FileStatus:
    if batch is None:
        return FileStatus.BAD
    if batch.state in READING:
        return FileStatus.READING
    if batch.state == ImportState.FAILED:
        return FileStatus.SOURCE if batch.error_code == FileFault.UNKNOWN_LAYOUT else FileStatus.BAD
    if batch.state != ImportState.PREVIEW:
        return FileStatus(str(batch.state))
    counts = batch.counts
    current = sum(counts.get(key, 0) for key in ("new", "changed", "unchanged", "narratives"))
    if batch.lost_fields or changed_definitions(batch):
        return FileStatus.FIELDS
    if not current and not counts.get("older"):
        return FileStatus.NOTHING
    if counts.get("older") and not (counts.get("new") or counts.get("changed") or counts.get("narratives")):
        return FileStatus.OLDER
    return FileStatus.LEFT_OUT if counts.get("rejected") else FileStatus.READY


def _yielding(files: Iterable[UpdateFile], twins: Iterable[Twins]) -> set[int]:
    """Return the imports that leave their edition to another file: the earlier one, unless a person ticked it alone."""
    ticked = {file.batch_id: file.is_ticked for file in files}
    return {
        pair.later if ticked.get(pair.earlier) and ticked.get(pair.later) is False else pair.earlier for pair in twins
    }


def _loaded(batches: Iterable[Import]) -> dict[int, str]:
    sources = {batch.source_id for batch in batches if batch.source_id}
    published = Import.objects.filter(state=ImportState.PUBLISHED, source__in=sources)
    newest = published.order_by("source", "-edition_rank", "-pk").distinct("source")
    return {source: edition for source, edition in newest.values_list("source", "edition") if source is not None}


_SAME_KEY = """FROM indicators_stagedobservation a JOIN indicators_stagedobservation b
    ON b.indicator_id = a.indicator_id AND b.country_id = a.country_id AND b.period = a.period AND b.series = a.series
    WHERE a.batch_id = %s AND b.batch_id = %s"""
_DIFFERS = "(a.value IS DISTINCT FROM b.value OR a.label <> b.label OR a.missing <> b.missing)"

_DIFFERENCES = f"""SELECT c.name, i.name, d.period, i.decimals, COALESCE(NULLIF(d.label, ''), d.value::text),
        COALESCE(NULLIF(d.other_label, ''), d.other::text)
    FROM (SELECT a.country_id, a.indicator_id, a.period, a.label, a.value, b.label AS other_label, b.value AS other
        {_SAME_KEY} AND {_DIFFERS}) d
    JOIN indicators_country c ON c.id = d.country_id JOIN indicators_indicator i ON i.id = d.indicator_id
    ORDER BY c.name, i.name, d.period LIMIT %s"""  # noqa: S608  # the texts above alone


def twins_among(batches: Iterable[Import]) -> list[Twins]:
    """Return the pairs of imports at their preview that state values of the same edition of a source."""
    editions: dict[tuple[int, int], list[Import]] = defaultdict(list)
    for batch in batches:
        if batch.source_id and batch.edition_rank:
            editions[batch.source_id, batch.edition_rank].append(batch)
    pairs = [pair for found in editions.values() for pair in combinations(sorted(found, key=lambda b: b.pk), 2)]
    return [twins for earlier, later in pairs if (twins := _twins(later.pk, earlier.pk)) is not None]


def _twins(later: int, earlier: int) -> Twins | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE {_DIFFERS}) {_SAME_KEY}", [later, earlier])
        both, differing = cursor.fetchone()
        if not both:
            return None
        cursor.execute(_DIFFERENCES, [later, earlier, DIFFERENCES_SHOWN])
        differences = tuple(Difference(*row) for row in cursor.fetchall())
    return Twins(later, earlier, both - differing, differing, differences)


def issues_of(update: Update) -> QuerySet[ImportIssue]:
    """Return the issues of all files of an update, file by file."""
    return (
        ImportIssue.objects.filter(batch__update_files__update=update)
        .select_related("batch")
        .order_by("batch", "sheet", "row", "pk")
    )


def newest_publication(update: Update) -> int | None:
    """Return the newest number that the update gave to one of its files; None before it published any."""
    newest: int | None = update.files.aggregate(newest=Max("batch__publications__seq"))["newest"]
    return newest
