"""App configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cpc.web"

    def ready(self) -> None:
        """Add the check for invisible characters to every text field that people write."""
        from cpc import typed

        typed.guard_models()
