"""Backups in a bucket: the same as in a folder, and no half one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from cpc.recovery import services
from cpc.recovery.destinations import Destination, configured
from cpc.recovery.manifest import MANIFEST, BadBackup
from cpc.recovery.restoring import drill
from cpc.recovery.services import NotBackedUp, back_up
from tests.worlds.partnerships.build import Active

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bucket(settings: Settings, tmp_path: Path) -> Iterator[Any]:
    """Run a server of object storage, name a bucket of it in the settings, and return its objects."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    access = {"aws_access_key_id": "a-test", "aws_secret_access_key": "a-test", "region_name": "us-east-1"}
    made = boto3.resource("s3", endpoint_url=endpoint, **access).create_bucket(Bucket=tmp_path.name.replace("_", "-"))
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_S3_BUCKET = made.name
    settings.BACKUP_S3 = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "access_key": "a-test",
        "secret_key": "a-test",
        "location": "office",
    }
    yield made.objects
    server.stop()


@pytest.fixture
def place(bucket: Any) -> Destination:
    found = configured()
    assert found is not None
    assert str(found).startswith("s3://test-")
    return found


def test_a_backup_in_a_bucket_is_restored_and_the_oldest_is_removed(
    active: Active, bucket: Any, place: Destination, settings: Settings
) -> None:
    default_storage.save("partnerships/long.txt", ContentFile(os.urandom(12 * 1024 * 1024)))  # more than one part
    settings.BACKUPS_KEPT = 1
    rows = [back_up(place, made_by="a test") for _ in range(2)]
    newest = rows[1]
    assert newest is not None
    assert place.names() == [newest.name]
    parts = ("database.dump", "files.jsonl", "files.tar", MANIFEST)
    assert sorted(one.key for one in bucket.all()) == [f"office/{newest.name}/{part}" for part in parts]
    done = drill(place, "", say=lambda _line: None)
    assert done.is_equal, done.report
    next(one for one in bucket.all() if one.key.endswith("files.jsonl")).delete()
    with pytest.raises(BadBackup, match=r"files\.jsonl of .* can't be read"):
        drill(place, "", say=lambda _line: None)


def test_what_fails_leaves_nothing_in_the_bucket(
    active: Active, bucket: Any, place: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_write_files", lambda *_: 1 / 0)
    with pytest.raises(NotBackedUp):
        back_up(place, made_by="a test")
    assert list(bucket.all()) == []
    assert place.names() == []
