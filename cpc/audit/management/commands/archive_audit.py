"""Command that moves old entries of the audit trail to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from cpc.audit.archive import archive
from cpc.database.roles import as_owner


class Command(BaseCommand):
    help = (
        "Moves entries of the audit trail that are older than AUDIT_ONLINE_DAYS to a file, whose lines the seals in "
        "the database still cover. Needs the owner of the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="An existing directory for the file.")

    def handle(self, *_: Any, directory: Path, **__: Any) -> None:
        """Archive entries. Raises `CommandError` if the directory is missing, or nothing may be moved."""
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a directory.")
        try:
            with as_owner():
                moved = archive(directory)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        except IntegrityError as error:
            raise CommandError(str(error).splitlines()[0]) from error
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{moved.entries} entries are in {moved.name}." if moved else "No entry is old enough.")
