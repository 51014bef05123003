"""A follower of the feed: a client with two copies, one of what it reads and one of what it applies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from tests.conftest import ROOT
from tests.support.services import database_environment, listens, wait_until

OPENER = build_opener(ProxyHandler({}))


class Server:
    """A web server of the product on a port of this machine, in processes of its own."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "cpc.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        environment = database_environment(CPC_ENV="test", REDIS_URL="", API_REQUESTS_A_MINUTE="1000000")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(lambda: listens(self.port), f"the start of the server (see {self.log})", 120)

    def kill(self) -> None:
        """End the server and its workers at once, as kill -9 does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=30)
            self.process = None


@contextlib.contextmanager
def served(port: int, log: Path) -> Iterator[Server]:
    server = Server(port, log)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Follower:
    """Everything that one token learns, by the rules of docs/changes.md, from an empty copy on.

    `applied` has the rows as the events tell them, `read` the partnerships as REST answers them.
    """

    server: Server
    token: str
    limit: int = 50
    cursor: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    applied: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    latest: dict[tuple[str, int], int] = field(default_factory=dict)
    read: dict[int, dict[str, Any]] = field(default_factory=dict)
    reads: int = 0
    interruptions: int = 0
    was_held_back: bool = False

    def get(self, path: str, **asked: Any) -> Any:
        """Return an answer. Asks again while the server is gone."""
        request = Request(
            f"{self.server.url}{path}?{urlencode(asked)}", headers={"Authorization": f"Bearer {self.token}"}
        )
        deadline = time.monotonic() + 120
        while True:
            try:
                with OPENER.open(request, timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:
                if error.code != 503:
                    raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error
            except (URLError, ConnectionError, TimeoutError, json.JSONDecodeError):
                self.interruptions += 1
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.2)

    def step(self) -> bool:
        """Read one page and take it over. Return whether something is left to read or to wait for."""
        page = self.get("/api/v1/changes/", limit=self.limit, **({"after": self.cursor} if self.cursor else {}))
        for event in page["results"]:
            self.events.append(event)
            self._apply(event)
            self._read(event)
        assert page["results"] or page["more"] or page["next"] == (self.cursor or page["next"])
        self.cursor = page["next"]
        self.was_held_back |= page["held_back"]
        return bool(page["more"] or page["held_back"])

    def _apply(self, event: dict[str, Any]) -> None:
        row = event["subject"], event["key"]
        if event["id"] < self.latest.get(row, 0):
            return
        self.latest[row] = event["id"]
        if event["after"] is None:
            self.applied.pop(row, None)
        else:
            self.applied[row] = self.applied.get(row, {}) | event["after"]

    def _read(self, event: dict[str, Any]) -> None:
        number = event["partnership"]
        if number is None or (number in self.read and self.read[number]["revision"] >= event["revision"]):
            return
        self.read[number] = self.get(f"/api/v1/partnerships/{number}/")
        self.reads += 1
        assert self.read[number]["revision"] >= event["revision"]
