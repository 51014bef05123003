"""App configuration."""

from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "selection"

    def ready(self) -> None:
        """Register what this app adds to the whole."""
        from cpc.demo import STEPS, DemoStep
        from selection.demo import load_screen
        from selection.views import home

        STEPS.add(DemoStep(order=30, label="First ranking", run=load_screen))
        home.register()
