"""Pieces that answers of several apps are made of."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class CodeAndNameSerializer(serializers.Serializer[Any]):
    """A thing by its code, under which a list of its own has it, and its name."""

    code = serializers.CharField(help_text="The code in addresses and filters.")
    name = serializers.CharField(help_text="The name shown.")


class NullIfEmpty(serializers.CharField):
    """A text of which the empty one means that there is none."""

    def to_representation(self, value: Any) -> Any:
        """Null instead of an empty text."""
        return super().to_representation(value) or None
