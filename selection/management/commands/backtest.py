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
from selection.models import Backtest, ScoreRun
from selection.runs.queries.stored_runs import find_run


class Command(BaseCommand):
    """Command that computes the backtest of a run, or prints the stored one."""

    help = "Print the ranks that past partners would have had with data published before they were chosen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the run, the shift of the cutoff in years, and the output format."""
        parser.add_argument("--run", metavar="RUN", help="number of a desk screen run (default: the newest)")
        parser.add_argument(
            "--cutoff-shift", type=int, default=0, metavar="YEARS", help="years to move every cutoff back"
        )
        parser.add_argument("--json", action="store_true", help="print the stored result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute or find the backtest, and print it."""
        run = self._run(options["run"])
        try:
            with request_context.acting("command"):
                found = compute_backtest(actor=None, run=run, shift=options["cutoff_shift"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(self._written(found, as_json=options["json"]))

    @staticmethod
    def _run(number: str | None) -> ScoreRun | None:
        run = find_run(number) if number is not None else None
        if number is not None and run is None:
            raise CommandError(f"there is no desk screen run {number}")
        return run

    @staticmethod
    def _written(found: Backtest, *, as_json: bool) -> str:
        if as_json:
            return json.dumps(found.result, indent=1, sort_keys=True)
        findings = Findings.from_dict(found.result)
        return as_text(found, findings, names_of(findings))
