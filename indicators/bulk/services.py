"""Services of the bulk package: build it after a publication, once, and remove those of earlier publications.

    data = package.zip
      datapackage.json          the Frictionless descriptor: licenses, attributions, and the schema of each table
      data/observations.csv     every observation ever published, with the publications that added and ended it
      data/confirmations.csv, indicators.csv, countries.csv, sources.csv, files.csv, publications.csv

What is read depends on the publication alone, not on when it is built: a second build of the same publication gives the
same bytes. A package is under its name whole or not at all, and in the database only with its file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction

from cpc.audit.services import record
from cpc.demo import Progress
from cpc.files.storage import files, staged
from cpc.queue import enqueue
from cpc.validation import save_validated
from indicators.bulk.licenses import license_of
from indicators.bulk.tables import TABLES, Table
from indicators.models import SAMPLE_CODE, BulkPackage, Publication, Source
from indicators.publications.numbering import current

KEPT = 3
"""Number of packages that are stored, so that a download of the one before does not end in the middle."""

log = logging.getLogger(__name__)

FOLDER = "bulk"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a ZIP, so that the same data give the same bytes."""


def build_newest() -> BulkPackage | None:
    """Build the package of the newest publication unless there is one, and remove old ones.

    A second call at the same time waits for the first. Returns the package; None before the first publication.
    """
    with transaction.atomic():
        _wait_for_another()
        as_of = current()
        made = BulkPackage.objects.filter(as_of=as_of).first()
        if made is None and as_of:
            made = _build(as_of)
        _prune()
    return made


def queue_build(_number: int) -> None:
    """Have a worker build the package of a publication; if none can be asked, the hourly run does.

    Without a broker, the publisher would wait for it: `manage.py build_bulk_package` builds it then.
    """
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        enqueue("indicators.build_bulk_package")


def load_package(progress: Progress) -> str:
    """Build the package of the demonstration."""
    made = build_newest()
    progress(1, 1)
    return f"{made}, {made.size:,} bytes" if made else "Nothing is published"


def sources_left_out() -> list[Source]:
    """Return the sources with values whose license does not let them be passed on."""
    rows = Source.objects.filter(indicators__isnull=False).distinct().order_by("key")
    return [source for source in rows if license_of(source.license).left_out]


def open_package(package: BulkPackage) -> File[bytes]:
    """Open the file of a package. Raises `FileNotFoundError` if a newer one has just replaced it."""
    file: File[bytes] = package.file.open("rb")
    return file


def _wait_for_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bulk package'))")


def _build(as_of: int) -> BulkPackage:
    with staged() as path:
        rows = _write(path, as_of)
        digest, size = _digest(path), path.stat().st_size
        name = f"{FOLDER}/{as_of}-{digest[:16]}.zip"
        files().keep(path, name)
    made = BulkPackage(as_of=as_of, file=name, sha256=digest, size=size, observations=rows)
    save_validated(made, unchecked=("file", "at"), force_insert=True)
    made.refresh_from_db()
    after = {"as_of": as_of, "sha256": digest, "size": size, "observations": rows}
    record(actor=None, action="built", target=made, after=after)
    return made


def _write(path: Path, as_of: int) -> int:
    """Write the package, and return the number of observations in it."""
    sources = list(Source.objects.order_by("key"))
    passed_on = [source for source in sources if not license_of(source.license).left_out]
    values = {"as_of": as_of, "sources": [source.key for source in passed_on], "sample": SAMPLE_CODE}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        resources = [_write_table(package, table, values) for table in TABLES]
        described = descriptor(as_of, sources, resources)
        text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
        package.writestr(zipfile.ZipInfo("datapackage.json", EPOCH), text, zipfile.ZIP_DEFLATED)
    return int(resources[0]["rows"])


class _Measured:
    """A file opened for writing, with the digest, length, and lines of what is written to it."""

    def __init__(self, target: Any) -> None:
        self.target, self.digest, self.size, self.records = target, hashlib.sha256(), 0, 0

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.size += len(data)
        self.target.write(data)


def _write_table(package: zipfile.ZipFile, table: Table, values: dict[str, object]) -> dict[str, Any]:
    entry = zipfile.ZipInfo(table.file, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with package.open(entry, "w", force_zip64=True) as out, connection.cursor() as cursor:
        measured = _Measured(out)
        query = cursor.mogrify(table.sql, values).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)", measured)
        rows = cursor.rowcount
    return {
        "name": table.name,
        "title": table.title,
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "bytes": measured.size,
        "hash": f"sha256:{measured.digest.hexdigest()}",
        "rows": rows,
        "schema": table.described(),
    }


def descriptor(as_of: int, sources: list[Source], resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the Data Package descriptor of a package with these resources."""
    at = Publication.objects.values_list("at", flat=True).get(seq=as_of)
    passed_on = [source for source in sources if not license_of(source.license).left_out]
    licenses = {source.license: license_of(source.license) for source in passed_on}
    return {
        "profile": "tabular-data-package",
        "name": "cpc-observations",
        "title": "Observations on countries, with their sources",
        "description": (
            f"Every observation as of publication {as_of}: current ones, and those that later publications ended. Show "
            "the attribution of a source beside its values. An empty value is missing, never zero: the column "
            "`missing` gives the reason."
        ),
        "version": str(as_of),
        "created": at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
        "licenses": [
            {"name": found.name, **({"path": found.path} if found.path else {}), "title": text}
            for text, found in licenses.items()
        ],
        "sources": [
            {
                "title": f"{source.title} ({source.publisher})",
                **({"path": source.homepage} if source.homepage else {}),
                "key": source.key,
                "license": source.license,
                "attribution": source.attribution,
            }
            for source in passed_on
        ],
        "left_out": [
            {"key": source.key, "license": source.license, "reason": license_of(source.license).left_out}
            for source in sources
            if license_of(source.license).left_out
        ],
        "resources": resources,
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prune() -> None:
    """Remove old packages, and files that no row names: those of a build that ended before its row was saved."""
    old = list(BulkPackage.objects.order_by("-as_of")[KEPT:])
    for package in old:
        package.delete()
    transaction.on_commit(_sweep)


def _sweep() -> None:
    with transaction.atomic():
        _wait_for_another()
        named = {Path(name).name for name in BulkPackage.objects.values_list("file", flat=True)}
        try:
            stored = files().listdir(FOLDER)[1]
        except FileNotFoundError:
            return
        for name in stored:
            if name.endswith(".zip") and name not in named:
                files().delete(f"{FOLDER}/{name}")
