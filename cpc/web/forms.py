"""Where a form shows what a service refused."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused at the fields it names, and above the form where it names none of them."""
    named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
    for name, errors in named.items():
        for one in errors:
            form.add_error(name if name in form.fields else None, one)
