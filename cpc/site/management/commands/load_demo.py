"""`manage.py load_demo`: accounts, facts and a first ranking, so that a fresh installation shows real data."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cpc import request_context
from cpc.database.roles import as_owner
from cpc.demo import STEPS

_WIDTH = 30


class Command(BaseCommand):
    """Command that runs every registered step; data already loaded are unchanged."""

    help = "Load the demonstration: accounts, the data shipped with the project, and a first ranking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--in-production", action="store_true", help="load it into a production database")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["in_production"]:
            raise CommandError(
                "This would create accounts with publicly known passwords in production. If you want that, add "
                "--in-production."
            )
        with request_context.acting("command"):
            for step in STEPS.sorted(lambda s: s.order):
                result = step.run(partial(self._bar, step.label))
                self._bar(step.label, 1, 1, end="\n")
                if result:
                    self.stdout.write(f"  {result}")
        # Without statistics of what was just loaded, the first pages take seconds, until autovacuum makes them.
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _bar(self, label: str, done: int, total: int, end: str = "") -> None:
        filled = _WIDTH * done // max(total, 1)
        line = f"\r{label:<34} [{'#' * filled}{'.' * (_WIDTH - filled)}] {100 * done // max(total, 1):3d}%"
        if end or self.stdout.isatty():
            self.stdout.write(line if self.stdout.isatty() else line.lstrip("\r"), ending=end)
            self.stdout.flush()
