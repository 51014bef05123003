"""`manage.py backtest`: rank every past partner on the data published before it was chosen."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cpc import request_context
from selection.backtest import Findings
from selection.backtest.presenters.plain_text import as_text
from selection.backtest.queries import names_of
from selection.backtest.services import compute_backtest
from selection.runs.queries.stored_runs import find_run


class Command(BaseCommand):
    """Command that computes the backtest of a run, or prints the stored one."""

    help = "Print the ranks that past partners would have had with data published before they were chosen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", metavar="RUN", help="number of a desk screen run (default: the newest)")
        parser.add_argument(
            "--cutoff-shift", type=int, default=0, metavar="YEARS", help="years to move every cutoff back"
        )
        parser.add_argument("--json", action="store_true", help="print the stored result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["run"]
        run = find_run(number) if number is not None else None
        if number is not None and run is None:
            raise CommandError(f"there is no desk screen run {number}")
        try:
            with request_context.acting("command"):
                backtest = compute_backtest(actor=None, run=run, shift=options["cutoff_shift"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if options["json"]:
            self.stdout.write(json.dumps(backtest.result, indent=1, sort_keys=True))
        else:
            findings = Findings.from_dict(backtest.result)
            self.stdout.write(as_text(backtest, findings, names_of(findings)))
