"""App configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cpc.web"

    def ready(self) -> None:
        from cpc import typed

        typed.guard_models()
