"""The bulk package: the whole history, as the database has it, once per publication, and whole or not at all."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from jsonschema import Draft202012Validator
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cpc.accounts.permissions import Role
from indicators.bulk import services
from indicators.bulk.licenses import LICENSES
from indicators.bulk.services import KEPT, build_newest
from indicators.facts.reader import read_package
from indicators.imports.publishing import retract
from indicators.models import BulkPackage, Confirmation, Country, Import, Indicator, Observation, Source
from indicators.sources import registry
from tests.api.test_partnerships import as_program
from tests.support.accounts import make_account
from tests.support.facts import Fact, publish_facts, write_package

pytestmark = pytest.mark.django_db

GHANA, KOSOVO = "GHA", "XKX"
SCORE = "wgi.government_effectiveness"
DESCRIPTOR = {
    "type": "object",
    "required": ["profile", "name", "licenses", "sources", "resources", "version", "created"],
    "properties": {
        "profile": {"const": "tabular-data-package"},
        "name": {"pattern": "^([-a-z0-9._/])+$"},
        "licenses": {"minItems": 1, "items": {"anyOf": [{"required": ["name"]}, {"required": ["path"]}]}},
        "sources": {"minItems": 1, "items": {"required": ["title", "attribution", "license"]}},
        "resources": {
            "minItems": 1,
            "items": {
                "required": ["name", "path", "profile", "schema", "bytes", "hash", "encoding"],
                "properties": {
                    "name": {"pattern": "^([-a-z0-9._/])+$"},
                    "path": {"pattern": "^(?!/|.*\\.\\.).*$"},
                    "profile": {"const": "tabular-data-resource"},
                    "hash": {"pattern": "^sha256:[0-9a-f]{64}$"},
                    "schema": {
                        "required": ["fields", "primaryKey", "missingValues"],
                        "properties": {
                            "fields": {
                                "items": {
                                    "required": ["name", "type", "description"],
                                    "properties": {
                                        "type": {"enum": ["string", "integer", "number", "date", "datetime", "array"]}
                                    },
                                }
                            }
                        },
                    },
                },
            },
        },
    },
}
"""The rules of the profiles `tabular-data-package` and `tabular-data-resource` (version 1) that a package must keep."""


def publish_wgi(folder: Path, edition: str, facts: list[Fact]) -> Import:
    written = write_package(
        folder / edition,
        source="wgi",
        adapter="wgi",
        name=f"wgi-{edition}.xlsx",
        edition=edition,
        rank=int(edition) * 10_000,
        facts=facts,
    )
    (batch,) = read_package(written, actor=None)
    return batch


@pytest.fixture
def published(tmp_path: Path, settings: Settings) -> Import:
    """Publish two editions of WGI, the later of which corrects a value and confirms another, and an edition of CPI."""
    settings.MEDIA_ROOT = tmp_path / "media"
    publish_wgi(tmp_path, "2023", [(SCORE, GHANA, "2022", "0.1"), (SCORE, KOSOVO, "2022", "-0.30000000000000004")])
    later = [
        (SCORE, GHANA, "2022", "0.2"),
        (SCORE, KOSOVO, "2022", "-0.30000000000000004"),
        (SCORE, GHANA, "2023", "1e-07"),
    ]
    later_batch = publish_wgi(tmp_path, "2024", later)
    publish_facts(tmp_path, name="CPI2023.xlsx", edition="2023", facts=[("cpi.score", GHANA, "2023", "43")])
    return later_batch


def built() -> BulkPackage:
    made = build_newest()
    assert made is not None
    return made


CAST: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "array": json.loads}


def tables(made: BulkPackage) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return the descriptor, and the rows of each table with the types of its schema, as a program would read them."""
    with zipfile.ZipFile(made.file.path) as package:
        described = json.loads(package.read("datapackage.json"))
        found = {}
        for resource in described["resources"]:
            data = package.read(resource["path"])
            assert (len(data), "sha256:" + hashlib.sha256(data).hexdigest()) == (resource["bytes"], resource["hash"])
            fields = {field["name"]: field for field in resource["schema"]["fields"]}
            reader = csv.DictReader(io.StringIO(data.decode(resource["encoding"]), newline=""), strict=True)
            assert reader.fieldnames == list(fields)
            rows = [
                {name: CAST.get(fields[name]["type"], str)(text) if text else None for name, text in row.items()}
                for row in reader
            ]
            for row in rows:
                assert all(row[name] is not None for name, field in fields.items() if field.get("constraints"))
            keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
            assert len(set(keys)) == len(keys) == resource["rows"]
            found[resource["name"]] = rows
        assert set(package.namelist()) == {"datapackage.json", *(r["path"] for r in described["resources"])}
    return described, found


