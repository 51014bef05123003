"""Form to issue an API token."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.scopes import scopes_for
from cpc.web.actions import ActionForm

LIFETIMES = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "One year"))


class ConfirmedForm(ActionForm):
    """A form that asks for the password of the person who sends it: what it makes works without a session.

    Where two factors are required, the service asks for a recent proof of them instead (`check_recent`).
    """

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="It works without you, so we ask again.",
    )

    def __init__(self, *args: Any, issuer: User, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.issuer, self.request = issuer, request
        if settings.REQUIRE_SECOND_FACTOR:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """Check the password last, by the rules and under the limits of a sign-in.

        A wrong one is recorded before the transaction of the action begins, which would take the entry back.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and "password" in self.fields:
            try:
                account = get_adapter(self.request).authenticate(
                    self.request, username=self.issuer.username, password=cleaned.pop("password")
                )
            except forms.ValidationError as error:
                self.add_error("password", error)
            else:
                if account != self.issuer:
                    self.add_error("password", forms.ValidationError("This is not your password.", code="password"))
        return cleaned


class TokenForm(ConfirmedForm):
    """Name, scopes, and lifetime of a token, and the password of the person who issues it.

    Only scopes that the account has are offered. A token outlives the session, so whoever finds a session open
    must not be able to issue one.
    """

    name = forms.CharField(label="What it is for", max_length=80, help_text="Name the program, not a person.")
    scopes = forms.MultipleChoiceField(label="What it can do", widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label="Valid for",
        choices=LIFETIMES,
        coerce=int,
        initial=90,
        help_text="Starts today. You can't extend it later.",
    )

    field_order = ("name", "scopes", "days", "password")

    def __init__(self, *args: Any, owner: User, **options: Any) -> None:
        super().__init__(*args, **options)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope.value, scope.label) for scope in scopes_for(owner.permissions)]
