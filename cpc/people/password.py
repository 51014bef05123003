"""The form in which somebody changes the password of their account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm

LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "New password, again"}


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Labeled as the other forms are; what a password must be stands below its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As allauth calls it."""
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"Enter the {label[:1].lower()}{label[1:]}."
