"""App configuration."""

from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "cpc.saved_views"
    label = "saved_views"

    def ready(self) -> None:
        from cpc.saved_views import registrations

        registrations.register()
