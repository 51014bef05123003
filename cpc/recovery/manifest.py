"""The manifest of a backup: what it holds, by which versions it was made, and the checksum of each part."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

FORMAT = 1
MANIFEST = "manifest.json"
NAME = re.compile(r"cpc-\d{8}T\d{6}Z(?:-\d+)?")
DATABASE, FILES, INDEX = "database.dump", "files.tar", "files.jsonl"


class BadBackup(Exception):
    """A backup that can't be used; the message is one sentence or more, with the remedy."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part as it is stored, encrypted or not."""

    name: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        # Whoever can write to the folder of backups could name any file of this machine.
        if self.name not in (DATABASE, FILES, INDEX):
            raise ValueError(f"it names the part {self.name!r}")


@dataclass(frozen=True, slots=True)
class TableContents:
    """The rows of one table: how many, and a digest of all of them in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class RoleOnRecord:
    """A role that owns something in the database or has a right to it. Its password is not on record."""

    name: str
    can_login: bool
    member_of: Sequence[str] = ()
    settings: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Description of a backup. `key_check` tells whether a process has the `SECRET_KEY` of the one that made it."""

    name: str
    made_at: str
    product: str
    server: str
    server_major: int
    dumped_by: int
    database: Mapping[str, str]
    epoch: str
    migrations: Mapping[str, str]
    tables: Mapping[str, TableContents]
    roles: Sequence[RoleOnRecord]
    audit: Mapping[str, Any]
    files: Mapping[str, int]
    key_check: str
    recipient: str = ""
    parts: Sequence[StoredPart] = field(default_factory=tuple)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def part(self, name: str) -> StoredPart:
        """Return the part of a name. Raises `BadBackup` if there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise BadBackup(f"The backup {self.name} has no {name}. Take another one.")

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode() + b"\n"


def read_manifest(data: bytes) -> Manifest:
    """Return the manifest. Raises `BadBackup` for a damaged one, or for one of a newer format."""
    try:
        found = json.loads(data)
        if found["format"] > FORMAT:
            raise BadBackup(
                f"The backup {found['name']} has the format {found['format']}; this version reads up to {FORMAT}. "
                "Restore it with the version of the product that made it, or a newer one."
            )
        found["tables"] = {name: TableContents(**table) for name, table in found["tables"].items()}
        found["roles"] = [RoleOnRecord(**role) for role in found["roles"]]
        found["parts"] = [StoredPart(**part) for part in found["parts"]]
        return Manifest(**found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup(f"The manifest of the backup is damaged ({error}). Take another backup.") from error


@cache
def product_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


@cache
def migrations_of_code() -> Mapping[str, str]:
    """Return the SHA-256 of each migration of this code, by its app and name."""
    found = {}
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        source = import_module(type(migration).__module__).__file__
        assert source is not None
        found[f"{app}.{name}"] = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    return found


def check_schema(manifest: Manifest) -> None:
    """Raise `BadBackup` if this code lacks a migration of the backup, or has another one of that name."""
    ours = migrations_of_code()
    newer = sorted(manifest.migrations.keys() - ours.keys())
    if newer:
        raise BadBackup(
            f"The backup is of a newer version of the product ({manifest.product}): this code lacks the migration "
            f"{', '.join(newer[:3])}{' and more' if len(newer) > 3 else ''}. Restore it with that version."
        )
    other = sorted(name for name, digest in manifest.migrations.items() if ours[name] != digest)
    if other:
        raise BadBackup(
            f"The backup is of another development version: the migration {', '.join(other[:3])} of this code differs "
            f"from the one of the backup. Restore it with the version of the product that made it."
        )
