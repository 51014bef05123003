"""Received files in a bucket behind the S3 API: Amazon S3, or any service that speaks it.

A file is sent in one request with its SHA-256, refused if the name is taken, and read back and compared: under a name
there is all of it or nothing. A folder is one object, a TAR archive, for the same reason.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from cpc.files.storage import FileStore

FOLDER = ".tar"
PIECE = 1024 * 1024
IN_MEMORY = 5 * PIECE
"""Bytes up to which a file that is sent or read stays in memory."""
PROBES = "readiness"
NOT_AS_SENT = "The storage of files returned {} with other content than was sent. Nothing was saved."


class ObjectStorage(S3Storage, FileStore):  # type: ignore[misc]  # django-storages is untyped
    """Storage of received files in the bucket of the settings."""

    def keep(self, path: Path, name: str) -> None:
        if path.is_dir():
            with tempfile.TemporaryFile() as archive:
                with tarfile.open(fileobj=archive, mode="w") as tar:
                    tar.add(path, arcname=".")
                self._keep_open(archive, name + FOLDER)
            return
        with path.open("rb") as file:
            self._keep_open(file, name)

    def holds(self, name: str) -> bool:
        return self.exists(name) or self.exists(name + FOLDER)

    @contextmanager
    def on_disk(self, name: str, sha256: str = "") -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="cpc-file-") as folder:
            path = Path(folder) / "content"
            if self.exists(name):
                digest = self._fetch(name, path)
                if sha256 and digest.hex() != sha256:
                    raise OSError(f"The storage of files returned {name} with other content than its SHA-256 names.")
            elif self.exists(name + FOLDER):
                archive = Path(folder) / "archive"
                self._fetch(name + FOLDER, archive)
                with tarfile.open(archive) as tar:
                    tar.extractall(path, filter="data")
                archive.unlink()
            else:
                raise FileNotFoundError(f"The file {name} is not stored.")
            yield path

    def names(self) -> Iterator[str]:
        prefix = self._key("")
        for found in self.bucket.objects.filter(Prefix=prefix):
            name = found.key[len(prefix) :].lstrip("/")
            if not name.startswith(f"{PROBES}/"):
                yield name

    def problems(self) -> list[str]:
        name, content = f"{PROBES}/{socket.gethostname()}", b"ready"
        try:
            self._client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=content)
            found = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"].read()
        except (BotoCoreError, ClientError) as error:
            reason = type(error).__name__
            return [f"Received files can't be stored: the bucket {self.bucket_name} does not respond ({reason})."]
        return [] if found == content else [f"The bucket {self.bucket_name} returns other content than was stored."]

    def _save(self, name: str, content: File[bytes]) -> str:
        """Store a file under its name, or under another one if that is taken meanwhile.

        Returns the name.
        """
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
            for chunk in content.chunks():
                copy.write(chunk.encode() if isinstance(chunk, str) else chunk)
            while not self._put_once(copy, name):
                taken = Path(name)
                name = self.get_alternative_name(str(taken.with_suffix("")), taken.suffix)
        return name.replace("\\", "/")

    def _keep_open(self, file: IO[bytes], name: str) -> None:
        """Store a file under a name made of its content; another process may have stored the same one before."""
        if not self._put_once(file, name) and self._digest_of(name) != _digest(file):
            self.delete(name)  # damaged there: the name is that of its content
            self._put_once(file, name)

    def _put_once(self, file: Any, name: str) -> bool:
        """Send a file and read it back; return False if the name is taken.

        Raises `OSError` if the storage returns anything else, which is then removed.
        """
        if self.exists(name):
            return False
        digest = _digest(file)
        arguments = self._get_write_parameters(name, File(file)) | {
            "ChecksumSHA256": base64.b64encode(digest).decode(),
            "ContentLength": file.tell(),
            "IfNoneMatch": "*",
        }
        file.seek(0)
        try:
            self._client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=file, **arguments)
        except ClientError as error:
            if _status(error) in (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT):
                return False
            raise
        if self._digest_of(name) != digest:
            self.delete(name)
            raise OSError(NOT_AS_SENT.format(name))
        return True

    def _digest_of(self, name: str) -> bytes:
        body = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
        digest = hashlib.sha256()
        for piece in body.iter_chunks(PIECE):
            digest.update(piece)
        return digest.digest()

    def _fetch(self, name: str, path: Path) -> bytes:
        body = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
        digest = hashlib.sha256()
        with path.open("wb") as out:
            for piece in body.iter_chunks(PIECE):
                digest.update(piece)
                out.write(piece)
        return digest.digest()

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name)) if name else f"{self.location}/".lstrip("/")


def _digest(file: Any) -> bytes:
    """Return the SHA-256 of an open file from its start to its end, where the file is left."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.digest()


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
