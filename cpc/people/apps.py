"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "cpc.people"

    def ready(self) -> None:
        from cpc.demo import STEPS, DemoStep
        from cpc.people import notifications, succession
        from cpc.people.agencies import move_accounts
        from cpc.people.demo import load_accounts

        STEPS.add(DemoStep(order=10, label="Accounts", run=load_accounts))
        succession.register("accounts", move_accounts)
        notifications.register_kinds()
