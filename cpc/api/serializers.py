"""Serializer classes that several apps share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cpc.days import plausible_day
from cpc.plausible import PATTERN

Class = TypeVar("Class", bound=type[serializers.BaseSerializer[Any]])


def example(title: str, value: Any) -> Callable[[Class], Class]:
    """Decorate a serializer with the example that the schema shows."""
    return extend_schema_serializer(examples=[OpenApiExample(title, value=value)])


def text_field(description: str, **options: Any) -> serializers.CharField:
    return serializers.CharField(help_text=description, **options)


def optional_text(description: str, length: int) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", help_text=description)


def day_field(description: str, *, allow_null: bool = True, **options: Any) -> serializers.DateField:
    return serializers.DateField(allow_null=allow_null, help_text=description, **options)


def money_field(description: str, **options: Any) -> serializers.DecimalField:
    """Return a field for an amount as text with two decimals, or null."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True, help_text=description, **options)


class BodySerializer(serializers.Serializer[Any]):
    """The body of a request. An unknown field is an error, never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values.

        Raises a 400 that names each unknown field and the other errors.
        """
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({name: [f"Unknown field. Valid fields: {known}."] for name in unknown})
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "date", "pattern": PATTERN})
class Day(serializers.DateField):
    """A day in a request body, within the bounds of plausible days."""

    default_validators = [plausible_day]


class CodeAndNameSerializer(serializers.Serializer[Any]):
    """A record with its code and name."""

    code = serializers.CharField(help_text="The code used in URLs and filters.")
    name = serializers.CharField(help_text="The display name.")


class NullIfEmpty(serializers.CharField):
    """A text field that treats an empty text as null."""

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None
