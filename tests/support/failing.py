"""The product's addresses, and some at which it answers as it does when things go wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.csrf import csrf_failure

from cpc.site.errors import too_many_requests
from cpc.urls import handler400, handler403, handler404, handler429, handler500
from cpc.urls import urlpatterns as product

__all__ = ("handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns")


class Planned(Exception):
    """The fault that is raised on purpose."""


@login_not_required
def broken(_request: HttpRequest) -> HttpResponse:
    """A page with a fault in it."""
    raise Planned


@login_not_required
def expired(request: HttpRequest) -> HttpResponse:
    """What a form answers whose token is too old."""
    return csrf_failure(request)


@login_not_required
def too_often(request: HttpRequest) -> HttpResponse:
    """What the sign-in page answers after too many tries."""
    return too_many_requests(request)


urlpatterns = [
    *product,
    path("failing/", broken, name="failing"),
    path("failing/expired/", expired, name="failing-expired"),
    path("failing/too-often/", too_often, name="failing-too-often"),
]
