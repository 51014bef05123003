"""App configuration."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "cpc.identity"

    def ready(self) -> None:
        import pgtrigger
        from allauth.mfa.models import Authenticator

        from cpc.identity import checks, notifications, signals, triggers  # noqa: F401  # the first registers itself

        pgtrigger.register(*triggers.guards_factors())(Authenticator)
        notifications.register_kinds()
