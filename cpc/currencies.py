"""A column for the code of a currency.

    currency = CurrencyField(blank=True)

A code may be typed in any case. Forms, the REST interface, and services store it in capital letters, and a constraint
of the model compares it with `cpc.currency_codes.CURRENCIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.db import models

from cpc.currency_codes import normalized


class CurrencyFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return normalized(super().to_python(value) or "")


_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    _CharField = models.CharField
else:

    class _CharField(models.CharField):
        def __class_getitem__(cls, _parameters):
            return cls  # takes no parameter at run time


class CurrencyField(_CharField[_ST, _GT]):
    """A model field for a currency's code, which validation puts in capital letters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 3)
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalized(text) if isinstance(text, str) else text

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": CurrencyFormField, **options})
