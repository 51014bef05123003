"""Writing of live observations as a data package."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from indicators.facts.table import DEFINITION, NAMES, number_text, raw_text, schema
from indicators.models import Import, Indicator, Observation, SourceFile
from indicators.sources import registry

PART_ROWS = 20_000


def write_package(
    folder: Path, *, sources: Iterable[str] = (), since: int | None = None, since_of: Mapping[str, int] | None = None
) -> tuple[int, int]:
    """Write every live observation into `folder`, one resource per publisher's file.

    `sources` limits the package to these sources, `since` to reference years from then on, and `since_of` does so for
    single sources. The same observations give the same bytes, so that a diff of the package shows changed facts.
    Files of an earlier package in `folder` that are no longer listed are removed. Returns the number of publishers'
    files and of rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    live = Observation.objects.live()
    if keys := list(sources):
        live = live.filter(indicator__source__key__in=keys)
    if since is not None:
        live = live.filter(year__gte=since)
    for key, year in (since_of or {}).items():
        live = live.exclude(indicator__source__key=key, year__lt=year)
    resources: list[dict[str, Any]] = []
    written: set[str] = set()
    rows = 0
    files = SourceFile.objects.filter(pk__in=live.values("file_id")).order_by("name", "sha256")
    for file in files:
        batch = Import.objects.filter(file=file, source__isnull=False).exclude(adapter="").order_by("id").first()
        if batch is None or batch.source is None:
            raise ValueError(f"{file} has observations but no import that names its source, so it can't be exported")
        resource, count = _resource(folder, file, batch, _rows(live.filter(file=file), batch))
        resources.append(resource)
        written.update(resource["path"])
        rows += count
    package = {
        "profile": "tabular-data-package",
        "name": "cpc-facts",
        "title": "Facts about countries, each with the publisher's file and cell",
        "description": "Published observations. The publishers' files themselves are not part of the package.",
        "resources": resources,
    }
    _write(folder / "datapackage.json", json.dumps(package, indent=1, ensure_ascii=False) + "\n")
    for stale in folder.glob("*.csv"):
        if stale.name not in written:
            stale.unlink()
    return len(resources), rows


def _rows(live: Any, batch: Import) -> list[dict[str, str]]:
    fields = (
        "indicator__code",
        "country__code",
        "period",
        "series",
        "value",
        "label",
        "missing",
        "standard_error",
        "low",
        "high",
        "quality",
        "edition",
        "edition_rank",
        "locator",
        "raw_text",
        "note",
    )
    ordered = live.order_by("indicator__code", "country__code", "year", "period", "series").values_list(*fields)
    return [_row(row, batch) for row in ordered.iterator(chunk_size=5000)]


def _row(row: tuple[Any, ...], batch: Import) -> dict[str, str]:
    indicator, country, period, series, value, label, missing, error, low, high = row[:10]
    quality, edition, rank, locator, raw, note = row[10:]
    text = label or number_text(value)
    own_edition = (edition, rank) == (batch.edition, batch.edition_rank)
    return {
        "indicator": indicator,
        "country": country,
        "period": period,
        "series": series,
        "value": text,
        "missing": missing,
        "error": number_text(error),
        "low": number_text(low),
        "high": number_text(high),
        "quality": "" if quality == "stated" else quality,
        "edition": "" if own_edition else edition,
        "rank": "" if own_edition else str(rank),
        "locator": locator,
        "raw": raw_text(raw, text),
        "note": note,
    }


def _resource(folder: Path, file: SourceFile, batch: Import, rows: list[dict[str, str]]) -> tuple[dict[str, Any], int]:
    source = batch.source
    assert source is not None
    names = tuple(name for name in NAMES if any(row[name] for row in rows))
    stem = f"{source.key}-{file.sha256[:12]}".replace("_", "-")
    paths, digests = [], []
    for part in range(0, max(len(rows), 1), PART_ROWS):
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[part : part + PART_ROWS])
        path = f"{stem}-{part // PART_ROWS + 1}.csv"
        digests.append(_write(folder / path, buffer.getvalue()))
        paths.append(path)
    return {
        "name": stem,
        "path": paths,
        "profile": "tabular-data-resource",
        "title": f"{source.title}, {batch.edition}",
        "sources": [{"title": source.publisher, "path": source.homepage}],
        "licenses": [{"name": source.license, "title": source.attribution}],
        "cpc:source": source.key,
        "cpc:adapter": batch.adapter,
        "cpc:edition": batch.edition,
        "cpc:edition_rank": batch.edition_rank,
        "cpc:layout": batch.layout,
        "cpc:published_on": (
            {"day": batch.published_on.isoformat(), "source": batch.dated_by} if batch.published_on else {}
        ),
        **({"cpc:indicators": defined} if (defined := _defined({row["indicator"] for row in rows})) else {}),
        "cpc:file": {"name": file.name, "sha256": file.sha256, "bytes": file.size},
        "cpc:sha256": digests,
        "schema": schema(names),
    }, len(rows)


def _defined(codes: set[str]) -> list[dict[str, Any]]:
    """Return the definitions of those of these indicators that a file, and not a reader, defines."""
    listed = {spec.code for _, spec in registry.indicators()}
    return list(Indicator.objects.filter(code__in=codes - listed).order_by("code").values(*DEFINITION))


def _write(path: Path, text: str) -> str:
    data = text.encode()
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
