"""What the tests of a module share: made once, committed nowhere, and undone when the module ends."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.test import override_settings

if TYPE_CHECKING:
    from tests.support.world import World


@dataclass(frozen=True)
class SharedWorld:
    """A world for the tests of a module, and the folder of its files."""

    made: World
    files: Path

    def for_one_test(self, settings: Any) -> World:
        """It as it was made, whatever tests before did to theirs."""
        settings.MEDIA_ROOT = self.files
        return copy.deepcopy(self.made)


@contextmanager
def undone_in_the_end(blocker: Any, folder: Path) -> Iterator[None]:
    """Keep what is written inside for as long as the fixture stands; files go to `folder`.

    Each test runs in a savepoint of this transaction. A test with `transaction=True` empties the database through the
    same connection, and so belongs into a module that shares nothing.
    """
    with blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def settle() -> None:
    """Check the constraints of what was made now, or else each test would check them again at its end."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
