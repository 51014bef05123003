"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings


class ApiConfig(AppConfig):
    name = "cpc.api"

    def ready(self) -> None:
        from cpc.api import schema  # noqa: F401  # drf-spectacular finds extensions once they are imported
        from cpc.api.enum_names import enum_names

        described: Any = settings.SPECTACULAR_SETTINGS
        names = described["ENUM_NAME_OVERRIDES"]
        names.update(enum_names({*names, *map(str, names.values())}))
