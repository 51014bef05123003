"""URL configuration of the product, with additional URLs that answer as the product does on errors."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.csrf import csrf_failure

from cpc.site.errors import too_many_requests
from cpc.urls import handler400, handler403, handler404, handler429, handler500
from cpc.urls import urlpatterns as product

__all__ = ("handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns")


class Planned(Exception):
    """An exception that is raised on purpose."""


@login_not_required
def broken(_request: HttpRequest) -> HttpResponse:
    """Raise an exception, as a page with a fault would."""
    raise Planned


@login_not_required
def cut_off(_request: HttpRequest) -> HttpResponse:
    """Raise the exception of a page whose database can't be reached."""
    raise OperationalError


@login_not_required
def expired(request: HttpRequest) -> HttpResponse:
    """Answer as a form does whose CSRF token is too old."""
    return csrf_failure(request)


@login_not_required
def too_often(request: HttpRequest) -> HttpResponse:
    """Answer as the sign-in page does after too many attempts."""
    return too_many_requests(request)


urlpatterns = [
    *product,
    path("failing/", broken, name="failing"),
    path("failing/cut-off/", cut_off, name="failing-cut-off"),
    path("failing/expired/", expired, name="failing-expired"),
    path("failing/too-often/", too_often, name="failing-too-often"),
]
