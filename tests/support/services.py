"""Real servers for tests, and the environment that gives another process the test's own servers."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
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
