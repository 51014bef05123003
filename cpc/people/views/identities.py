"""The page on which an administrator connects an identity at a provider to an account, and ends such links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.access_changes import is_held_by_two
from cpc.accounts.models import User
from cpc.openid import queries as openid_queries
from cpc.openid import services as openid
from cpc.openid.models import LinkedIdentity
from cpc.people import access_changes, queries
from cpc.people.forms import IdentityForm
from cpc.people.views.frame import PeopleAction
from cpc.people.views.people import ASKED
from cpc.web.actions import Breadcrumbs
from cpc.web.buttons import ButtonAction


class ConnectPerson(PeopleAction):
    """Form for provider and subject of an identity; below it, the links of the account so far."""

    form_class = IdentityForm
    template_name = "account/people/identities.html"
    button = "Connect"
    here = "Linked sign-ins"
    consequence = "Nothing was connected."
    done = "Connected. The person has been notified."
    already_done = "This was connected already."
    back = "person"
    account: User

    def load(self) -> None:
        self.account = get_object_or_404(queries.accounts(), pk=self.kwargs["pk"])
        self.kicker = self.account.name
        self.heading = f"Which identity signs in as {self.account.name}?"
        self.intro = (
            "Whoever signs in at the provider as this identity signs in to the account. Ask the person for the "
            "subject, in person or by telephone: the page that refused them shows it."
        )
        if is_held_by_two(self.account.role):
            self.intro += " Another approver or administrator must confirm this first."

    def title(self) -> str:
        return self.here

    def back_arguments(self) -> Sequence[Any]:
        return [self.account.pk]

    def above(self) -> Breadcrumbs:
        return [(self.account.name, self.back_url)]

    def blocked_reason(self) -> str:
        if self.account == self.actor:
            return "This is your own account. Connect it on the page of your account."
        if self.account.is_for_programs:
            return "An account for programs signs in with tokens, not through a provider."
        if not openid_queries.providers():
            return "Sign-in through a provider is not set up on this site."
        return ""

    def perform(self, values: Mapping[str, Any]) -> str | None:
        wanted: dict[str, Any] = {"account_id": self.account.pk, "actor": self.actor, **values}
        if is_held_by_two(self.account.role):
            self.done = ASKED
            return reverse("access-change", args=[access_changes.ask_to_connect(**wanted).pk])
        openid.connect(**wanted)
        return None

    def get_context(self) -> dict[str, Any]:
        identities = openid_queries.identities_of(self.account)
        rows = [(identity, openid_queries.label_of(identity)) for identity in identities]
        return super().get_context() | {"account": self.account, "rows": rows}


class DisconnectPerson(ButtonAction):
    """The button with which an administrator ends a link."""

    permission = PeopleAction.permission
    back = "person-identities"
    done = "The link has ended. The person has been notified."

    def load(self) -> None:
        self.link = get_object_or_404(LinkedIdentity, pk=self.kwargs["link"], user_id=self.kwargs["pk"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.link.user_id]

    def perform(self, values: Mapping[str, Any]) -> None:  # the button sends nothing
        if not openid.disconnect(link_id=self.link.pk, actor=self.actor):
            self.unchanged = "This link has ended already."
