"""`manage.py migrate` as the owner of the tables, since the application itself may change none."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.core.management.commands import migrate

from cpc.database.roles import as_owner
from cpc.database.trigger_states import no_classes_for_triggers


class Command(migrate.Command):
    """Django's command, connected by `DATABASE_OWNER_URL`."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner, then give the application its rights."""
        try:
            with as_owner(options["database"]), no_classes_for_triggers():
                super().handle(*args, **options)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
