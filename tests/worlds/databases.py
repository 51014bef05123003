"""Databases of test worlds: each is built once, stored as a template database, and cloned in a tenth of a second.

A world is a function that fills a database through the product's services and returns a handle to its records. Its
database stays on the tests' private server under a hash of everything that decides its contents: the migrations, the
code of the four apps below their pages, the shipped facts, the modules of its builder, the locked packages, and for
most worlds the day. The handle and the stored files are in a folder beside the server's data.

On a server of your own (`DATABASE_URL`), each process builds its own worlds and drops them when it ends.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import pickle
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.cache import cache as django_cache
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from cpc import localdb
from cpc.database.roles import as_owner

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("cpc", "indicators", "selection", "partnerships")
PRIVATE = "cpc.localdb"
PREFIX = "world_"
LOCK = 7103
OWN_IMPORT = re.compile(r"^import ((?:cpc|indicators|selection|partnerships)[\w.]*)$", re.MULTILINE)

# Modules and folders that show or receive content. Nothing that builds a world imports them (a test checks it), so they
# can't affect a world's content, and a change of a page, style, script, or chart builds no world again.
ENTRANCES = frozenset(
    {
        "api",
        "api_base",
        "api_filters",
        "api_urls",
        "blocks",
        "decision",
        "due",
        "due_rows",
        "filters",
        "form_parts",
        "forms",
        "budget_sheet",
        "ledger_sheet",
        "plan_sheet",
        "limit_presenters",
        "management",
        "page_frame",
        "office_api_urls",
        "pages",
        "presenters",
        "queue",
        "record_export",
        "response_sheet",
        "results_sheet",
        "serializers",
        "sheet",
        "site",
        "tabs",
        "templatetags",
        "term_sheets",
        "timeline",
        "urls",
        "views",
        "web",
    }
)
WRITTEN_WITH = frozenset(
    {"cpc.queue", "cpc.web.formats", "cpc.web.exports", "cpc.web.lists", "cpc.web.models", "cpc.web.tables"}
)
"""Modules that services use as well: to start tasks, for the sentences, drafts, and views that they store, and to read
workbooks."""


@dataclass(frozen=True)
class World:
    """One world: a name, the function that fills it, and the world whose database it starts from.

    `builder` is the dotted name of a function that takes a folder for its own files and returns a picklable handle to
    its records, such as a dataclass of model instances; each test gets a copy of the handle. `daily` worlds contain
    dates that count from the day of the build, and are built again on another day.
    """

    name: str
    builder: str
    parent: World | None = None
    daily: bool = True


# ---- what a world depends on ---------------------------------------------------------------------------------------


def schema_fingerprint() -> str:
    """Return a hash of the migrations, of our modules that they import, and of the locked packages."""
    files: set[Path] = set()
    for app in APPS:
        files |= set((ROOT / app).rglob("migrations/*.py"))
    imported = {name for path in files for name in OWN_IMPORT.findall(path.read_text(encoding="utf-8"))}
    files |= {ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in imported}
    return _digest({*files, ROOT / "requirements-dev.lock"})


def fingerprint(world: World) -> str:
    """Return a hash of everything that decides the content of `world`."""
    modules = imported_modules(world.builder.rpartition(".")[0])
    parts = [schema_fingerprint(), product_fingerprint(), _digest(modules), world.name]
    parts.append(fingerprint(world.parent) if world.parent else "")
    parts.append(f"{timezone.now():%Y-%m-%d}" if world.daily else "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def product_fingerprint() -> str:
    """Return a hash of the code and data of the apps, without their pages and endpoints."""
    files = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*"):
            inside = path.relative_to(ROOT).parts
            if path.is_file() and "__pycache__" not in inside and not is_entrance(*inside):
                files.add(path)
    return _digest({*files, *(ROOT / "templates").rglob("*.txt")})  # builders take links from emails


def is_entrance(*parts: str) -> bool:
    """Return whether a file or module, given by the parts of its path, only shows or receives content."""
    names = [part.removesuffix(".py") for part in parts]
    if "sources" in names[:2] or not WRITTEN_WITH.isdisjoint({".".join(names[:2]), ".".join(names[:3])}):
        return False  # source adapters use some of these names for other modules
    return not ENTRANCES.isdisjoint(names[1:])


@cache
def imported_modules(name: str) -> frozenset[Path]:
    """Return the files of the module `name` and of every test module that it imports, directly or not."""
    found: dict[str, Path] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        path = _file_of(module)
        if module in found or path is None:
            continue
        found[module] = path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return frozenset(found.values())


def _file_of(module: str) -> Path | None:
    if module.partition(".")[0] != "tests":
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _digest(files: set[Path] | frozenset[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


# ---- templates -----------------------------------------------------------------------------------------------------


@dataclass
class Templates:
    """The template databases of one server, with their files and handles in `folder`.

    `suffix` is empty on the private server, whose templates persist and are shared by all processes. Elsewhere it
    names the process that owns the templates; `drop_all` removes them.
    """

    folder: Path
    suffix: str = ""
    _ready: dict[str, str] = field(default_factory=dict)

    def ready(self, world: World) -> str:
        """Return the name of the template of `world`, building it first if it is missing.

        Safe to call from several processes at once: one builds and the others wait.
        """
        if world.name not in self._ready:
            name = f"{PREFIX}{world.name}_{fingerprint(world)[:16]}{self.suffix}"
            source = self.ready(world.parent) if world.parent else self._schema()
            self._once(name, f"{PREFIX}{world.name}_", lambda fresh: self._build(world, fresh, source, name))
            self._ready[world.name] = name
        return self._ready[world.name]

    def files_of(self, template: str) -> Path:
        """Return the folder of the files that the builder of a template stored."""
        return self.folder / template / "media"

    def handle_of(self, template: str) -> bytes:
        """Return the pickled handle of a template."""
        return (self.folder / template / "handle.pickle").read_bytes()

    def drop_all(self) -> None:
        """Drop the templates that this process made on a server of the user's."""
        with server_cursor() as cursor:
            for name in _databases(cursor):
                if name.startswith(PREFIX) and self.suffix and name.endswith(self.suffix):
                    drop(cursor, name)

    def _schema(self) -> str:
        name = f"{PREFIX}schema_{schema_fingerprint()[:16]}{self.suffix}"
        self._once(name, f"{PREFIX}schema_", self._migrate)
        return name

    def _once(self, name: str, kind: str, build: Callable[[str], None]) -> None:
        """Build the database `name` under a lock if it is missing, and drop older ones of its kind."""
        lock = int.from_bytes(hashlib.sha256(kind.encode()).digest()[:4], "big", signed=True)
        with server_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, lock])
            try:
                existing = _databases(cursor)
                if name in existing and (kind == f"{PREFIX}schema_" or (self.folder / name).is_dir()):
                    return
                for old in existing:
                    if old.startswith(kind) and old.endswith(self.suffix):
                        drop(cursor, old)
                        shutil.rmtree(self.folder / old, ignore_errors=True)
                # Renamed only when complete, so that a crash leaves no database that looks finished.
                unfinished = f"{kind}unfinished{self.suffix}"
                build(unfinished)
                cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, lock])

    def _migrate(self, fresh: str) -> None:
        with server_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{fresh}"')
        # Only tables: `_build` adds triggers and reference data, because its fingerprint covers the models' code.
        with connected_to(fresh), mock.patch.object(post_migrate, "receivers", []):
            call_command("migrate", verbosity=0, interactive=False)

    def _build(self, world: World, fresh: str, source: str, name: str) -> None:
        with server_cursor() as cursor:
            clone(cursor, source, fresh)
        folder = self.folder / fresh
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "media").mkdir(parents=True)
        if world.parent:
            shutil.copytree(self.files_of(source), folder / "media", dirs_exist_ok=True)
        (folder / "given").mkdir()
        mail = "django.core.mail.backends.locmem.EmailBackend"
        with connected_to(fresh), override_settings(MEDIA_ROOT=folder / "media", EMAIL_BACKEND=mail):
            if world.parent is None:
                with as_owner():
                    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
            handle = import_string(world.builder)(folder / "given")
            # With these statistics, queries of the clones have the same plans on every machine.
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        (folder / "handle.pickle").write_bytes(pickle.dumps(handle))
        shutil.rmtree(self.folder / name, ignore_errors=True)
        folder.rename(self.folder / name)


