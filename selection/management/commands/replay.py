"""`manage.py replay RUN`: compute a stored run again and compare bit for bit."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from selection.models import ScoreRun
from selection.runs.services import replay


class Command(BaseCommand):
    """Command that recomputes runs from observations as known then, and fails if one differs."""

    help = "Compute a stored score run again and print whether it is identical, or the first difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("runs", nargs="*", metavar="RUN", type=int, help="number of a run (default: all runs)")

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = options["runs"] or list(ScoreRun.objects.order_by("id").values_list("id", flat=True))
        if not numbers:
            self.stdout.write("There are no runs yet, so nothing was replayed.")
            return
        different = 0
        for number in numbers:
            try:
                difference = replay(run_id=number)
            except ScoreRun.DoesNotExist:
                raise CommandError(f"there is no run {number}") from None
            different += difference is not None
            self.stdout.write(f"run {number}: {'identical' if difference is None else difference}")
        if different:
            raise CommandError(f"{different} of {len(numbers)} runs differ")
