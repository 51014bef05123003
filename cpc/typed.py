"""Validation that no text column written by people contains an invisible character.

`full_clean`, which every service calls, runs it, so that pages, the REST interface, imports, and commands give the same
error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from cpc.text import HIDDEN, hidden_fault

APPS = ("cpc", "indicators", "selection", "partnerships")


def refuse_hidden(value: Any) -> None:
    """Raise `ValidationError` with code `hidden_character` if a text, or one inside plain data, has one."""
    for text in _texts(value):
        fault = hidden_fault(text)
        if fault:
            raise ValidationError(fault, code="hidden_character")


def visible(column: str) -> models.CheckConstraint:
    """Return a check constraint that an identifying column has no invisible character."""
    return models.CheckConstraint(
        name=f"%(class)s_{column}_visible",
        condition=~models.Q(**{f"{column}__regex": HIDDEN}),
        violation_error_code="hidden_character",
        violation_error_message=f"The {column} contains an invisible character. Type it again.",
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts_of((*value, *value.values()))
    elif isinstance(value, list | tuple):
        yield from _texts_of(value)


def _texts_of(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def guard_models() -> None:
    """Add the validator to every text column of the product.

    Call it once all models are loaded.
    """
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.partition(".")[0] in APPS:
            for field in model._meta.local_concrete_fields:
                _guard(field)


def _guard(field: models.Field[Any, Any]) -> None:
    if isinstance(field, ArrayField):
        _guard(field.base_field)
        return
    holds_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    # The list that the field runs, not the one that migrations would serialize.
    if holds_text and not field.choices and refuse_hidden not in field.validators:
        field.validators.insert(0, refuse_hidden)
