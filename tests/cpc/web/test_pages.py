"""The kernel's pages as each kind of visitor gets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.people import demo
from cpc.site import dashboard, search
from cpc.site.dashboard import Task, TaskSource
from cpc.site.search import Hit, Provider
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"

handler400 = "cpc.site.errors.bad_request"
handler403 = "cpc.site.errors.permission_denied"
handler404 = "cpc.site.errors.page_not_found"
handler500 = "cpc.site.errors.server_error"


def fails(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret of the house")


def refuses(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("This account may not publish.")


urlpatterns = [
    path("fails/", fails),
    path("refuses/", refuses),
    path("api/fails/", fails),
    path("", include("cpc.urls")),
]


@pytest.fixture
def account() -> Callable[[Role], User]:
    def make(role: Role) -> User:
        return User.objects.create_user(f"a-{role}", PASSWORD, name=f"The {role}", role=role)

    return make


@pytest.fixture
def analyst(client: Client, account: Callable[[Role], User]) -> Client:
    client.force_login(account(Role.ANALYST))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def heading(response: Any) -> str:
    (words,) = re.findall(r"<h1[^>]*>(.*?)</h1>", text(response), flags=re.DOTALL)
    return str(words).strip()


@pytest.mark.parametrize(
    ("role", "debug", "shown"),
    [
        (Role.ANALYST, False, False),
        (Role.VIEWER, False, False),
        (Role.REVIEWER, False, False),
        (Role.API_CLIENT, True, False),
        (Role.ADMINISTRATOR, False, True),
        (Role.ANALYST, True, True),
    ],
)
def test_only_those_who_run_or_build_it_are_led_to_the_page_of_all_states(
    client: Client, settings: Settings, role: Role, debug: bool, shown: bool
) -> None:
    settings.DEBUG = debug
    client.force_login(make_account(role))
    assert ("States and messages" in client.get("/about/privacy/").content.decode()) is shown


@pytest.mark.parametrize("url", ["/", "/find/", "/about/states/"])
def test_pages_ask_visitors_to_sign_in_and_clients_to_stay_out(
    client: Client, account: Callable[[Role], User], url: str
) -> None:
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"/account/sign-in/?next={url}")
    client.force_login(account(Role.API_CLIENT))
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "url", ["/about/accessibility/", "/about/privacy/", "/about/what-is-real/", "/account/sign-in/"]
)
def test_a_visitor_reads_the_statements(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert 'id="main"' in text(response)
    assert "Change your password" not in text(response)


@pytest.mark.parametrize("url", ["/", "/find/", "/about/states/", "/about/privacy/"])
def test_pages_have_one_heading_no_inline_code_and_refuse_unknown_parameters(analyst: Client, url: str) -> None:
    response = analyst.get(url)
    assert response.status_code == 200
    assert heading(response)
    assert not re.search(r'\sstyle="|<style|\son\w+="|javascript:|<script(?![^>]* src=)', text(response))
    ids = re.findall(r'\sid="([^"]+)"', text(response))
    assert sorted(ids) == sorted(set(ids))
    refused = analyst.get(url, {"colour": "blue"})
    assert refused.status_code == 400
    assert "does not know “colour”" in text(refused)


def test_home_counts_what_waits(analyst: Client) -> None:
    with dashboard.task_sources.only():
        assert heading(analyst.get("/")) == "Nothing waits for you today"
    tasks = [Task("Publish <b>", "/x/", "why", due="today", urgency="bad"), Task("Rate", "/y/", "why")]
    with dashboard.task_sources.only(TaskSource("t", lambda _request: tasks)):
        response = analyst.get("/")
    assert heading(response) == "Two items wait for you"
    assert "Publish &lt;b&gt;" in text(response)


def test_search_says_what_it_found(analyst: Client) -> None:
    provider = Provider("Countries", lambda query, _user: [Hit("Ghana", "/g/", "Africa")] if query == "gha" else [])
    with search.providers.only(provider):
        assert heading(analyst.get("/find/", {"q": "gha"})) == "1 result for “gha”"
        assert heading(analyst.get("/find/", {"q": "<b>"})) == "Nothing is named “&lt;b&gt;”"
        assert "at least two letters" in text(analyst.get("/find/", {"q": "g"}))
        assert "names of: countries" in text(analyst.get("/find/"))


def test_health_reaches_the_database(client: Client) -> None:
    response = client.get("/healthz/")
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert "no-store" in response["Cache-Control"]

    def down(*_args: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(down):
        assert client.get("/healthz/").status_code == 503


def test_sign_in_out_and_refusal(client: Client, account: Callable[[Role], User]) -> None:
    user = account(Role.VIEWER)
    wrong = client.post("/account/sign-in/", {"login": user.username, "password": "wrong"})
    assert wrong.status_code == 200
    assert "You are not signed in." in text(wrong)
    right = client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD}, follow=True)
    assert right.redirect_chain == [("/", 302)]
    assert "The viewer" in text(right)
    assert heading(client.get("/account/sign-out/")) == "Sign out?"
    out = client.post("/account/sign-out/", follow=True)
    assert "You are signed out." in text(out)
    assert client.get("/").status_code == 302


def test_a_closed_account_is_told_so(client: Client, account: Callable[[Role], User]) -> None:
    user = account(Role.VIEWER)
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD}, follow=True)
    assert heading(response) == "This account is closed"


def test_a_password_is_changed_only_with_the_old_one(client: Client, account: Callable[[Role], User]) -> None:
    user = account(Role.VIEWER)
    client.force_login(user)
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    refused = client.post("/account/password/", {"oldpassword": "wrong", **new})
    assert "The password was not changed." in text(refused)
    client.post("/account/password/", {"oldpassword": PASSWORD, **new})
    user.refresh_from_db()
    assert user.check_password("another-long-password")


@pytest.mark.parametrize("url", ["/account/signup/", "/account/password/reset/", "/admin/"])
def test_there_is_no_registration_reset_or_admin(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert heading(response) == "This page is not here"


@pytest.mark.parametrize(("production", "shown"), [(True, False), (False, True)])
def test_demonstration_accounts_are_hinted_at_only_outside_production(
    client: Client, settings: Settings, production: bool, shown: bool
) -> None:
    settings.PRODUCTION = production
    page = text(client.get("/account/sign-in/"))
    assert ("Demonstration accounts" in page) is shown
    assert (demo.PASSWORD in page) is shown


@pytest.mark.urls(__name__)
def test_errors_say_what_to_do_and_keep_secrets(analyst: Client) -> None:
    refused = analyst.get("/refuses/")
    assert refused.status_code == 403
    assert "This account may not publish." in text(refused)
    analyst.raise_request_exception = False
    failed = analyst.get("/fails/")
    assert failed.status_code == 500
    assert heading(failed) == "Something failed on our side"
    assert f"<code>{failed['X-Request-ID']}</code>" in text(failed)
    assert "secret" not in text(failed)


@pytest.mark.urls(__name__)
def test_the_rest_interface_gets_problem_documents(analyst: Client) -> None:
    analyst.raise_request_exception = False
    for url, status in (("/api/fails/", 500), ("/api/nothing/here/", 404)):
        response = analyst.get(url)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
        assert response.json()["instance"] == url


def test_an_expired_form_is_explained(account: Callable[[Role], User]) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/account/sign-in/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert heading(response) == "This form has expired"


def test_too_many_tries_are_slowed_down(client: Client, account: Callable[[Role], User]) -> None:
    user = account(Role.VIEWER)
    client.force_login(user)
    statuses = [client.post("/account/password/", {"oldpassword": "x"}).status_code for _ in range(8)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
