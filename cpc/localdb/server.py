"""A private PostgreSQL server: its folder, its start and stop, and the processes that use it."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from cpc.localdb.binaries import LocalDatabaseError, bin_dir, major_version, programs_of, unprivileged

ROOT = Path(__file__).resolve().parent.parent.parent
USER = DATABASE = "cpc"
APPLICATION = "cpc_app"
"""The role of the application, which owns no table; `USER` owns the tables."""
FIRST_STATEMENTS = f"CREATE DATABASE {DATABASE}\nCREATE ROLE {APPLICATION} LOGIN\n"  # one on each line
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 103
START_SECONDS = 60
MEMORY = Path("/dev/shm")  # noqa: S108  # `make_private` refuses another user's folder, and closes ours to others
IN_MEMORY = "cpc-tests"
"""Start of the name of a folder in memory."""
CHECKOUT = "checkout"
"""Link in such a folder to the checkout whose tests use it."""
FREE_NEEDED = 4 * 2**30
"""Free bytes from which the server of tests is in memory. A run leaves .7 GB, several versions of the code 1.4 GB."""
QUICK_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",  # test databases exist for minutes, and the code that builds one analyzes it
    "jit": "off",
}


@dataclass(frozen=True)
class Server:
    """A private PostgreSQL whose files are all below `folder`.

    With `durable`, data survive a crash; otherwise the server trades durability for speed.
    """

    folder: Path
    durable: bool
    _mutex: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _held: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Return the folder of the socket: `folder`, or a private temporary one if its path is too long or unusual."""
        plain = re.fullmatch(r"[\w/.+@-]+", str(self.folder), re.ASCII)
        if plain and len(os.fsencode(self.folder / SOCKET)) <= LONGEST_SOCKET_PATH:
            return self.folder
        tag = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"cpc-{os.geteuid()}-{tag}"

    @property
    def url(self) -> str:
        """Return the owner's URL in the form of `DATABASE_URL`, without starting the server."""
        return self._url_of(USER)

    @property
    def application_url(self) -> str:
        return self._url_of(APPLICATION)

    def _url_of(self, role: str) -> str:
        return f"postgres://{role}@/{DATABASE}?" + urlencode({"host": str(self.socket_folder), "port": PORT})

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(self.socket_folder / SOCKET))
            return True
        return False

    def use(self) -> None:
        """Start the server unless it is running, and use it until this process ends.

        The last process to end stops the server. Safe to call from several threads and processes at once.
        """
        with self._mutex:
            if os.getpid() in self._held:
                return
            make_private(self.folder)
            handle = os.open(self.folder / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            try:
                self._start_unless_running()
            except BaseException:
                os.close(handle)
                raise
            self._held[os.getpid()] = handle
            atexit.register(self.leave)

    def leave(self) -> None:
        """Stop using the server in this process; shut it down if no other process uses it."""
        with self._mutex:
            handle = self._held.pop(os.getpid(), None)
            if handle is None:
                return
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not self._keep_running.exists():
                    self._stop()
            except BlockingIOError:
                pass
            finally:
                os.close(handle)

    def start(self) -> None:
        """Start the server and let it run until `stop`, even if no process uses it."""
        make_private(self.folder)
        self._keep_running.touch()
        self._start_unless_running()

    def remove(self) -> None:
        """Stop the server and remove its folder. Raises `LocalDatabaseError` for a durable one."""
        if self.durable:
            raise LocalDatabaseError(f"{self.folder} keeps data. To start over, remove it yourself.")
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> bool:
        """Stop the server at once, even if it is in use; return whether it was running."""
        self._keep_running.unlink(missing_ok=True)
        if not self.data.exists():
            return False
        with self._starting():
            ran = self.answers()
            self._stop()
        return ran

    @property
    def _keep_running(self) -> Path:
        return self.folder / "keep-running"

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start_unless_running(self) -> None:
        with self._starting():
            if self.answers():
                return
            make_private(self.socket_folder)
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".previous.log"))
            self._check_version()
            if not self.data.exists():
                self._initialize()
            self._start()

    def _check_version(self) -> None:
        written_by = self._written_by
        if written_by in ("", major_version()):
            return
        if self.durable:
            raise LocalDatabaseError(
                f"{self.data} was created by PostgreSQL {written_by}, but the installed version is "
                f"{major_version()}. Nothing was changed. To keep its data, run `.venv/bin/python -m cpc.localdb "
                f"upgrade`; to start over, remove {self.folder} and {self.folder.with_name('files')}."
            )
        shutil.rmtree(self.data)

    @property
    def _written_by(self) -> str:
        marker = self.data / "PG_VERSION"
        return marker.read_text().strip() if marker.exists() else ""

    def upgrade(self) -> Path | None:
        """Dump the data of an older PostgreSQL, load them into a new one, and return the folder with the old data.

        Returns None, and does nothing, if the data are not older. The old data are unchanged and in use until the new
        data are complete. Raises `LocalDatabaseError` if the server is in use or the old programs are missing.
        """
        with self._starting():
            old_version = self._written_by
            if old_version in ("", major_version()):
                return None
            if self.answers():
                raise LocalDatabaseError(
                    "The private PostgreSQL server is in use. Stop the programs that use it, then upgrade."
                )
            old_programs = programs_of(old_version)
            if old_programs is None:
                raise LocalDatabaseError(
                    f"The upgrade needs the programs of PostgreSQL {old_version} once, to read {self.data}. Install "
                    f"them (Debian: postgresql-{old_version}), or set CPC_OLD_PG_BIN to their folder. Nothing was "
                    "changed."
                )
            old_data, fresh, dump = (self.folder / name for name in (f"data.{old_version}", "data", "upgrade.dump"))
            if old_data.exists():
                raise LocalDatabaseError(
                    f"{old_data} already exists. Move it elsewhere, then upgrade. Nothing was changed."
                )
            make_private(self.socket_folder)
            try:
                self._dump(old_programs, dump)
                fresh.rename(old_data)
                try:
                    self._initialize()
                    self._load(dump)
                except BaseException:
                    shutil.rmtree(fresh, ignore_errors=True)
                    old_data.rename(fresh)
                    raise
            finally:
                dump.unlink(missing_ok=True)
            return old_data

    def _dump(self, programs: Path, dump: Path) -> None:
        self._start(programs)
        try:
            dump.touch(mode=0o600)
            self._run("pg_dump", *self._connection_options, "--format=custom", "--file", str(dump), DATABASE)
        finally:
            self._stop()

    def _load(self, dump: Path) -> None:
        self._start()
        try:
            self._run("pg_restore", *self._connection_options, "--exit-on-error", "--dbname", DATABASE, str(dump))
        finally:
            self._stop()

    @property
    def _connection_options(self) -> tuple[str, ...]:
        return ("--host", str(self.socket_folder), "--port", str(PORT), "--username", USER)

    def _initialize(self) -> None:
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(fresh), *options, *([] if self.durable else ["--no-sync"]))
        self._run("postgres", "--single", "-D", str(fresh), "postgres", given=FIRST_STATEMENTS)
        fresh.rename(self.data)

    def _start(self, programs: Path | None = None) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": "150",
            **({} if self.durable else QUICK_SETTINGS),
        }
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        command = ["-D", str(self.data), "-w", "-t", str(START_SECONDS), "-l", str(self.log), "-o"]
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._clear_leftovers()
            try:
                return self._run("pg_ctl", *command, f"-p {PORT} {options}", "start", programs=programs)
            except LocalDatabaseError:
                # After kill -9 the old server's children use its shared memory for a moment longer.
                if time.monotonic() > deadline or "shared memory block" not in self._log_tail(2000):
                    raise
                time.sleep(0.2)

    def _clear_leftovers(self) -> None:
        """Remove the pid files of a stopped server; PostgreSQL can't detect that another process reused the pid."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if is_server(pid, self.data):
            self._stop()
        for leftover in (pid_file, self.socket_folder / SOCKET, self.socket_folder / f"{SOCKET}.lock"):
            leftover.unlink(missing_ok=True)

    def _stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(LocalDatabaseError):
                self._run("pg_ctl", "-D", str(self.data), "-w", "-t", str(START_SECONDS), "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str, given: str = "", programs: Path | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with self.log.open("a") as log:
            done = subprocess.run(
                [*unprivileged(), str((programs or bin_dir()) / program), *arguments],
                input=given.encode(),
                stdout=log,
                stderr=log,
                env=environment | {"LC_ALL": "C"},
                cwd=self.folder,
                check=False,
            )
        if done.returncode:
            raise LocalDatabaseError(
                f"The private PostgreSQL failed ({program}): {self._log_tail(300)} (see {self.log}). You can also "
                "set DATABASE_URL to your own server."
            )

    def _log_tail(self, characters: int) -> str:
        return " ".join(self.log.read_text(errors="replace").split())[-characters:]


def make_private(folder: Path) -> None:
    """Create `folder` for this user alone, or close an existing one to other users.

    Raises `LocalDatabaseError` if another user owns it, or if it is a link.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalDatabaseError(
            f"{folder} cannot be created ({error.strerror}): "
            "make the checkout writable, or set CPC_PG_DIR or DATABASE_URL."
        ) from error
    status = folder.lstat()
    if status.st_uid != os.geteuid() or not folder.is_dir() or folder.is_symlink():
        raise LocalDatabaseError(f"{folder} belongs to another user. Remove it, or set CPC_PG_DIR or DATABASE_URL.")
    if status.st_mode & 0o077:
        folder.chmod(0o700)


