"""The private PostgreSQL: its start and stop by processes, and its survival of crashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from cpc.localdb import LocalDatabaseError, Server, remove_abandoned, server
from cpc.localdb.binaries import bin_dir, version_of

ROOT = Path(__file__).resolve().parent.parent.parent
USER_PROGRAM = """
import sys
from pathlib import Path
import psycopg2
from cpc.localdb import Server
server = Server(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
server.use()
with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[3])
    print(cursor.fetchone()[0])
"""


def another_process(server: Server, query: str, **environment: str) -> subprocess.Popen[str]:
    """Return a program that uses `server` for one query and ends."""
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(server.folder), "durable" if server.durable else "quick", query],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(server: Server, query: str) -> str:
    with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return str(row[0]) if row else "no row"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "quick", durable=False)
    yield server
    server.stop()


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "durable", durable=True)
    yield server
    server.stop()


def test_concurrent_processes_share_one_server_that_the_last_stops(quick: Server) -> None:
    assert "quick" in quick.url
    assert not quick.folder.exists()

    users = [another_process(quick, "select pg_postmaster_start_time()") for _ in range(4)]
    answers = [user.communicate(timeout=60) for user in users]

    assert [user.returncode for user in users] == [0, 0, 0, 0], answers
    assert not quick.answers()


def test_an_explicit_start_outlives_its_users(quick: Server) -> None:
    quick.start()
    user = another_process(quick, "show fsync")
    assert user.communicate(timeout=60)[0].strip() == "off"
    assert quick.answers()
    assert quick.stop()
    assert not quick.answers()


def test_kill_9_loses_nothing_even_if_the_pid_is_reused(durable: Server) -> None:
    durable.start()
    assert ask(durable, "show fsync") == "on"
    assert ask(durable, "create table kept as select 42 as answer; select answer from kept") == "42"
    pid_file = durable.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    while durable.answers():
        time.sleep(0.02)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    durable.start()

    assert ask(durable, "select answer from kept") == "42"


def test_a_path_too_long_for_a_socket_gets_a_private_folder_elsewhere(tmp_path: Path) -> None:
    server = Server(tmp_path / ("long name " * 12) / "pg", durable=False)
    assert server.socket_folder != server.folder
    try:
        server.start()
        assert ask(server, "select 1") == "1"
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
        server.socket_folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account to run PostgreSQL")
def test_root_without_user_namespaces_uses_another_account(quick: Server) -> None:
    user = another_process(quick, "select current_setting('data_directory')", CPC_NO_USERNS="1")
    output, errors = user.communicate(timeout=60)
    assert output.strip() == str(quick.data), errors
    assert quick.data.stat().st_uid != 0


def test_data_of_another_version_are_refused_with_the_remedy(durable: Server) -> None:
    durable.data.mkdir(parents=True, mode=0o700)
    (durable.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LocalDatabaseError, match=r"created by PostgreSQL 9, .* Nothing was changed.* upgrade`"):
        durable.start()
    with pytest.raises(LocalDatabaseError, match=r"needs the programs of PostgreSQL 9 once.* CPC_OLD_PG_BIN"):
        durable.upgrade()
    assert (durable.data / "PG_VERSION").read_text() == "9\n"


@pytest.fixture
def older(durable: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a durable server with data that appears to be of an older version than the machine's programs."""
    durable.start()
    ask(durable, "create table kept as select 42 as answer; grant select on kept to cpc_app; select answer from kept")
    durable.stop()
    programs = bin_dir()
    monkeypatch.setattr("cpc.localdb.server.major_version", lambda: "later")
    monkeypatch.setattr("cpc.localdb.server.programs_of", {version_of(programs): programs}.get)
    return durable


def test_an_upgrade_loads_what_it_dumped_and_keeps_the_old_data(older: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    version = version_of(bin_dir())

    assert older.upgrade() == older.folder / f"data.{version}"

    monkeypatch.undo()
    older.start()
    assert ask(older, "select answer from kept") == "42"
    assert ask(older, "select has_table_privilege('cpc_app', 'kept', 'SELECT')") == "True"
    assert (older.folder / f"data.{version}" / "PG_VERSION").exists()
    assert not (older.folder / "upgrade.dump").exists()
    assert older.upgrade() is None


def test_an_upgrade_that_fails_leaves_the_old_data_in_use(older: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_server: Server, _dump: Path) -> None:
        raise LocalDatabaseError("No space left on device")

    monkeypatch.setattr(Server, "_load", full_disk)
    with pytest.raises(LocalDatabaseError, match="No space left"):
        older.upgrade()

    monkeypatch.undo()
    older.start()
    assert ask(older, "select answer from kept") == "42"
    assert sorted(path.name for path in older.folder.iterdir() if "data" in path.name or "dump" in path.name) == [
        "data"
    ]


# ---- the folder of the server of tests -----------------------------------------------------------------------------


def test_tests_use_memory_that_has_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPC_PG_DIR", raising=False)
    monkeypatch.setattr(server, "FREE_NEEDED", 1)
    folder = server.folder_of_tests(tmp_path)
    assert folder.parent == tmp_path
    monkeypatch.setattr(server, "FREE_NEEDED", 2**80)
    assert server.folder_of_tests(tmp_path).name == "pg-test"
    folder.mkdir()
    assert server.folder_of_tests(tmp_path) == folder, "a folder in use stays where it is"
    assert server.folder_of_tests(tmp_path / "missing").name == "pg-test"
    monkeypatch.setenv("CPC_PG_DIR", str(tmp_path))
    assert server.folder_of_tests(tmp_path).name == "pg-test"


def test_a_folder_in_memory_goes_with_its_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPC_PG_DIR", raising=False)
    monkeypatch.setattr(server, "FREE_NEEDED", 1)
    own = server.folder_of_tests(tmp_path)
    gone, there, unnamed = (own.with_name(f"{own.name[:-12]}{name}") for name in ("gone", "there", "unnamed"))
    for folder in (gone, there, unnamed):
        folder.mkdir()
    (gone / "checkout").symlink_to(tmp_path / "removed")
    (there / "checkout").symlink_to(tmp_path)
    for _ in range(2):
        remove_abandoned(own)
    assert sorted(tmp_path.iterdir()) == sorted([own, there, unnamed])
    assert (own / "checkout").resolve() == ROOT
    assert own.stat().st_mode & 0o077 == 0


def test_only_the_server_of_tests_is_removed(quick: Server, durable: Server) -> None:
    quick.use()
    quick.leave()
    quick.remove()
    assert not quick.folder.exists()
    with pytest.raises(LocalDatabaseError, match="keeps data"):
        durable.remove()
