"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_reference(**_: Any) -> None:
    from indicators.reference_data import sync_reference

    sync_reference()


class IndicatorsConfig(AppConfig):
    name = "indicators"

    def ready(self) -> None:
        from cpc.database import rights
        from cpc.demo import STEPS, DemoStep
        from cpc.recovery.verification import REBUILT
        from indicators import changes, findable, registrations
        from indicators.bulk.services import FOLDER, load_package
        from indicators.facts.reader import load_facts
        from indicators.models.coverage import recount_if_different
        from indicators.rights import RIGHTS

        rights.declare("indicators", RIGHTS)
        changes.register()
        post_migrate.connect(_sync_reference, sender=self)
        post_migrate.connect(recount_if_different, sender=self)
        registrations.register()
        findable.register()
        REBUILT.add(f"{FOLDER}/")
        STEPS.add(DemoStep(order=20, label="Facts from the publishers", run=load_facts))
        STEPS.add(DemoStep(order=25, label="Bulk package of the observations", run=load_package))
