"""App configuration."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "cpc.identity"

    def ready(self) -> None:
        import pgtrigger
        from allauth.mfa.models import Authenticator

        from cpc.identity import checks, notifications, signals, triggers  # noqa: F401  # the first registers itself
        from cpc.identity.panels import PANELS, SecurityPanel
        from cpc.sessions.presenters import security_context

        PANELS.add(SecurityPanel("sessions", 10, "account/sessions/_security_panel.html", security_context))
        pgtrigger.register(*triggers.guards_factors())(Authenticator)
        notifications.register_kinds()
