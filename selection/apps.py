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
        from cpc.accounts import succession
        from cpc.demo import STEPS, DemoStep
        from cpc.queue import enqueue
        from indicators.queries import in_use
        from indicators.services import after_publication
        from selection import news, note_news
        from selection.demo import load_backtest, load_round, load_screen
        from selection.queries.in_use import in_use as used_by_the_screen
        from selection.services.requests import move_requests
        from selection.tasks import refresh_open_rounds
        from selection.views import consultation_home, deliberation, dossier, home, notes_beside

        post_migrate.connect(_sync_reference, sender=self)
        STEPS.add(DemoStep(order=45, label="First ranking", run=load_screen))
        STEPS.add(DemoStep(order=47, label="Backtest of the partnerships", run=load_backtest))
        STEPS.add(DemoStep(order=50, label="A sample round", run=load_round))
        home.register()
        dossier.register()
        consultation_home.register()
        deliberation.register()
        news.register_kinds()
        note_news.register_kinds()
        notes_beside.register()
        succession.register("requests to agencies", move_requests)
        in_use.register(used_by_the_screen)
        # Where it cannot be queued now, the clock's next run does it within the hour.
        after_publication(lambda _number: enqueue(refresh_open_rounds))
