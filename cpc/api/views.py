"""Base classes of all endpoints, and the pages about the REST interface itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView
from rest_framework import mixins, viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from cpc.accounts.access import check, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api import filters, problems, reference
from cpc.api.conditional import make_conditional
from cpc.api.ordering import ORDERING, Orderings, in_requested_order
from cpc.api.permissions import OpenToVisitors
from cpc.api.renderers import (
    FORMAT,
    CsvRenderer,
    columns_of,
    csv_response,
    is_csv,
    refuse_pages,
    refuse_unknown_format,
)
from cpc.api.shapes import EXPAND, FIELDS, Expandable, Shape, shape_parameters
from cpc.parameters import check_parameters

PUBLIC = "public, max-age=300"
"""Cache-Control of the schema for visitors: a new release shows in everyone's copy after five minutes."""

Row = TypeVar("Row", bound=Model)
Out = TypeVar("Out")


@cache
def fields_of(serializer: Any) -> tuple[str, ...]:
    """Return the names of a serializer's fields. Making them takes as long as a short query."""
    return tuple(serializer().fields)


class Endpoint(APIView):
    """Base of every endpoint: it rejects unknown parameters and adds validators to answers.

    `required_permission` is a `Permission`, or a mapping with one per method; an endpoint without one is closed to
    everyone.
    """

    required_permission: Permission | Mapping[str, Permission] | None = None

    def known_parameters(self) -> frozenset[str]:
        return frozenset()

    def repeatable_parameters(self) -> frozenset[str]:
        return frozenset()

    def emptiable_parameters(self) -> frozenset[str]:
        """Return the query parameters for which an empty value means something; any other needs a value."""
        return frozenset()

    def last_modified(self) -> dt.datetime | None:
        """Return the time of the newest change of the data in the answer.

        Returns None if the data carry no date.
        """
        return None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject unknown parameters once the account is authorized; a 405 for the method takes precedence."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:
            formats = [renderer.format for renderer in self.get_renderers()]
            known = self.known_parameters() | ({FORMAT} if len(formats) > 1 else set())
            filters.refuse_unknown(request, known, self.repeatable_parameters(), self.emptiable_parameters())
            refuse_unknown_format(request, formats)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add ETag, Last-Modified, and Cache-Control, and answer 304 if the client has this answer already."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if "Allow" in final:
            final["Allow"] = ", ".join(self._methods_of_account(request))
        changed = self.last_modified() if final.status_code == HTTPStatus.OK else None
        answer: Response = make_conditional(request, final, changed)
        return answer

    def _methods_of_account(self, request: Request) -> list[str]:
        """Return the methods that this account's schema has here; all of them before the account is known."""
        user, table = getattr(request._request, "user", None), self.required_permission
        if not isinstance(user, User) or not isinstance(table, Mapping):
            return list(self.allowed_methods)
        # A method without a permission of its own, such as HEAD, has that of GET.
        return [name for name in self.allowed_methods if user.allows(table.get(name, table["GET"]))]


