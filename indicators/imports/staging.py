"""Staging of rows for publication, written by COPY."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.db import connection

from indicators.imports.matching import Matched, Staged
from indicators.models import Import, StagedNarrative, StagedObservation, StagedProgram
from indicators.sources.base import NarrativeReading

COLUMNS = (
    "batch_id",
    "indicator_id",
    "country_id",
    "period",
    "year",
    "series",
    "value",
    "label",
    "missing",
    "standard_error",
    "low",
    "high",
    "locator",
    "raw_text",
    "edition",
    "edition_rank",
    "quality",
    "note",
    "precedence",
)

_NULL = "\\N"
_NO_ERROR = f"{_NULL}\t{_NULL}\t{_NULL}"
_SPECIAL = re.compile(r"[\\\t\n\r\0]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def _number(value: float | None) -> str:
    return _NULL if value is None else repr(float(value))


def copy_line(batch_id: int, row: Staged) -> str:
    """Return a row in the text format of COPY, in the order of `COLUMNS`."""
    r = row.reading
    texts = [r.period, r.series, r.label, r.locator, r.raw, row.edition, r.note]
    # Most rows hold nothing to escape, and one search is cheaper than seven translations.
    if _SPECIAL.search("".join(texts)):
        texts = [text.translate(_ESCAPES) for text in texts]
    period, series, label, locator, raw, edition, note = texts
    errors = _NO_ERROR
    if not (r.standard_error is None and r.low is None and r.high is None):
        errors = "\t".join(map(_number, (r.standard_error, r.low, r.high)))
    return (
        f"{batch_id}\t{row.indicator_id}\t{row.country_id}\t{period}\t{row.year}\t{series}\t"
        f"{_number(r.value)}\t{label}\t{r.missing or ''}\t{errors}\t{locator}\t{raw}\t{edition}\t"
        f"{row.edition_rank}\t{r.quality}\t{note}\t{row.precedence}\n"
    )


class _Lines:
    """File of lines that COPY reads: the server stores the first ones while the next are formatted."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read(self, _size: int) -> str:
        return "".join(islice(self._lines, 1_000))


def copy_rows(batch_id: int, rows: Sequence[Staged]) -> None:
    """Write rows to the staging table. Call inside a transaction."""
    lines = _Lines(copy_line(batch_id, row) for row in rows)
    with connection.cursor() as cursor:
        table = StagedObservation._meta.db_table
        cursor.copy_expert(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN", lines)


def digest(content: dict[str, Any]) -> str:
    text = {
        "tier": content["tier"],
        "sections": [[s["kind"], s["text"]] for s in content["sections"]],
        "recommendations": [r["text"] for r in content["recommendations"]],
    }
    return hashlib.sha256(json.dumps(text, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def stage_narratives(batch: Import, narratives: Iterable[NarrativeReading], matched: Matched) -> None:
    rows = []
    for reading in narratives:
        country_id = matched.country_ids.get((reading.country, ""))
        if country_id is None:
            continue
        content = asdict(reading)
        rows.append(
            StagedNarrative(
                batch=batch,
                country_id=country_id,
                report_year=reading.report_year,
                digest=digest(content),
                content=content,
            )
        )
    StagedNarrative.objects.bulk_create(rows)


def clear(batch: Import) -> None:
    # Raw deletion: nothing refers to a staged row, and the collector would load each one.
    StagedObservation.objects.filter(batch=batch)._raw_delete("default")
    StagedNarrative.objects.filter(batch=batch).delete()
    StagedProgram.objects.filter(batch=batch).delete()
