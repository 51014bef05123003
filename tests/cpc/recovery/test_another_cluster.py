"""A backup restored into an empty cluster is equal in everything, and the site runs on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import x25519
from django.conf import settings
from django.db import connection

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.services import issue_token
from cpc.audit.seal import seal_entries
from cpc.database.roles import as_owner
from partnerships.models import Partnership
from tests.conftest import ROOT
from tests.cpc.changes.following import Server
from tests.cpc.recovery.clusters import connected, content, differences, empty_cluster
from tests.support.services import database_environment, free_port, url_of, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.world("addresses")]
OPENER = build_opener(ProxyHandler({}))


def manage(environment: dict[str, str], *arguments: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def keys(folder: Path) -> tuple[Path, Path]:
    """Write a key pair, and return the files of the private and the public key."""
    key, pem = x25519.X25519PrivateKey.generate(), serialization.Encoding.PEM
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def files_in(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return {name: data for name, data in names.items() if not name.startswith("incoming/")}


def get(url: str, token: str = "") -> tuple[int, Any]:
    try:
        with OPENER.open(
            Request(url, headers={"Authorization": f"Bearer {token}"} if token else {}), timeout=200
        ) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def reader() -> Iterator[None]:
    """Make a role of an operator's own that may read one table, as a report elsewhere would."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS reader")
        cursor.execute("CREATE ROLE reader LOGIN PASSWORD 'not in the backup'")
        cursor.execute("GRANT SELECT ON indicators_country TO reader")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY reader; DROP ROLE reader")


@pytest.mark.parametrize("is_encrypted", [True, pytest.param(False, marks=pytest.mark.wide)])
def test_a_backup_restored_into_an_empty_cluster_is_equal_and_serves(
    contents: Any, reader: None, tmp_path: Path, is_encrypted: bool
) -> None:
    owner = settings.DATABASE_OWNER
    if owner is None or owner["ENGINE"] != "cpc.localdb":
        pytest.skip("on a server of your own, no second cluster is made")
    there = database_environment(
        CPC_ENV="development", MEDIA_ROOT=str(settings.MEDIA_ROOT), BACKUP_DIRECTORY=str(tmp_path / "backups")
    )
    private, public = keys(tmp_path)
    if is_encrypted:
        there["BACKUP_RECIPIENT"] = str(public)
    account = User.objects.filter(role=Role.API_CLIENT, is_active=True).earliest("pk")
    token = issue_token(owner=account, name="A program", scopes=scopes_for(account.permissions), days=1).secret
    key = Partnership.objects.exclude(kind="sample").earliest("pk").pk
    connection.close()
    assert seal_entries()
    server = Server(free_port(), tmp_path / "before.log")
    server.start()
    status, first = get(f"{server.url}/api/v1/partnerships/{key}/", token)
    assert status == 200, first
    cursor = get(f"{server.url}/api/v1/changes/?limit=1", token)[1]["next"]
    server.kill()
    before = content(url_of(owner, owner["USER"]))

    name = manage(there, "backup").split()[-1]
    stored = tmp_path / "backups" / name
    raw = b"".join(path.read_bytes() for path in stored.iterdir())
    assert b"not in the backup" not in raw, "no password of a role is in a backup"
    assert b"SCRAM-SHA-256" not in raw
    assert (b"PGDMP" in raw) is not is_encrypted

    with empty_cluster(tmp_path / "pg") as cluster:
        here = there | {
            "DATABASE_URL": cluster.application_url.replace("@", ":of%20the%20application@"),
            "DATABASE_OWNER_URL": cluster.url,
            "MEDIA_ROOT": str(tmp_path / "restored"),
        }
        if is_encrypted:
            assert "Name the file of the private key with --key" in manage(here, "restore", fails=True)
        key_option = ["--key", str(private)] if is_encrypted else []
        said = manage(here, "restore", *key_option)
        for check in ("tables", "guards", "audit", "feed", "files", "replay"):
            assert f"{check}: as in the backup" in said, said
        with closing(connected(cluster.url)) as owners, owners.cursor() as rows:
            rows.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [settings.APPLICATION_ROLE])
            assert rows.fetchone()[0].startswith("SCRAM-SHA-256$"), "the application's role has its password"
        after = content(cluster.url)
        assert sorted(after) == sorted(before)
        assert differences(before, after) == {}
        assert files_in(tmp_path / "restored") == files_in(Path(settings.MEDIA_ROOT))
        assert "is not empty. Nothing was changed" in manage(here, "restore", *key_option, fails=True)

        restored = Server(free_port(), tmp_path / "after.log")
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in here.items():
                patch.setenv(variable, value)
            patch.setattr("tests.cpc.changes.following.database_environment", lambda **more: here | more)
            restored.start()
        try:
            wait_until(lambda: get(f"{restored.url}/readyz")[0] == 200, "a restored site that is ready", 60)
            assert get(f"{restored.url}/api/v1/partnerships/{key}/", token) == (200, first)
            assert get(f"{restored.url}/api/v1/changes/?after={cursor}", token)[0] == 410
            assert get(f"{restored.url}/api/v1/changes/?limit=5", token)[0] == 200
        finally:
            restored.kill()
