"""Forms of webhooks."""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.forms import ConfirmedForm
from cpc.webhooks.models import LONGEST_URL


class WebhookForm(ConfirmedForm):
    """A webhook: its name, receiver, and scopes, and what narrows them; and the password of the account.

    A webhook works without a session, as a token does.
    """

    name = forms.CharField(label="What it is for", max_length=80, help_text="Name the program, not a person.")
    url = forms.CharField(
        label="URL of the receiver",
        max_length=LONGEST_URL,
        help_text="It starts with https:// and is on the public internet.",
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )
    scopes = forms.MultipleChoiceField(label="What it can be sent", widget=forms.CheckboxSelectMultiple)
    kinds = forms.CharField(
        label="Only these kinds",
        required=False,
        max_length=2000,
        help_text="Separate them by spaces, such as partnership.status_changed. Empty: all that it can be sent.",
    )
    partnership = forms.IntegerField(
        label="Only one partnership",
        required=False,
        min_value=1,
        max_value=10**9 - 1,
        help_text="Its number, as in its URL. Empty: all.",
    )

    field_order = ("name", "url", "scopes", "kinds", "partnership", "password")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        readable = [scope for scope in scopes_for(self.issuer.permissions) if scope.value.endswith(":read")]
        scopes.choices = [(scope.value, scope.label) for scope in readable]

    def clean_kinds(self) -> list[str]:
        """Return the kinds, one by one."""
        return str(self.cleaned_data["kinds"]).replace(",", " ").split()


class SecretForm(ConfirmedForm):
    """The password of the account, before another secret is shown."""
