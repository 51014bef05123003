"""Pagination of REST lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from cpc.parameters import whole_number


class Pages(PageNumberPagination):
    """Pagination by `page` and `page_size` (100 by default, 1,000 at most), with the total count and links both ways.

    An invalid page number or size is a 400, a page after the last is a 404.
    """

    page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = "Rows per page, 1 to 1,000. The default is 100."
    page_query_description = "Page number, starting at 1."
    max_page_size = 1000

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        self._whole_number(request, self.page_query_param, None)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound as error:
            raise NotFound("This page does not exist. Start at the first page and follow `next`.") from error

    def get_page_size(self, request: Request) -> int:
        """Return the requested page size.

        Raises an error for an invalid one, where DRF would use the default.
        """
        return self._whole_number(request, "page_size", self.max_page_size) or self.page_size

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Number of rows on all pages.", "example": 1},
                "next": link | {"description": "URL of the next page.", "example": None},
                "previous": link | {"description": "URL of the previous page.", "example": None},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        largest = {self.page_query_param: 10**9 - 1, self.page_size_query_param: self.max_page_size}
        for parameter in parameters:
            parameter["schema"] |= {"minimum": 1, "maximum": largest[parameter["name"]]}
        return parameters

    @staticmethod
    def _whole_number(request: Request, name: str, largest: int | None) -> int | None:
        text = request.query_params.get(name)
        if text is None:
            return None
        number = whole_number(text)
        if number and number <= (largest or number):
            return number
        span = f"from 1 to {largest:,}" if largest else "of 1 or more"
        raise ValidationError({name: [f"“{text}” is not a whole number {span}."]})