def held_files() -> list[str]:
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*.zip"))


# ---- what is in it -------------------------------------------------------------------------------------------------


def test_it_equals_the_database_and_its_parts_refer_to_each_other(published: Import) -> None:
    made = built()
    described, rows = tables(made)
    Draft202012Validator(DESCRIPTOR).validate(described)
    stored = Observation.objects.filter(indicator__source__key="wgi").order_by("pk")
    assert [
        (row["id"], row["indicator"], row["country"], row["period"], row["value"], row["known_from"], row["known_to"])
        for row in rows["observations"]
    ] == [(o.pk, SCORE, o.country.code, o.period, o.value, o.valid_from, o.valid_to) for o in stored]
    assert len(rows["observations"]) == 4 == made.observations
    assert [row["file"] for row in rows["observations"]] == [o.file.sha256 for o in stored]
    assert [row["observation"] for row in rows["confirmations"]] == list(
        Confirmation.objects.filter(batch__source__key="wgi").values_list("observation_id", flat=True)
    )
    assert len(rows["confirmations"]) == 1
    countries = Country.objects.exclude(pk=Country.sample().pk)
    assert {row["code"] for row in rows["countries"]} == set(countries.values_list("code", flat=True))
    assert {row["code"] for row in rows["indicators"]} >= set(
        Indicator.objects.filter(source__key="wgi").values_list("code", flat=True)
    )
    for resource in described["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            [column], target = key["fields"], key["reference"]
            there = {row[target["fields"][0]] for row in rows[target["resource"]]}
            assert {row[column] for row in rows[resource["name"]]} - {None} <= there, (resource["name"], column)


def test_a_source_whose_license_forbids_it_is_left_out_and_named_with_the_reason(published: Import) -> None:
    described, rows = tables(built())
    assert Observation.objects.filter(indicator__source__key="cpi").exists()
    assert not any(row["source"] == "cpi" for row in rows["observations"])
    assert not any(row["key"] == "cpi" for row in rows["sources"])
    [entry] = [entry for entry in described["left_out"] if entry["key"] == "cpi"]
    assert (entry["license"], "no derivatives" in entry["reason"]) == ("CC BY-ND 4.0", True)
    attributed = {source["key"]: source["attribution"] for source in described["sources"]}
    assert attributed["wgi"] == Source.objects.get(key="wgi").attribution


def test_every_license_of_the_catalog_was_checked(db: None) -> None:
    assert set(Source.objects.values_list("license", flat=True)) <= set(LICENSES)
    assert {adapter.source.license for adapter in registry.ADAPTERS} <= set(LICENSES)


def test_what_a_later_publication_ends_is_still_there_with_its_number(published: Import) -> None:
    before = tables(built())[1]["observations"]
    retract(batch_id=published.pk, actor=None, reason="A wrong file")
    after = {row["id"]: row for row in tables(built())[1]["observations"]}
    ended = [row["id"] for row in before if row["known_to"] is None and after[row["id"]]["known_to"] is not None]
    assert ended
    assert all(after[key]["superseded_at"] for key in ended)
    assert set(after) >= {row["id"] for row in before}


# ---- once, whole, or not at all ------------------------------------------------------------------------------------


def test_it_is_built_once_per_publication_and_again_with_the_same_bytes(published: Import) -> None:
    first = built()
    assert built().pk == first.pk
    assert held_files() == [Path(str(first.file.name)).name]
    BulkPackage.objects.all().delete()
    Path(first.file.path).unlink()
    again = built()
    assert (again.sha256, again.size, again.file.name) == (first.sha256, first.size, first.file.name)
    assert hashlib.sha256(Path(again.file.path).read_bytes()).hexdigest() == again.sha256


def test_nothing_is_built_before_the_first_publication(db: None) -> None:
    assert build_newest() is None
    assert not BulkPackage.objects.exists()


@pytest.mark.parametrize("where", ["_write_table", "files", "save_validated"])
def test_a_full_disk_or_a_dead_worker_leaves_nothing_half_done(
    published: Import,
    where: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with monkeypatch.context() as patch:

        def fails(*arguments: Any, **named: Any) -> Any:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(services, where, fails)
        with pytest.raises(OSError, match="No space"), transaction.atomic():
            build_newest()
    assert not BulkPackage.objects.exists()
    assert not list((Path(settings.MEDIA_ROOT) / "incoming").iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        made = built()
    assert held_files() == [Path(str(made.file.name)).name]


def test_a_file_that_no_row_names_and_old_packages_are_removed(
    published: Import, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    left = Path(settings.MEDIA_ROOT) / "bulk" / "9-deadbeef.zip"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    numbers = []
    for edition in range(2025, 2025 + KEPT + 1):
        publish_wgi(tmp_path, str(edition), [(SCORE, GHANA, str(edition), "1.5")])
        with django_capture_on_commit_callbacks(execute=True):
            numbers.append(built().as_of)
    assert list(BulkPackage.objects.values_list("as_of", flat=True)) == numbers[:0:-1]
    assert len(held_files()) == KEPT
    assert not left.exists()


@pytest.mark.django_db(transaction=True)
def test_two_builds_at_once_make_one_package(published: Import) -> None:
    made: list[int | None] = []

    def build() -> None:
        try:
            package = build_newest()
            made.append(package.pk if package else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [BulkPackage.objects.get().pk] * 4
    assert len(held_files()) == 1


def test_a_publication_asks_a_worker_and_the_command_builds_it_without_one(
    published: Import, monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(services, "enqueue", asked.append)
    services.queue_build(3)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    services.queue_build(3)
    assert asked == ["indicators.build_bulk_package"]
    call_command("build_bulk_package")
    assert BulkPackage.objects.get().sha256 in capsys.readouterr().out


# ---- over REST, and on the page ------------------------------------------------------------------------------------

ZIP = {"Accept": "application/zip"}


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_it_is_listed_and_downloaded_with_length_checksum_and_etag(published: Import) -> None:
    made, client = built(), as_program(make_account(Role.API_CLIENT), "observations:read")
    [listed] = client.get("/api/v1/bulk/").json()["results"]
    url = f"/api/v1/bulk/{made.as_of}/"
    assert (listed["as_of"], listed["bytes"], listed["sha256"]) == (made.as_of, made.size, made.sha256)
    assert listed["url"].endswith(url)
    assert client.get(url).json() == listed
    response = client.get(url, headers=ZIP)
    content = body(response)
    assert (int(response["Content-Length"]), response["Content-Type"]) == (len(content), "application/zip")
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert response["ETag"] == f'"{made.sha256[:32]}"'
    assert "Content-Encoding" not in client.get(url, headers={**ZIP, "Accept-Encoding": "gzip"})
    unchanged = client.get(url, headers={**ZIP, "If-None-Match": response["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert client.get(f"/api/v1/bulk/{made.as_of + 1}/", headers=ZIP).status_code == 404
    assert as_program(make_account(Role.VIEWER), "partnerships:read").get(url, headers=ZIP).status_code == 403
    assert Client().get(url, headers=ZIP).status_code == 401


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-0", 206, 0, 0),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=0-99999999", 206, 0, None),
        ("bytes=5-4", 416, None, None),
        ("bytes=99999999-", 416, None, None),
        ("bytes=-0", 416, None, None),
        ("bytes=0-1,3-4", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("lines=1-2", 200, 0, None),
    ],
)
def test_a_download_is_resumed_where_it_stopped(
    published: Import, asked: str, status: int, first: int | None, last: int | None
) -> None:
    made, client = built(), as_program(make_account(Role.API_CLIENT), "observations:read")
    whole = Path(made.file.path).read_bytes()
    response = client.get(f"/api/v1/bulk/{made.as_of}/", headers={**ZIP, "Range": asked})
    content = body(response)
    assert response.status_code == status
    assert len(content) == int(response["Content-Length"])
    if first is None:
        assert (content, response["Content-Range"]) == (b"", f"bytes */{made.size}")
    else:
        assert content == whole[first : last + 1 if last is not None else None]
    if status == 206:
        start = first if first is not None and first >= 0 else made.size + (first or 0)
        assert response["Content-Range"] == f"bytes {start}-{start + len(content) - 1}/{made.size}"


def test_a_part_of_an_older_version_is_not_joined_to_a_newer_one(published: Import) -> None:
    made, client = built(), as_program(make_account(Role.API_CLIENT), "observations:read")
    url, part = f"/api/v1/bulk/{made.as_of}/", {**ZIP, "Range": "bytes=10-"}
    etag = f'"{made.sha256[:32]}"'
    assert client.get(url, headers={**part, "If-Range": etag}).status_code == 206
    assert client.get(url, headers={**part, "If-Range": '"another"'}).status_code == 200
