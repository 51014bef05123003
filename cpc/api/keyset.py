"""Pages by position: the rows after or before a row in a total order, as quick at the end of a list as at its start.

    walk = Walk(queryset)
    first = walk.read(100)
    second = walk.read(100, after=first[-1][1])

An offset reads and discards every row before it; a position is a condition that an index can meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import F, OrderBy

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """One column of an order: its path in a query, its field, and the end at which its nulls are."""

    path: str
    field: Field[Any, Any]
    descending: bool = False
    nullable: bool = False
    nulls_first: bool = False

    def beyond(self, value: Any, *, backward: bool) -> Q:
        """Return the condition that a row comes after `value` in this column, or before it if `backward`."""
        nulls_follow = self.nullable and self.nulls_first == backward
        if value is None:
            return NOTHING if nulls_follow else Q(**{f"{self.path}__isnull": False})
        compare = "lt" if self.descending != backward else "gt"
        condition = Q(**{f"{self.path}__{compare}": value})
        return condition | Q(**{f"{self.path}__isnull": True}) if nulls_follow else condition

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


def order_of(queryset: QuerySet[Any, Any]) -> tuple[OrderColumn, ...]:
    """Return the columns by which a query is ordered, and its key last if they don't identify a row."""
    names = queryset.query.order_by or tuple(queryset.model._meta.ordering)
    parts = [part_of(queryset, name) for name in names]
    if not any(_identifies(part) for part in parts):
        parts.append(part_of(queryset, "pk"))
    return tuple(parts)


def ordered(queryset: QuerySet[Any, Any], order: Sequence[OrderColumn]) -> QuerySet[Any, Any]:
    return queryset.order_by(*(expression(part) for part in order))


def expression(part: OrderColumn) -> OrderBy:
    # PostgreSQL puts nulls last in an ascending order and first in a descending one.
    nulls = {}
    if part.nullable and part.nulls_first != part.descending:
        nulls = {"nulls_first": True} if part.nulls_first else {"nulls_last": True}
    return OrderBy(F(part.path), descending=part.descending, **nulls)


def beyond(order: Sequence[OrderColumn], position: Sequence[Any], *, backward: bool = False) -> Q:
    """Return the condition that a row comes after `position`, a value per column, or before it if `backward`."""
    condition = NOTHING
    for part, value in reversed(list(zip(order, position, strict=True))):
        condition = part.beyond(value, backward=backward) | (part.same(value) & condition)
    first = order[0]
    if len(order) > 1 and not first.nullable:
        # The alternatives imply this bound of the first column, which an index can meet on its own.
        bound = "lte" if first.descending != backward else "gte"
        condition = Q(**{f"{first.path}__{bound}": position[0]}) & condition
    return condition


def chunks(queryset: QuerySet[Any, Any], size: int) -> Iterator[list[Any]]:
    """Yield all rows in lists of `size`, each by a query of its own, so that neither memory nor a transaction grows.

    A row that changes meanwhile may move; no other row is left out or comes twice.
    """
    walk = Walk(queryset)
    rows = walk.read(size)
    while rows:
        yield [row for row, _ in rows]
        rows = walk.read(size, after=rows[-1][1]) if len(rows) == size else []


class Walk:
    """A query read in pieces by position. Its rows are instances, or tuples of `values_list`."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.order = order_of(queryset)
        self.fields: tuple[str, ...] | None = getattr(queryset, "_fields", None)
        self.rows = ordered(queryset, self.order)
        if self.fields is not None:
            self.rows = self.rows.values_list(*self.fields, *(part.path for part in self.order))

    def read(
        self, size: int, *, after: Sequence[Any] | None = None, backward: bool = False
    ) -> list[tuple[Any, Sequence[Any]]]:
        """Return up to `size` rows, each with its position, in the order of the list.

        They follow the position `after`; if `backward`, they come directly before it.
        """
        rows = self.rows if after is None else self.rows.filter(beyond(self.order, after, backward=backward))
        found = list((rows.reverse() if backward else rows)[:size])
        if backward:
            found.reverse()
        return [self._located(row) for row in found]

    def position(self, row: Any) -> Sequence[Any]:
        """Return the value of each column of the order, of an instance or of a tuple that `rows` gives."""
        if self.fields is None:
            return [_read(row, part.path) for part in self.order]
        values: Sequence[Any] = row[len(self.fields) :]
        return values

    def _located(self, row: Any) -> tuple[Any, Sequence[Any]]:
        return row if self.fields is None else row[: len(self.fields)], self.position(row)


def part_of(queryset: QuerySet[Any, Any], name: Any) -> OrderColumn:
    """Return a column of an order, named as in `order_by`. Raises `FieldDoesNotExist` for a relation."""
    descending, nulls_first = False, None
    if isinstance(name, OrderBy):
        descending, nulls_first = name.descending, True if name.nulls_first else False if name.nulls_last else None
        name = name.expression
    if isinstance(name, F):
        name = name.name  # type: ignore[attr-defined]  # the stubs leave it out
    assert isinstance(name, str), f"{name!r} is no column; annotate the query, and order by the annotation."
    descending ^= name.startswith("-")
    path = name.removeprefix("-")
    field, nullable = _resolve(queryset, path)
    return OrderColumn(path, field, descending, nullable, descending if nulls_first is None else nulls_first)


def _resolve(queryset: QuerySet[Any, Any], path: str) -> tuple[Any, bool]:
    """Return the field at a path, and whether it can be null there."""
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field, True
    model: type[Model] = queryset.model
    nullable, field = False, None
    for name in path.split(LOOKUP_SEP):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if field is None or field.one_to_many or field.many_to_many:
            raise FieldDoesNotExist(f"{path} has several values in a row; a list can't be ordered by it.")
        nullable |= field.null or not field.concrete
        if field.is_relation:
            model = field.related_model  # type: ignore[assignment]  # a class once the apps are loaded
    if field is None or (field.is_relation and name == field.name):
        raise FieldDoesNotExist(f"{path} is a relation; name a column of it, since it may have an order of its own.")
    return field, bool(nullable)


def _identifies(part: OrderColumn) -> bool:
    own = LOOKUP_SEP not in part.path and not part.nullable
    return own and bool(getattr(part.field, "unique", False))


def _read(row: Any, path: str) -> Any:
    for name in path.split(LOOKUP_SEP):
        if row is None:
            return None
        row = getattr(row, name, None)
    return row
