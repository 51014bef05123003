"""Unusable files: each import keeps a clear error on record, and publishes nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indicators.imports.publishing import NotPublishable, publish
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_path, receive_stream
from indicators.models import Import, ImportState, Observation, Publication, SourceFile, StagedObservation
from indicators.sources.documents import FileFault, UnreadableFile
from tests.indicators.sources.test_documents import BAD
from tests.support.forms import write_csv

pytestmark = pytest.mark.django_db

# Limits in those cases are those of small test limits; what remains is bad under the product's own.
CASES = [case for case in BAD if case not in ("too large", "many members", "total")]
TIERS = [("report_year", "iso3", "country", "tier"), (2023, "GHA", "Ghana", "2")]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def nothing_applied() -> bool:
    return not (Observation.objects.exists() or Publication.objects.exists() or StagedObservation.objects.exists())


@pytest.mark.parametrize("case", CASES)
def test_bad_file_fails_with_a_message_and_changes_nothing(case: str, tmp_path: Path) -> None:
    name, content, _, _ = BAD[case]
    path = tmp_path / name
    path.write_bytes(content)
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    assert batch.state == ImportState.FAILED
    assert batch.error_code in set(FileFault)
    assert name in batch.error_message
    assert batch.error_remedy
    assert nothing_applied()
    with pytest.raises(NotPublishable, match="only an import that is ready for review"):
        publish(batch_id=batch.pk, actor=None)


def test_200_megabytes_are_refused_while_they_come_in() -> None:
    sent = 0

    def chunks() -> Any:
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b"0" * 1024 * 1024

    with pytest.raises(UnreadableFile) as caught:
        receive_stream(chunks=chunks(), name="huge.xlsx", actor=None)
    assert caught.value.code is FileFault.TOO_LARGE
    assert sent <= 101
    assert not SourceFile.objects.exists()
    assert not Import.objects.exists()


def test_a_file_of_another_publisher_is_named_for_what_it_is(tmp_path: Path) -> None:
    batch = receive_path(path=write_csv(tmp_path / "tiers.csv", TIERS), actor=None).batch
    failed = process(batch_id=batch.pk, actor=None, choice=Choice(source="cpi"))
    assert failed.error_code == FileFault.WRONG_KIND
    assert "it looks like Trafficking in Persons Report" in failed.error_message
    assert nothing_applied()
    again = process(batch_id=batch.pk, actor=None)
    assert again.state == ImportState.PREVIEW
    assert again.error_message == ""


def test_a_table_of_an_unknown_layout(shared_data: Path) -> None:
    path = shared_data / "tip" / "heiss_kelley_tip_tiers_1999_2015.csv"
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    assert batch.error_code == FileFault.UNKNOWN_LAYOUT
    assert nothing_applied()


def test_command_continues_after_a_bad_file_and_fails_at_the_end(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"<!doctype html><html>")
    good = write_csv(tmp_path / "tiers.csv", TIERS)
    out = StringIO()
    with pytest.raises(CommandError, match=r"could not be read, so nothing was imported: bad\.xlsx"):
        call_command("ingest", str(bad), str(good), "--publish", "--json", stdout=out)
    reports = json.loads(out.getvalue())["imports"]
    assert [r["state"] for r in reports] == ["failed", "published"]
    assert Observation.objects.live().get().label == "Tier 2"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["missing.csv"], "not found: missing.csv"), (["--source", "nobody", "x.csv"], "no source 'nobody'")],
)
def test_command_explains_invalid_arguments(arguments: list[str], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        call_command("ingest", *arguments)


def test_row_without_a_country_names_cell_and_remedy(tmp_path: Path) -> None:
    rows = [*TIERS, (2023, "", "Atlantis", "2"), (2023, "NGA", "Niger", "2"), (2023, "NER", "Niger", "2")]
    batch = process(batch_id=receive_path(path=write_csv(tmp_path / "t.csv", rows), actor=None).batch.pk, actor=None)
    issues = {i.country_text: i for i in batch.issues.filter(severity="rejected")}
    assert issues["Atlantis"].reason == "unknown_country"
    assert issues["Atlantis"].locator == "line 3, column 4"
    assert "map the name to a country" in issues["Atlantis"].remedy
    assert issues["Niger"].reason == "country_conflict"
    assert "Nigeria" in issues["Niger"].message
    publish(batch_id=batch.pk, actor=None)
    assert set(Observation.objects.live().values_list("country__code", flat=True)) == {"GHA", "NER"}
