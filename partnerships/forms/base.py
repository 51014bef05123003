"""What forms of partnerships share: fields with the right widgets, and where a refusal is shown."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused at the fields it names, and above the form where it names none of them."""
    named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
    for name, errors in named.items():
        for one in errors:
            form.add_error(name if name in form.fields else None, one)


def lines(text: str) -> list[str]:
    """The lines of a text, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    """A field for one calendar day, with the browser's own picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)
