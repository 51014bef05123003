"""Publishing of the facts of a data package, each under its publisher's file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.demo import Progress
from cpc.validation import save_validated
from indicators.facts import PACKAGE
from indicators.facts.table import NAMES, indicator_spec, number, raw_of
from indicators.imports import comparison, staging
from indicators.imports.dating import Dated, date_edition
from indicators.imports.matching import Check, Staged
from indicators.imports.publishing import publish
from indicators.imports.receiving import OPEN_STATES
from indicators.models import Country, Import, ImportState, Indicator, Source, SourceFile, Via
from indicators.publications import numbering
from indicators.reference_data import define_indicators
from indicators.sources import registry
from indicators.sources.base import Missing, Quality, Reading, ReadResult


class BadPackage(Exception):
    """Error for a package that cannot be loaded, with the file, the line, and what to do.

    Nothing was applied.
    """


def read_package(
    folder: Path, *, actor: User | None, progress: Callable[[int, int], None] | None = None
) -> list[Import]:
    """Publish every resource of a package that is not published yet; return the imports it made.

    Each resource is published as a whole or not at all. Raises `BadPackage` for a changed or unreadable file.
    """
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadPackage(f"{folder / 'datapackage.json'} cannot be read: {error}") from error
    resources = package["resources"]
    made = []
    for done, resource in enumerate(resources, 1):
        batch = _load(folder, resource, actor)
        if batch is not None:
            made.append(batch)
        if progress is not None:
            progress(done, len(resources))
    return made


@transaction.atomic
def _load(folder: Path, resource: dict[str, Any], actor: User | None) -> Import | None:
    about = resource["cpc:file"]
    file, _ = SourceFile.objects.get_or_create(
        sha256=about["sha256"], defaults={"name": about["name"], "size": about["bytes"]}
    )
    SourceFile.objects.select_for_update().get(pk=file.pk)
    if Import.objects.filter(file=file, via=Via.FACTS, state__in=OPEN_STATES).exists():
        return None
    source = Source.objects.filter(key=resource["cpc:source"]).first()
    if source is None:
        raise BadPackage(f"{resource['name']}: there is no source {resource['cpc:source']!r} in this version.")
    batch = Import(
        file=file,
        file_name=about["name"],
        via=Via.FACTS,
        state=ImportState.PREVIEW,
        stage="preview",
        progress=100,
        source=source,
        adapter=resource["cpc:adapter"],
        edition=resource["cpc:edition"],
        edition_rank=resource["cpc:edition_rank"],
        layout=resource["cpc:layout"],
        created_by=actor,
    )
    dated = _dated(resource, batch)
    batch.published_on, batch.dated_by = dated.published_on, dated.dated_by
    _define(resource, source)
    save_validated(batch)
    rows = list(_staged(folder, resource, batch, source))
    staging.copy_rows(batch.pk, rows)
    batch.rows_read = len({(row.country_id, row.reading.period) for row in rows})
    batch.counts = {**comparison.counts(batch), "rejected": 0, "warning": 0, "note": 0}
    batch.counts["compared_with"] = numbering.current()
    batch.save(update_fields=("rows_read", "counts"))
    record(actor=actor, action="received", target=batch, after={"file": file.name, "via": Via.FACTS, "rows": len(rows)})
    return publish(batch_id=batch.pk, actor=actor).batch


def _dated(resource: dict[str, Any], batch: Import) -> Dated:
    """Return the publication day in the package.

    Older packages have none; the source's rule applies to them.
    """
    stated = resource.get("cpc:published_on")
    if stated is None:
        spec = next((spec for spec in registry.sources() if spec.key == resource["cpc:source"]), None)
        result = ReadResult(batch.edition, batch.edition_rank)
        return date_edition(spec, result, received=timezone.localdate()) if spec else Dated()
    try:
        return Dated(date.fromisoformat(stated["day"]), stated["source"]) if stated else Dated()
    except (KeyError, TypeError, ValueError) as error:
        raise BadPackage(f"{resource['name']}: {stated!r} is not a publication date with its source.") from error


def _define(resource: dict[str, Any], source: Source) -> None:
    """Record the indicators that a file of the package defined.

    Definitions on record stay as they are.
    """
    specs = [indicator_spec(stated) for stated in resource.get("cpc:indicators", ())]
    known = set(Indicator.objects.filter(code__in=[s.code for s in specs]).values_list("code", flat=True))
    define_indicators((spec for spec in specs if spec.code not in known), source)


def _staged(folder: Path, resource: dict[str, Any], batch: Import, source: Source) -> Iterator[Staged]:
    countries = dict(Country.objects.values_list("code", "id"))
    indicators = {i.code: i for i in Indicator.objects.filter(source=source)}
    checks = {code: Check(indicator) for code, indicator in indicators.items()}
    document = ReadResult(batch.edition, batch.edition_rank)
    for path, digest in zip(resource["path"], resource["cpc:sha256"], strict=True):
        for line, row in _lines(folder / path, digest):
            indicator, country = indicators.get(row["indicator"]), countries.get(row["country"])
            if indicator is None or country is None:
                unknown = row["indicator"] if indicator is None else row["country"]
                raise BadPackage(f"{path}, line {line}: {unknown!r} is not known in this version.")
            reading = _reading(row, indicator, f"{path}, line {line}")
            problem = checks[indicator.code].problem(reading)
            if problem is not None:
                raise BadPackage(f"{path}, line {line}: {problem.message}")
            reading.edition = row["edition"]
            reading.edition_rank = int(row["rank"]) if row["rank"] else 0
            yield checks[indicator.code].staged(reading, country, document)


def _lines(path: Path, digest: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadPackage(f"{path} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadPackage(
            f"{path.name} is not the file that datapackage.json names; restore it or export the package again."
        )
    for line, row in enumerate(csv.DictReader(io.StringIO(data.decode(), newline="")), 2):
        yield line, {name: row.get(name) or "" for name in NAMES}


def _reading(row: dict[str, str], indicator: Indicator, location: str) -> Reading:
    categorical = indicator.is_categorical
    try:
        return Reading(
            indicator=indicator.code,
            country=row["country"],
            period=row["period"],
            locator=row["locator"],
            value=None if categorical else number(row["value"]),
            label=row["value"] if categorical else "",
            missing=Missing(row["missing"]) if row["missing"] else None,
            raw=raw_of(row["raw"], row["value"]),
            standard_error=number(row["error"]),
            low=number(row["low"]),
            high=number(row["high"]),
            series=row["series"],
            quality=Quality(row["quality"] or Quality.STATED),
            note=row["note"],
        )
    except ValueError as error:
        raise BadPackage(f"{location}: {error}") from error


def load_facts(progress: Progress) -> str:
    """Publish the shipped facts that are not published yet."""
    made = read_package(PACKAGE, actor=None, progress=progress)
    values = sum(batch.counts["new"] + batch.counts["changed"] for batch in made)
    return f"{values:,} values of {len(made)} publishers' files" if made else ""
