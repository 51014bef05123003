"""Benchmark of ingestion against its lower bounds: only reading the workbook, and a bare COPY.

Each pair is measured side by side in one run, on the test database; everything is rolled back.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from django.conf import settings
from django.db import connection, transaction

from indicators.imports import staging
from indicators.imports.matching import Staged
from indicators.imports.publishing import publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, ImportState, Indicator, SourceFile
from indicators.sources.base import Reading
from tests.bench.measuring import Row, medians_of, milliseconds, row
from tests.support.unguarded import owner_rights

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
ROWS = 100_000


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what the block does, and remove its dead rows: without autovacuum, later rounds would read over them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


def undone(work: Callable[[], Any]) -> Callable[[], float]:
    """Return a function that times the work inside a transaction and then rolls it back.

    Foreign keys are checked when a transaction commits; here they are checked before the clock stops.
    """

    def timed() -> float:
        with rolled_back():
            return milliseconds(lambda: _checked(work))

    return timed


def _checked(work: Callable[[], Any]) -> None:
    work()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def run() -> list[Row]:
    """Return the rows of the table that `make bench` prints."""
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = Path(folder)
        return [*_workbook(), *_copy()]


def _take(path: Path) -> None:
    receipt = receive_path(path=path, actor=None)
    if receipt.is_new:
        process(batch_id=receipt.batch.pk, actor=None)
        publish(batch_id=receipt.batch.pk, actor=None)


def _workbook() -> list[Row]:
    shared = Path(os.environ.get("CPC_SHARED_DATA", ROOT.parent / "shared" / "data"))
    path = shared / "freedom_house" / "All_data_FIW_2013-2025.xlsx"
    if not path.exists():
        print(f"not measured, as the publisher's file is not here: {path}", file=sys.stderr)
        return []

    def bare() -> float:
        return milliseconds(lambda: pd.read_excel(path, sheet_name=None, header=None, engine="calamine"))

    def again() -> float:
        with rolled_back():
            _take(path)
            return milliseconds(lambda: _take(path))

    def previewed() -> None:
        process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)

    read, preview, whole, same = medians_of(bare, undone(previewed), undone(lambda: _take(path)), again, rounds=ROUNDS)
    bare_read = f"ms against reading it with pandas and calamine, {read:.0f} ms"
    return [
        row("Freedom House workbook, file to preview", preview, read, 4.0, f"{preview:.0f} {bare_read}"),
        row("Freedom House workbook, file to published", whole, read, 4.0, f"{whole:.0f} {bare_read}"),
        row("Freedom House workbook, the same file again", same, read, 1.5, f"{same:.0f} {bare_read}"),
    ]


def _staged_rows() -> list[Staged]:
    indicator = Indicator.objects.get(code="cpi.score")
    countries = list(Country.objects.values_list("id", flat=True))
    return [
        Staged(
            indicator_id=indicator.pk,
            country_id=countries[n % len(countries)],
            year=2000,
            edition="2025",
            edition_rank=20250000,
            precedence=202500002,
            reading=Reading("cpi.score", "", "2000", f"CPI!B{n}", value=n % 100, raw=str(n % 100), series=str(n)),
        )
        for n in range(ROWS)
    ]


def _copy() -> list[Row]:
    file = SourceFile.objects.create(sha256="0" * 64, name="bench")
    source = Indicator.objects.get(code="cpi.score").source
    batch = Import.objects.create(file=file, file_name="bench", source=source, adapter="cpi", state=ImportState.PREVIEW)
    rows = _staged_rows()
    lines = "".join(staging.copy_line(batch.pk, row) for row in rows)

    def stage_and_publish() -> None:
        staging.copy_rows(batch.pk, rows)
        publish(batch_id=batch.pk, actor=None)

    def bare(table: str) -> Callable[[], float]:
        def work() -> float:
            with owner_rights(), transaction.atomic(), connection.cursor() as cursor:
                command = f"COPY {table} ({', '.join(staging.COLUMNS)}) FROM STDIN"
                took = milliseconds(lambda: cursor.copy_expert(command, io.StringIO(lines)))
                transaction.set_rollback(True)
            return took

        return work

    # Made before: PostgreSQL writes no log of rows copied into a table of the same transaction.
    tables = {"bare_alike": "INCLUDING ALL", "bare_plain": "INCLUDING IDENTITY INCLUDING DEFAULTS"}
    defaults = f"ALTER file_id SET DEFAULT {file.pk}, ALTER valid_from SET DEFAULT 1"
    with transaction.atomic(), owner_rights(), connection.cursor() as cursor:
        for name, options in tables.items():
            cursor.execute(f"CREATE TABLE {name} (LIKE indicators_observation {options})")
            cursor.execute(f"ALTER TABLE {name} {defaults}")
    try:
        whole, alike, plain = medians_of(undone(stage_and_publish), *map(bare, tables), rounds=ROUNDS)
    finally:
        with transaction.atomic(), owner_rights(), connection.cursor() as cursor:
            batch.delete()
            file.delete()
            cursor.execute(f"DROP TABLE {', '.join(tables)}")
    name = f"Publishing {ROWS:,} observations, formatted, staged, compared and inserted"
    detail = (
        f"{whole:.0f} ms against COPY into a table with the same indexes and checks, {alike:.0f} ms "
        f"({plain:.0f} ms into one without any)"
    )
    return [row(name, whole, alike, 2.5, detail)]
