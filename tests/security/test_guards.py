"""Guards of the whole product: pages are closed unless opened, sessions end, and every response has its headers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client
from django.urls import include, path, reverse
from pytest_django import Settings

from cpc.accounts.access import requires
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.api.permissions import HasRolePermission, OpenToVisitors
from cpc.web.actions import ActionView
from cpc.web.pages import Page, all_pages
from tests.security.expected_table import addresses
from tests.support.accounts import PASSWORD, make_account

pytestmark = pytest.mark.django_db


def forgotten(_request: HttpRequest) -> HttpResponse:
    """Show a page whose author forgot to guard it."""
    return HttpResponse("open")


urlpatterns = [path("forgotten/", forgotten), path("", include("cpc.urls"))]
handler404 = "cpc.site.errors.page_not_found"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


# ---- closed unless opened ------------------------------------------------------------------------------------------


def test_a_page_that_names_no_guard_is_still_behind_the_sign_in(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    response = client.get("/forgotten/")
    assert (response.status_code, response["Location"]) == (302, "/account/sign-in/?next=/forgotten/")


def test_every_address_is_a_page_or_an_endpoint() -> None:
    """REST framework closes endpoints; a page is closed by its declaration."""
    pages = {page.name: page for page in all_pages()}
    assert [a.name for a in addresses() if a.name not in pages and not a.route.startswith("api/v1/")] == []
    for address in addresses():
        if address.name in pages:
            page = pages[address.name]
            assert getattr(address.view, "required_permission", None) == page.permission, address.name


def test_a_page_without_permission_is_an_error_unless_it_gives_a_reason() -> None:
    guarded = requires(Permission.VIEW_AUDIT)(forgotten)
    with pytest.raises(ImproperlyConfigured, match="forgotten has no permission"):
        Page("forgotten/", forgotten, "forgotten")
    with pytest.raises(ImproperlyConfigured, match="forgotten has no permission"):
        Page("forgotten/", ActionView, "forgotten")
    with pytest.raises(ImproperlyConfigured, match="remove `no_permission`"):
        Page("guarded/", guarded, "guarded", no_permission="open to visitors")
    assert Page("forgotten/", forgotten, "forgotten", no_permission="open to visitors").permission is None
    assert Page("guarded/", guarded, "guarded").permission is Permission.VIEW_AUDIT


def test_an_endpoint_is_closed_unless_it_names_its_permission() -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["cpc.api.permissions.HasRolePermission"]
    for address in addresses():
        if address.route.startswith("api/v1/"):
            endpoint = vars(address.view)["cls"]
            required = endpoint.required_permission
            named = list(required.values()) if isinstance(required, dict) else [required]
            assert named, address.name
            assert all(isinstance(permission, Permission) for permission in named), address.name
            assert not isinstance(required, dict) or "GET" in required, address.name
            guard = OpenToVisitors if address.name == "api:schema" else HasRolePermission
            assert list(endpoint.permission_classes) == [guard], address.name


def test_no_one_registers_recovers_or_administers_by_a_public_address(client: Client) -> None:
    routes = " ".join(address.route for address in addresses())
    assert not re.search(r"sign-?up|register|reset|admin", routes)
    for url in ("/accounts/signup/", "/account/signup/", "/account/sign-up/", "/admin/", "/accounts/password/reset/"):
        assert client.get(url).status_code == 404
    assert not hasattr(get_user_model(), "is_superuser")


def test_a_disabled_account_is_out_at_its_next_request(client: Client) -> None:
    user = make_account(Role.ANALYST)
    client.force_login(user)
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/sources/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").status_code == 302
    assert client.get("/api/v1/sources/").status_code == 401
    assert client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD})["Location"] == (
        "/account/closed/"
    )
    assert client.get("/").status_code == 302


def test_a_changed_role_counts_at_the_next_request(client: Client) -> None:
    user = make_account(Role.ANALYST)
    client.force_login(user)
    assert client.get("/audit/").status_code == 200
    User.objects.filter(pk=user.pk).update(role=Role.VIEWER)
    assert client.get("/audit/").status_code == 403


# ---- signing in ----------------------------------------------------------------------------------------------------


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post("/account/sign-in/", {"login": username, "password": password, **more})


def test_tries_of_a_password_are_limited(client: Client) -> None:
    make_account(Role.ANALYST)
    answers = [sign_in(client, "analyst", f"guess {number}").status_code for number in range(12)]
    assert answers == [200] * 12
    assert "too many failed sign-ins" in sign_in(client, "analyst", "guess").content.decode()
    # The right password does not help once the limit is reached.
    sign_in(client, "analyst", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_an_account_of_a_program_is_led_to_the_documentation(client: Client) -> None:
    make_account(Role.API_CLIENT)
    assert sign_in(client, "api_client", PASSWORD)["Location"] == "/api/docs/"
    assert client.get("/")["Location"] == "/api/docs/"
    refused = client.get("/find/?q=Ghana")
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "This account is for programs" in page
    assert 'href="/api/docs/"' in page
    documentation = client.get("/api/docs/").content.decode()
    assert 'href="/find/"' not in documentation
    for url in re.findall(r'href="(/[^"#]*)"', documentation):
        if url != "/" and not url.startswith("/static/"):
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("after", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client: Client, after: str) -> None:
    make_account(Role.VIEWER)
    assert sign_in(client, "viewer", PASSWORD, next=after)["Location"] == "/"


def test_the_session_is_renewed_and_its_cookie_stays_out_of_reach(client: Client) -> None:
    make_account(Role.VIEWER)
    client.get("/account/sign-in/")
    sign_in(client, "viewer", PASSWORD)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""  # ends with the browser
    assert settings.SESSION_COOKIE_AGE <= 12 * 60 * 60
    before = cookie.value
    client.post("/account/sign-out/")
    sign_in(client, "viewer", PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value not in ("", before)


def test_forms_are_refused_without_their_token() -> None:
    assert f"{CsrfViewMiddleware.__module__}.{CsrfViewMiddleware.__name__}" in settings.MIDDLEWARE
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_account(Role.ANALYST))
    response = client.post("/account/sign-out/")
    assert response.status_code == 403
    assert "_auth_user_id" in client.session


# ---- what every answer carries -------------------------------------------------------------------------------------


def test_each_request_has_a_number_of_its_own(client: Client) -> None:
    url = reverse("health")
    assert client.get(url)["X-Request-ID"] != client.get(url)["X-Request-ID"]
    assert client.get(url, headers={"X-Request-ID": "chosen"})["X-Request-ID"] != "chosen"
