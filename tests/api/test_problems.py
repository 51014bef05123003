"""Problem documents (RFC 9457) for every error under /api/, whichever layer raises it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from pytest_django import Settings
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cpc.accounts.permissions import Permission
from cpc.api.problems import TYPES
from cpc.api.views import Endpoint

handler400 = "cpc.site.errors.bad_request"
handler403 = "cpc.site.errors.permission_denied"
handler404 = "cpc.site.errors.page_not_found"
handler500 = "cpc.site.errors.server_error"


class Fails(Endpoint):
    required_permission = Permission.USE_API

    def get(self, request: Request) -> Response:
        raise RuntimeError("the secret of the house")


class Reads(Endpoint):
    required_permission = Permission.USE_API
    parser_classes = (JSONParser,)

    def post(self, request: Request) -> Response:
        return Response(request.data)


class Manages(Endpoint):
    required_permission = Permission.MANAGE_PEOPLE

    def get(self, request: Request) -> Response:
        return Response({})


class NamesNoPermission(APIView):
    """View whose author forgot to guard it."""

    def get(self, request: Request) -> Response:
        return Response({"secret": True})


urlpatterns = [
    path("api/v1/fails/", Fails.as_view()),
    path("api/v1/reads/", Reads.as_view()),
    path("api/v1/manages/", Manages.as_view()),
    path("api/v1/forgotten/", NamesNoPermission.as_view()),
    path("", include("cpc.urls")),
]

COUNTRIES = "/api/v1/countries/"
JSON = {"content_type": "application/json"}
CASES: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", f"{COUNTRIES}?color=red", {}, 400, "invalid"),
    ("POST", "/api/v1/reads/", {"data": "{", **JSON}, 400, "parse_error"),
    ("GET", "/api/v1/manages/", {}, 403, "permission_denied"),
    ("GET", "/api/v1/forgotten/", {}, 403, "permission_denied"),
    ("GET", "/api/v1/countries/ZZZ/", {}, 404, "not_found"),
    ("GET", f"{COUNTRIES}?page=999", {}, 404, "not_found"),
    ("GET", "/api/v1/nothing/here/", {}, 404, "not_found"),
    ("GET", "/api/", {}, 404, "not_found"),
    ("DELETE", "/api/v2/", {}, 404, "not_found"),
    ("POST", COUNTRIES, {"data": "{}", **JSON}, 405, "method_not_allowed"),
    ("DELETE", "/api/v1/countries/GHA/", {}, 405, "method_not_allowed"),
    ("GET", COUNTRIES, {"headers": {"Accept": "text/html"}}, 406, "not_acceptable"),
    ("GET", COUNTRIES, {"headers": {"If-Match": '"older"'}}, 412, "precondition_failed"),
    ("POST", "/api/v1/reads/", {"data": "<a/>", "content_type": "application/xml"}, 415, "unsupported_media_type"),
    ("GET", "/api/v1/fails/", {}, 500, "error"),
]


@pytest.fixture(autouse=True)
def _views_that_fail(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def check(response: Any, url: str, status: int, code: str) -> None:
    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert problem["status"] == status
    assert problem["type"] == f"/api/problems/#{code}"
    assert problem["instance"] == url
    assert problem["request_id"] == response["X-Request-ID"]
    assert problem["title"]
    assert problem["detail"]
    assert "secret" not in str(problem)


@pytest.mark.parametrize(("method", "url", "more", "status", "code"), CASES)
def test_each_way_to_fail(api: Client, method: str, url: str, more: dict[str, Any], status: int, code: str) -> None:
    api.raise_request_exception = False
    check(api.generic(method, url, **more), url, status, code)


@pytest.mark.parametrize("url", [COUNTRIES, f"{COUNTRIES}?color=red", "/api/v1/forgotten/"])
def test_a_visitor_is_asked_to_sign_in_before_anything_else(db: None, client: Client, url: str) -> None:
    response = client.get(url)
    check(response, url, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_crash_on_the_way_to_the_view_is_a_document_too(api: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    response = api.get(COUNTRIES)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_every_kind_of_problem_is_on_the_page_its_type_leads_to(db: None, client: Client) -> None:
    page = client.get("/api/problems/")
    shown = set(re.findall(r'<tr role="row" id="(\w+)">', page.content.decode()))
    assert shown == set(TYPES)
    assert {code for *_, code in CASES} <= shown
