"""Real servers for tests, and the environment that gives another process the test's own servers."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection


def free_port() -> int:
    """Return a TCP port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def database_environment(**more: str) -> dict[str, str]:
    """Return the environment for a child process that uses the test's own database, with the variables of `more`.

    On the private server the child signs in as the application. The child sees only what is committed: its test needs
    `django_db(transaction=True)`.
    """
    owner = settings.DATABASE_OWNER
    assert owner, "the tests know the owner's address"
    private = owner["ENGINE"] == "cpc.localdb"
    user = settings.APPLICATION_ROLE if private else owner["USER"]
    return os.environ | {"DATABASE_URL": url_of(owner, user), "DATABASE_OWNER_URL": url_of(owner, owner["USER"])} | more


def url_of(address: dict[str, Any], user: str) -> str:
    """Return the URL of the test's own database for `user`, who has the owner's password, if any."""
    secret = f":{quote(address['PASSWORD'], safe='')}" if address["PASSWORD"] else ""
    options = {"host": address["HOST"], **({"port": address["PORT"]} if address["PORT"] else {})}
    return f"postgres://{quote(user, safe='')}{secret}@/{connection.settings_dict['NAME']}?{urlencode(options)}"


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return once `condition` holds; fail naming `what` if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.1)


def listens(port: int) -> bool:
    """Return whether a server accepts connections on `port` of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a private Redis that stores nothing on disk, and yield its URL."""
    program = shutil.which("redis-server")
    assert program, "redis-server is not on PATH"
    port = free_port()
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "redis.log").open("w") as log:
        process = subprocess.Popen([program, "--port", str(port), *options], stdout=log, stderr=log)
    try:
        wait_until(lambda: listens(port), f"redis-server's start (see {folder / 'redis.log'})")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=30)


BUCKET, S3_KEY = "cpc-files", "testing"


@dataclass
class S3Server:
    """A private server with the S3 API. What it was sent is in a file, so that a killed one can be started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of a process that stores its files there."""
        return {
            "FILES_S3_BUCKET": BUCKET,
            "FILES_S3_ENDPOINT": self.url,
            "FILES_S3_REGION": "us-east-1",
            "FILES_S3_ACCESS_KEY": S3_KEY,
            "FILES_S3_SECRET_KEY": S3_KEY,
            "FILES_S3_ADDRESSING": "path",
        }

    def start(self) -> None:
        """Start the server, with everything that an earlier one was sent."""
        record = self.folder / "requests"
        before = record.exists()
        environment = os.environ | {"MOTO_ENABLE_RECORDING": "1", "MOTO_RECORDER_FILEPATH": str(record)}
        with (self.folder / "s3.log").open("a") as log:
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        wait_until(lambda: listens(self.port), f"moto's start (see {self.folder / 's3.log'})")
        if before:
            self._post("/moto-api/recorder/replay-recording")
        else:
            self._post(f"/{BUCKET}", method="PUT")

    def kill(self) -> None:
        assert self.process, "the server was started"
        self.process.kill()
        self.process.wait()

    def _post(self, path: str, method: str = "POST") -> None:
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={S3_KEY}/20260101/us-east-1/s3/aws4_request"}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert answer.status == 200