@contextlib.contextmanager
def server_cursor() -> Iterator[Any]:
    """Open a cursor of the owner outside the databases that it creates, clones, and drops."""
    with contextlib.ExitStack() as stack:
        with as_owner():
            cursor = stack.enter_context(connection._nodb_cursor())
        yield cursor


def clone(cursor: Any, template: str, name: str) -> None:
    """Make `name` a copy of `template`, replacing a database of that name."""
    drop(cursor, name)
    # The file copy is twice as fast here as the default, which writes every page to the log.
    cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def drop(cursor: Any, name: str) -> None:
    """Drop a database and end the sessions that use it."""
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Connect to another database of the server until the block ends."""
    with mock.patch.dict(connection.settings_dict, NAME=name):
        connection.close()
        try:
            yield
        finally:
            connection.close()


def _databases(cursor: Any) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return {row[0] for row in cursor.fetchall()}


# ---- clones --------------------------------------------------------------------------------------------------------


def forget() -> None:
    """Clear this process's caches of a database: in another database, the same keys belong to other rows."""
    django_cache.clear()
    for clear in _clearing(len(sys.modules)):
        clear()


@cache
def _clearing(_modules: int) -> tuple[Callable[[], None], ...]:
    """Return the functions that clear the caches of our modules; looked for again after a module was imported."""
    ours = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in APPS]
    found = (getattr(value, "cache_clear", None) for module in ours for value in list(vars(module).values()))
    return tuple(clear for clear in found if callable(clear))


