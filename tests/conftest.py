"""Fixtures shared by all tests, the choice of a test's world, and the choice of parameters.

A test that needs Chromium, Redis, or the publishers' files is skipped with the reason if they are missing, and fails
if `CPC_REQUIRE_ALL=1` promises that everything is installed. The database is the one that `DATABASE_URL` names, else
the private temporary PostgreSQL, which the first connection starts. Several processes (`-n 2`) have databases of
their own; a module stays in one process.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.signals import post_save
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from cpc import localdb
from tests.support import examples, wide
from tests.support.services import S3Server, redis_server
from tests.worlds.catalog import WORLDS, clones_of
from tests.worlds.databases import PRIVATE, Clones

if TYPE_CHECKING:
    from selection.models import ScoreRun
    from tests.security.agencies_world import Consultees
    from tests.security.url_world import Addresses
    from tests.selection.decisions.deliberating import Decided, Deliberation
    from tests.worlds.partnerships.build import Active, Stage
    from tests.worlds.small_world import World as SmallWorld

ROOT = Path(__file__).resolve().parent.parent


def unavailable(reason: str) -> None:
    """Skip the test for `reason`, or fail it if the machine promised to have everything."""
    if os.environ.get("CPC_REQUIRE_ALL") == "1":
        pytest.fail(f"CPC_REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real publisher files (`CPC_SHARED_DATA`, default ../shared/data)."""
    folder = Path(os.environ.get("CPC_SHARED_DATA", ROOT.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        unavailable(f"the publishers' files are not at {folder}; set CPC_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a real Redis that runs until the tests end."""
    if not shutil.which("redis-server"):
        unavailable("redis-server is not installed (package redis-server)")
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Return a server with the S3 API that runs until the tests end."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.kill()


# ---- the world of a test -------------------------------------------------------------------------------------------


def world_of(node: pytest.Item | pytest.Collector) -> str:
    """Return the world of a test or module: that of its mark, else the fixture it asks for, else "empty"."""
    mark = node.get_closest_marker("world")
    names = {str(mark.args[0])} if mark else WORLDS.keys() & set(getattr(node, "fixturenames", ()))
    if len(names) > 1 or not names <= WORLDS.keys():
        raise pytest.UsageError(f"{node.nodeid} names {', '.join(names)}; name one world of {', '.join(WORLDS)}")
    return next(iter(names), "empty")


@pytest.fixture(scope="session")
def clones(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clones]:
    """Return this process's clones of the test worlds, and drop them at the end.

    A clone is replaced after a test commits to it; the triggers that block TRUNCATE are never bypassed.
    """
    process = getattr(request.config, "workerinput", {}).get("workerid", "gw")
    with pytest.MonkeyPatch.context() as patch:
        stack = ExitStack()
        with django_db_blocker.unblock():
            made = stack.enter_context(clones_of(process))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: made.discard())
        yield made
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def django_db_setup(request: pytest.FixtureRequest, clones: Clones, django_db_blocker: DjangoDbBlocker) -> None:
    """Connect to this process's clone of the world that the test is marked with."""
    with django_db_blocker.unblock():
        clones.connect(world_of(request.node))


@pytest.fixture
def contents(clones: Clones, db: None, settings: Settings, tmp_path: Path) -> Any:
    """Return a copy of the handle of the test's world; `MEDIA_ROOT` contains a copy of its files."""
    folder = tmp_path / "media"
    clones.copy_files(folder)
    settings.MEDIA_ROOT = folder
    return clones.contents()


@pytest.fixture
def facts(contents: None) -> None:
    """Load all facts shipped with the project."""


@pytest.fixture
def small(contents: SmallWorld) -> SmallWorld:
    """Return two editions, an upload at its preview, a narrative, and a ranking of two countries."""
    return contents


@pytest.fixture
def ranking(contents: ScoreRun) -> ScoreRun:
    """Return the desk screen of a published pool of 30 ranked countries."""
    return contents


@pytest.fixture
def deliberation(contents: Deliberation) -> Deliberation:
    """Return the people of the office and their round in deliberation."""
    return contents


@pytest.fixture
def decided(contents: Decided) -> Decided:
    """Return the office and the decision that selects Ghana, in a decided round with its memo."""
    return contents


@pytest.fixture
def active(contents: Active) -> Active:
    """Return a partnership in force, with Ghana, and the people who made it."""
    return contents


@pytest.fixture
def extendable(contents: Active) -> Active:
    """Return a partnership with Ghana in force that can become a year longer, and the people who made it."""
    return contents


@pytest.fixture
def stage(contents: object) -> Stage:
    """Return an analyst and an approver: those of the test's world where it holds a partnership, else new ones."""
    from tests.worlds.partnerships.build import Active, Stage

    return contents.stage if isinstance(contents, Active) else Stage()


@pytest.fixture
def documented(contents: None) -> None:
    """Load the eight real partnerships."""


@pytest.fixture
def addresses(contents: Addresses) -> Addresses:
    """Return the world in which every URL can be opened, with an account for each kind of visitor."""
    return contents


@pytest.fixture
def agencies(contents: Consultees) -> Consultees:
    """Return the world of agencies and their notes on rounds, with planted text in each field."""
    return contents


@pytest.fixture
def newcomer(contents: ScoreRun) -> ScoreRun:
    """Return the first ranking of what `make run` loads, with its accounts, round, and real partnerships."""
    return contents


@pytest.fixture(scope="module")
def own_database(request: pytest.FixtureRequest, clones: Clones, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give the module a clone of its world to which its fixtures may commit; its tests share it."""
    with django_db_blocker.unblock(), clones.for_module(world_of(request.node)):
        yield


@pytest.fixture(autouse=True)
def every_run_replays(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Replay each run that a test made, after a later edition, a correction, and a retraction.

    All replays must be identical to the stored results. tests/worlds/test_worlds.py replays the runs of the worlds,
    and of several runs with equal inputs and results only the first is replayed. A test that changes a run's inputs
    is marked `tampers`.
    """
    node = request.node
    if not (node.get_closest_marker("django_db") or "db" in request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    from tests.support import replaying

    stored: list[int] = []

    def note(instance: ScoreRun, **_: Any) -> None:
        stored.append(instance.pk)

    post_save.connect(note, sender="selection.ScoreRun")
    yield
    post_save.disconnect(note, sender="selection.ScoreRun")
    if node.get_closest_marker("tampers") or connection.needs_rollback:
        return
    made = replaying.first_of_their_kind(replaying.runs().filter(pk__in=stored)) if stored else set()
    if made:
        replaying.time_goes_on(tmp_path_factory.mktemp("later"))
        assert replaying.differences(made) == []


# ---- what is collected, and in which order -------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--wide`, which `make test-full` passes."""
    parser.addoption("--wide", action="store_true", help="also run the parameters marked `wide`, on random examples")


QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
"""Password hasher of the tests; the one of production is slow on purpose."""


def pytest_configure(config: pytest.Config) -> None:
    """Check the paths, and choose the password hasher and, before test modules are imported, the Hypothesis profile."""
    # Several processes collect nothing in this one, and each would end without a reason.
    missing = [path for path in config.args if not (config.invocation_params.dir / path.partition("::")[0]).exists()]
    if missing:
        raise pytest.UsageError(f"No such file: {', '.join(missing)}.")
    examples.register()
    hypothesis_settings.load_profile(examples.FULL if config.getoption("wide") else examples.EVERY_TIME)
    django_settings.PASSWORD_HASHERS = [QUICK_HASHER, *django_settings.PASSWORD_HASHERS]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Switch garbage collection off during imports, and exempt the imported objects from later collections.

    After that, old objects are collected rarely: with the defaults, collection takes a fifth of the time to build
    worlds.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(5_000, 10, 200)
        gc.enable()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Run the private PostgreSQL until the last of several processes has ended, even after a crash."""
    parallel = session.config.getoption("numprocesses", None)
    if connection.settings_dict["ENGINE"] == PRIVATE:
        localdb.remove_abandoned(localdb.TEST.folder)
        if parallel:
            localdb.TEST.use()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """Name each reason for skips once, and the expression that matched no test."""
    skipped = Counter(str(report.longrepr[2]) for report in terminalreporter.getreports("skipped"))
    for reason, count in sorted(skipped.items()):
        terminalreporter.write_line(f"SKIPPED [{count}] {reason.removeprefix('Skipped: ')}")
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and (keyword := config.getoption("keyword")):
        terminalreporter.write_line(f"No test in {' '.join(config.args)} matches -k {keyword!r}.", red=True)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes and long texts in a test's id by their argument, so that ids are the same in every process."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark a test's needs, deselect `wide` parameters, and put browser tests last, because fast failures come first.

    If several processes share the work, long modules go first, so that no process works alone at the end; see
    `_in_turn`.
    """
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")
        fixtures = getattr(item, "fixturenames", ())
        if "shared_data" in fixtures:
            item.add_marker("files")
        if item.get_closest_marker("django_db") or {"db", "clones", "live_server"} & set(fixtures):
            item.add_marker("database")
    wide.deselect_wide(config, items)
    if hasattr(config, "workerinput"):
        _in_turn(items)
    else:
        items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _in_turn(items: list[pytest.Item]) -> None:
    """Order the modules: one that uses browsers, those without a database, other browser modules, then the rest.

    On a new machine, one process builds the test database, and the others would wait for it. The tests of the worlds
    are long, and go with the browsers.
    """
    database = {item.path for item in items if item.get_closest_marker("database")}
    browsers = list(dict.fromkeys(item.path for item in items if item.get_closest_marker("browser")))

    def turn(item: pytest.Item) -> int:
        if item.path in browsers:
            return 0 if item.path == browsers[0] else 2
        if item.path.parent.name == "worlds":
            return 2
        return 3 if item.path in database else 1

    items.sort(key=turn)
