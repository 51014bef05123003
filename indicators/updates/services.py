"""Services of updates: receive files, tick them, publish or take back those ticked, and discard the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.text import without_hidden
from cpc.validation import save_validated
from cpc.web import formats
from indicators.imports import publishing
from indicators.imports.publishing import NotPublishable, PreviewOutdated
from indicators.imports.reading import refresh
from indicators.imports.receiving import receive_stream
from indicators.models import Import, ImportState, Publication, Update, UpdateFile, UpdateState
from indicators.publications import numbering
from indicators.sources.documents import Limits, UnreadableFile
from indicators.updates.bundling import Sent, bundled
from indicators.updates.effects import Asked, effects
from indicators.updates.queries import READY, UpdateFiles, files_of

MOST_FILES = 100
"""Most files of one update. Narratives that come together count as one."""


def receive(*, sent: Sequence[Sent], actor: User | None, update: Update | None = None) -> tuple[Update, list[Import]]:
    """Receive files as an update, or add them to an open one; return it with the imports to read.

    A file that can't be stored stays in the list with the reason, and the others are received. Raises `ValidationError`
    with code `files` if there are none or too many, and `too_large` if they are too large together.
    """
    if actor is not None:
        require(actor, Permission.IMPORT_DATA)
    _check_sum(sent)
    sent = bundled(sent)
    count = len(sent) + (update.files.count() if update is not None else 0)
    if count > MOST_FILES:
        message = f"These are {count:,} files; an update takes up to {MOST_FILES}. Send the rest as another update."
        raise ValidationError(message, code="files")
    with transaction.atomic():
        if update is None:
            update = Update(created_by=actor)
            save_validated(update)
        else:
            update = _locked(update.pk)
            if update.state == UpdateState.DISCARDED:
                raise ValidationError("This update was discarded. Start a new one.", code="discarded")
        fresh = [batch for one in sent if (batch := _receive_one(update, one, actor)) is not None]
        names = [one.name for one in sent]
        record(actor=actor, action="received", target=update, after={"files": names})
    return update, fresh


def _check_sum(sent: Sequence[Sent]) -> None:
    limit = Limits().bytes
    if not sent:
        raise ValidationError("Choose one or more files.", code="files")
    if (total := sum(one.size for one in sent)) > limit:
        mb = 1024 * 1024
        message = (
            f"The files have {total / mb:,.0f} MB together; the limit is {limit // mb} MB. Nothing was received. "
            "Send some of them as another update."
        )
        raise ValidationError(message, code="too_large")


def _receive_one(update: Update, one: Sent, actor: User | None) -> Import | None:
    """Receive one file into an update, and return its import if it is to be read."""
    name = without_hidden(one.name.replace("\\", "/").rpartition("/")[2])[:255] or "file"
    try:
        receipt = receive_stream(chunks=one.chunks, name=name, actor=actor)
    except UnreadableFile as fault:
        save_validated(
            UpdateFile(update=update, file_name=name, error_message=fault.message, error_remedy=fault.remedy)
        )
        return None
    if not update.files.filter(batch=receipt.batch).exists():
        save_validated(UpdateFile(update=update, batch=receipt.batch, file_name=name))
    if receipt.is_new:
        return receipt.batch
    if receipt.batch.state == ImportState.PREVIEW:
        refresh(batch_id=receipt.batch.pk)
    return None


def _locked(pk: int) -> Update:
    return Update.objects.select_for_update(of=("self",)).get(pk=pk)


@transaction.atomic
def tick(*, update: Update, imports: Collection[int], actor: User, expected_revision: str | None = None) -> UpdateFiles:
    """Choose the files to publish together; all others are unticked.

    Raises `EditConflict` if someone else chose meanwhile, and `ValidationError` with code `not_ready` for a file that
    can't be published, and `twins` for two files of the same edition.
    """
    require(actor, Permission.IMPORT_DATA)
    update = _locked(update.pk)
    check_revision(update.current_revision(), expected_revision)
    before = files_of(update)
    asked = set(imports)
    if unready := asked - set(before.ready):
        names = [row.file.file_name for row in before.rows if row.batch is not None and row.batch.pk in unready]
        raise ValidationError(
            f"{formats.listing(names) or 'A file'} can't be published now. Nothing was changed.", code="not_ready"
        )
    if both := next((pair for pair in before.twins if {pair.later, pair.earlier} <= asked), None):
        names = [before.row_of(pk).file.file_name for pk in (both.later, both.earlier)]
        raise ValidationError(f"{formats.listing(names)} hold the same edition. Tick one of them.", code="twins")
    if asked != set(before.ticked):
        for row in before.rows:
            if row.batch is not None and row.status in READY:
                UpdateFile.objects.filter(pk=row.file.pk).update(is_ticked=row.batch.pk in asked)
        update.ticked_at = timezone.now()  # a new revision: what others send from the earlier page is refused
        update.save(update_fields=("ticked_at",))
        record(
            actor=actor,
            action="ticked",
            target=update,
            before={"imports": list(before.ticked)},
            after={"imports": sorted(asked)},
        )
    return files_of(Update.objects.get(pk=update.pk))


@transaction.atomic
def publish_update(
    *,
    update: Update,
    imports: Collection[int],
    number: int,
    actor: User | None,
    expected_revision: str | None = None,
) -> list[Publication]:
    """Publish files of an update together, or none of them. A second call (a double click) changes nothing.

    `number` is the newest publication that the person saw: the effect on the ranking was computed on its data. Raises
    `PreviewOutdated` if something was published since, `EditConflict` if someone ticked other files, and
    `NotPublishable` if nothing is ticked, if two of the files hold the same edition, or for what keeps one of them from
    being published.
    """
    if actor is not None:
        require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    update = _locked(update.pk)
    if update.state == UpdateState.DISCARDED:
        raise NotPublishable("This update was discarded. Nothing was published.")
    known = {row.batch.pk: row.batch for row in files_of(update).rows if row.batch is not None}
    wanted = set(imports)
    if not wanted:
        raise NotPublishable("Tick at least one file. Nothing was published.")
    if not wanted <= known.keys():
        raise NotPublishable("One of these files is not part of this update. Nothing was published.")
    if all(known[pk].state == ImportState.PUBLISHED for pk in wanted):
        return []
    check_revision(update.current_revision(), expected_revision)
    if numbering.current() != number:
        raise PreviewOutdated("Something was published after this page was opened. Compute the effect again.")
    found = files_of(update)
    if any({pair.later, pair.earlier} <= wanted for pair in found.twins):
        raise NotPublishable("Two of these files hold the same edition. Tick one of them. Nothing was published.")
    made = publishing.publish_together(batch_ids=wanted, actor=actor)
    if update.state == UpdateState.OPEN:
        update.state = UpdateState.PUBLISHED
        update.save(update_fields=("state",))
    numbers = [publication.seq for publication in made]
    record(
        actor=actor,
        action="published",
        target=update,
        after={"state": update.state, "imports": sorted(wanted), "numbers": numbers},
    )
    return made


@transaction.atomic
def take_back(*, update: Update, reason: str, actor: User | None) -> list[Publication]:
    """Retract all files of an update that are published, or none. A second call changes nothing.

    Raises `NotPublishable` without a reason.
    """
    if actor is not None:
        require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    update = _locked(update.pk)
    batches = [row.batch.pk for row in files_of(update).published if row.batch is not None]
    made = publishing.retract_together(batch_ids=batches, actor=actor, reason=reason)
    if made:
        record(
            actor=actor,
            action="retracted",
            target=update,
            after={"numbers": [publication.seq for publication in made], "reason": reason.strip()},
        )
    return made


@transaction.atomic
def discard(*, update: Update, actor: User | None) -> int:
    """Discard every file of an update that was not published, and return their number."""
    if actor is not None:
        require(actor, Permission.IMPORT_DATA)
    update = _locked(update.pk)
    closed = (ImportState.PUBLISHED, ImportState.RETRACTED, ImportState.DISCARDED)
    waiting = Import.objects.filter(update_files__update=update).exclude(state__in=closed).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True))
    for pk in numbers:
        publishing.discard(batch_id=pk, actor=actor)
    if update.state == UpdateState.OPEN:
        update.state = UpdateState.DISCARDED
        update.save(update_fields=("state",))
        record(actor=actor, action="discarded", target=update, after={"state": update.state, "imports": numbers})
    return len(numbers)


def ask_for_effects(update: Update, actor: User | None) -> bool:
    """Begin to compute the effects of publishing the ticked files; return False while a file is still read."""
    for batch in Import.objects.filter(update_files__update=update, state=ImportState.PREVIEW):
        if batch.counts.get("compared_with") != numbering.current():
            refresh(batch_id=batch.pk)
    found = files_of(update)
    if found.is_reading:
        return False
    asked = Asked(update, found.ticked, found.ready, numbering.current())
    for effect in effects:
        effect.ask(asked, actor)
    return True


def after_reading(batch_id: int) -> None:
    """Begin to compute the effects of each open update of which the last file was read."""
    for update in Update.objects.filter(files__batch=batch_id, state=UpdateState.OPEN).select_related("created_by"):
        ask_for_effects(update, update.created_by)
