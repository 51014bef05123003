"""Request parameters. An unknown parameter is an error, never ignored."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cpc.days import DayFormField
from cpc.plausible import PATTERN


def refuse_unknown(
    request: Request, known: Collection[str], repeatable: Collection[str] = (), may_be_empty: Collection[str] = ()
) -> None:
    """Raise a 400 that names each unknown parameter, each repeated one that takes a single value, and empty ones.

    The schema states the same for every parameter (`cpc.api.schema.require_values`).
    """
    listed = ", ".join(sorted(known)) or "none"
    wrong = {
        name: [f"Unknown parameter. Valid parameters: {listed}."]
        for name in sorted(request.query_params)
        if name not in known
    }
    for name, values in sorted(request.query_params.lists()):
        if name in known and name not in repeatable and len(values) > 1:
            wrong[name] = ["Send this parameter only once."]
        elif name in known and name not in may_be_empty and "" in values:
            wrong[name] = ["Send a value, or omit the parameter."]
    if wrong:
        raise ValidationError(wrong)


def _described(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


class OneOf(filters.ModelMultipleChoiceFilter):  # type: ignore[misc]  # django-filter ships no types
    """A filter for rows with one of the values of `key`; the parameter is repeatable, an unknown value is a 400."""

    def __init__(
        self, *, queryset: QuerySet[Any], key: str, field_name: str, noun: str, where: str, help_text: str
    ) -> None:
        super().__init__(
            queryset=queryset,
            to_field_name=key,
            field_name=field_name,
            distinct=False,
            error_messages={"invalid_choice": f"There is no {noun} “%(value)s”. See {where}."},
        )
        extend_schema_field(_described(help_text))(self)


class _AnyTextField(filters.MultipleChoiceFilter.field_class):  # type: ignore[misc]  # django-filter ships no types
    def valid_value(self, value: str) -> bool:
        return True

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        for text in value:
            ProhibitNullCharactersValidator()(text)


class AnyOf(filters.MultipleChoiceFilter):  # type: ignore[misc]  # django-filter ships no types
    """A filter for rows with one of the given texts; the parameter is repeatable, and a text without rows is valid."""

    field_class = _AnyTextField

    def __init__(self, *, field_name: str, help_text: str, may_be_empty: bool = False) -> None:
        super().__init__(field_name=field_name, distinct=False, choices=())
        self.may_be_empty = may_be_empty
        bound = {"minLength": 0} if may_be_empty else {}
        extend_schema_field(_described(help_text) | bound)(self)


_PLUS_LOST = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) (\d\d(?::?\d\d)?)")
"""A time whose offset follows a space: a `+` that was not encoded as %2B arrives as a space."""
ENCODE_PLUS = "In a URL, write + as %2B."


def with_its_plus(text: str) -> str:
    """Return the text of a time, restoring a `+` before its offset that the URL turned into a space."""
    return _PLUS_LOST.sub(r"\1+\2", text) if _PLUS_LOST.fullmatch(text) else text


def moment_with_zone(text: str) -> dt.datetime | None:
    """Return the time that a text names with its offset, in UTC.

    Returns None if it names no time.
    """
    try:
        moment = parse_datetime(with_its_plus(text))
        return moment.astimezone(dt.UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class _MomentField(filters.IsoDateTimeFilter.field_class):  # type: ignore[misc]  # django-filter ships no types
    default_error_messages = {
        # django-filter fills a percent sign.
        "invalid": "Write a time with its UTC offset, such as 2026-11-20T15:00:00Z. " + ENCODE_PLUS.replace("%", "%%"),
    }

    def to_python(self, value: Any) -> Any:
        """Return the time in UTC, since PostgreSQL does not accept every offset that ISO 8601 can express."""
        moment = super().to_python(with_its_plus(value) if isinstance(value, str) else value)
        try:
            return moment and moment.astimezone(dt.UTC)
        except OverflowError:
            raise forms.ValidationError("This time is out of range.", code="invalid") from None


class Moment(filters.IsoDateTimeFilter):  # type: ignore[misc]  # django-filter ships no types
    field_class = _MomentField


class DayFilter(filters.DateFilter):  # type: ignore[misc]  # django-filter ships no types
    """A filter by a day, which must be within the bounds of plausible days."""

    field_class = DayFormField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        schema = {"type": "string", "format": "date", "pattern": PATTERN, "description": options["help_text"]}
        extend_schema_field(schema)(self)


REPEATABLE = (filters.ModelMultipleChoiceFilter, filters.MultipleChoiceFilter)


def may_be_empty(filterset: type[filters.FilterSet] | None) -> frozenset[str]:
    """Return the parameters of a filter set for which an empty value means something."""
    items = filterset.base_filters.items() if filterset else ()
    return frozenset(name for name, item in items if isinstance(item, AnyOf) and item.may_be_empty)


def repeatable(filterset: type[filters.FilterSet] | None) -> frozenset[str]:
    items = filterset.base_filters.items() if filterset else ()
    return frozenset(name for name, item in items if isinstance(item, REPEATABLE))
