"""Reading of a received file: recognize, read, match, check, and stage for the preview.

The steps run outside a transaction so that a page can show the progress; only the last one writes, all or nothing. If
a worker dies, the import stays at "reading", and the same step can run again.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.files.outages import is_away
from indicators.curated import program_imports
from indicators.imports import (
    comparison,
    dating,
    definitions,
    reading_lock,
    staging,
)
from indicators.imports.matching import (
    Matched,
    count_by,
    match_readings,
    names_changed,
    revision,
)
from indicators.imports.publishing import NotPublishable
from indicators.imports.receiving import OPEN_STATES
from indicators.models import Import, ImportIssue, ImportState, Indicator, Source
from indicators.publications import numbering
from indicators.sources import registry
from indicators.sources.base import REMEDIES, Adapter, Problem, ReadResult
from indicators.sources.documents import Document, UnreadableFile

logger = logging.getLogger(__name__)

STAGES = ("received", "recognized", "read", "matched", "checked", "preview", "published")
_PROGRESS = {"received": 5, "recognized": 15, "read": 55, "matched": 75, "checked": 85, "preview": 100}
WAITING = (ImportState.RECEIVED, ImportState.READING)
_READABLE = (ImportState.RECEIVED, ImportState.READING, ImportState.FAILED)
_CLOSED = (ImportState.PUBLISHED, ImportState.RETRACTED, ImportState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Choice:
    """Details from the sender: the key of an adapter or source, the edition, and its day of publication.

    An empty field is detected from the file. `remark` names the sender's source for the day.
    """

    source: str = ""
    edition: str = ""
    published_on: date | None = None
    remark: str = ""

    def as_arguments(self) -> dict[str, str]:
        day = self.published_on.isoformat() if self.published_on else ""
        return {"source": self.source, "edition": self.edition, "published_on": day, "remark": self.remark}


def process(*, batch_id: int, actor: User | None, choice: Choice | None = None) -> Import:
    """Read an import up to its preview, or to "not readable" with the reason.

    Safe to repeat after a crash. Raises `NotPublishable` for an import that is closed, or whose file is open as another
    import, and again any fault of the reader that is not an `UnreadableFile`.
    """
    with reading_lock.reading(batch_id) as is_ours:
        if not is_ours:  # a second message about the same file, which is being read
            return Import.objects.get(pk=batch_id)
        batch = _begin(batch_id)
        if batch.state == ImportState.PREVIEW:
            return batch
        with _without_collector():
            return _read(batch, actor, choice or Choice())


@contextmanager
def _without_collector() -> Iterator[None]:
    """Turn off garbage collection while a file is read.

    Tens of thousands of readings form no reference cycles. Collection took a quarter of the time of a large workbook.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(batch: Import, actor: User | None, choice: Choice) -> Import:
    try:
        with batch.file.on_disk() as path:
            document = Document(path, batch.file_name)
            adapter, because = _recognize(document, choice, batch.adapter)
            _advance(batch, "recognized")
            result = _readings(adapter, document, batch, choice)
        definitions.define(result, adapter.source.key)
        _advance(batch, "read")
    except UnreadableFile as fault:
        return _fail(batch, actor, fault.code.value, fault.message, fault.remedy)
    except Exception as error:
        if is_away(error):  # the import waits, and is queued again once the storage of files answers
            raise
        _fail(
            batch,
            actor,
            "reader_fault",
            f"{batch.file_name} could not be read because of an unexpected error.",
            "Nothing was imported. Give an administrator the number of this import; the details are in the log.",
        )
        raise
    result.layout = result.layout or because
    entered = dating.entered_day(choice.published_on, by=str(actor or "command"), remark=choice.remark)
    if entered.published_on is None:
        entered = dating.stored_entry(batch)
    result.problems += dating.contradiction(result, entered)
    matched = match_readings(result, source=adapter.source.key, indicators=_indicators(adapter, result))
    _advance(batch, "matched")
    return _stage(batch, actor, adapter, result, matched, entered)


def _readings(adapter: Adapter, document: Document, batch: Import, choice: Choice) -> ReadResult:
    """Read a document, with the edition of an earlier reading if there was one.

    The record does not show whether a sender named that edition, so the document is first read with its own.
    """
    edition = batch.edition if adapter.key == batch.adapter and not choice.edition else ""
    if not edition:
        return adapter.read(document, choice.edition)
    try:
        result = adapter.read(document, "")
    except UnreadableFile:
        return adapter.read(document, edition)
    return result if result.edition == edition else adapter.read(document, edition)


def restart_reading(batch: Import) -> None:
    """Reset an import to the start of its reading.

    The caller holds the lock on its row.
    """
    batch.state = ImportState.READING
    batch.stage = "received"
    batch.progress = _PROGRESS["received"]
    batch.save(update_fields=("state", "stage", "progress"))


