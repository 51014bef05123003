"""Headers that keep pages private, and the contact for reports of vulnerabilities."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.settings.environment import day_or
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/", 200),
        ("/countries/", 200),
        ("/partnerships/?format=csv", 200),
        ("/partnerships/?format=xlsx", 200),
        ("/nothing/here/", 404),
        ("/?color=blue", 400),
        ("/account/people/", 403),
        ("/api/nothing/", 404),
    ],
)
def test_no_cache_keeps_a_page_an_export_or_an_error(client: Client, url: str, status: int) -> None:
    client.force_login(make_account(Role.ANALYST))
    response = client.get(url)
    assert (response.status_code, response["Cache-Control"]) == (status, "private, no-store")


def test_rest_answer_with_an_etag_is_private_and_revalidated(client: Client) -> None:
    client.force_login(make_account(Role.ANALYST))
    response = client.get("/api/v1/partnerships/")
    assert response["ETag"]
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}


def test_pages_may_use_no_device(client: Client) -> None:
    policy = client.get("/about/privacy/")["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()", "usb=()"} <= set(policy.split(", "))


def test_the_security_contact_has_the_fields_of_rfc_9116(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:security@cpc.example"
    settings.SECURITY_CONTACT_EXPIRES = dt.date(2027, 11, 30)
    settings.SITE_URL = "https://cpc.example"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:security@cpc.example",
        "Expires: 2027-11-30T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://cpc.example/.well-known/security.txt",
    ]


def test_the_contact_expires_within_a_year_unless_a_day_is_set(settings: Settings) -> None:
    left = settings.SECURITY_CONTACT_EXPIRES - dt.date.today()  # the day of the process, as in settings
    assert dt.timedelta(days=300) < left < dt.timedelta(days=365)
    assert day_or("2027-02-28", dt.date(2026, 1, 1)) == dt.date(2027, 2, 28)
    with pytest.raises(ImproperlyConfigured):
        day_or("2027-02-30", dt.date(2026, 1, 1))
