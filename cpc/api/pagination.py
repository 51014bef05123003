"""Pagination of REST lists: by page number for short ones, by position for long ones.

Both have `count`, `next`, `previous`, and `results`, so that a client follows `next` in either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from cpc.api import cursors, ordering
from cpc.api.cursors import Cursor
from cpc.api.keyset import Walk
from cpc.parameters import whole_number

DEFAULT_SIZE, LARGEST_SIZE = 100, 1000
SIZE_MEANING = f"Rows per page, 1 to {LARGEST_SIZE:,}. The default is {DEFAULT_SIZE}."
COUNTED = 10_000
"""A list by position is counted up to this many rows. To count more takes longer than to read a page."""
LINK = {"type": "string", "nullable": True, "format": "uri"}


def sized(request: Request, default: int = DEFAULT_SIZE, largest: int = LARGEST_SIZE) -> int:
    """Return the requested number of rows per page. Raise `ValidationError` (400) for an invalid one."""
    return _whole_number(request, "page_size", largest) or default


def _whole_number(request: Request, name: str, largest: int | None) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    number = whole_number(text)
    if number and number <= (largest or number):
        return number
    span = f"from 1 to {largest:,}" if largest else "of 1 or more"
    raise ValidationError({name: [f"“{text}” is not a whole number {span}."]})


def _described_page(rows: dict[str, Any], count: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["count", "next", "previous", "results"],
        "properties": {
            "count": {"type": "integer", "example": 1, **count},
            "next": LINK | {"description": "URL of the next page.", "example": None},
            "previous": LINK | {"description": "URL of the previous page.", "example": None},
            "results": rows,
        },
    }


class Pages(PageNumberPagination):
    """Pagination by `page` and `page_size` (100 by default, 1,000 at most), with the total count and links both ways.

    An invalid page number or size is a 400, a page after the last is a 404.
    """

    parameters = frozenset({"page", "page_size"})
    page_size = DEFAULT_SIZE
    page_size_query_param = "page_size"
    page_size_query_description = SIZE_MEANING
    page_query_description = "Page number, starting at 1."
    max_page_size = LARGEST_SIZE

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        _whole_number(request, self.page_query_param, None)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound as error:
            raise NotFound("This page does not exist. Start at the first page and follow `next`.") from error

    def get_page_size(self, request: Request) -> int:
        """Return the requested page size.

        Raises an error for an invalid one, where DRF would use the default.
        """
        return sized(request, self.page_size, self.max_page_size)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _described_page(schema, {"description": "Number of rows on all pages."})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        largest = {self.page_query_param: 10**9 - 1, self.page_size_query_param: self.max_page_size}
        for parameter in parameters:
            parameter["schema"] |= {"minimum": 1, "maximum": largest[parameter["name"]]}
        return [*parameters, *ordering.parameters(view)]


class Cursors(BasePagination):
    """Pagination by `cursor` for long lists: the last page takes as long as the first, and none shifts.

    The links of a response have the cursors; one belongs to its filters, order, and data. Rows are counted up to
    `COUNTED`, or all of them with `count=exact`; otherwise `count` is null. The following pages repeat the first
    one's count. The query needs an order of columns; its key comes last if they don't identify a row.
    """

    parameters = frozenset({"cursor", "page_size", "count"})

    def pinned(self) -> Mapping[str, str]:
        """Return parameters that the links of the list set, so that its pages show the same data."""
        return {}

    def paginate_queryset(
        self, queryset: QuerySet[Any, Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        assert isinstance(queryset, QuerySet), "A position is a condition of a query."
        size, walk = sized(request), Walk(queryset)
        self.url, self.digest = request.build_absolute_uri(), cursors.list_of(request, self.pinned())
        exact = _asks_to_count(request)
        text = request.query_params.get("cursor")
        cursor = cursors.read(text, walk.order, self.digest) if text is not None else None
        backward = cursor is not None and cursor.backward
        piece = walk.read(size, after=cursor.position if cursor else None, backward=backward)
        if cursor is not None and not exact:
            self.count = cursor.count
        else:
            is_whole = cursor is None and not piece.goes_on
            self.count = len(piece.rows) if is_whole else _count(queryset, exact=exact)
        has_next, has_previous = (True, piece.goes_on) if backward else (piece.goes_on, cursor is not None)
        self.next = self._link(piece.last, backward=False) if has_next and piece.last else None
        self.previous = self._link(piece.first, backward=True) if has_previous and piece.first else None
        return piece.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"count": self.count, "next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        meaning = f"Number of rows on all pages; null if there are more than {COUNTED:,} and `count` is not sent."
        return _described_page(schema, {"nullable": True, "description": meaning})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        described = {
            "cursor": ({"type": "string"}, "The position of the page, from `next` or `previous`."),
            "page_size": ({"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE}, SIZE_MEANING),
            "count": (
                {"type": "string", "enum": ["exact"]},
                f"exact: count the rows even if there are more than {COUNTED:,}, which can take seconds.",
            ),
        }
        parameters = [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
            for name, (schema, description) in described.items()
        ]
        return [*parameters, *ordering.parameters(view)]

    def _link(self, position: Sequence[Any], *, backward: bool) -> str:
        url = remove_query_param(self.url, "count")
        for name, value in self.pinned().items():
            url = replace_query_param(url, name, value)
        text = cursors.written(Cursor(position, backward, self.count), self.digest)
        return str(replace_query_param(url, "cursor", text))


def _asks_to_count(request: Request) -> bool:
    text = request.query_params.get("count")
    if text not in (None, "exact"):
        raise ValidationError({"count": [f"“{text}” is not valid. Write exact, or omit the parameter."]})
    return text is not None


def _count(queryset: QuerySet[Any, Any], *, exact: bool) -> int | None:
    rows = queryset.order_by()
    if exact:
        return rows.count()
    count = rows[: COUNTED + 1].count()
    return count if count <= COUNTED else None
