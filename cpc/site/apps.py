"""App configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "cpc.site"

    def ready(self) -> None:
        """Give emails the queue of their reader."""
        from cpc.notifications import agenda
        from cpc.site.mailed_queue import agenda_of

        agenda.register(agenda.AgendaSource("queue", agenda_of))
