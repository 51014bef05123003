"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "cpc.audit"

    def ready(self) -> None:
        """Listen to sign-ins, and give the trail its place in the footer."""
        from cpc.accounts.permissions import Permission
        from cpc.audit import sessions  # noqa: F401  # connects its receivers
        from cpc.web.navigation import NavItem, register_footer

        register_footer(NavItem("Audit trail", "audit", Permission.VIEW_AUDIT, order=70))
