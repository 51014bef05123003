"""The page on which an administrator sets what a program may write, and asks a second person for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.programs import GRANT_FIELDS
from cpc.people import access_changes, programs, queries
from cpc.people.audited_people import current_revision
from cpc.people.forms import GrantForm
from cpc.people.presenters import writing_state
from cpc.people.programs import Grant
from cpc.people.views.frame import PeopleAction
from cpc.people.views.people import ASKED
from cpc.web.actions import Breadcrumbs


class GrantProgram(PeopleAction):
    """Form for the scopes of a program, the person who answers for it, and its last day."""

    form_class = GrantForm
    button = "Save the grant"
    here = "What it may write"
    intro = (
        "A program reads without this. To let it write more or longer, or to have another person answer for it, takes "
        "a second approver or administrator. To take a scope away, or to set an earlier day, does not."
    )
    consequence = "Nothing was granted."
    done = "Saved. The change applies from the next request of the program."
    back = "person"
    form: GrantForm
    account: User

    def load(self) -> None:
        self.account = get_object_or_404(queries.accounts(), pk=self.kwargs["pk"], role=Role.API_CLIENT)
        self.kicker = self.account.name
        self.heading = f"What may {self.account.name} write?"
        self.waiting = queries.waiting_change_of(self.account)

    def title(self) -> str:
        return self.here

    def back_arguments(self) -> Sequence[Any]:
        return [self.account.pk]

    def above(self) -> Breadcrumbs:
        return [(self.account.name, self.back_url)]

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("User name", self.account.username), ("Now", writing_state(self.account))]

    def blocked_reason(self) -> str:
        if self.waiting is None:
            return ""
        return f"{self.waiting.asked_by} asked for a change to this account that still waits for a second person."

    def form_arguments(self) -> dict[str, Any]:
        return {"current": self.account.responsible}

    def get_initial(self) -> dict[str, Any]:
        values = {name: getattr(self.account, name) for name in GRANT_FIELDS}
        return values | {"revision": current_revision(self.account)}

    def perform(self, values: Mapping[str, Any]) -> str | None:
        grant = Grant(**{name: values[name] for name in GRANT_FIELDS})
        asked: dict[str, Any] = {
            "account_id": self.account.pk,
            "grant": grant,
            "expected_revision": self.form.expected_revision,
            "actor": self.actor,
        }
        if programs.takes_two_people(self.account, grant):
            self.done = ASKED
            return reverse("access-change", args=[access_changes.ask_to_grant(**asked).pk])
        if not programs.set_grant(**asked):
            self.unchanged = "You made no changes."
        return None
