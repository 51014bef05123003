from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpc import request_context
from partnerships.deadlines.services import run_due


class Command(BaseCommand):
    help = "Start partnerships, warn of expiring terms, and announce overdue reports. Safe to run any number of times."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            today = date.fromisoformat(options["today"]) if options["today"] else timezone.now().date()
        except ValueError:
            raise CommandError(f"{options['today']} is not a date. Write it like 2026-09-30.") from None
        with request_context.acting("command"):
            summary = run_due(today=today)
        self.stdout.write(
            f"{summary.started} started, limits of {summary.renewed} renewed, {summary.notices} notices sent."
        )
