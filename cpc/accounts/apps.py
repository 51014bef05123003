"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cpc.accounts"

    def ready(self) -> None:
        """Register the demonstration's accounts."""
        from cpc.accounts.demo import load_accounts
        from cpc.demo import STEPS, DemoStep

        STEPS.add(DemoStep(order=10, label="Accounts", run=load_accounts))
