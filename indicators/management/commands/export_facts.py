"""`manage.py export_facts`: write what is published as the data package that ships with the project."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.facts import PACKAGE
from indicators.facts.writer import write_package
from indicators.models import Source


class Command(BaseCommand):
    """Writes live observations with their provenance; the publishers' files stay where they are."""

    help = "Write published observations as compact CSVs with a datapackage.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how much."""
        parser.add_argument(
            "--to", type=Path, default=PACKAGE, metavar="FOLDER", help="default: the project's own package"
        )
        parser.add_argument("--source", action="append", default=[], metavar="KEY", help="only this source; may repeat")
        parser.add_argument("--since", type=int, metavar="YEAR", help="only reference years from then on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the package and say how much it holds."""
        known = set(Source.objects.values_list("key", flat=True))
        if unknown := sorted(set(options["source"]) - known):
            raise CommandError(f"no source {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        written = write_package(options["to"], sources=options["source"], since=options["since"])
        self.stdout.write(f"{written.rows:,} observations of {written.files} files written to {options['to']}")
