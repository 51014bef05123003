"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cpc.accounts"

    def ready(self) -> None:
        """Register the demonstration's accounts, what moves with an agency, what accounts are told, and the place."""
        from cpc.accounts import succession
        from cpc.accounts.demo import load_accounts
        from cpc.accounts.people import news
        from cpc.accounts.people.agencies import move_accounts
        from cpc.accounts.permissions import Permission
        from cpc.demo import STEPS, DemoStep
        from cpc.web.navigation import NavItem, register_footer

        STEPS.add(DemoStep(order=10, label="Accounts", run=load_accounts))
        succession.register("accounts", move_accounts)
        news.register_kinds()
        register_footer(NavItem("People", "people", Permission.MANAGE_PEOPLE, order=60))
