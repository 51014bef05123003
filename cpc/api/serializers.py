"""Pieces that answers of several apps are made of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cpc.days import plausible_day
from cpc.plausible import PATTERN


class BodySerializer(serializers.Serializer[Any]):
    """The body of a request. A field that it does not know is an error, never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """The values, or 400 that names each unknown field beside what else is wrong."""
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({name: [f"Unknown field. Known ones: {known}."] for name in unknown})
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "date", "pattern": PATTERN})
class Day(serializers.DateField):
    """A day of a body, within the bounds of days."""

    default_validators = [plausible_day]


class CodeAndNameSerializer(serializers.Serializer[Any]):
    """A thing by its code, under which a list of its own has it, and its name."""

    code = serializers.CharField(help_text="The code in addresses and filters.")
    name = serializers.CharField(help_text="The name shown.")


class NullIfEmpty(serializers.CharField):
    """A text of which the empty one means that there is none."""

    def to_representation(self, value: Any) -> Any:
        """Null instead of an empty text."""
        return super().to_representation(value) or None
