"""Publishing of a previewed import, all or nothing, and retraction of a published one.

Both run in one transaction under the lock of the sequence, so that a crash at any point leaves no partial changes
and the same step can run again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.web import formats
from indicators.curated import program_imports
from indicators.imports import comparison, definitions, staging
from indicators.imports.matching import names_changed
from indicators.models import Import, ImportState, Publication, PublicationKind, winning_order
from indicators.narratives import publishing
from indicators.publications import numbering, signals

_OBSERVATION_COLUMNS = (
    "indicator_id, country_id, period, year, series, value, label, missing, standard_error, low, high, "
    "file_id, batch_id, locator, raw_text, edition, edition_rank, quality, note, precedence"
)
_CONFIRMATION_COLUMNS = "file_id, batch_id, locator, raw_text, edition, edition_rank, quality, note, precedence"


class NotPublishable(Exception):
    """Error for an import that its state keeps from being published, retracted, or discarded.

    The text gives the reason and the remedy.
    """

    code = "not_publishable"


class FieldsNotRead(NotPublishable):
    """Error for an import with unread fields that no one agreed to leave out.

    Nothing was published.
    """

    code = "fields_not_read"


class DefinitionChanged(NotPublishable):
    """Error for an import whose indicators another file redefined after it was read.

    Nothing was published.
    """

    code = "definition_changed"


class PreviewOutdated(Exception):
    """Error for a preview that a later publication made outdated.

    This import would now change other values than the preview showed.
    """


@dataclass(frozen=True, slots=True)
class PublishingOutcome:
    """Result of publishing or retracting.

    `publication` is None if it had been done before.
    """

    batch: Import
    publication: Publication | None


@transaction.atomic
def publish(
    *,
    batch_id: int,
    actor: User | None,
    previewed: bool = False,
    partial: bool = False,
    expected_revision: str | None = None,
) -> PublishingOutcome:
    """Publish an import. A second call (a double click) changes nothing.

    With `previewed`, a person saw the counts, and `PreviewOutdated` is raised if they no longer hold. With `partial`,
    a person agreed to publish although fields of the file were not read; without it such an import raises
    `FieldsNotRead`. Raises `NotPublishable` for an import that is not at its preview, `DefinitionChanged` if another
    file redefined its indicators since it was read, and `EditConflict` if its preview no longer has the
    `expected_revision` (see `comparison.revision_of`).
    """
    numbering.lock()  # before the row: whoever takes both locks takes them in this order
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == ImportState.PUBLISHED:
        return PublishingOutcome(batch, None)
    now = _require_publishable(batch, previewed=previewed, partial=partial, expected_revision=expected_revision)
    publication = _publish(batch, actor, now, at=None)
    signals.announce(publication.seq)
    return PublishingOutcome(batch, publication)


@transaction.atomic
def publish_together(*, batch_ids: Collection[int], actor: User | None) -> list[Publication]:
    """Publish several imports or none of them, the earliest edition first, under numbers of one moment.

    One announcement follows, so that one ranking counts them all. Raises what `publish` raises for any of them. The
    caller compares what a person saw with what is published now.
    """
    numbering.lock()
    batches = list(Import.objects.select_for_update(of=("self",)).filter(pk__in=batch_ids))
    at = numbering.moment()
    made = []
    for batch in sorted(batches, key=lambda batch: (batch.edition_rank, batch.pk)):
        now = _require_publishable(batch, previewed=False, partial=False, expected_revision=None)
        made.append(_publish(batch, actor, now, at=at))
    if made:
        signals.announce(made[-1].seq)
    return made


def _publish(batch: Import, actor: User | None, now: dict[str, int], *, at: dt.datetime | None) -> Publication:
    """Publish a comparison that `_require_publishable` just made. The caller holds the locks."""
    publication = numbering.next_number(batch=batch, kind=PublicationKind.PUBLISH, actor=actor, at=at)
    _apply(batch, publication)
    publishing.publish(batch, publication)
    program_imports.publish(batch, publication)
    staging.clear(batch)
    batch.state = ImportState.PUBLISHED
    batch.stage = ""
    batch.counts = {**batch.counts, **now}
    batch.is_partial = bool(batch.lost_fields)
    batch.save(update_fields=("state", "stage", "counts", "is_partial"))
    record(
        actor=actor,
        action="published",
        target=batch,
        before={"state": ImportState.PREVIEW},
        after={
            "state": batch.state,
            "number": publication.seq,
            **batch.counts,
            **({"fields_not_read": batch.lost} if batch.is_partial else {}),
        },
    )
    return publication


def _require_publishable(
    batch: Import, *, previewed: bool, partial: bool, expected_revision: str | None
) -> dict[str, int]:
    """Compare an import with the data of now and return the counts, or raise the errors that `publish` names."""
    if batch.state != ImportState.PREVIEW:
        raise NotPublishable(
            f"{batch} is {batch.get_state_display().lower()}; only an import that is ready for review can be published."
        )
    check_revision(comparison.revision_of(batch), expected_revision)
    if names_changed(batch):
        raise PreviewOutdated("Names of this source were mapped after the file was matched. Review the new preview.")
    if batch.lost_fields and not partial:
        raise FieldsNotRead(
            f"Nothing was published: {formats.count_of(batch.lost_fields, 'field')} of {batch.file_name} "
            f"{formats.agree(batch.lost_fields, 'was', 'were')} not read: {', '.join(batch.lost)}. "
            "Review the fields in the preview. To publish the rest of the file, confirm it there."
        )
    if changed := definitions.changed_definitions(batch):
        raise DefinitionChanged(
            f"Nothing was published, because another file redefined what this one measures. {'; '.join(changed)}. "
            "Discard this import and import the file again."
        )
    now = comparison.compare(batch)
    if previewed and {k: batch.counts.get(k) for k in now} != now:
        raise PreviewOutdated(
            "Another import was published after this preview. Review the new preview before you publish."
        )
    return now


def _apply(batch: Import, publication: Publication) -> None:
    """Store what `comparison.compare` found: close the changed rows, and add the others and the confirmations."""
    seq, at = publication.seq, publication.at
    with comparison.whole_tables() as cursor:
        cursor.execute(
            "UPDATE indicators_observation SET valid_to = %s, superseded_at = %s "
            "WHERE id IN (SELECT live_id FROM import_difference WHERE status = 'changed')",
            [seq, at],
        )
        source = _OBSERVATION_COLUMNS.replace("file_id", "%s")
        cursor.execute(
            f"INSERT INTO indicators_observation ({_OBSERVATION_COLUMNS}, valid_from, valid_to, superseded_at) "
            f"SELECT {source}, %s, CASE WHEN d.status = 'older' THEN %s END, "
            "CASE WHEN d.status = 'older' THEN %s::timestamptz END "
            "FROM import_difference d JOIN indicators_stagedobservation s ON s.id = d.id "
            # Nearly in the order of the key, so that the index of live rows grows at its end and not throughout.
            "WHERE d.status <> 'unchanged' ORDER BY s.indicator_id, s.country_id, s.id",
            [batch.file_id, seq, seq, at],
        )
        source = _CONFIRMATION_COLUMNS.replace("file_id", "%s")
        cursor.execute(
            f"INSERT INTO indicators_confirmation (observation_id, {_CONFIRMATION_COLUMNS}, valid_from) "
            f"SELECT d.live_id, {source}, %s "
            "FROM import_difference d JOIN indicators_stagedobservation s ON s.id = d.id "
            "WHERE d.status = 'unchanged' ORDER BY s.id",
            [batch.file_id, seq],
        )


@transaction.atomic
def retract(*, batch_id: int, actor: User | None, reason: str) -> PublishingOutcome:
    """Retract a published import: close its rows, and restate the values that they had replaced.

    For each key, the winning value among the imports that are still published (later edition, firmer quality, later
    publication) is inserted as a new row, unless the live row already has it. Nothing is cleared or deleted. Raises
    `NotPublishable` without a reason, or for an import that is not published.
    """
    if not reason.strip():
        raise NotPublishable("Enter a reason for taking back the import; it stays on file.")
    numbering.lock()
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == ImportState.RETRACTED:
        return PublishingOutcome(batch, None)
    if batch.state != ImportState.PUBLISHED:
        raise NotPublishable(
            f"{batch} is {batch.get_state_display().lower()}; only a published import can be taken back."
        )
    publication = _retract(batch, actor, reason.strip(), at=None)
    signals.announce(publication.seq)
    return PublishingOutcome(batch, publication)


@transaction.atomic
def retract_together(*, batch_ids: Collection[int], actor: User | None, reason: str) -> list[Publication]:
    """Retract those of several imports that are published, or none, under numbers of one moment.

    Raises `NotPublishable` without a reason.
    """
    if not reason.strip():
        raise NotPublishable("Enter a reason for taking back the imports; it stays on file.")
    numbering.lock()
    published = Import.objects.select_for_update(of=("self",)).filter(pk__in=batch_ids, state=ImportState.PUBLISHED)
    at = numbering.moment()
    made = [_retract(batch, actor, reason.strip(), at=at) for batch in published.order_by("-pk")]
    if made:
        signals.announce(made[-1].seq)
    return made


def _retract(batch: Import, actor: User | None, reason: str, *, at: dt.datetime | None) -> Publication:
    """Retract a published import. The caller holds the locks."""
    kind = PublicationKind.RETRACT
    publication = numbering.next_number(batch=batch, kind=kind, actor=actor, reason=reason, at=at)
    batch.state = ImportState.RETRACTED
    batch.save(update_fields=("state",))
    closed, restored = _withdraw(batch, publication)
    publishing.retract(batch, publication)
    closed += program_imports.retract(batch, publication)
    record(
        actor=actor,
        action="retracted",
        target=batch,
        before={"state": ImportState.PUBLISHED},
        after={
            "state": batch.state,
            "number": publication.seq,
            "reason": publication.reason,
            "closed": closed,
            "restored": restored,
        },
    )
    return publication


_AFFECTED = """CREATE TEMP TABLE retraction ON COMMIT DROP AS
    SELECT o.id AS live_id, o.batch_id = %(batch)s AS own, o.indicator_id, o.country_id, o.period, o.series
    FROM indicators_observation o
    WHERE o.valid_to IS NULL AND (o.batch_id = %(batch)s OR o.id IN (
        SELECT c.observation_id FROM indicators_confirmation c WHERE c.batch_id = %(batch)s AND c.valid_to IS NULL))"""

_RESTORED = f"""CREATE TEMP TABLE restored ON COMMIT DROP AS
    SELECT DISTINCT ON (live_id) * FROM (
        SELECT r.live_id, r.own, o.id AS row_id, o.file_id, o.batch_id, o.locator, o.raw_text, o.edition,
            o.edition_rank, o.quality, o.note, o.precedence, {winning_order("o", "b")} AS winning, p.seq
        FROM retraction r
        JOIN indicators_observation o USING (indicator_id, country_id, period, series)
        JOIN indicators_import b ON b.id = o.batch_id AND b.state = 'published'
        JOIN indicators_publication p ON p.batch_id = b.id AND p.kind = 'publish'
        UNION ALL
        SELECT r.live_id, r.own, o.id, c.file_id, c.batch_id, c.locator, c.raw_text, c.edition,
            c.edition_rank, c.quality, c.note, c.precedence, {winning_order("c", "b")}, p.seq
        FROM retraction r
        JOIN indicators_observation o USING (indicator_id, country_id, period, series)
        JOIN indicators_confirmation c ON c.observation_id = o.id AND c.valid_to IS NULL
        JOIN indicators_import b ON b.id = c.batch_id AND b.state = 'published'
        JOIN indicators_publication p ON p.batch_id = b.id AND p.kind = 'publish'
    ) t ORDER BY live_id, winning DESC, seq DESC, row_id DESC"""

_UNCHANGED = """SELECT s.live_id FROM restored s
    JOIN indicators_observation o ON o.id = s.row_id JOIN indicators_observation l ON l.id = s.live_id
    WHERE NOT s.own AND o.value IS NOT DISTINCT FROM l.value AND o.label = l.label AND o.missing = l.missing"""


def _withdraw(batch: Import, publication: Publication) -> tuple[int, int]:
    seq, at = publication.seq, publication.at
    with comparison.whole_tables() as cursor:
        # Both tables go at the commit, but one transaction may take back two imports.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.retraction, pg_temp.restored")
        cursor.execute(_AFFECTED, {"batch": batch.pk})
        cursor.execute(
            "UPDATE indicators_confirmation SET valid_to = %s, superseded_at = %s "
            "WHERE batch_id = %s AND valid_to IS NULL",
            [seq, at, batch.pk],
        )
        cursor.execute(_RESTORED)
        # A row of another import that this one only confirmed stays live if nothing about it changes.
        cursor.execute(f"DELETE FROM retraction WHERE live_id IN ({_UNCHANGED})")
        cursor.execute("DELETE FROM restored WHERE live_id NOT IN (SELECT live_id FROM retraction)")
        cursor.execute(
            "UPDATE indicators_observation SET valid_to = %s, superseded_at = %s "
            "WHERE id IN (SELECT live_id FROM retraction)",
            [seq, at],
        )
        closed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO indicators_observation ({_OBSERVATION_COLUMNS}, valid_from, reasserts_id) "
            "SELECT o.indicator_id, o.country_id, o.period, o.year, o.series, o.value, o.label, o.missing, "
            "o.standard_error, o.low, o.high, s.file_id, s.batch_id, s.locator, s.raw_text, s.edition, "
            "s.edition_rank, s.quality, s.note, s.precedence, %s, o.id "
            "FROM restored s JOIN indicators_observation o ON o.id = s.row_id ORDER BY o.id",
            [seq],
        )
        return closed, cursor.rowcount


@transaction.atomic
def discard(*, batch_id: int, actor: User | None) -> Import:
    """Discard an import that was not published. It stays on record with its issues.

    Raises `NotPublishable` for an import that was published, retracted or not.
    """
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == ImportState.DISCARDED:
        return batch
    if batch.state in (ImportState.PUBLISHED, ImportState.RETRACTED):
        raise NotPublishable(f"{batch} is {batch.get_state_display().lower()}; take it back instead.")
    before = batch.state
    staging.clear(batch)
    definitions.forget(batch)
    batch.state = ImportState.DISCARDED
    batch.stage = ""
    batch.save(update_fields=("state", "stage"))
    record(actor=actor, action="discarded", target=batch, before={"state": before}, after={"state": batch.state})
    return batch
