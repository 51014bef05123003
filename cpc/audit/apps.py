"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "cpc.audit"

    def ready(self) -> None:
        from cpc.audit import sessions  # noqa: F401  # connects its receivers
        from cpc.audit.demo import load_seal
        from cpc.audit.outside import audit_decisions
        from cpc.database import actors
        from cpc.database.installation import install_triggers
        from cpc.database.kernel_rights import declare_kernel_rights
        from cpc.database.roles import grant
        from cpc.demo import STEPS, DemoStep

        actors.connect()
        audit_decisions()
        declare_kernel_rights()
        STEPS.add(DemoStep(order=90, label="Seal of the audit trail", run=load_seal))
        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(grant, sender=self)
