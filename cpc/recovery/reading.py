"""Reading a backup: its manifest, the checksum of each part, and the plain bytes of a part."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.utils import validate_file_name

from cpc.recovery.destinations import Destination
from cpc.recovery.encryption import DecryptedReader
from cpc.recovery.manifest import INDEX, MANIFEST, BadBackup, Manifest, read_manifest

BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the index: its size and the SHA-256 of its bytes."""

    size: int
    sha256: str


def manifest_of(at: Destination, name: str) -> Manifest:
    """Return the manifest of a backup, or of the newest for an empty name. Raises `BadBackup`."""
    names = at.names()
    if not names:
        raise BadBackup(f"There is no whole backup in {at}.")
    wanted = name or names[-1]
    if wanted not in names:
        raise BadBackup(f"There is no whole backup {wanted} in {at}. The newest are {', '.join(names[-3:])}.")
    with at.open(wanted, MANIFEST) as file:
        manifest = read_manifest(file.read())
    if manifest.name != wanted:
        raise BadBackup(f"The folder {wanted} has the manifest of {manifest.name}. Take another backup.")
    return manifest


def check_parts(at: Destination, manifest: Manifest) -> None:
    """Read all stored bytes. Raises `BadBackup` for a part that is missing, cut off, or changed."""
    for part in manifest.parts:
        digest, size = hashlib.sha256(), 0
        try:
            with at.open(manifest.name, part.name) as file:
                for block in iter(lambda: file.read(BLOCK), b""):  # read before the next part
                    digest.update(block)
                    size += len(block)
        except OSError as error:
            raise BadBackup(f"{part.name} of {manifest.name} can't be read ({error}). Take another backup.") from error
        if size != part.size:
            raise BadBackup(
                f"{part.name} of {manifest.name} has {size:,} bytes instead of {part.size:,}. Take another backup."
            )
        if digest.hexdigest() != part.sha256:
            raise BadBackup(f"{part.name} of {manifest.name} was changed: its checksum differs. Take another backup.")


@contextmanager
def plain(at: Destination, manifest: Manifest, name: str, key: Any = None) -> Iterator[io.BufferedReader]:
    """Yield a part as it was before it was encrypted. Raises `BadBackup` without the key that it needs."""
    manifest.part(name)
    if manifest.recipient and key is None:
        raise BadBackup(
            f"The backup {manifest.name} is encrypted for the key with the SHA-256 {manifest.recipient[:16]}... "
            "Name the file of the private key with --key."
        )
    with at.open(manifest.name, name) as stored:
        raw: Any = DecryptedReader(stored, key, name) if manifest.recipient else stored
        yield io.BufferedReader(raw, BLOCK) if manifest.recipient else raw


def index_of(at: Destination, manifest: Manifest, key: Any = None) -> Mapping[str, StoredFile]:
    """Return every file of the backup by its name.

    Raises `BadBackup` if the index lacks some, or names one outside of the folder of files.
    """
    found = {}
    with plain(at, manifest, INDEX, key) as lines:
        for line in lines:
            row = json.loads(line)
            _check_inside(manifest, row["name"])
            found[row["name"]] = StoredFile(row["size"], row["sha256"])
    if len(found) != manifest.files["count"]:
        raise BadBackup(f"The index of {manifest.name} has {len(found)} files instead of {manifest.files['count']}.")
    return found


def _check_inside(manifest: Manifest, name: str) -> None:
    try:
        validate_file_name(name, allow_relative_path=True)
    except SuspiciousFileOperation as error:
        raise BadBackup(
            f"The index of {manifest.name} names a file outside of the stored files, {name!r}: someone changed the "
            "backup. Take another one."
        ) from error
