"""Publication of values that people confirm here, as a file in one of our own forms.

The file is stored and read like any other, so that each value has its cell, past publications stay as they were, and
the whole file can be taken back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.db.models import Max

from cpc.accounts.models import User
from cpc.text import without_hidden
from indicators.imports.publishing import NotPublishable, publish
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_stream
from indicators.models import Import, ImportState
from indicators.sources.base import Adapter


def newest_edition(source_key: str) -> int:
    """Return the year of the newest edition among the published files of a source, or 0."""
    rows = Import.objects.filter(source__key=source_key, state=ImportState.PUBLISHED)
    return (rows.aggregate(newest=Max("edition_rank"))["newest"] or 0) // 10_000


def publish_form(
    adapter: Adapter, *, name: str, year: int, header: Sequence[str], rows: Iterable[Sequence[object]], actor: User
) -> Import:
    """Write rows of a report's year in the adapter's form, and publish the file. The caller holds the lock.

    One cell at least must make the file differ from every other: a file that was received before is not read again.
    Raises `NotPublishable` if the file is not read whole.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([without_hidden(str(cell)) for cell in row] for row in rows)
    receipt = receive_stream(chunks=[text.getvalue().encode()], name=name, actor=actor)
    # The newest edition of all, since only that may correct a row of an earlier report (docs/forms.md).
    edition = max(year, newest_edition(adapter.source.key))
    choice = Choice(source=adapter.key, edition=str(edition))
    batch = process(batch_id=receipt.batch.pk, actor=actor, choice=choice)
    if not receipt.is_new or batch.state != ImportState.PREVIEW or batch.counts.get("rejected"):
        raise NotPublishable(f"{name} was not read whole, so nothing was published. Tell an administrator.")
    return publish(batch_id=batch.pk, actor=actor).batch
