"""Editions of every source: the later edition of a file counts, in any order of publication."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from indicators.facts.reader import read_package
from indicators.imports.publishing import publish, retract
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Import, Observation
from indicators.sources import registry
from indicators.sources.base import Adapter, IndicatorSpec, rank_of
from indicators.sources.documents import Document
from tests.support.accounts import make_account
from tests.support.forms import write_csv, write_workbook

pytestmark = pytest.mark.django_db

WITH_VALUES = [adapter for adapter in registry.ADAPTERS if adapter.indicators]
PERIOD = "2020"


def test_only_two_forms_list_no_indicators() -> None:
    assert [a.key for a in registry.ADAPTERS if a not in WITH_VALUES] == ["usg_programs", "own_indicators"]


def values(spec: IndicatorSpec) -> list[str]:
    """Return three values that the indicator can have."""
    if spec.labels:
        return [*spec.labels, *spec.labels][:3]
    low = 0 if spec.minimum is None else spec.minimum
    high = low + 4 if spec.maximum is None else spec.maximum
    return [f"{low + (high - low) * share:g}" for share in (0.25, 0.5, 0.75)]


def publish_file(folder: Path, adapter: Adapter, edition: int, value: str, *, own_edition: bool, name: str) -> Import:
    """Publish one value as the file of an edition; with `own_edition` the row names the edition of its period."""
    columns = {
        "indicator": adapter.indicators[0].code,
        "country": "GHA",
        "period": PERIOD,
        "value": value,
        "locator": "line 2",
        **({"edition": "2021", "rank": "20210000"} if own_edition else {}),
    }
    buffer = io.StringIO()
    csv.writer(buffer).writerows([columns.keys(), columns.values()])
    data = buffer.getvalue().encode()
    folder.mkdir()
    (folder / "facts.csv").write_bytes(data)
    resource = {
        "name": name,
        "path": ["facts.csv"],
        "cpc:source": adapter.source.key,
        "cpc:adapter": adapter.key,
        "cpc:edition": str(edition),
        "cpc:edition_rank": edition * 10_000,
        "cpc:layout": "",
        "cpc:file": {"name": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "bytes": 1},
        "cpc:sha256": [hashlib.sha256(data).hexdigest()],
    }
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    (batch,) = read_package(folder, actor=None)
    return batch


def current() -> tuple[str, str]:
    """Return the current value and the file that states it."""
    row = Observation.objects.live().select_related("file").get()
    return row.label or f"{row.value:g}", row.file.name


@pytest.mark.parametrize("own_edition", [False, True], ids=["edition of the file", "edition of its own in the row"])
@pytest.mark.parametrize("adapter", WITH_VALUES, ids=lambda adapter: adapter.key)
def test_two_editions_give_the_same_value_in_both_orders(tmp_path: Path, adapter: Adapter, own_edition: bool) -> None:
    older, newer, _ = values(adapter.indicators[0])
    editions = {2024: older, 2025: newer}
    for order in (sorted(editions), sorted(editions, reverse=True)):
        made = [
            publish_file(
                tmp_path / f"{order}{edition}",
                adapter,
                edition,
                editions[edition],
                own_edition=own_edition,
                name=f"{order}{edition}",
            )
            for edition in order
        ]
        assert current() == (newer, f"{order}2025")
        assert made[1].counts["older" if order[0] == 2025 else "changed"] == 1
        assert Observation.objects.filter(file__name=f"{order}2024").get().superseded_at is not None
        for batch in made:
            retract(batch_id=batch.pk, actor=None, reason="Next order")
        assert not Observation.objects.live().exists()


@pytest.mark.parametrize("order", itertools.permutations((2023, 2024, 2025)), ids=str)
def test_three_editions_and_a_retraction_give_the_same_value_in_every_order(
    tmp_path: Path, order: Sequence[int]
) -> None:
    adapter = registry.adapter("freedom_house_scores")
    texts = dict(zip((2023, 2024, 2025), values(adapter.indicators[0]), strict=True))
    made = {
        edition: publish_file(
            tmp_path / str(edition), adapter, edition, texts[edition], own_edition=True, name=str(edition)
        )
        for edition in order
    }
    assert current() == (texts[2025], "2025")
    retract(batch_id=made[2025].pk, actor=None, reason="Wrong file")
    assert current() == (texts[2024], "2024")


def test_a_file_that_confirms_counts_with_its_own_edition(tmp_path: Path) -> None:
    adapter = registry.adapter("freedom_house_scores")
    one, other, _ = values(adapter.indicators[0])
    for edition, value in ((2023, one), (2025, one), (2024, other)):
        batch = publish_file(tmp_path / str(edition), adapter, edition, value, own_edition=True, name=str(edition))
    assert batch.counts["older"] == 1
    assert current() == (one, "2023")


# ---- the same with files in the publishers' layouts ------------------------------------------------------------------


SCORES = ["Country/Territory", "Region", "C/T", "Edition", "Status", "PR rating", "CL rating", "PR", "CL", "Total"]


def restated(path: Path, latest: int, rating: int) -> Path:
    """Write a Freedom in the World file of all editions up to `latest`, which restates the edition 2021."""
    old = ["Ghana", "Africa", "c", 2021, "F", rating, 2, 30, 50, 80]
    new = ["Ghana", "Africa", "c", latest, "F", 1, 2, 30, 50, 80]
    return write_workbook(path, {"FIW": [["All data"], SCORES, old, new]})


def tiers(path: Path, latest: int, tier: int) -> Path:
    rows = [("report_year", "iso3", "country", "tier"), (2020, "GHA", "Ghana", tier), (latest, "GHA", "Ghana", 2)]
    return write_csv(path, rows)


FILES: dict[str, tuple[Any, str, str]] = {
    "freedom_house_scores": (restated, "fh.pr_rating", "all_data.xlsx"),
    "tip_tiers": (tiers, "tip.tier", "tiers.csv"),
}


def ingest(path: Path) -> Import:
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    return publish(batch_id=batch.pk, actor=None).batch


@pytest.mark.parametrize("order", [(2023, 2024), (2024, 2023)], ids=str)
@pytest.mark.parametrize("key", FILES)
def test_an_older_file_never_undoes_the_correction_of_a_newer_one(
    tmp_path: Path, settings: Any, key: str, order: Sequence[int]
) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"
    write, indicator, name = FILES[key]
    made = {}
    for edition in order:
        (tmp_path / str(edition)).mkdir()
        made[edition] = ingest(write(tmp_path / str(edition) / name, edition, 1 if edition == 2023 else 3))
        assert made[edition].edition_rank == edition * 10_000
    row = Observation.objects.live().get(indicator__code=indicator, period="2020")
    assert (row.label or row.value, row.batch) == ("Tier 3" if key == "tip_tiers" else 3, made[2024])
    assert made[2023].counts["older"] == (1 if order == (2024, 2023) else 0)


def test_correction_of_an_old_row_names_the_corrected_edition(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"
    ingest(tiers(tmp_path / "all.csv", 2025, 1))
    rows = [("report_year", "iso3", "country", "tier"), (2020, "GHA", "Ghana", 2)]
    correction = write_csv(tmp_path / "correction.csv", rows)
    live = Observation.objects.live().filter(period="2020")
    call_command("ingest", str(correction), "--edition", "2025", "--publish")
    assert live.get().label == "Tier 2"
    again = write_csv(tmp_path / "again.csv", [rows[0], (2020, "GHA", "Ghana", 3)])
    assert ingest(again).counts["older"] == 1
    assert live.get().label == "Tier 2"


@pytest.mark.parametrize(
    ("label", "rank"),
    [("2025", 20250000), ("FY2027", 20270000), ("2025-06", 20250600), ("2025-06-30", 20250630), ("corrected", 0)],
)
def test_the_rank_of_a_label(label: str, rank: int) -> None:
    assert rank_of(label) == rank


REAL = (
    "freedom_house/All_data_FIW_2013-2025.xlsx",
    "freedom_house/Country_and_Territory_Ratings_and_Statuses_FIW_1973-2024.xlsx",
    "cpi/CPI2012.xlsx",
    "cpi/CPI2017.xlsx",
    "cpi/CPI2025_Results.xlsx",
    "walk_free/GSI2018.xlsx",
    "world_bank/CLASS_2026_07_15.xlsx",
    "world_bank/OGHIST_2025_10_07.xlsx",
    "tip/tip_tiers_compiled.csv",
)


@pytest.mark.parametrize("name", REAL)
def test_a_file_ranks_as_the_newest_edition_in_it(shared_data: Path, name: str) -> None:
    document = Document(shared_data / name)
    adapter, _ = registry.recognize(document)
    result = adapter.read(document)
    assert result.edition_rank == max(r.edition_rank or result.edition_rank for r in result.readings)
    assert result.edition_rank > 0


def restate(statement: str, seq: int) -> None:
    """Bypass the services: close the live row at `seq`, and open the row of the file 2023 instead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_observation SET valid_to = %s, superseded_at = now() WHERE valid_to IS NULL", [seq]
        )
        cursor.execute(statement, [seq])


