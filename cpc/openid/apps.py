"""App configuration."""

from django.apps import AppConfig


class OpenIdConfig(AppConfig):
    name = "cpc.openid"
    label = "openid"

    def ready(self) -> None:
        import pgtrigger
        from django.conf import settings

        from cpc.accounts.models import User
        from cpc.openid import notifications, registrations
        from cpc.openid.client_keys import check_keys
        from cpc.openid.triggers import ends_links

        for provider in settings.OPENID_PROVIDERS.values():
            check_keys(provider)
        pgtrigger.register(ends_links())(User)
        registrations.register()
        notifications.register_kinds()
