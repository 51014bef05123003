"""Comparison of each staged row with the live row of its key, to show the effect of publishing.

Preview and publish share one SQL expression (the trigger `newest_edition_kept` rejects a publication against it):

- no live row: **new**;
- the same value, of no firmer quality than the live one: **unchanged**, a confirming source;
- a later edition (or the same edition, of at least the same quality): **changed**, the live row is superseded. If
  both rows name the same edition, the edition of the file counts, and the order of publishing counts only within
  one edition;
- an earlier edition: **older**, on record but not shown. The live row counts as stated by the latest edition
  that confirms it.

A row without an error or an interval agrees with one that gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from indicators.curated import program_imports
from indicators.models import Import, StagedNarrative, winning_order

STATUSES = ("new", "changed", "older", "unchanged")

WORK_MEMORY = "128MB"
"""Memory for each sort and join of a comparison: that of the server's defaults holds some 10,000 rows."""

_STAGED = winning_order("s", "sb")

_EFFECTIVE = f"""GREATEST({winning_order("o", "ob")}, COALESCE((
    SELECT max({winning_order("c", "cb")}) FROM indicators_confirmation c
    JOIN indicators_import cb ON cb.id = c.batch_id
    WHERE c.observation_id = o.id AND c.valid_to IS NULL), 0))"""

_SAME = """(o.value IS NOT DISTINCT FROM s.value AND o.label = s.label AND o.missing = s.missing
    AND (s.standard_error IS NULL OR s.standard_error IS NOT DISTINCT FROM o.standard_error)
    AND (s.low IS NULL OR s.low IS NOT DISTINCT FROM o.low)
    AND (s.high IS NULL OR s.high IS NOT DISTINCT FROM o.high))"""

# The last digit of a precedence is the firmness of its quality (`precedence`); `%%` is one `%` for the cursor.
STATUS = f"""CASE
    WHEN o.id IS NULL THEN 'new'
    WHEN {_SAME} AND (s.precedence %% 10 <= o.precedence %% 10 OR {_STAGED} < {_EFFECTIVE}) THEN 'unchanged'
    WHEN {_STAGED} >= {_EFFECTIVE} THEN 'changed'
    ELSE 'older' END"""

JOIN = """FROM indicators_stagedobservation s
    JOIN indicators_import sb ON sb.id = s.batch_id
    LEFT JOIN indicators_observation o ON o.indicator_id = s.indicator_id AND o.country_id = s.country_id
        AND o.period = s.period AND o.series = s.series AND o.valid_to IS NULL
    LEFT JOIN indicators_import ob ON ob.id = o.batch_id
    WHERE s.batch_id = %s"""


@contextmanager
def whole_tables() -> Iterator[CursorWrapper]:
    """Yield a cursor that joins whole tables by hash, in memory.

    Rows just copied in have no statistics yet; without them the planner may loop over every pair of rows.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '{WORK_MEMORY}'")
        yield cursor
        cursor.execute("RESET enable_nestloop; RESET work_mem")


def counts(batch: Import) -> dict[str, int]:
    """Count the new, changed, older, and unchanged staged values, and the narratives separately.

    Programs count among new, changed, and unchanged; if there are any, their number is also under `programs`.
    """
    with whole_tables() as cursor:
        cursor.execute(f"SELECT status, count(*) FROM (SELECT {STATUS} AS status {JOIN}) t GROUP BY status", [batch.pk])
        return _with_others(batch, dict(cursor.fetchall()))


def compare(batch: Import) -> dict[str, int]:
    """Return `counts` after storing the comparison in the temporary table `import_difference`.

    The table has the columns `id` of the staged row, `live_id`, and `status`, until the transaction ends.
    """
    with whole_tables() as cursor:
        # An enclosing transaction may have published another import; its table is dropped only at the commit.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_difference")
        cursor.execute(
            f"CREATE TEMP TABLE import_difference ON COMMIT DROP AS SELECT s.id, o.id AS live_id, {STATUS} AS status "
            + JOIN,
            [batch.pk],
        )
        cursor.execute("SELECT status, count(*) FROM import_difference GROUP BY status")
        return _with_others(batch, dict(cursor.fetchall()))


def _with_others(batch: Import, of_values: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of values with those of the narratives and programs of the same import."""
    counts = {**dict.fromkeys(STATUSES, 0), **of_values}
    counts["narratives"] = StagedNarrative.objects.filter(batch=batch).count()
    for status, number in program_imports.counts(batch).items():
        counts[status] = counts.get(status, 0) + number
    return counts


@dataclass(frozen=True, slots=True)
class PreviewRow:
    status: str
    locator: str
    country_code: str
    country: str
    indicator: str
    unit: str
    decimals: int
    period: str
    series: str
    value: float | None
    label: str
    missing: str
    raw_text: str
    edition: str
    quality: str
    old_value: float | None
    old_label: str
    old_missing: str
    old_quality: str


def revision_of(batch: Import) -> str:
    """Return the revision of a preview: the counts that its page shows."""
    return " ".join(str(batch.counts.get(key, 0)) for key in (*STATUSES, "narratives", "programs"))


def rows(batch: Import, *, status: str, country: str = "", limit: int = 50, offset: int = 0) -> list[PreviewRow]:
    """Return one page of the staged values with one status, in the file's order.

    `country` is a part of the country's name.
    """
    query = f"""SELECT t.status, s.locator, c.code, c.name, i.name, i.unit, i.decimals, s.period, s.series, s.value,
            s.label, s.missing, s.raw_text, s.edition, s.quality, p.value, COALESCE(p.label, ''),
            COALESCE(p.missing, ''), COALESCE(p.quality, '')
        FROM (SELECT s.id, o.id AS old_id, {STATUS} AS status {JOIN}) t
        JOIN indicators_stagedobservation s ON s.id = t.id
        JOIN indicators_country c ON c.id = s.country_id
        JOIN indicators_indicator i ON i.id = s.indicator_id
        LEFT JOIN indicators_observation p ON p.id = t.old_id
        WHERE t.status = %s AND c.name ILIKE %s ORDER BY s.id LIMIT %s OFFSET %s"""
    with whole_tables() as cursor:
        cursor.execute(query, [batch.pk, status, _like(country), limit, offset])
        records: list[tuple[Any, ...]] = cursor.fetchall()
    return [PreviewRow(*row) for row in records]


def count_rows(batch: Import, *, status: str, country: str = "") -> int:
    query = f"""SELECT count(*) FROM (SELECT s.country_id, {STATUS} AS status {JOIN}) t
        JOIN indicators_country c ON c.id = t.country_id WHERE t.status = %s AND c.name ILIKE %s"""
    with whole_tables() as cursor:
        cursor.execute(query, [batch.pk, status, _like(country)])
        return int(cursor.fetchone()[0])


def _like(part: str) -> str:
    """Return the pattern of ILIKE for a text that contains `part`, whose own signs are no wildcards."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
