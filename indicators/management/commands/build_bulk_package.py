"""Build the bulk package of the newest publication, where no worker does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from indicators.bulk.services import build_newest


class Command(BaseCommand):
    help = "Build the bulk package of the newest publication, unless there is one."

    def handle(self, **_: Any) -> None:
        made = build_newest()
        self.stdout.write(f"{made.file.name}: {made.size:,} bytes, {made.sha256}" if made else "Nothing is published.")