class Rows(Endpoint, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Row], Generic[Row]):
    """A resource that can be listed, filtered, and retrieved."""

    filterset_class: type[Any] | None = None
    more_parameters: frozenset[str] = frozenset()
    orderings: Orderings = {}
    shape: Shape
    """The fields and parts that the request chooses."""
    parts: Mapping[str, Expandable] = {}
    """Lists below each record that `expand` can add to it, by name."""

    def known_parameters(self) -> frozenset[str]:
        """Return the parameters of a GET: those that choose the fields, and for a list the filters and paging."""
        if self.action not in ("list", "retrieve"):
            return frozenset()
        chosen = frozenset({FIELDS, EXPAND} if self.parts else {FIELDS})
        if self.action == "retrieve":
            return chosen
        names = frozenset(self.filterset_class.base_filters) if self.filterset_class else frozenset()
        return names | self.list_parameters() | chosen | self.more_parameters

    def list_parameters(self) -> frozenset[str]:
        """Return the parameters of a list that select no rows: those of its pages, and of its order."""
        paging: frozenset[str] = getattr(self.paginator, "parameters", frozenset())
        return paging | ({ORDERING} if self.orderings else set())

    def get_renderers(self) -> Any:
        """Return the formats of the answer; a list is also CSV."""
        renderers = super().get_renderers()
        return [*renderers, CsvRenderer()] if self.action == "list" else renderers

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods and self.action in ("list", "retrieve"):
            self.shape = Shape.of(request, self.field_names(), self.parts)

    def field_names(self) -> Sequence[str]:
        """Return the names of a record's fields, which `fields` can choose from."""
        serializer: Any = self.get_serializer_class()
        return fields_of(serializer)

    def shape_parameters(self) -> list[OpenApiParameter]:
        """Return the descriptions of `fields` and `expand` for the schema."""
        return shape_parameters(self.field_names(), tuple(self.parts))

    def presented(self, data: Any) -> Any:
        """Return the data of an answer, with their parts, as the account sees them."""
        return data

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add the parts that `expand` names to each record, and leave only the fields that `fields` names."""
        shape = getattr(self, "shape", None)
        if shape is not None and isinstance(response, Response) and response.status_code == HTTPStatus.OK:
            shape.expand(response.data, user_of(request))
            response.data = self.presented(response.data)
            shape.reduce(response.data)
        return super().finalize_response(request, response, *args, **kwargs)

    def repeatable_parameters(self) -> frozenset[str]:
        return filters.repeatable(self.filterset_class)

    def emptiable_parameters(self) -> frozenset[str]:
        return filters.may_be_empty(self.filterset_class)

    def filter_queryset(self, queryset: QuerySet[Row, Out]) -> QuerySet[Row, Out]:
        """Apply the filters and the order of a list; skip building the forms of filters if the request has none."""
        if self.action != "list":
            return queryset
        asked = self.request.query_params.keys() - self.list_parameters() - {FORMAT, FIELDS, EXPAND}
        rows = super().filter_queryset(queryset) if asked else queryset
        return in_requested_order(rows, self.orderings, self.request)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page, or a file of all rows if CSV is asked for."""
        if not is_csv(request):
            return super().list(request, *args, **kwargs)
        refuse_pages(request, {EXPAND, *getattr(self.paginator, "parameters", ())})
        rows, name = self.filter_queryset(self.get_queryset()), request.path.strip("/").rpartition("/")[2]
        response: Any = csv_response(rows, self._columns(), self._records, name)
        return response  # type: ignore[no-any-return]  # a stream has the headers that callers set, but no data

    def _columns(self) -> Sequence[tuple[str, ...]]:
        """Return the columns of a file: those of the chosen fields."""
        chosen, serializer = self.shape.fields, self.get_serializer()
        assert isinstance(serializer, Serializer)
        return [path for path in columns_of(serializer) if chosen is None or path[0] in chosen]

    def _records(self, rows: Any) -> Any:
        """Return rows as the account sees them in a list."""
        return self.presented({"results": self.get_serializer(rows, many=True).data})["results"]

    @classmethod
    def listing(cls) -> Callable[..., HttpResponseBase]:
        """Return the view of the list; POST adds a record if the class has `create`."""
        return cls._view(get="list", post="create")

    @classmethod
    def single(cls) -> Callable[..., HttpResponseBase]:
        """Return the view of one record; PATCH changes it if the class has `partial_update`."""
        return cls._view(get="retrieve", patch="partial_update")

    @classmethod
    def _view(cls, **actions: Any) -> Callable[..., HttpResponseBase]:
        return cls.as_view({method: action for method, action in actions.items() if hasattr(cls, action)})


class Schema(Endpoint, SpectacularAPIView):
    """The machine-readable description (OpenAPI 3) of all operations, as JSON or YAML, open to everyone.

    An account gets those that it may use. The description for visitors names no data, is the same for all of them, and
    may be cached by anybody.
    """

    permission_classes = (OpenToVisitors,)
    required_permission = Permission.USE_API
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer, JSONRenderer]

    def get_throttles(self) -> list[BaseThrottle]:
        """Count the requests of accounts only: visitors have no token to count by, and get what is built once."""
        return super().get_throttles() if isinstance(self.request.user, User) else []

    def _get_schema_response(self, request: Request) -> Response:
        if isinstance(request.user, User):
            response: Response = super()._get_schema_response(request)  # type: ignore[no-untyped-call]  # drf-spectacular
            return response
        return Response(reference.public_schema())

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and not isinstance(request.user, User):
            final["Cache-Control"] = PUBLIC
        return final


@require_safe
@login_not_required
def documentation(request: HttpRequest) -> HttpResponse:
    """Show the reference of the REST interface, built from its schema: to visitors whole, to an account its part.

    It works without JavaScript and in print.
    """
    check_parameters(request, ())
    if not request.user.is_authenticated:
        return render(request, "api/documentation.html", {"reference": reference.build_public()})
    check(user_of(request), Permission.USE_API)
    return render(request, "api/documentation.html", {"reference": reference.build(request)})


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Show Swagger UI, served from this site, to try a request with the session of this browser."""
    check(user_of(request), Permission.USE_API)
    check_parameters(request, ())
    return render(request, "api/console.html")


console.required_permission = Permission.USE_API  # type: ignore[attr-defined]  # the permission reads it from the view


@require_safe
@login_not_required
def problem_types(request: HttpRequest) -> HttpResponse:
    """List the problem types, which the `type` of every problem document links to."""
    check_parameters(request, ())
    return render(request, "api/problems.html", {"types": problems.TYPES})
