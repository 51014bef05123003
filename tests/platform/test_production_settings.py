"""Production settings: they require their secrets, and pass Django's deployment checks."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "cpc.example",
    "DATABASE_URL": "postgres://cpc@db.example/cpc",
    "EMAIL_HOST": "mail.example",
}


def check_deploy(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    # Beside a browser the tests themselves allow what production must not.
    inherited = {
        name: value for name, value in os.environ.items() if name not in {*NEEDED, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    }
    production = inherited | {"CPC_ENV": "production", "DJANGO_SETTINGS_MODULE": "cpc.settings"} | environment
    return subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True, check=False)


def test_production_passes_the_deployment_checks_and_ignores_the_wish_to_debug() -> None:
    done = check_deploy(NEEDED | {"DEBUG": "1"})
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
