from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_reference(**_: Any) -> None:
    from partnerships.reference_data import sync_reference

    sync_reference()


class PartnershipsConfig(AppConfig):
    name = "partnerships"

    def ready(self) -> None:
        from cpc.database import rights
        from cpc.demo import STEPS, DemoStep
        from cpc.people import succession
        from partnerships import changes, findable, finding_targets, registrations
        from partnerships.agreements import selection_registrations
        from partnerships.clearance import notifications
        from partnerships.clearance.services.texts import move_requests
        from partnerships.demo import load_partnerships
        from partnerships.lookups import decided
        from partnerships.models.sealing import seal
        from partnerships.queue import inbox
        from partnerships.queue import registrations as queue_registrations
        from partnerships.rights import RIGHTS
        from partnerships.sample.load import load_sample
        from partnerships.word_documents import notifications as template_notifications

        seal()
        changes.register()
        rights.declare("partnerships", RIGHTS)
        post_migrate.connect(_sync_reference, sender=self)
        STEPS.add(DemoStep(order=40, label="Real partnerships", run=load_partnerships))
        STEPS.add(DemoStep(order=42, label="Sample partnership", run=load_sample))
        registrations.register()
        findable.register()
        selection_registrations.register()
        queue_registrations.register()
        finding_targets.register()
        notifications.register_kinds()
        decided.register_kinds()
        template_notifications.register_kinds()
        inbox.register()
        succession.register("requests to clear a text", move_requests)
