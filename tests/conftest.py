"""Fixtures shared by all tests, and the rule about what may be missing on a developer's machine.

A test that needs Chromium, Redis or the publishers' files skips with the reason where that is missing,
and fails where `CPC_REQUIRE_ALL=1` says that everything is there. The database is the one that
`DATABASE_URL` names, else the private throw-away PostgreSQL, which the first connection starts.
Several processes (`-n 2`) have a database each; a module stays in one of them.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from cpc import localdb
from tests.support.database import PRIVATE, begin_with_kept_schema
from tests.support.services import redis_server
from tests.support.shared import SharedWorld, settle, undone_in_the_end
from tests.support.unguarded import unguarded

ROOT = Path(__file__).resolve().parent.parent


def unavailable(reason: str) -> None:
    """Skip for `reason`, or fail where the machine promised to have everything."""
    if os.environ.get("CPC_REQUIRE_ALL") == "1":
        pytest.fail(f"CPC_REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real publisher files (`CPC_SHARED_DATA`, default ../shared/data)."""
    folder = Path(os.environ.get("CPC_SHARED_DATA", ROOT.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        unavailable(f"the publishers' files are not at {folder}; set CPC_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Redis that ends with the tests."""
    if not shutil.which("redis-server"):
        unavailable("redis-server is not installed (package redis-server)")
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """Have test databases begin with the schema that migrations made once."""
    with django_db_blocker.unblock():
        begin_with_kept_schema()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; emptying it after a transactional test passes the triggers that refuse TRUNCATE.

    For all connections: where a browser runs its event loop, a thread has another one.
    """
    operations = type(connection.ops)
    empty = operations.execute_sql_flush

    def empty_past_triggers(self: BaseDatabaseOperations, statements: Iterable[str]) -> None:
        with unguarded(self.connection.alias):
            empty(self, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", empty_past_triggers)
        yield


@pytest.fixture(scope="module")
def facts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All facts shipped with the project, known to every test of the module and undone in its end."""
    from indicators.facts.demo import load_facts

    with django_db_blocker.unblock(), transaction.atomic():
        load_facts(lambda done, total: None)
        connection.check_constraints()  # once here, or else again at the end of every test
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def screen(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The key of the desk screen of a published pool of countries, known to every test of the module."""
    from tests.support.rankings import make_screen

    folder = tmp_path_factory.mktemp("pool")
    with undone_in_the_end(django_db_blocker, folder):
        run = make_screen(folder)
        settle()
        yield run.pk


@pytest.fixture(scope="module")
def shared_world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedWorld]:
    """Editions, an upload, a narrative and a ranking, known to every test of the module."""
    from tests.support.world import make_world

    folder = tmp_path_factory.mktemp("world")
    with undone_in_the_end(django_db_blocker, folder):
        made = make_world(folder)
        settle()
        yield SharedWorld(made, folder / "media")


_REPLAYED: set[tuple[int, dt.datetime]] = set()


@pytest.fixture(autouse=True)
def every_run_replays(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Replay each run that a test made, past a later edition, a correction and a retraction: all are identical.

    A run that tests of a module share is replayed after the first of them.
    A test that plants a change in what a run stands upon is marked `tampers`.
    """
    node = request.node
    if not (node.get_closest_marker("django_db") or "db" in request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    yield
    from tests.support import replaying

    if node.get_closest_marker("tampers") or connection.needs_rollback:
        return
    made = set(replaying.runs().values_list("pk", "created_at")) - _REPLAYED
    if not made:
        return
    replaying.time_goes_on(tmp_path_factory.mktemp("later"))
    assert replaying.differences({run for run, _ in made}) == []
    _REPLAYED.update(made)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the private PostgreSQL until the last of several processes has ended, however it ends."""
    parallel = session.config.getoption("numprocesses", None)
    if parallel and connection.settings_dict["ENGINE"] == PRIVATE:
        localdb.TEST.use()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes and long texts in a test's id by their argument: such an id is the same in every process."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what a test needs, and put browser tests last, as quick failures come first.

    Where several processes share the work the long modules go first, lest one process ends alone.
    """
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("files")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None, reverse=hasattr(config, "workerinput"))
