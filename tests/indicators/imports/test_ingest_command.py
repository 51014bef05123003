"""Report of `manage.py ingest`, for every sequence of dry runs, publishing, and retractions."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from indicators.imports.publishing import retract
from indicators.models import Import, Observation, Publication
from tests.support.forms import write_csv

pytestmark = pytest.mark.django_db

HEADER = ("report_year", "iso3", "country", "tier", "source", "flag")
ALREADY = "t.csv: the same file was already published as import {0}; 0 changes."
WAITS = "t.csv: import {0}, ready for review; publish it with --publish. 1 row read. Values: 1 new."
DONE = "t.csv: import {0}, published. 1 row read. Values: 1 new."


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "kept"
    return write_csv(tmp_path / "t.csv", [HEADER, (2023, "GHA", "Ghana", "2", "", "")])


def ingest(*arguments: str) -> str:
    out = StringIO()
    call_command("ingest", *arguments, stdout=out)
    return out.getvalue().strip()


def newest() -> int:
    return Import.objects.latest("pk").pk


@pytest.mark.parametrize(
    "steps",
    [
        ["dry", "publish"],
        ["dry", "dry", "publish"],
        ["publish", "publish"],
        ["publish", "dry"],
        ["dry", "publish", "publish"],
        ["dry", "publish", "retract", "dry", "publish", "publish"],
        ["publish", "retract", "publish"],
    ],
    ids=" then ".join,
)
def test_the_message_is_true_in_every_sequence(file: Path, steps: list[str]) -> None:
    published = False
    for step in steps:
        before = (Publication.objects.count(), Observation.objects.live().count())
        if step == "retract":
            retract(batch_id=newest(), actor=None, reason="Test")
            published = False
            continue
        output = ingest(str(file), *(["--publish"] if step == "publish" else []))
        after = (Publication.objects.count(), Observation.objects.live().count())
        if published:
            assert (output, after) == (ALREADY.format(newest()), before)
        elif step == "dry":
            assert (output, after) == (WAITS.format(newest()), before)
        else:
            assert (output, after) == (DONE.format(newest()), (before[0] + 1, before[1] + 1))
            published = True


def test_a_second_dry_run_counts_what_was_published_in_between(file: Path, tmp_path: Path) -> None:
    ingest(str(file))
    other = write_csv(tmp_path / "other.csv", [HEADER, (2023, "GHA", "Ghana", "2", "elsewhere", "")])
    ingest(str(other), "--publish")
    assert ingest(str(file)).endswith("1 row read. Values: 0 new, 1 unchanged.")


def test_an_edition_named_after_a_dry_run_counts(file: Path) -> None:
    ingest(str(file))
    report = json.loads(ingest(str(file), "--edition", "2025", "--publish", "--json"))["imports"][0]
    assert (report["state"], report["edition"], report["published_now"]) == ("published", "2025", True)
    assert [batch.state for batch in Import.objects.order_by("pk")] == ["discarded", "published"]


def test_rejected_cells_are_named(file: Path) -> None:
    write_csv(file, [HEADER, (2023, "GHA", "Ghana", "2", "", ""), *[(2023, "XXX", "Nowhere", "9", "", "")] * 7])
    first, *named = ingest(str(file)).splitlines()
    assert first == f"{WAITS.format(newest())} Rejected: 7.".replace("1 row read", "8 rows read")
    assert len(named) == 6
    assert named[0].startswith("  line 3, column 4: ")
    assert named[-1] == f"  All of them: page Data, Imports, import {newest()}."
