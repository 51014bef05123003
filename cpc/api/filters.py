"""Filters of a list. A parameter that the list does not know is an error, never ignored."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

PAGING = frozenset({"page", "page_size"})


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """Raise 400 that names each unknown parameter and lists the known ones."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        listed = ", ".join(sorted(known)) or "none"
        raise ValidationError({name: [f"Unknown parameter. Known ones: {listed}."] for name in unknown})


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter ships no types
    """django-filter, and 400 for a parameter that neither the filter set nor the paging knows."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Filter, after every parameter was found to be known."""
        filterset = self.get_filterset(request, queryset, view)
        names = frozenset(filterset.filters) if filterset is not None else frozenset()
        extra = frozenset(getattr(view, "extra_parameters", ()))
        paging = PAGING if getattr(view, "paginator", None) is not None else frozenset()
        refuse_unknown(request, names | extra | paging)
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered
