"""Serializers that are the only REST representation of a record: its schema, one object, and lists read as tuples.

    class AwardSerializer(RowSerializer[Award]):
        title = serializers.CharField(help_text="Its title.")
        country = serializers.CharField(source="partnership.country.code", help_text="Code of the country.")
        ends_on = serializers.DateField(allow_null=True, help_text="The last day.")
        days = computed(serializers.IntegerField(help_text="Days it lasts."), days_between, "starts_on", "ends_on")
        missing = MissingReasons()

        missing_reasons = {"ends_on": "not_yet"}  # other nulls are "not_set"

    AwardSerializer(award).data
    AwardSerializer(AwardSerializer.tuples(Award.objects.all()), many=True).data

A field shows the column or attribute that its `source` names; `computed` fields are made from several. The columns
that a list reads follow from the fields, so that a new column is one new line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from rest_framework import serializers

Record = TypeVar("Record")
Row = TypeVar("Row", bound=Model)
AnyField = serializers.Field[Any, Any, Any, Any]
OneField = TypeVar("OneField", bound=AnyField)
Values = Sequence[Any]
Show = Callable[[Values, dict[str, str]], Any]
"""Function that returns a field's output from a row's values and adds the reason for a null to the dictionary."""

REASONS = (
    ("not_set", "not decided yet"),
    ("not_yet", "has not happened yet"),
    ("not_recorded", "not recorded"),
    ("not_applicable", "does not apply"),
    ("withheld", "withheld, because it could endanger somebody"),
    ("suppressed", "withheld, because it counts few people"),
    ("fewer_than_5", "counts fewer than 5 people"),
    ("held_back", "held back, because a count of fewer than 5 people could be subtracted from it"),
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A null whose reason differs from row to row; the value of a record's field or of a computed field."""

    reason: str


class MissingReasons(serializers.DictField):
    """The reason for each null of an object, by the name of its field; names inside nested objects have dots."""

    def __init__(self, **options: Any) -> None:
        reasons = "; ".join(f"{code}: {meaning}" for code, meaning in REASONS)
        options["child"] = serializers.ChoiceField(choices=REASONS)
        options["help_text"] = f"The reason for each null field, by its dotted name: {reasons}."
        super().__init__(**options)


def computed(field: OneField, function: Callable[..., Any], *columns: str) -> OneField:
    """Give a field the value of `function` of columns, which are named as in a query: `limit_policy__funding`."""
    field.computed = (function, columns)  # type: ignore[attr-defined]  # `_field` reads it from the declaration
    return field


class RowSerializer(serializers.Serializer[Record]):
    """A read-only record, declared once. The docstring of this module shows its use."""

    missing_reason: ClassVar[str] = "not_set"
    """The reason for a null of each field that `missing_reasons` does not name."""
    missing_reasons: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def reason_for_row(cls, row: Mapping[str, Any]) -> str | None:  # noqa: ARG003  # subclasses use the row
        """Return the one reason for every null of a row.

        Returns None if each field has its own reason.
        """
        return None

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        return _plan(cls).columns

    @classmethod
    def tuples(cls, queryset: QuerySet[Row]) -> QuerySet[Row, Any]:
        """Return the rows as tuples of those columns: fifty are cheaper than fifty instances."""
        return queryset.values_list(*cls.columns())

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the plain values of an instance, or of one of the `tuples`."""
        plan = _plan(type(self))
        values = instance if isinstance(instance, tuple) else [_read(instance, column) for column in plan.columns]
        row: dict[str, Any] = plan.show(values, {})
        return row


@dataclass(frozen=True, slots=True)
class _Plan:
    """The columns that a serializer needs, named as in a query, and the function that shows their values."""

    columns: tuple[str, ...]
    show: Show


@cache
def _plan(serializer: type[RowSerializer[Any]]) -> _Plan:
    columns: dict[str, int] = {}
    show = _object(serializer(), columns, path="", prefix="")
    return _Plan(tuple(columns), show)


def _object(serializer: serializers.Serializer[Any], columns: dict[str, int], path: str, prefix: str) -> Show:
    """Return the function that shows all fields; `path` leads to their columns, `prefix` to their dotted names."""
    parts = [(name, _field(serializer, field, columns, path, prefix)) for name, field in serializer.fields.items()]
    # A nested object adds its reasons to those of the outer one, which decides about the row.
    reason_for_row = None if prefix else getattr(serializer, "reason_for_row", None)

    def show(values: Values, reasons: dict[str, str]) -> dict[str, Any]:
        row = {name: part(values, reasons) for name, part in parts}
        if reasons and reason_for_row and (reason := reason_for_row(row)):
            reasons.update(dict.fromkeys(reasons, reason))
        return row

    return show


def _field(parent: Any, field: AnyField, columns: dict[str, int], path: str, prefix: str) -> Show:
    """Return the function that shows one field, and add the columns that it needs."""
    if isinstance(field, MissingReasons):
        assert not prefix, "The outer object has the reasons for the objects inside it."
        return lambda _, reasons: reasons  # fields after this one add to the same dictionary
    name, source = str(field.field_name), "" if field.source == "*" else str(field.source).replace(".", "__")
    if isinstance(field, serializers.Serializer):
        return _object(field, columns, f"{path}{source}__" if source else path, f"{prefix}{name}.")
    # The fields of an instance are copies, without the attributes that `computed` sets on the declared ones.
    function, needed = getattr(parent._declared_fields.get(name), "computed", (None, (source,)))
    indexes = [columns.setdefault(path + column, len(columns)) for column in needed]
    get = (lambda values: function(*[values[index] for index in indexes])) if function else itemgetter(indexes[0])
    usual: str = getattr(parent, "missing_reason", "")
    reason: str = getattr(parent, "missing_reasons", {}).get(name, usual)
    return _value(field, prefix + name, reason, get)


def _value(field: AnyField, name: str, reason: str, get: Callable[[Values], Any]) -> Show:
    represent = _representation(field)

    def show(values: Values, reasons: dict[str, str]) -> Any:
        value = get(values)
        if value is None:
            reasons[name] = reason
            return None
        if isinstance(value, Missing):
            reasons[name] = value.reason
            return None
        return represent(value) if represent else value

    return show


def _representation(field: AnyField) -> Callable[[Any], Any] | None:
    if isinstance(field, serializers.DecimalField):
        # Every digit as text: `DecimalField` would fail for a sum that has more than `max_digits`.
        return "{:f}".format
    # The renderer formats days and times as these fields do; calling them takes a tenth of the time of a list of 50.
    return None if type(field) in (serializers.DateField, serializers.DateTimeField) else field.to_representation


def _read(instance: Any, column: str) -> Any:
    """Return the value at a path from an instance.

    Returns None if a relation in the path has no row.
    """
    for name in column.split("__"):
        if instance is None:
            return None
        try:
            instance = getattr(instance, name)
        except ObjectDoesNotExist:  # a reverse one-to-one relation without a row
            return None
        if inspect.ismethod(instance):
            instance = instance()
    return instance
