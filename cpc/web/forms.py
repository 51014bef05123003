"""Where a form shows what a service refused."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError


def add_refusal(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what a service refused at the fields it names, and above the form where it names none of them.

    A refusal without a field goes to the field that its code names, itself or through the form's `beside`.
    """
    named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
    beside: Mapping[str, str] = getattr(form, "beside", {})
    for name, errors in named.items():
        for one in errors:
            places = (name, beside.get(one.code or "", ""), one.code or "")
            form.add_error(next((place for place in places if place in form.fields), None), one)
