"""Report of `manage.py ingest`, for every sequence of dry runs, publishing, and retractions."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indicators.imports.publishing import retract
from indicators.management.commands.ingest import LISTED
from indicators.models import Country, Import, Observation, Publication
from tests.support.forms import write_csv

pytestmark = pytest.mark.django_db

HEADER = ("report_year", "iso3", "country", "tier", "source", "flag")
ALREADY = "t.csv: the same file was already published as import {0}; 0 changes."
NEW = "\n  Ghana, TIP Report tier 2023: Tier 2, new"
WAITS = "t.csv: import {0}, ready for review; publish it with --publish. 1 row read. Values: 1 new."
DONE = "t.csv: import {0}, published. 1 row read. Values: 1 new." + NEW


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
            assert (output, after) == (WAITS.format(newest()) + NEW, before)
        else:
            assert (output, after) == (DONE.format(newest()), (before[0] + 1, before[1] + 1))
            published = True


def test_files_together_are_published_under_one_moment_or_not_at_all(file: Path, tmp_path: Path) -> None:
    other = write_csv(tmp_path / "other.csv", [HEADER, (2022, "GHA", "Ghana", "2", "", "")])
    bad = tmp_path / "bad.csv"
    bad.write_text("no,table\nof,ours\n", encoding="utf-8")
    with pytest.raises(CommandError):
        ingest(str(file), str(bad), "--publish", "--together")
    assert not Publication.objects.exists()
    output = ingest(str(file), str(other), "--publish", "--together")
    assert output.count("published. 1 row read. Values: 1 new.") == 2
    first, second = Publication.objects.order_by("seq")
    assert first.at == second.at


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
    first, change, *named = ingest(str(file)).splitlines()
    assert change == NEW.strip("\n")
    assert first == f"{WAITS.format(newest())} Rejected: 7.".replace("1 row read", "8 rows read")
    assert len(named) == 6
    assert named[0].startswith("  line 3, column 4: ")
    assert named[-1] == f"  All of them: page Data, Imports, import {newest()}."


def test_the_report_names_country_and_values_of_each_change(file: Path, tmp_path: Path) -> None:
    """Values that replace others come first; of many, the first are named and the others counted."""
    ingest(str(file), "--publish")
    codes = list(Country.objects.states().exclude(code="GHA").order_by("code").values_list("code", "name")[:21])
    rows = [(2023, code, name, "1", "", "") for code, name in codes]
    other = write_csv(tmp_path / "o.csv", [HEADER, *rows, (2023, "GHA", "Ghana", "2WL", "", "")])
    for arguments in ((), ("--publish",)):
        first, change, *news, last = ingest(str(other), *arguments).splitlines()
        assert first.endswith("Values: 21 new, 1 changed.")
        assert change == "  Ghana, TIP Report tier 2023: Tier 2 Watch List, was Tier 2"
        assert len(news) == LISTED - 1
        assert all(line.endswith("TIP Report tier 2023: Tier 1, new") for line in news)
        assert last == f"  and 2 more: page Data, Imports, import {newest()}."
    assert (
        ingest(str(other), "--publish")
        == f"o.csv: the same file was already published as import {newest()}; 0 changes."
    )


def test_a_confirmation_and_a_gap_are_named_as_such(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"
    row = (2023, "GHA", "Ghana", "2", "", "unconfirmed: from memory")
    ingest(str(write_csv(tmp_path / "a.csv", [HEADER, row])), "--publish")
    report = json.loads(ingest(str(write_csv(tmp_path / "b.csv", [HEADER, (*row[:5], "")])), "--publish", "--json"))[
        "imports"
    ][0]
    (change,) = report["changes"]
    assert change == {
        "country": "Ghana",
        "code": "GHA",
        "what": "TIP Report tier 2023",
        "before": "Tier 2 (unconfirmed)",
        "after": "Tier 2",
        "text": "Ghana, TIP Report tier 2023: Tier 2, was Tier 2 (unconfirmed)",
    }
    assert report["changes_not_listed"] == 0
