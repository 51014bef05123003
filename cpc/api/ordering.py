"""The parameter `ordering` of a list: one of the columns that the list declares, each way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cpc.api.keyset import expression, parts_of

ORDERING = "ordering"
Orderings = Mapping[str, str]
"""Names that clients may order by, each with its column as in a query."""


def offered(orderings: Orderings) -> list[str]:
    return [text for name in orderings for text in (name, f"-{name}")]


def in_requested_order(queryset: QuerySet[Any, Any], orderings: Orderings, request: Request) -> QuerySet[Any, Any]:
    """Return the rows in the requested order, equals among them in the list's own; nulls last in either direction.

    Raises `ValidationError` (400) for an order that the list does not offer.
    """
    text = request.query_params.get(ORDERING)
    if text is None:
        return queryset
    column = orderings.get(text.removeprefix("-"))
    if column is None or text.startswith("--"):
        listed = ", ".join(offered(orderings))
        raise ValidationError({ORDERING: [f"“{text}” is not an order of this list. Use {listed}."]})
    usual = queryset.query.order_by or tuple(queryset.model._meta.ordering)
    asked = parts_of(queryset, f"-{column}" if text.startswith("-") else column)
    return queryset.order_by(*(expression(replace(part, nulls_first=False)) for part in asked), *usual)


def parameters(view: Any) -> list[dict[str, Any]]:
    """Return the description of the parameter for the schema; none if the view offers no orders."""
    orderings: Orderings = getattr(view, "orderings", {})
    described = {
        "name": ORDERING,
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": offered(orderings)},
        "description": "The order; with a minus, descending. Equals follow in the usual order, nulls come last.",
    }
    return [described] if orderings else []
