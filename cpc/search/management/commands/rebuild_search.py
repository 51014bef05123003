"""`manage.py rebuild_search`: write the passages of all records again, as the owner of the tables."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from cpc.database.roles import as_owner
from cpc.search.indexing import rebuild
from cpc.web.formats import count_of


class Command(BaseCommand):
    help = "Write the passages that search finds again, from all records. Writers wait until it ends."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with as_owner():
                total = rebuild()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Wrote {count_of(total, 'passage')}.")