def is_server(pid: int, data: Path) -> bool:
    """Return whether process `pid` is a running PostgreSQL on `data`; without /proc, any running process counts."""
    process = Path("/proc") / str(pid)
    if not Path("/proc/self").exists():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, 0)
            return True
        return False
    try:
        state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        command = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return state != "Z" and b"postgres" in command and os.fsencode(data) in command


def folder_of_tests(memory: Path = MEMORY) -> Path:
    """Return the folder of the server of tests: in `memory` if it has room, else beside that of the demo.

    The tests make and drop a database for each test that commits. On ext4 each takes the kernel longer than the one
    before: measured, .04 s at first and 1 s after some dozens.
    """
    tag = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    folder = memory / f"{IN_MEMORY}-{os.geteuid()}-{tag}"
    with contextlib.suppress(OSError):
        # A folder in use stays where it is, however little room it has left.
        has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= FREE_NEEDED
        if not os.environ.get("CPC_PG_DIR") and (folder.is_dir() or has_room):
            return folder
    return _HOME / "pg-test"


def remove_abandoned(folder: Path) -> None:
    """Name the checkout of a folder in memory, and remove those beside it whose checkout is gone."""
    if not folder.name.startswith(IN_MEMORY):
        return
    make_private(folder)
    with contextlib.suppress(FileExistsError):
        (folder / CHECKOUT).symlink_to(ROOT)
    for other in folder.parent.glob(f"{IN_MEMORY}-{os.geteuid()}-*"):
        if (other / CHECKOUT).is_symlink() and not (other / CHECKOUT).exists():
            shutil.rmtree(other, ignore_errors=True)


_HOME = Path(os.environ.get("CPC_PG_DIR") or ROOT / ".cpc").resolve()
DEMO = Server(_HOME / "pg", durable=True)
TEST = Server(folder_of_tests(), durable=False)
