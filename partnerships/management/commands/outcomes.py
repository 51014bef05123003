"""`manage.py outcomes`: published measures of partners before and after signature, beside never-partners."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpc.web import formats
from indicators.queries import resolve_as_of
from partnerships.outcomes.presenters.cells import figure_rows, figures_table
from partnerships.outcomes.presenters.plain_text import as_text
from partnerships.outcomes.queries import outcomes


class Command(BaseCommand):
    """Command that prints the figures of the page of outcomes, as of any publication."""

    help = "Print whether published measures moved more in partners than in comparable countries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", default="", metavar="PUBLICATION", help="number or day of a publication (default: the newest)"
        )
        parser.add_argument("--csv", action="store_true", help="print every partner's figures unrounded, as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            as_of = resolve_as_of(options["as_of"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        found = outcomes(as_of)
        if found.lacks:
            raise CommandError(
                f"publication no. {found.number} lacks {formats.listing(found.lacks)}. Publish a file with them first, "
                "or load the shipped facts (make run)."
            )
        if found.results is None:
            raise CommandError("no partnership with a day of signature is on record.")
        if not options["csv"]:
            self.stdout.write(as_text(found, found.results))
            return
        columns = figures_table(found.names).columns
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow([column.label for column in columns])
        for row in figure_rows(found.results):
            values = [column.value(row) for column in columns]
            writer.writerow(["" if value is None else value for value in values])
