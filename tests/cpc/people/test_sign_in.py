"""Sign-in leads to the page that was asked for, or where an account of a program may go."""

from __future__ import annotations

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.people.demo import PASSWORD as DEMONSTRATION
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db
DOCUMENTATION = "/api/docs/"


def signed_in_at(role: Role, asked: str) -> tuple[str, int]:
    """Sign in from the page of a visitor who asked for a URL; return the URL after all redirects and its status."""
    user = make_account(role)
    user.set_password(DEMONSTRATION)
    user.save()
    client = Client()
    form = client.get(asked, follow=True).redirect_chain[-1][0]
    answer = client.post(form, {"login": user.username, "password": DEMONSTRATION}, follow=True)
    return answer.redirect_chain[-1][0], answer.status_code


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/", DOCUMENTATION),
        ("/countries/", DOCUMENTATION),
        ("/partnerships/?status=active", DOCUMENTATION),
        ("/find/?q=Ghana", DOCUMENTATION),
        ("/account/tokens/all/", DOCUMENTATION),
        ("/account/tokens/", "/account/tokens/"),
        ("/account/password/", "/account/password/"),
        (f"{DOCUMENTATION}console/", f"{DOCUMENTATION}console/"),
    ],
)
def test_an_account_of_a_program_reaches_a_page_that_it_may_open(asked: str, reached: str) -> None:
    assert signed_in_at(Role.API_CLIENT, asked) == (reached, 200)


@pytest.mark.parametrize("asked", ["/", "/countries/", "/account/tokens/"])
def test_a_person_reaches_the_page_that_was_asked_for(asked: str) -> None:
    assert signed_in_at(Role.ANALYST, asked) == (asked, 200)


def test_program_account_is_redirected_from_home(client: Client) -> None:
    client.force_login(make_account(Role.API_CLIENT))
    assert client.get("/")["Location"] == DOCUMENTATION
    assert client.get("/countries/").status_code == 403
