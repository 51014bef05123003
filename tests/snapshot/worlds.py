"""Databases of a snapshot, filled by the builders of the test worlds.

They are built each time, in the same order and under the slow clock. The tests' stored templates can't be used here:
they contain the moments at which they were built.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings
from django.utils.module_loading import import_string

from cpc.database.roles import as_owner
from tests.snapshot.clock import slow_clock, slow_database
from tests.worlds.databases import World, clone, connected_to, drop, forget, server_cursor


@contextmanager
def migrated(tag: str) -> Iterator[str]:
    """Yield the name of a database with the schema alone, and drop it later.

    `tag` is a word that no other process uses at the same time.
    """
    name = f"test_snapshot_{tag}"
    with server_cursor() as cursor:
        drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        with connected_to(name):
            with mock.patch.object(post_migrate, "receivers", []):
                call_command("migrate", verbosity=0, interactive=False)
            yield name
    finally:
        with server_cursor() as cursor:
            drop(cursor, name)


@contextmanager
def installed(schema: str) -> Iterator[None]:
    """Connect to a copy of `schema` with all that the command `migrate` adds."""
    with _copy(schema), as_owner():
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        yield


@contextmanager
def filled(schema: str, world: World, folder: Path) -> Iterator[Any]:
    """Connect to a copy of `schema` filled with `world`, with its files in `folder`.

    Yields the handle that the world's builder returned.
    """
    settings = override_settings(
        ALLOWED_HOSTS=["testserver"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        MEDIA_ROOT=folder / "media",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    )
    with _copy(schema), settings, slow_clock():
        with as_owner():
            slow_database()
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
            slow_database()  # the signal may have installed triggers
        made = None
        for one in reversed(list(_ancestry(world))):
            given = folder / "given" / one.name
            given.mkdir(parents=True)
            made = import_string(one.builder)(given)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        forget()
        yield made


@contextmanager
def _copy(schema: str) -> Iterator[None]:
    name = f"{schema}_copy"
    connection.close()
    with server_cursor() as cursor:
        clone(cursor, schema, name)
    try:
        with connected_to(name):
            forget()
            yield
    finally:
        with server_cursor() as cursor:
            drop(cursor, name)


def _ancestry(world: World | None) -> Iterator[World]:
    while world is not None:
        yield world
        world = world.parent
