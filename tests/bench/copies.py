"""Copies of a database, so that two sizes of the same data are measured side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.worlds.databases import clone, connected_to, drop, forget, server_cursor


@contextmanager
def copy_of(source: str, name: str) -> Iterator[None]:
    """Copy a database, and drop the copy at the end."""
    connection.close()
    with server_cursor() as cursor:
        clone(cursor, source, name)
    try:
        yield
    finally:
        connection.close()
        with server_cursor() as cursor:
            drop(cursor, name)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Connect to a copy until the block ends, with empty caches before and after."""
    with connected_to(name):
        forget()
        yield
    forget()
