"""Millions of observations, written into the database without its triggers: its indexes and checks stay active.

    make_observations(3_000_000)  # in an installation without data
    add_series(3_000_000)         # in one with data: more of the same, that no ranking reads

The rows of the first are of every indicator of every source, for every state, by year: one live value per key, and for
one in `SUPERSEDED` also the value that it replaced. All values are of one file per source. They are made by rule, so
that two worlds of one size are equal.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, product

from django.db import connection, transaction
from django.utils import timezone

from indicators.models import (
    Country,
    Import,
    ImportState,
    Indicator,
    Observation,
    Publication,
    PublicationKind,
    Source,
    SourceFile,
)
from indicators.models.coverage import recount
from tests.support.unguarded import unguarded

SUPERSEDED = 20
AT_ONCE = 200_000
LAST_YEAR = 2025
COLUMNS = (
    "indicator_id",
    "country_id",
    "period",
    "year",
    "series",
    "value",
    "label",
    "missing",
    "file_id",
    "batch_id",
    "locator",
    "raw_text",
    "edition",
    "edition_rank",
    "quality",
    "note",
    "precedence",
    "valid_from",
    "valid_to",
    "superseded_at",
)


@transaction.atomic
def make_observations(rows: int) -> int:
    """Write about `rows` live observations, and those that some replaced; return the number of live ones.

    It takes half a minute for three million rows. Series fill a key once its years would begin before 1900.
    """
    with unguarded():
        batches = _publish_a_file_per_source()
        made = 0
        lines = _lines(rows, batches)
        with connection.cursor() as cursor:
            while piece := list(islice(lines, AT_ONCE)):
                made += sum(line.endswith("\\N\t\\N\n") for line in piece)
                table = Observation._meta.db_table
                cursor.copy_expert(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN", io.StringIO("".join(piece)))
            recount()
            cursor.execute("ANALYZE")
    return made


@transaction.atomic
def add_series(rows: int, read: Collection[str]) -> int:
    """Add series to every live value until there are about `rows` live ones; return their number.

    Each is a copy of a value with its file, edition, and cell. The indicators with the codes `read` get none: a model
    that reads more values takes longer for another reason.
    """
    live = Observation.objects.live()
    some = live.exclude(indicator__code__in=read)
    times = -(-(rows - live.count()) // some.count())
    table = Observation._meta.db_table
    copied = ["r.series || ' more ' || n" if name == "series" else f"r.{name}" for name in COLUMNS]
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(COLUMNS)}) SELECT {', '.join(copied)} "
            f"FROM generate_series(1, %s) n, {table} r JOIN indicators_indicator i ON i.id = r.indicator_id "
            "WHERE r.valid_to IS NULL AND i.code <> ALL (%s) ORDER BY n, r.id",
            [times, list(read)],
        )
        recount()
    return live.count()


def _publish_a_file_per_source() -> dict[int, tuple[int, int]]:
    """Publish an older and a newer file of each source; return the keys of the newer file and import by source."""
    found = {}
    first = Publication.objects.count()
    for number, source in enumerate(Source.objects.order_by("pk")):
        name = f"{source.key}.csv"
        file = SourceFile.objects.create(sha256=f"{number:064x}", name=name)
        batch = Import.objects.create(
            file=file, file_name=name, source=source, adapter=source.key, state=ImportState.PUBLISHED, edition="2025"
        )
        Publication.objects.create(seq=first + number + 1, kind=PublicationKind.PUBLISH, batch=batch, at=timezone.now())
        found[source.pk] = (file.pk, batch.pk)
    return found


def _lines(rows: int, batches: dict[int, tuple[int, int]]) -> Iterator[str]:
    indicators = list(Indicator.objects.order_by("code"))
    states = list(Country.objects.states().order_by("code").values_list("pk", flat=True))
    per_key = -(-rows // (len(indicators) * len(states)))
    newest = Publication.objects.count()
    superseded_at = dt.datetime(2025, 6, 1, tzinfo=dt.UTC).isoformat()
    keys: Sequence[tuple[int, str]] = [
        (LAST_YEAR - number % 126, f"series {number // 126}" if number >= 126 else "") for number in range(per_key)
    ]
    for count, (indicator, country, (year, series)) in enumerate(islice(product(indicators, states, keys), rows)):
        file, batch = batches[indicator.source_id]
        label = str(indicator.labels[count % len(indicator.labels)]) if indicator.labels else ""
        value = r"\N" if label else f"{count % 1000 / 10}"
        start = f"{indicator.pk}\t{country}\t{year}\t{year}\t{series}\t{value}\t{label}\t\t{file}\t{batch}\t"
        end = f"Data!B{count}\t{label or value}\t2025\t20250000\tstated\t\t202500003\t"
        yield f"{start}{end}{newest}\t\\N\t\\N\n"
        if count % SUPERSEDED == 0:
            yield f"{start}{end}1\t{newest}\t{superseded_at}\n"
