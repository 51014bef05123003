"""App configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "cpc.site"

    def ready(self) -> None:
        """Put accounts and failures into the queue, the queue of its reader into emails, and store what tasks do."""
        from cpc.notifications import agenda
        from cpc.site import background_tasks, causes_of_failures, deployment, people_queue, task_queue, views_queue  # noqa: F401  # its checks
        from cpc.site.mailed_queue import agenda_of

        background_tasks.connect()
        causes_of_failures.register()
        task_queue.connect()
        people_queue.register()
        views_queue.register()
        agenda.register(agenda.AgendaSource("queue", agenda_of))
