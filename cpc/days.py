"""Calendar days: one field for columns and one for forms and filters, with the bounds of `cpc.plausible`.

PostgreSQL enforces the same bounds by the type of the column, the domain `cpc_day`, whose constraint has the code of
the validator. A page, the REST interface, a service, a bulk write, and plain SQL all reject the same days.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from cpc.plausible import CODE, FIRST_DAY, LAST_DAY, MESSAGE, is_plausible

COLUMN_TYPE = "cpc_day"


def plausible_day(day: date) -> None:
    """Raise `ValidationError` of code `implausible_day` for a day outside the bounds."""
    if not is_plausible(day):
        raise ValidationError(MESSAGE, code=CODE)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        bounds = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(attrs={**bounds, **(attrs or {})}, format="%Y-%m-%d")


class DayFormField(forms.DateField):
    widget = DayInput
    default_validators = [plausible_day]


_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    _DateField = models.DateField
else:

    class _DateField(models.DateField):
        def __class_getitem__(cls, _parameters):
            return cls  # takes no parameters at run time


class DayField(_DateField[_ST, _GT]):
    default_validators = [plausible_day]

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return COLUMN_TYPE

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": DayFormField, **options})
