"""App configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cpc.web"

    def ready(self) -> None:
        """Refuse hidden characters in every text that people write."""
        from cpc import typed

        typed.guard_models()
