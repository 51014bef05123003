"""Verification of a restored database: rows, guards, rights, audit trail, files, and what the apps recompute."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from cpc.audit import seal as seals
from cpc.changes.cursors import epoch_of
from cpc.database.guards import guard_problems
from cpc.recovery import contents
from cpc.recovery.manifest import Manifest
from cpc.recovery.reading import BLOCK, StoredFile
from cpc.registry import Registry

Report = dict[str, list[str]]
"""Sentences on what is wrong, by the name of the check."""


@dataclass(frozen=True, slots=True)
class RestoreCheck:
    """A check of an app on the restored records; it returns a sentence for each difference."""

    key: str
    run: Callable[[], Sequence[str]]


CHECKS: Registry[RestoreCheck] = Registry(key=lambda check: check.key)
"""Checks of the apps, such as the replay of the last run."""
REBUILT: Registry[str] = Registry(key=lambda folder: folder)
"""Folders of files that a worker makes again from the records: one that is missing is no loss."""


def tables(manifest: Manifest) -> list[str]:
    """Compare the rows of every table with the backup, before anything is changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(contents.PLAIN)
        return list(contents.differences(manifest.tables, contents.tables_of(cursor)))


def everything(manifest: Manifest, index: Mapping[str, StoredFile], *, is_drill: bool) -> Report:
    """Return the report on all but the rows, after the migrations."""
    report: Report = {
        "guards": guard_problems(),
        "audit": list(_audit(manifest)),
        "feed": list(_feed(manifest)),
        "files": list(_files(index, is_drill=is_drill)),
    }
    return report | {check.key: list(check.run()) for check in CHECKS}


def _audit(manifest: Manifest) -> Iterator[str]:
    with connection.cursor() as cursor:
        found = contents.audit_of(cursor)
    if found["last"] < manifest.audit["last"] or found["entries"] < manifest.audit["entries"]:
        yield (
            f"The audit trail has {found['entries']:,} entries to no. {found['last']:,}; the backup has "
            f"{manifest.audit['entries']:,} to no. {manifest.audit['last']:,}."
        )
    seal = manifest.audit["seal"]
    if problem := seals.verify({seal["number"]: seal["seal"]} if seal else {}).problem:
        yield problem


def _feed(manifest: Manifest) -> Iterator[str]:
    """Require that cursors of the backed up database have ended: programs must read everything again."""
    with connection.cursor() as cursor:
        if epoch_of(cursor).hex() == manifest.epoch:
            yield "Programs that follow the changes would not notice that the database was restored."


def _files(index: Mapping[str, StoredFile], *, is_drill: bool) -> Iterator[str]:
    for name in () if is_drill else sorted(index):
        digest = hashlib.sha256()
        try:
            with default_storage.open(name, "rb") as file:
                for block in iter(lambda: file.read(BLOCK), b""):  # read before the next file
                    digest.update(block)
        except OSError as error:
            yield f"The file {name} can't be read: {error}."
            continue
        if digest.hexdigest() != index[name].sha256:
            yield f"The file {name} has other contents than in the backup."
    rebuilt = tuple(REBUILT)
    for name in sorted(named_files() - index.keys()):
        if not name.startswith(rebuilt):
            yield f"A record names the file {name}, which the backup does not have."


def named_files() -> set[str]:
    """Return the name of every file that a row of any table names."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.FileField):
                found |= set(model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True))
    return {name for name in found if name}


def notes(manifest: Manifest) -> list[str]:
    """Return what the operator should know besides: nothing of it is an error of the backup."""
    found = [
        "Passwords, tokens, and roles of accounts are those of the time of the backup: repeat what was revoked since. "
        "Everyone signs in again.",
        "Programs that follow the changes get 410 and read everything again; webhooks are stopped until they are "
        "started again.",
    ]
    if contents.key_check(manifest.name) != manifest.key_check:
        found.append(
            "SECRET_KEY is not the one of the backup: secrets of webhooks and links in earlier mail no longer work. "
            "Put the earlier key into SECRET_KEY_FALLBACKS to keep them."
        )
    return found
