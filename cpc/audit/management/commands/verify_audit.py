"""Command that verifies the audit trail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpc.audit.seal import read_heads, seal_entries, verify


class Command(BaseCommand):
    help = (
        "Seals what waits, compares every entry of the audit trail with its seal, and names the first entry that was "
        "changed, removed, inserted, or cut off. Ends with 1 if there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", type=Path, metavar="FILE", help="Lines of the log about seals, from another machine."
        )

    def handle(self, *_: Any, heads: Path | None, **__: Any) -> None:
        """Verify the trail. Raises `CommandError` with the first break, or if the file of heads can't be read."""
        known = {}
        if heads:
            try:
                known = read_heads(heads.read_text().splitlines())
            except (OSError, ValueError) as error:
                raise CommandError(f"{heads} can't be read: {error}") from error
            if not known:
                raise CommandError(f"{heads} has no line about a seal (“Audit trail sealed”).")
        seal_entries()
        found = verify(known)
        if found.problem:
            raise CommandError(f"The audit trail is broken. {found.problem}")
        self.stdout.write(f"Unbroken: {found.entries} entries in {found.seals} seals. Head: {found.seals} {found.head}")
