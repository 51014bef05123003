"""Calendar days: one field for columns and one for forms and filters, with the bounds of `cpc.plausible`.

PostgreSQL enforces the same bounds by the type of the column, the domain `cpc_day`, whose constraint has the code of
the validator. A page, the REST interface, a service, a bulk write, and plain SQL all reject the same days.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
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


def spelled(day: date | None) -> str:
    """Return a day as the name of a record has it: "Feb 6, 2024"."""
    return f"{day:%b} {day.day}, {day.year}" if day else ""


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        bounds = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(attrs={**bounds, **(attrs or {})}, format="%Y-%m-%d")


WRITTEN = re.compile(
    r"\s*(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<m2>\d{1,2})/(?P<d2>\d{1,2})/(?P<y2>\d{4})"
    r"|(?P<m3>[A-Za-z]{3,9})\.? (?P<d3>\d{1,2}),? (?P<y3>\d{4}))\s*"
)
"""A day as year-month-day, month/day/year, or with the name of its month."""
MONTHS = [name[:3].casefold() for name in month_name]


def why_no_day(text: str) -> str:
    """Return why a written day does not exist; empty if it is not written as one, or exists."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return ""
    year, day = (int(found[name] or found[f"{name}2"] or found[f"{name}3"]) for name in "yd")
    named = (found["m3"] or "")[:3].casefold()
    if named and named not in MONTHS:
        return ""
    month = MONTHS.index(named) if named else int(found["m"] or found["m2"])
    if not 1 <= month <= 12:
        return f"There is no month {month}. Enter a month from 1 to 12."
    if year < 1:
        return ""
    days = monthrange(year, month)[1]
    if 1 <= day <= days:
        return ""
    in_year = f" {year}" if month == 2 else ""
    return f"{month_name[month]}{in_year} has {days} days. Enter a day from 1 to {days}."


class DayFormField(forms.DateField):
    widget = DayInput
    default_validators = [plausible_day]

    def to_python(self, value: Any) -> date | None:
        """Read a day. The error of one that does not exist names the reason."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            why = why_no_day(str(value))
            raise ValidationError(why, code="invalid") if why else error from None


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
