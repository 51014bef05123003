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
        from cpc.database import rights
        from cpc.demo import STEPS, DemoStep
        from cpc.people import succession
        from cpc.queue import enqueue
        from indicators.services import after_publication, register_values_in_use
        from selection import changes, consultation_notifications, findable, finding_targets, registrations
        from selection.consultation import registrations as consultation_registrations
        from selection.consultation.services.requests import move_requests
        from selection.criteria_consultation import registrations as criteria_registrations
        from selection.demo import load_backtest, load_narrative, load_round, load_screen, load_weighting
        from selection.dossier import views as dossier_views
        from selection.notes import notifications as notes_notifications
        from selection.notes import sidebar
        from selection.queue import registrations as queue_registrations
        from selection.ratings import registrations as ratings_registrations
        from selection.rights import RIGHTS
        from selection.runs.queries.observations_in_use import in_use as used_by_the_screen
        from selection.runs.services import ask_for_the_newest
        from selection.update_effect import registrations as update_effect_registrations
        from selection.weighting import registrations as weighting_registrations

        rights.declare("selection", RIGHTS)
        changes.register()
        post_migrate.connect(_sync_reference, sender=self)
        STEPS.add(DemoStep(order=45, label="First ranking", run=load_screen))
        STEPS.add(DemoStep(order=47, label="Backtest of the partnerships", run=load_backtest))
        STEPS.add(DemoStep(order=48, label="A sample narrative", run=load_narrative))
        STEPS.add(DemoStep(order=50, label="A sample round", run=load_round))
        STEPS.add(DemoStep(order=52, label="A sample weighting exercise", run=load_weighting))
        registrations.register()
        findable.register()
        finding_targets.register()
        dossier_views.register()
        consultation_registrations.register()
        criteria_registrations.register()
        weighting_registrations.register()
        update_effect_registrations.register()
        consultation_notifications.register_kinds()
        notes_notifications.register_kinds()
        sidebar.register()
        queue_registrations.register()
        ratings_registrations.register()
        succession.register("requests to agencies", move_requests)
        register_values_in_use(used_by_the_screen)
        # If these cannot be queued now, the next hourly run of the scheduler does them.
        after_publication(lambda _number: enqueue("selection.refresh_evidence"))
        after_publication(lambda _number: ask_for_the_newest())
