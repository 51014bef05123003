"""Errors of services, shown at the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError


def add_service_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show each error at its field, or above the form if the form lacks that field.

    An error without a field goes to the field that has its code as its name, or to the field that the form's
    `error_fields` maps its code to.
    """
    named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
    error_fields: Mapping[str, str] = getattr(form, "error_fields", {})
    for name, errors in named.items():
        for one in errors:
            candidates = (name, error_fields.get(one.code or "", ""), one.code or "")
            form.add_error(next((field for field in candidates if field in form.fields), None), one)
