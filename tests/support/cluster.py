"""The product on several processes, started as in production: web servers, workers, schedulers, and their servers.

Each can be killed and started again. PostgreSQL and Redis write to disk, and the S3 server to a file, so that a killed
one has everything that it acknowledged.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from cpc.localdb.server import APPLICATION, DATABASE, USER, Server
from tests.support.services import S3Server, free_port, listens, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120


@dataclass
class Process:
    """One process of the product, or of Redis, with all that it starts itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    is_up: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self.is_up, f"{self.name}'s start (see {self.log})", START_SECONDS)

    def kill(self) -> None:
        """End it and what it started at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=30)
            self.process = None


@dataclass
class Database:
    """A PostgreSQL of its own that writes everything to disk."""

    server: Server
    name: str = "postgresql"

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        """End the server and its sessions at once, as a machine that loses power does."""
        pid = int((self.server.data / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
        for process in (pid, *map(int, children.stdout.split())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def url(self, role: str) -> str:
        folder = quote(str(self.server.socket_folder), safe="")
        return f"postgres://{role}@/{DATABASE}?host={folder}&port=5432"


@dataclass
class Cluster:
    """Two of each process of the product on one database, one Redis, and one bucket; `ports` are the web servers'."""

    folder: Path
    number: int = 2
    ports: list[int] = field(default_factory=list)
    processes: dict[str, Process | Database | S3Server] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = [free_port() for _ in range(self.number)]
        redis = free_port()
        (self.folder / "s3").mkdir()
        (self.folder / "redis").mkdir()
        self.database = Database(Server(self.folder / "pg", durable=True))
        self.bucket = S3Server(self.folder / "s3")
        password = secrets.token_urlsafe(16)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PYTEST_"))}
        self.environment = (
            kept
            | self.bucket.settings
            | {
                "DJANGO_SETTINGS_MODULE": "cpc.settings",
                "CPC_ENV": "development",
                "DATABASE_URL": self.database.url(APPLICATION),
                "DATABASE_OWNER_URL": self.database.url(USER),
                "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
                "REDIS_PASSWORD": password,
                "MEDIA_ROOT": str(self.folder / "not-used"),
                "API_REQUESTS_A_MINUTE": "1000000",
                "TRUSTED_PROXY_COUNT": "0",
                "LOG_FORMAT": "json",
                "REQUIRE_SECOND_FACTOR": "0",
                "OPENBLAS_NUM_THREADS": "1",
            }
        )
        conf = self.folder / "redis" / "redis.conf"
        lines = (f"port {redis}", "bind 127.0.0.1", "appendonly yes", f"dir {conf.parent}", f"requirepass {password}")
        conf.write_text("\n".join(lines))
        self.processes = {
            "postgresql": self.database,
            "s3": self.bucket,
            "redis": Process(
                "redis",
                ["redis-server", str(conf)],
                self.environment,
                self.folder / "redis.log",
                lambda: listens(redis),
            ),
        }
        for number, port in enumerate(self.ports, 1):
            self._add(f"web-{number}", self._web(port), lambda port=port: listens(port))  # type: ignore[misc]  # a default
            self._add(f"worker-{number}", self._celery("worker", "--concurrency", "1", "--hostname", f"w{number}@%h"))
            self._add(f"beat-{number}", self._celery("beat", "--pidfile", ""))

    @property
    def redis_url(self) -> str:
        host = self.environment["REDIS_URL"].removeprefix("redis://")
        return f"redis://:{self.environment['REDIS_PASSWORD']}@{host}"

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def run(self, program: str, *arguments: str) -> str:
        """Run a program with the settings of the product, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{program}", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def manage(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]

    def _add(self, name: str, command: list[str], is_up: Callable[[], bool] = lambda: True) -> None:
        self.processes[name] = Process(name, command, self.environment, self.folder / f"{name}.log", is_up)

    def _web(self, port: int) -> list[str]:
        options = ["--config", "python:cpc.serving", "--workers", "1", "--threads", "4", "--no-control-socket"]
        return [sys.executable, "-m", "gunicorn", "cpc.wsgi", "--bind", f"127.0.0.1:{port}", *options]

    def _celery(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "celery", "--app", "cpc", words[0], "--loglevel", "INFO", *words[1:]]


@contextlib.contextmanager
def cluster(folder: Path, fill: Callable[[Cluster], None], number: int = 2) -> Iterator[Cluster]:
    """Start the servers, migrate, call `fill`, and start the processes of the product; end all of them at last."""
    made = Cluster(folder, number)
    try:
        for name in ("postgresql", "s3", "redis"):
            made.processes[name].start()
        made.manage("migrate", "--verbosity", "0")
        fill(made)
        for name, process in made.processes.items():
            if name not in ("postgresql", "s3", "redis"):
                process.start()
        yield made
    finally:
        for process in reversed(list(made.processes.values())):
            with contextlib.suppress(AssertionError, OSError, ValueError):
                process.kill()
        made.database.server.stop()
