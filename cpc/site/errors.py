"""Error responses, designed to work even if much else has failed.

A request for the REST interface gets a problem document (RFC 9457), any other request a page.
"""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from cpc.accounts.models import User
from cpc.api.problems import problem_response
from cpc.database.outages import RETRY_AFTER, is_out_of_time, is_outage
from cpc.files.outages import is_away

API_PREFIX = "/api/"


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def _is_for_programs(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.is_for_programs


def request_number(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return a 400: the page does not accept a parameter or value of the request."""
    # Only our own text is shown; a library's message about a suspicious request is only logged.
    detail = str(exception) if isinstance(exception, BadRequest) else ""
    if _is_api(request):
        return problem_response(request, HTTPStatus.BAD_REQUEST, detail)
    return render(request, "errors/400.html", {"detail": detail}, status=HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return a 403: the account may see the record but not change it in this way."""
    detail = str(exception) if isinstance(exception, PermissionDenied) else ""
    if _is_api(request):
        return problem_response(request, HTTPStatus.FORBIDDEN, detail)
    context = {"detail": detail, "is_for_programs": _is_for_programs(request)}
    return render(request, "errors/403.html", context, status=HTTPStatus.FORBIDDEN)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Return a 404 for a missing or hidden record; the two look the same on purpose."""
    if _is_api(request):
        return problem_response(request, HTTPStatus.NOT_FOUND)
    return render(request, "errors/404.html", status=HTTPStatus.NOT_FOUND)


@requires_csrf_token
def too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def _passing_fault(error: BaseException | None) -> str:
    """Return why a request failed that may succeed in a moment; empty if it would fail again."""
    if is_outage(error):
        return "The database does not respond, so nothing was saved."
    if is_out_of_time(error):
        return "The database was too busy to answer in time, so nothing was saved."
    if is_away(error):
        return "The storage of files does not respond, so nothing was saved."
    return ""


def _unavailable(request: HttpRequest, reason: str) -> HttpResponse:
    """Return a 503: the same request may succeed in a moment."""
    if _is_api(request):
        response: HttpResponse = problem_response(request, HTTPStatus.SERVICE_UNAVAILABLE, reason)
    else:
        html = render_to_string("errors/503.html", {"reason": reason, "request_number": request_number(request)})
        response = HttpResponse(html, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Return a 500, rendered without request and account as the database may have failed; a 503 if that passes."""
    if reason := _passing_fault(sys.exc_info()[1]):  # Django calls this while it handles the exception
        return _unavailable(request, reason)
    if _is_api(request):
        return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    html = render_to_string("errors/500.html", {"request_number": request_number(request)})
    return HttpResponse(html, status=HTTPStatus.INTERNAL_SERVER_ERROR)
