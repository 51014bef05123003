"""Production settings: they require their secrets, and pass Django's deployment checks."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from cpc.settings.identity import OF_DEVELOPMENT

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "cpc.example",
    "DATABASE_URL": "postgres://cpc@db.example/cpc",
    "EMAIL_HOST": "mail.example",
    "MFA_KEYS": "dGhpcnR5LXR3by1ieXRlcy1mb3ItYS10ZXN0LW9ubHk=",
}


ENCRYPTED = {"DATABASE_SSLMODE": "verify-full", "DATABASE_SSLROOTCERT": "/authority.pem"}


def check_deploy(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    # Beside a browser the tests themselves allow what production must not.
    inherited = {
        name: value for name, value in os.environ.items() if name not in {*NEEDED, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    }
    production = inherited | {"CPC_ENV": "production", "DJANGO_SETTINGS_MODULE": "cpc.settings"} | environment
    return subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True, check=False)


def test_production_passes_the_deployment_checks_and_ignores_the_wish_to_debug() -> None:
    done = check_deploy(NEEDED | ENCRYPTED | {"DEBUG": "1"})
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "abc", "SECRET_KEY is too easy to guess: it has 3 characters, 3 of them different."),
        ("SECRET_KEY", "x" * 60, "SECRET_KEY is too easy to guess: it has 60 characters, 1 of them different."),
        (
            "SECRET_KEY",
            "development-only-key-that-production-refuses-to-run-without",
            "SECRET_KEY is too easy to guess",
        ),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS=* is not a list of host names. List each host"),
        ("ALLOWED_HOSTS", "cpc.example, *", "ALLOWED_HOSTS=cpc.example,* is not a list of host names."),
        ("ALLOWED_HOSTS", "*.example", "ALLOWED_HOSTS=*.example is not a list of host names."),
        ("ALLOWED_HOSTS", "https://cpc.example", "without wildcard, scheme, or port"),
        ("ALLOWED_HOSTS", ",", "is not a list of host names."),
        ("REQUIRE_SECOND_FACTOR", "0", "REQUIRE_SECOND_FACTOR=0 is for the demonstration"),
        ("MFA_KEYS", "short", "MFA_KEYS has a key that is not valid."),
        ("MFA_KEYS", OF_DEVELOPMENT, "MFA_KEYS has the key of development, which is public."),
        ("REAUTHENTICATION_MINUTES", "600", "REAUTHENTICATION_MINUTES=600 is not a number from 1 to 30."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT=xml is not valid. Set it to json or line."),
    ],
)
def test_production_refuses_what_leaves_it_open(name: str, value: str, expected: str) -> None:
    done = check_deploy(NEEDED | {name: value})
    assert done.returncode != 0
    assert expected in done.stderr


@pytest.mark.parametrize("program", ["web", "worker", "command"])
def test_no_process_starts_with_a_key_that_can_be_guessed(program: str) -> None:
    of = {"web": "import cpc.wsgi", "worker": "import cpc; cpc.celery_app.loader.import_default_modules()"}
    arguments = ["-c", of[program]] if program in of else ["manage.py", "migrate"]
    environment = os.environ | NEEDED | {"CPC_ENV": "production", "SECRET_KEY": "abc"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "SECRET_KEY is too easy to guess" in done.stderr


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", [None, "  "], ids=["absent", "blank"])
def test_production_refuses_to_start_without(name: str, value: str | None) -> None:
    rest = {key: given for key, given in NEEDED.items() if key != name}
    done = check_deploy(rest if value is None else rest | {name: value})
    assert done.returncode != 0
    assert f"{name} is not set. Production does not start without it" in done.stderr


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ["cpc.W001"]),
        ({"DATABASE_SSLMODE": "require"}, ["cpc.W001"]),
        ({"DATABASE_URL": "postgres://cpc@/cpc?host=/run/postgresql"}, []),
        (ENCRYPTED | {"DATABASE_URL": "postgres://cpc@db.example/cpc?sslmode=require"}, ["cpc.W001"]),
        (ENCRYPTED | {"DATABASE_OWNER_URL": "postgres://owner@db.example/cpc?sslmode=disable"}, ["cpc.W001"]),
        (ENCRYPTED | {"REDIS_URL": "redis://redis.example"}, ["cpc.W002"]),
        (
            ENCRYPTED
            | {
                "REDIS_URL": "rediss://redis.example",
                "FILES_S3_BUCKET": "files",
                "FILES_S3_ENDPOINT": "http://s3.example",
            },
            ["cpc.W003"],
        ),
    ],
)
def test_a_connection_that_is_not_encrypted_is_a_warning(more: dict[str, str], expected: list[str]) -> None:
    done = check_deploy(NEEDED | more)
    assert re.findall(r"cpc\.W\d+", done.stderr) == expected
    assert (done.returncode == 0) == (not expected)


PRINT = """
import json
import django
django.setup()
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import connection
parameters = connection.get_connection_params()
pool = caches["default"]._shared._cache._get_connection_pool(write=True) if settings.REDIS_URL else None
print("FOUND" + json.dumps({
    "key": settings.SECRET_KEY, "mail": settings.EMAIL_HOST_PASSWORD,
    "database": {n: parameters.get(n) for n in ("password", "sslmode", "sslrootcert")},
    "owner": [settings.DATABASE_OWNER["PASSWORD"], settings.DATABASE_OWNER["OPTIONS"]["sslmode"]],
    "cache": {n: str(v) for n, v in pool.connection_kwargs.items()}, "cache_class": pool.connection_class.__name__,
    "broker": {n: str(v) for n, v in current_app.conf.broker_use_ssl.items()}, "url": current_app.conf.broker_url,
}))
"""


def test_encryption_and_secrets_from_files_reach_the_drivers(tmp_path: Path) -> None:
    secrets_of = {
        "SECRET_KEY": NEEDED["SECRET_KEY"],
        "DATABASE_PASSWORD": "of/the application",
        "DATABASE_OWNER_PASSWORD": "of the owner",
        "REDIS_PASSWORD": "of:redis@",
        "EMAIL_HOST_PASSWORD": "of mail",
    }
    given = {}
    for name, value in secrets_of.items():
        (tmp_path / name).write_text(f"{value}\n")
        given[f"{name}_FILE"] = str(tmp_path / name)
    environment = {name: value for name, value in os.environ.items() if name not in NEEDED}
    environment |= {name: value for name, value in NEEDED.items() if name != "SECRET_KEY"}
    environment |= ENCRYPTED | given | {"CPC_ENV": "production", "DJANGO_SETTINGS_MODULE": "cpc.settings"}
    owner = "postgres://owner@db.example/cpc?sslmode=verify-ca"
    environment |= {"DATABASE_OWNER_URL": owner, "REDIS_URL": "rediss://redis.example/0"}
    environment |= {"REDIS_CA_FILE": "/redis.pem"}
    done = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.partition("FOUND")[2])
    assert (found["key"], found["mail"]) == (secrets_of["SECRET_KEY"], "of mail")
    assert found["database"] == {
        "password": "of/the application",
        "sslmode": "verify-full",
        "sslrootcert": "/authority.pem",
    }
    assert found["owner"] == ["of the owner", "verify-ca"], "the address itself goes first"
    assert found["url"] == "rediss://:of%3Aredis%40@redis.example/0"
    assert found["cache_class"] == "SSLConnection"
    for part in (found["cache"], found["broker"]):
        assert part["ssl_ca_certs"] == "/redis.pem"
        assert part["ssl_cert_reqs"] in ("required", "VerifyMode.CERT_REQUIRED", "2")
        assert part["ssl_check_hostname"] == "True"
    assert found["cache"]["password"] == "of:redis@"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"EMAIL_HOST_PASSWORD_FILE": "/nowhere/secret"}, "EMAIL_HOST_PASSWORD_FILE=/nowhere/secret can't be read"),
        (
            {"EMAIL_HOST_PASSWORD_FILE": "/dev/null", "EMAIL_HOST_PASSWORD": "other"},
            "Both EMAIL_HOST_PASSWORD and EMAIL_HOST_PASSWORD_FILE are set.",
        ),
        ({"WEB_LOCK_TIMEOUT": "5s"}, "WEB_LOCK_TIMEOUT=5s is not a number of seconds."),
        ({"BACKUPS_KEPT": "0"}, "BACKUPS_KEPT=0 is not valid. Set it to a whole number of 1 or more."),
        (
            {"CHANGES_RETAINED_DAYS": "a year"},
            "CHANGES_RETAINED_DAYS=a year is not valid.",
        ),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT=smtp is not valid."),
        ({"AUDIT_ONLINE_DAYS": "-1"}, "AUDIT_ONLINE_DAYS=-1 is not valid."),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(more: dict[str, str], expected: str) -> None:
    done = check_deploy(NEEDED | ENCRYPTED | more)
    assert done.returncode != 0
    assert expected in done.stderr
