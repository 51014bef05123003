"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "cpc.search"
    label = "search"

    def ready(self) -> None:
        """Write all passages again after a migration that changed their declaration."""
        from cpc.search.indexing import rebuild_if_changed

        post_migrate.connect(rebuild_if_changed, sender=self)
