"""What every endpoint shares, and the pages about the interface itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import mixins, viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cpc.accounts.access import check, user_of
from cpc.accounts.permissions import Permission
from cpc.api import filters, problems, reference
from cpc.api.conditional import make_conditional
from cpc.api.permissions import HasRolePermission
from cpc.parameters import check_parameters

Row = TypeVar("Row", bound=Model)
Out = TypeVar("Out")


class Endpoint(APIView):
    """Base of every endpoint: unknown parameters are refused, and answers carry validators.

    `required_permission` is a `Permission`, or one for each method; an endpoint without one is closed to everyone.
    """

    required_permission: Permission | Mapping[str, Permission] | None = None

    def known_parameters(self) -> frozenset[str]:
        """The query parameters this endpoint reads."""
        return frozenset()

    def repeatable_parameters(self) -> frozenset[str]:
        """Those of them that may be given more than once."""
        return frozenset()

    def filled_parameters(self) -> frozenset[str]:
        """Those of them of which an empty value is none."""
        return frozenset()

    def last_modified(self) -> dt.datetime | None:
        """The newest change of the data just answered with; None where they carry no date."""
        return None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the account was let in, look at the parameters; a method that is not answered is said first."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:
            known, repeatable = self.known_parameters(), self.repeatable_parameters()
            filters.refuse_unknown(request, known, repeatable, self.filled_parameters())

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add ETag, Last-Modified and Cache-Control, and answer 304 where the client holds this already."""
        final = super().finalize_response(request, response, *args, **kwargs)
        make_conditional(request, final, self.last_modified() if final.status_code == HTTPStatus.OK else None)
        return final


class Rows(Endpoint, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Row], Generic[Row]):
    """A kind of thing that is listed, filtered and looked up."""

    filterset_class: type[Any] | None = None
    more_parameters: frozenset[str] = frozenset()

    def known_parameters(self) -> frozenset[str]:
        """The filters and the paging of a list; nothing for a single thing."""
        if self.action != "list":
            return frozenset()
        names = frozenset(self.filterset_class.base_filters) if self.filterset_class else frozenset()
        return names | filters.PAGING | self.more_parameters

    def repeatable_parameters(self) -> frozenset[str]:
        """Filters that take any of several values."""
        return filters.repeatable(self.filterset_class)

    def filled_parameters(self) -> frozenset[str]:
        """Numbers and days; a text may be asked for that is empty."""
        return filters.filled(self.filterset_class)

    def filter_queryset(self, queryset: QuerySet[Row, Out]) -> QuerySet[Row, Out]:
        """Filters belong to the list; without one in the address their forms are not built."""
        asked = self.action == "list" and self.request.query_params.keys() - filters.PAGING
        return super().filter_queryset(queryset) if asked else queryset

    @classmethod
    def listing(cls) -> Callable[..., HttpResponseBase]:
        """The view of the list; a POST adds to it where the class has `create`."""
        return cls._view(get="list", post="create")

    @classmethod
    def single(cls) -> Callable[..., HttpResponseBase]:
        """The view of one of them; a PATCH changes it where the class has `partial_update`."""
        return cls._view(get="retrieve", patch="partial_update")

    @classmethod
    def _view(cls, **actions: Any) -> Callable[..., HttpResponseBase]:
        return cls.as_view({method: action for method, action in actions.items() if hasattr(cls, action)})


class Schema(Endpoint, SpectacularAPIView):
    """The machine-readable description (OpenAPI 3) of what this account may use; JSON, or YAML where asked for."""

    permission_classes = (HasRolePermission,)
    required_permission = Permission.USE_API
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer, JSONRenderer]


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The reference of the interface, written from its schema: readable without JavaScript, on paper, by anyone."""
    check(user_of(request), Permission.USE_API)
    check_parameters(request, ())
    return render(request, "api/documentation.html", {"reference": reference.build(request)})


documentation.required_permission = Permission.USE_API  # type: ignore[attr-defined]  # read by navigation and tests


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Swagger UI, served from here, to try a request with the session of this browser."""
    check(user_of(request), Permission.USE_API)
    check_parameters(request, ())
    return render(request, "api/console.html")


console.required_permission = Permission.USE_API  # type: ignore[attr-defined]


@require_safe
@login_not_required
def problem_types(request: HttpRequest) -> HttpResponse:
    """The closed list of problems, to which the `type` of every problem document points."""
    check_parameters(request, ())
    return render(request, "api/problems.html", {"types": problems.TYPES})
