"""Files in a bucket: written once, read back and compared, whole or not at all, and on no machine's disk."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.files.outages import is_away
from cpc.files.storage import files
from cpc.settings import operations
from cpc.site import readiness
from indicators.bulk.services import KEPT, build_newest, open_package
from indicators.imports import receiving
from indicators.imports.reading import process
from indicators.models import Import, ImportState
from tests.support.accounts import make_account
from tests.support.services import S3Server, free_port

SHA_OF_OTHER = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
TIERS = b"report_year,iso3,country,tier,source,flag\n2023,GHA,Ghana,2,the report,\n"


@pytest.fixture(autouse=True)
def bucket(s3_server: S3Server, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Use a folder of its own in the bucket, as the settings of production would; return its name."""
    prefix = tmp_path.name
    for name, value in s3_server.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FILES_S3_PREFIX", prefix)
    use(settings, monkeypatch)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return prefix


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the environment to the settings."""
    monkeypatch.setattr(operations, "FILES_S3_BUCKET", os.environ["FILES_S3_BUCKET"])
    monkeypatch.setattr(operations, "FILES_S3_ENDPOINT", os.environ["FILES_S3_ENDPOINT"])
    settings.FILES_S3_BUCKET = os.environ["FILES_S3_BUCKET"]
    settings.STORAGES = settings.STORAGES | {"default": operations.file_storage()}


def damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the storage return other bytes than it was sent."""
    storage: Any = files()
    real = storage._client.put_object

    def put(**arguments: Any) -> Any:
        return real(**arguments | {"Body": b"other", "ContentLength": 5} | {"ChecksumSHA256": SHA_OF_OTHER})

    monkeypatch.setattr(storage._client, "put_object", put)


def test_a_file_is_stored_under_its_name_once_and_read_back(tmp_path: Path) -> None:
    first = default_storage.save("notes/a.txt", ContentFile(b"one"))
    second = default_storage.save("notes/a.txt", ContentFile("two"))
    assert first == "notes/a.txt"
    assert first != second
    assert [default_storage.open(name).read() for name in (first, second)] == [b"one", b"two"]
    assert list(files().names()) == sorted([first, second])
    assert not (tmp_path / "media").exists()


def test_two_processes_that_take_a_name_at_once_keep_both_files(monkeypatch: pytest.MonkeyPatch) -> None:
    storage: Any = files()
    default_storage.save("notes/a.txt", ContentFile(b"one"))
    seen = iter([False, False])  # both processes saw that the name is free
    monkeypatch.setattr(storage, "exists", lambda name: next(seen, None) if name == "notes/a.txt" else False)
    second = default_storage.save("notes/a.txt", ContentFile(b"two"))
    monkeypatch.undo()
    assert second != "notes/a.txt"
    assert storage.open("notes/a.txt").read() == b"one"


def test_a_file_that_comes_back_different_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged(monkeypatch)
    with pytest.raises(OSError, match=r"returned notes/a\.txt with other content than was sent"):
        default_storage.save("notes/a.txt", ContentFile(b"one"))
    monkeypatch.undo()


@pytest.mark.django_db
def test_a_publishers_file_is_received_read_and_downloaded(
    client: Client, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    analyst = make_account(Role.ANALYST)
    client.force_login(analyst)
    sent = {"file": SimpleUploadedFile("tiers.csv", TIERS), "idempotency_key": new_key()}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/data/imports/", sent).status_code == 302
    batch = Import.objects.get()
    assert batch.state == ImportState.PREVIEW
    sha256 = hashlib.sha256(TIERS).hexdigest()
    assert list(files().names()) == [f"source_files/{sha256[:2]}/{sha256}"]
    answer = client.get(reverse("source-file", args=[sha256]))
    assert b"".join(answer.streaming_content) == TIERS  # type: ignore[attr-defined]  # the response is streamed
    assert not receiving.receive_stream(chunks=[TIERS], name="again.csv", actor=analyst).is_new
    assert not (tmp_path / "media").exists()


@pytest.mark.django_db
def test_a_folder_is_one_object_and_has_its_files_again(tmp_path: Path) -> None:
    folder = tmp_path / "factbook"
    folder.mkdir()
    (folder / "gh.json").write_text('{"a": 1}')
    (folder / "tg.json").write_text("{}")
    file = receiving.receive_path(path=folder, actor=None).batch.file
    assert list(files().names()) == [f"{file.stored_name}.tar"]
    assert file.is_held
    with file.on_disk() as path:
        assert {inside.name: inside.read_text() for inside in path.iterdir()} == {
            "gh.json": '{"a": 1}',
            "tg.json": "{}",
        }
    assert not path.exists()


@pytest.mark.django_db
def test_a_stored_file_that_was_changed_is_not_read(bucket: str) -> None:
    batch = receiving.receive_stream(chunks=[TIERS], name="tiers.csv", actor=None).batch
    storage: Any = files()
    changed = TIERS.replace(b",2,", b",1,")
    storage._client.put_object(Bucket=storage.bucket_name, Key=f"{bucket}/{batch.file.stored_name}", Body=changed)
    with pytest.raises(OSError, match="other content than its SHA-256 names"):
        process(batch_id=batch.pk, actor=None)
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED


@pytest.mark.django_db
def test_an_absent_bucket_answers_503_and_leaves_an_import_waiting(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = receiving.receive_stream(chunks=[TIERS], name="tiers.csv", actor=None).batch
    monkeypatch.setenv("FILES_S3_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    use(settings, monkeypatch)
    with pytest.raises(EndpointConnectionError) as found:
        process(batch_id=batch.pk, actor=None)
    assert is_away(found.value)
    batch.refresh_from_db()
    assert batch.state == ImportState.READING, "it is queued again, and not given up"
    assert "does not respond" in readiness.storage_problems()[0]
    client.force_login(make_account(Role.ANALYST))
    client.raise_request_exception = False
    sent = {"file": SimpleUploadedFile("other.csv", TIERS + b"\n"), "idempotency_key": new_key()}
    answer = client.post("/data/imports/", sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "The storage of files does not respond, so nothing was saved." in answer.content.decode()
    assert Import.objects.count() == 1


def test_readiness_writes_a_probe_that_is_no_file() -> None:
    assert readiness.storage_problems() == []
    assert list(files().names()) == []


@pytest.mark.django_db
def test_a_bulk_package_is_built_there_and_old_ones_are_removed(
    tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    form = tmp_path / "tiers.csv"
    for year in range(2018, 2023):
        form.write_bytes(TIERS.replace(b"2023", str(year).encode()))
        call_command("ingest", str(form), "--publish", verbosity=0)
        default_storage.save("bulk/9-deadbeef.zip", ContentFile(b"of a build that ended early"))
        with django_capture_on_commit_callbacks(execute=True):
            made = build_newest()
    assert made is not None
    with open_package(made) as package:
        assert hashlib.sha256(package.read()).hexdigest() == made.sha256
    assert len([name for name in files().names() if name.startswith("bulk/")]) == KEPT
    assert not (tmp_path / "media").exists()