def _begin(batch_id: int) -> Import:
    with transaction.atomic():
        batch = Import.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state == ImportState.PREVIEW:
            if names_changed(batch):
                restart_reading(batch)
            return batch
        if batch.state not in _READABLE:
            raise NotPublishable(f"{batch} is {batch.get_state_display().lower()} and cannot be read again.")
        same = Import.objects.filter(file=batch.file_id, via=batch.via, state__in=OPEN_STATES).exclude(pk=batch.pk)
        if (other := same.first()) is not None:
            raise NotPublishable(f"The same file was received again as {other}. Continue with that import.")
        restart_reading(batch)
    return batch


def _recognize(document: Document, choice: Choice, earlier: str) -> tuple[Adapter, str]:
    source = choice.source or earlier
    if not source:
        adapter, recognition = registry.recognize(document)
        return adapter, recognition.because
    return registry.recognize_as(document, source)


def _indicators(adapter: Adapter, result: ReadResult) -> dict[str, Indicator]:
    codes = [spec.code for spec in (*adapter.indicators, *result.definitions)]
    return {i.code: i for i in Indicator.objects.filter(code__in=codes)}


def _advance(batch: Import, stage: str) -> None:
    Import.objects.filter(pk=batch.pk).update(stage=stage, progress=_PROGRESS[stage])


@transaction.atomic
def _stage(
    batch: Import, actor: User | None, adapter: Adapter, result: ReadResult, matched: Matched, entered: dating.Dated
) -> Import:
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state in _CLOSED:  # another user discarded it during the reading, or published what another worker read
        return batch
    if matched.mappings != revision(adapter.source.key):  # a name was mapped while the rows were matched
        matched = match_readings(result, source=adapter.source.key, indicators=_indicators(adapter, result))
    problems = [*((problem, None) for problem in matched.problems), *matched.mapped]
    staging.clear(batch)
    _record_issues(batch, problems)
    staging.copy_rows(batch.pk, matched.rows)
    staging.stage_narratives(batch, result.narratives, matched)
    program_imports.stage(batch, matched.programs)
    _describe(batch, adapter, result, entered)
    batch.state = ImportState.PREVIEW
    batch.stage = "preview"
    batch.progress = _PROGRESS["preview"]
    batch.error_code = batch.error_message = batch.error_remedy = ""
    batch.save()  # the comparison reads the edition of the file
    batch.counts = {
        **comparison.counts(batch),
        **count_by(problem for problem, _ in problems),
        "compared_with": numbering.current(),
        "mappings": matched.mappings,
    }
    batch.save()
    day = batch.published_on.isoformat() if batch.published_on else ""
    after = {"edition": batch.edition, "published_on": day, **batch.counts}
    record(actor=actor, action="read", target=batch, after=after)
    return batch


def _record_issues(batch: Import, problems: Sequence[tuple[Problem, int | None]]) -> None:
    """Replace the issues of an import, each with its name mapping if it has one."""
    batch.issues.all().delete()
    ImportIssue.objects.bulk_create(
        ImportIssue(
            batch=batch,
            mapping_id=mapping,
            severity=p.severity.value,
            reason=p.reason.value,
            message=p.message,
            remedy=REMEDIES[p.reason],
            locator=p.locator[:300],
            sheet=p.sheet[:100] or p.locator.partition("!")[0][:100] * ("!" in p.locator),
            row=p.row,
            column=p.column[:150],
            raw_value=p.raw,
            country_text=p.country[:200],
            rows=p.rows,
        )
        for p, mapping in problems
    )


def _describe(batch: Import, adapter: Adapter, result: ReadResult, entered: dating.Dated) -> None:
    """Set the source, the edition with its day of publication, and the extent of the reading."""
    batch.source = Source.objects.get(key=adapter.source.key)
    batch.adapter = adapter.key
    batch.edition = result.edition
    batch.edition_rank = result.edition_rank
    batch.layout = result.layout[:300]
    dated = dating.date_edition(adapter.source, result, entered=entered, received=batch.created_at.date())
    batch.published_on, batch.dated_by = dated.published_on, dated.dated_by
    batch.rows_read = result.rows_read
    batch.fields = [{**asdict(tally), "lost": tally.is_lost} for tally in result.fields]
    batch.lost_fields = len(batch.lost)
    # What binds later files, see `definitions.BINDING`.
    batch.definitions = {
        spec.code: {"unit": spec.unit, "direction": int(spec.direction)} for spec in result.definitions
    }


@transaction.atomic
def _fail(batch: Import, actor: User | None, code: str, message: str, what_to_do: str) -> Import:
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state in _CLOSED:
        return batch
    batch.state = ImportState.FAILED
    batch.error_code, batch.error_message, batch.error_remedy = code, message, what_to_do
    batch.save(update_fields=("state", "error_code", "error_message", "error_remedy"))
    record(actor=actor, action="could not read", target=batch, after={"code": code, "message": message})
    return batch


@transaction.atomic
def refresh(*, batch_id: int) -> Import:
    """Compare an import at its preview with the live values again, after another publication."""
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == ImportState.PREVIEW:
        batch.counts = {**batch.counts, **comparison.counts(batch), "compared_with": numbering.current()}
        batch.save(update_fields=("counts",))
    return batch
