"""App configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "cpc.site"

    def ready(self) -> None:
        """Put accounts into the queue, and the queue of its reader into emails."""
        from cpc.notifications import agenda
        from cpc.site import people_queue
        from cpc.site.mailed_queue import agenda_of

        people_queue.register()
        agenda.register(agenda.AgendaSource("queue", agenda_of))
