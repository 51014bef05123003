"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_reference(**_: Any) -> None:
    from selection.reference_data import sync_reference

    sync_reference()


class SelectionConfig(AppConfig):
    name = "selection"

    def ready(self) -> None:
        """Publish the shipped model after every migration; register what this app adds to the whole."""
        from cpc.demo import STEPS, DemoStep
        from selection.demo import load_screen
        from selection.views import home

        post_migrate.connect(_sync_reference, sender=self)
        STEPS.add(DemoStep(order=30, label="First ranking", run=load_screen))
        home.register()
