"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cpc.accounts"

    def ready(self) -> None:
        """Register the demonstration's accounts, what moves with an agency, what accounts are told, and the place."""
        from cpc.accounts import succession
        from cpc.accounts.permissions import Permission
        from cpc.demo import STEPS, DemoStep
        from cpc.people import notifications as people_notifications
        from cpc.people.agencies import move_accounts
        from cpc.people.demo import load_accounts
        from cpc.web.navigation import NavItem, register_footer

        STEPS.add(DemoStep(order=10, label="Accounts", run=load_accounts))
        succession.register("accounts", move_accounts)
        people_notifications.register_kinds()
        register_footer(NavItem("People", "people", Permission.MANAGE_PEOPLE, order=60))