@dataclass
class Clones:
    """This process's clones: one for each world, replaced after a test commits to it."""

    templates: Templates
    worlds: dict[str, World]
    prefix: str
    _made: dict[str, str] = field(default_factory=dict)
    current: str = ""
    own: bool = False
    """True while a module has its own clone, which its fixtures fill and its tests share."""

    def connect(self, name: str) -> None:
        """Connect to the clone of a world, creating it first if it is missing."""
        if self.own:
            return
        if name not in self._made:
            self._clone(name, f"{self.prefix}_{name}")
            self._made[name] = f"{self.prefix}_{name}"
        if self.current != name or connection.settings_dict["NAME"] != self._made[name]:
            self._switch(self._made[name], name)

    def _switch(self, database: str, world: str) -> None:
        connection.close()
        connection.settings_dict["NAME"], self.current = database, world
        forget()

    def discard(self) -> None:
        """Give the next test of the current world a fresh clone, because this one contains commits."""
        connection.close()
        if not self.own:
            self._made.pop(self.current, None)
            self.current = ""

    @contextlib.contextmanager
    def for_module(self, name: str) -> Iterator[None]:
        """Give a module a fresh clone to which its fixtures may commit; its tests see these commits."""
        own = f"{self.prefix}_own"
        self._clone(name, own)
        before = connection.settings_dict["NAME"]
        self._switch(own, name)
        self.own = True
        try:
            yield
        finally:
            self.own = False
            self._switch(before, "")

    def contents(self) -> Any:
        """Return a fresh copy of the handle that the builder of the current world returned."""
        return pickle.loads(self.templates.handle_of(self.templates.ready(self.worlds[self.current])))

    def copy_files(self, into: Path) -> None:
        """Copy the files of the current world, so that one test can change them."""
        shutil.copytree(
            self.templates.files_of(self.templates.ready(self.worlds[self.current])), into, dirs_exist_ok=True
        )

    def drop_all(self) -> None:
        """Drop every clone."""
        connection.close()
        with server_cursor() as cursor:
            for name in _databases(cursor):
                if re.fullmatch(rf"{re.escape(self.prefix)}_[a-z]+", name):
                    drop(cursor, name)

    def _clone(self, world: str, name: str) -> None:
        template = self.templates.ready(self.worlds[world])
        connection.close()
        with server_cursor() as cursor:
            clone(cursor, template, name)


def server_templates() -> Templates:
    """Return the templates of the private server of tests."""
    return Templates(localdb.TEST.folder / "worlds")


def own_templates(folder: Path, process: str) -> Templates:
    """Return templates on a server of the user's, which are dropped when the process ends."""
    return Templates(folder, suffix=f"_{process}")
