"""App configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cpc.api"

    def ready(self) -> None:
        from cpc.api import schema  # noqa: F401  # drf-spectacular finds extensions once they are imported
