"""Form to change the password of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm

LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "New password, again"}


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Password form with the same labels as the other forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"Enter the {label[:1].lower()}{label[1:]}."
