"""App configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "cpc.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        import pgtrigger

        from cpc.accounts.models import User
        from cpc.webhooks import notifications
        from cpc.webhooks.triggers import stops_webhooks

        pgtrigger.register(stops_webhooks())(User)
        notifications.register_kinds()