@pytest.mark.parametrize(
    "confirmed", [False, True], ids=["the newer file states it", "the newer file confirms what another states"]
)
def test_database_rejects_replacing_a_newer_edition_by_an_older_one(tmp_path: Path, confirmed: bool) -> None:
    adapter = registry.adapter("freedom_house_scores")
    one, other, _ = values(adapter.indicators[0])
    if confirmed:
        publish_file(tmp_path / "2020", adapter, 2020, other, own_edition=True, name="2020")
    publish_file(tmp_path / "2025", adapter, 2025, other, own_edition=True, name="2025")
    publish_file(tmp_path / "2023", adapter, 2023, one, own_edition=True, name="2023")
    columns = ", ".join(
        str(field.column)
        for field in Observation._meta.concrete_fields
        if field.name not in ("id", "valid_from", "valid_to", "superseded_at")
    )
    statement = (
        f"INSERT INTO indicators_observation ({columns}, valid_from) SELECT {columns}, %s FROM indicators_observation "
        "WHERE batch_id = (SELECT id FROM indicators_import WHERE file_name = '{}')"
    )
    with pytest.raises(IntegrityError, match="older edition") as refused, transaction.atomic():
        restate(statement.format("2023"), 9)
    assert refused.value.__cause__.diag.constraint_name == "newest_edition_kept"  # type: ignore[union-attr]  # the cause is an error of PostgreSQL
    assert current()[0] == other
    if not confirmed:
        restate(statement.format("2025"), 9)
        assert current() == (other, "2025")


def test_preview_explains_that_an_older_edition_is_stored_unused(tmp_path: Path, settings: Any, client: Client) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"
    client.force_login(make_account(Role.ANALYST))
    ingest(tiers(tmp_path / "newer.csv", 2025, 1))
    receipt = receive_path(path=tiers(tmp_path / "older.csv", 2024, 3), actor=None)
    batch = process(batch_id=receipt.batch.pk, actor=None)
    for query in ("", "?show=older"):
        page = client.get(reverse("import", args=[batch.pk]) + query).content.decode()
        assert "<dt>Older edition</dt>" in page
        assert "stored, not used" in page
        assert "1 value from an older edition will be stored but not used" in page
    publish(batch_id=batch.pk, actor=None)
    assert "stored, not used" in client.get(reverse("import", args=[batch.pk])).content.decode()
