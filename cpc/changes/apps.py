"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChangesConfig(AppConfig):
    name = "cpc.changes"
    label = "changes"

    def ready(self) -> None:
        from cpc.changes.restored import move_restored_events

        post_migrate.connect(move_restored_events, sender=self)
