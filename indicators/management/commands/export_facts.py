"""`manage.py export_facts`: write published observations as the data package that ships with the project."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.facts import PACKAGE
from indicators.facts.writer import write_package
from indicators.models import Source


class Command(BaseCommand):
    """Export of live observations with their provenance; the publishers' files are not included."""

    help = "Write published observations as compact CSVs with a datapackage.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=PACKAGE, metavar="FOLDER", help="default: the package in this repository"
        )
        parser.add_argument(
            "--source", action="append", default=[], metavar="KEY", help="export only this source; can be repeated"
        )
        parser.add_argument(
            "--since",
            action="append",
            default=[],
            metavar="[KEY=]YEAR",
            help="export only reference years from this one on, for all sources or for one; can be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(Source.objects.values_list("key", flat=True))
        if unknown := sorted(set(options["source"]) - known):
            raise CommandError(f"no source {', '.join(unknown)}; choose from {', '.join(sorted(known))}")
        since, since_of = self._years(options["since"], known)
        files, rows = write_package(options["to"], sources=options["source"], since=since, since_of=since_of)
        self.stdout.write(f"{rows:,} observations of {files} files written to {options['to']}")

    @staticmethod
    def _years(given: list[str], known: set[str]) -> tuple[int | None, dict[str, int]]:
        """Return the first year for all sources, and the first years of single sources."""
        overall: int | None = None
        single: dict[str, int] = {}
        for item in given:
            key, _, year = item.rpartition("=")
            if not year.isdecimal() or (key and key not in known):
                raise CommandError(f"--since {item}: enter a year, or a source and a year such as wgi=2012")
            if key:
                single[key] = int(year)
            else:
                overall = int(year)
        return overall, single
