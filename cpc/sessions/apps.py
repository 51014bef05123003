"""App configuration."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "cpc.sessions"
    label = "sessions"

    def ready(self) -> None:
        from cpc.sessions import notifications, receivers  # noqa: F401  # connects its receivers

        notifications.register_kinds()
