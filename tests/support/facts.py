"""Small data packages that publish chosen values under chosen editions through the product's import."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indicators.facts.reader import read_package
from indicators.models import Import

Fact = tuple[str, str, str, str]
"""Indicator, country, period, value."""


def write_package(
    folder: Path, *, source: str, adapter: str, name: str, edition: str, rank: int, facts: Sequence[Fact], **extra: Any
) -> Path:
    """Write a package with one resource: the publisher's file `name` of this edition."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["indicator", "country", "period", "value", "locator", *extra])
    for line, fact in enumerate(facts, 2):
        writer.writerow([*fact, f"Sheet!B{line}", *extra.values()])
    data = buffer.getvalue().encode()
    (folder / "facts.csv").write_bytes(data)
    resource = {
        "name": name,
        "path": ["facts.csv"],
        "cpc:source": source,
        "cpc:adapter": adapter,
        "cpc:edition": edition,
        "cpc:edition_rank": rank,
        "cpc:layout": "",
        "cpc:file": {"name": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "bytes": 1},
        "cpc:sha256": [hashlib.sha256(data).hexdigest()],
    }
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    return folder


def publish_facts(
    folder: Path, *, name: str, edition: str, facts: Sequence[Fact], rank: int = 0, **extra: Any
) -> Import:
    """Publish values of the Corruption Perceptions Index as the file `name` of an edition."""
    package = write_package(
        folder / name,
        source="cpi",
        adapter="cpi",
        name=name,
        edition=edition,
        rank=rank or int(edition) * 10_000,
        facts=facts,
        **extra,
    )
    (batch,) = read_package(package, actor=None)
    return batch
