"""The schema that migrations make, kept on the private server of tests from one run to the next.

Running all migrations takes most of a minute, since Django renders every model anew for each step. So the first run
keeps an empty database that they made, under the hash of everything they are made from, and test databases begin as
copies of it. What a copy holds beyond its schema is brought into it as ever, by what follows every migration.
"""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate

ROOT = Path(__file__).resolve().parent.parent.parent
PRIVATE = "cpc.localdb"
PREFIX = "schema_"
ONE_AT_A_TIME = 7103
PACKAGES = ("django", "django-allauth", "django-pgtrigger", "psycopg2-binary")
OWN_MODULE = re.compile(r"^import ((?:cpc|indicators|selection|partnerships)[\w.]*)$", re.MULTILINE)


def fingerprint() -> str:
    """A hash of the migrations, of our modules that they import and of the packages that carry them out."""
    files: set[Path] = set()
    for app in ("cpc", "indicators", "selection", "partnerships"):
        files |= set((ROOT / app).rglob("migrations/*.py"))
    imported = {name for path in files for name in OWN_MODULE.findall(path.read_text(encoding="utf-8"))}
    files |= {ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in imported}
    digest = hashlib.sha256(repr([(name, version(name)) for name in PACKAGES]).encode())
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def begin_with_kept_schema() -> None:
    """Let test databases be copies of the kept schema, made now unless it is there.

    Does nothing on a server of somebody's own, where no database may be left behind. Safe to call from several
    processes at once: one makes the schema and the others wait.
    """
    settings = connection.settings_dict
    if settings["ENGINE"] != PRIVATE:
        return
    name = f"{PREFIX}{fingerprint()[:20]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        if name not in _databases(cursor):
            _make(cursor, name)
    settings["TEST"]["TEMPLATE"] = name


def _databases(cursor: Any) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return {row[0] for row in cursor.fetchall()}


def _make(cursor: Any, name: str) -> None:
    for old in _databases(cursor):
        if old.startswith(PREFIX):
            cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
    unfinished = f"{PREFIX}unfinished"
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    with mock.patch.dict(connection.settings_dict, NAME=unfinished), mock.patch.object(post_migrate, "receivers", []):
        connection.close()
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            connection.close()
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
