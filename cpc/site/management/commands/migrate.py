"""`manage.py migrate` as the owner of the tables, since the application itself may change none."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError
from django.db.migrations.exceptions import InconsistentMigrationHistory

from cpc.database.initial_migrations import Autodetector
from cpc.database.roles import as_owner

OTHER_TABLES = (
    "The tables of this database can't be brought up to date: {error}. An earlier development version may have made "
    "them, whose data can't be carried over. On a developer's machine, start over: run "
    "`.venv/bin/python -m cpc.localdb stop`, remove .cpc/pg and .cpc/files, and run the command again."
)


class Command(migrate.Command):
    """Django's command, connected by `DATABASE_OWNER_URL`."""

    autodetector = Autodetector

    def execute(self, *args: Any, **options: Any) -> Any:
        # Not only `handle`: the checks before it connect as well, and on a new server only the owner can.
        try:
            with as_owner(options["database"]):
                return super().execute(*args, **options)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        except (InconsistentMigrationHistory, ProgrammingError) as error:
            raise CommandError(OTHER_TABLES.format(error=str(error).partition("\n")[0].rstrip("."))) from error
