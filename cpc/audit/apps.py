"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "cpc.audit"

    def ready(self) -> None:
        """Listen to sign-ins and to migrations, and give the trail its place in the footer."""
        from cpc.accounts.permissions import Permission
        from cpc.audit import sessions  # noqa: F401  # connects its receivers
        from cpc.database.hardening import harden
        from cpc.database.roles import grant
        from cpc.web.navigation import NavItem, register_footer

        post_migrate.connect(harden, sender=self)
        post_migrate.connect(grant, sender=self)
        register_footer(NavItem("Audit trail", "audit", Permission.VIEW_AUDIT, order=70))
