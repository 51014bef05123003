"""The page of a person's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cpc.accounts.permissions import Permission
from cpc.notifications import queries as notifications_queries
from cpc.notifications import services as notifications_services
from cpc.notifications.kinds import all_kinds
from cpc.notifications.models import Frequency
from cpc.people import services
from cpc.people.forms import SettingsForm
from cpc.web.actions import ActionView


class Settings(ActionView):
    """Page to choose how often email is sent, with an example of each kind, and whether letters are keys."""

    permission = Permission.USE_PAGES
    form_class = SettingsForm
    template_name = "account/settings.html"
    done = "Saved."
    back = "account-settings"

    def get_initial(self) -> dict[str, Any]:
        return {
            "frequency": notifications_queries.frequency_of(self.actor),
            "has_letter_keys": self.actor.has_letter_keys,
        }

    @transaction.atomic
    def perform(self, values: Mapping[str, Any]) -> None:
        notifications_services.choose_frequency(frequency=Frequency(values["frequency"]), user=self.actor)
        services.choose_letter_keys(has_letter_keys=values["has_letter_keys"], user=self.actor)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"kinds": [(kind, kind.message(kind.example)) for kind in all_kinds()]}
