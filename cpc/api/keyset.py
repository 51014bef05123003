"""Pages by position: the rows after or before a row in a total order, as quick at the end of a list as at its start.

    walk = Walk(queryset)
    first = walk.read(100)
    second = walk.read(100, after=first.last)

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
    parts = [part for name in names for part in parts_of(queryset, name)]
    if not any(_identifies(part) for part in parts):
        parts += parts_of(queryset, "pk")
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
    """Yield all rows in lists of `size`, each read on its own, so that neither memory nor a transaction grows.

    A row that changes meanwhile may move; no other row is left out or comes twice.
    """
    walk = Walk(queryset)
    piece = walk.read(size)
    while piece.rows:
        yield piece.rows
        if not piece.goes_on:
            return
        piece = walk.read(size, after=piece.last)


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive rows of a list, the positions of its first and last, and whether it goes on beyond them."""

    rows: list[Any]
    first: Sequence[Any] = ()
    last: Sequence[Any] = ()
    goes_on: bool = False


class Walk:
    """A query read in pieces by position. Its rows are instances, or tuples of `values_list`.

    Instances are read by the keys of a piece, which are found first: sorting keys takes half the time of sorting rows.
    If the order begins with a column of another table, they are found in rows of one value of that column at a time:
    the database then reads the rows of a piece and not all of that value to sort them.
    """

    GROUPS = 2
    """Values of such a column whose rows are read on their own. A piece of small groups is read from all rows."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.order, self.queryset = order_of(queryset), queryset
        self.fields: tuple[str, ...] | None = getattr(queryset, "_fields", None)
        narrow = ordered(queryset, self.order).prefetch_related(None)
        self.found = narrow.values_list(*(self.fields or ("pk",)), *(part.path for part in self.order))

    def read(self, size: int, *, after: Sequence[Any] | None = None, backward: bool = False) -> Piece:
        """Return up to `size` rows in the order of the list.

        They follow the position `after`; if `backward`, they come directly before it, or at the end without one.
        """
        found = self._find(size + 1, after, backward=backward)
        goes_on, found = len(found) > size, found[:size]
        if backward:
            found.reverse()
        if not found:
            return Piece([])
        width = len(self.fields or ("pk",))
        return Piece(self._rows([row[:width] for row in found]), found[0][width:], found[-1][width:], goes_on)

    def _find(self, size: int, after: Sequence[Any] | None, *, backward: bool) -> list[tuple[Any, ...]]:
        rows = self.found.reverse() if backward else self.found
        first, rest = self.order[0], self.order[1:]
        if not rest or first.nullable or LOOKUP_SEP not in first.path:
            return list((rows if after is None else rows.filter(beyond(self.order, after, backward=backward)))[:size])
        found: list[tuple[Any, ...]] = []
        if after is not None:
            found += rows.filter(first.same(after[0]), beyond(rest, after[1:], backward=backward))[:size]
            rows = rows.filter(first.beyond(after[0], backward=backward))
        values = rows.order_by(expression(first)).values_list(first.path, flat=True)  # reversed, if `rows` are
        for _ in range(self.GROUPS):
            if len(found) == size or not (value := list(values[:1])):
                return found
            found += rows.filter(first.same(value[0]))[: size - len(found)]
            left = first.beyond(value[0], backward=backward)
            rows, values = rows.filter(left), values.filter(left)
        return found + list(rows[: size - len(found)]) if len(found) < size else found

    def _rows(self, found: list[tuple[Any, ...]]) -> list[Any]:
        if self.fields is not None:
            return found
        keys = [key for (key,) in found]
        rows = {row.pk: row for row in self.queryset.order_by().filter(pk__in=keys)}
        return [rows[key] for key in keys if key in rows]


def parts_of(queryset: QuerySet[Any, Any], name: Any) -> list[OrderColumn]:
    """Return the columns of one part of an order, named as in `order_by`: several for a relation with its own order.

    Raises `FieldDoesNotExist` for a path with several values in a row.
    """
    descending, nulls_first = False, None
    if isinstance(name, OrderBy):
        descending, nulls_first = name.descending, True if name.nulls_first else False if name.nulls_last else None
        name = name.expression
    if isinstance(name, F):
        name = name.name  # type: ignore[attr-defined]  # the stubs leave it out
    assert isinstance(name, str), f"{name!r} is no column; annotate the query, and order by the annotation."
    descending ^= name.startswith("-")
    return list(_expanded(queryset, name.removeprefix("-"), descending, nulls_first))


def _expanded(
    queryset: QuerySet[Any, Any], path: str, descending: bool, nulls_first: bool | None
) -> Iterator[OrderColumn]:
    """Yield the column at a path; for a relation, as Django orders by it, the columns of the related model's order."""
    field, nullable, last = _resolve(queryset, path)
    if not (field.is_relation and last == field.name):
        yield OrderColumn(path, field, descending, nullable, descending if nulls_first is None else nulls_first)
        return
    for name in field.related_model._meta.ordering or ("pk",):
        assert isinstance(name, str), f"{path} is ordered by {name!r}, which is no column."
        inner = f"{path}{LOOKUP_SEP}{name.removeprefix('-')}"
        yield from _expanded(queryset, inner, descending ^ name.startswith("-"), nulls_first)


def _resolve(queryset: QuerySet[Any, Any], path: str) -> tuple[Any, bool, str]:
    """Return the field at a path, whether it can be null there, and its name in the path."""
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field, True, ""
    model: type[Model] = queryset.model
    nullable, field, name = False, None, ""
    for name in path.split(LOOKUP_SEP):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if field is None or field.one_to_many or field.many_to_many:
            raise FieldDoesNotExist(f"{path} has several values in a row; a list can't be ordered by it.")
        nullable |= field.null or not field.concrete
        if field.is_relation:
            model = field.related_model  # type: ignore[assignment]  # a class once the apps are loaded
    return field, bool(nullable), name


def _identifies(part: OrderColumn) -> bool:
    own = LOOKUP_SEP not in part.path and not part.nullable
    return own and bool(getattr(part.field, "unique", False))
