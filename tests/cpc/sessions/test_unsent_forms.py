"""Entries of a session that ended are offered again, to the same account only, and never sent by themselves."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.sessions import unsent_forms
from cpc.sessions.models import Session, UnsentForm
from tests.support.accounts import PASSWORD, make_account

FORM = "/account/people/agencies/new/"
TYPED = {"code": "treasury", "name": "Department of the Treasury", "short_name": "Treasury", "statutory": "on"}


@pytest.fixture
def user(db: None) -> User:
    return make_account(Role.ADMINISTRATOR)


def sign_in(client: Client, name: str = "administrator", page: str = FORM) -> str:
    sent = {"login": name, "password": PASSWORD, "next": page}
    return str(client.post("/account/sign-in/", sent)["Location"])


def end_session(why: str = "") -> None:
    if why:
        Session.objects.update(ended_because=why)
    else:
        Session.objects.update(last_seen_at=timezone.now() - dt.timedelta(minutes=15))


@pytest.fixture
def late(user: User) -> Client:
    """Return a browser whose form was sent after its session had ended, without JavaScript."""
    client = Client()
    sign_in(client)
    key = client.get(FORM).context["form"]["idempotency_key"].value()
    end_session()
    answer = client.post(FORM, {**TYPED, "idempotency_key": key, "csrfmiddlewaretoken": "x", "password": "secret"})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "nothing was done for a while" in page.content.decode()
    assert "What you typed is not lost." in page.content.decode()
    return client


def test_a_form_that_is_sent_too_late_is_in_the_page_again_after_sign_in(late: Client) -> None:
    assert not Agency.objects.filter(code="treasury").exists()
    assert sign_in(late) == FORM
    answer = late.get(FORM)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your session ended while you typed here." in page
    assert 'value="Department of the Treasury"' in page
    assert answer.context["form"]["statutory"].value() is True
    # It was not sent by itself, and is saved once the person sends it. Then it is no longer offered.
    assert not Agency.objects.filter(code="treasury").exists()
    sent = {name: answer.context["form"][name].value() for name in ("code", "name", "short_name", "idempotency_key")}
    late.post(FORM, {**sent, "statutory": "on"})
    assert Agency.objects.get(code="treasury").statutory
    assert not UnsentForm.objects.exists()
    assert "Your session ended" not in late.get(FORM).content.decode()


def test_it_is_stored_without_secrets(late: Client) -> None:
    stored = UnsentForm.objects.get()
    assert set(stored.fields) == {*TYPED, "idempotency_key"}


def test_no_one_else_who_signs_in_sees_it(late: Client) -> None:
    make_account(Role.ANALYST)
    pk = UnsentForm.objects.get().pk
    sign_in(late, "analyst", "/")
    assert late.get(f"/account/unsent/{pk}/").status_code == 404
    assert late.post(f"/account/unsent/{pk}/discard/").status_code == 404
    late.post("/account/sign-out/")
    assert UnsentForm.objects.filter(pk=pk).exists()
    sign_in(late)
    assert "Treasury" in late.get(FORM).content.decode()


@pytest.mark.parametrize("how", ["sign-out", "discard"])
def test_it_is_removed_at_sign_out_and_when_it_is_discarded(late: Client, how: str) -> None:
    sign_in(late)
    pk = UnsentForm.objects.get().pk
    assert "Department of the Treasury" in late.get(f"/account/unsent/{pk}/").content.decode()
    late.post("/account/sign-out/" if how == "sign-out" else f"/account/unsent/{pk}/discard/")
    assert not UnsentForm.objects.exists()


@pytest.mark.parametrize("why", ["elsewhere", "administrator"])
def test_a_session_that_someone_ended_keeps_nothing(user: User, why: str) -> None:
    client = Client()
    sign_in(client)
    end_session(why)
    answer = client.post(FORM, TYPED)
    assert "Nothing was saved." in client.get(answer["Location"]).content.decode()
    assert not UnsentForm.objects.exists()


def keep_by_script(client: Client, action: str = FORM, page: str = FORM, **fields: str) -> int:
    """Return how many seconds the session goes on."""
    sent = {"page": page, "action": action, "fields": urlencode(fields or TYPED)}
    return int(client.post("/account/session/forms/", sent).json()["seconds"])


def test_the_script_keeps_a_form_only_once_the_session_is_over(user: User) -> None:
    client = Client()
    sign_in(client)
    assert keep_by_script(client) > 0
    assert not UnsentForm.objects.exists()
    end_session()
    assert keep_by_script(client) == 0
    assert UnsentForm.objects.get().fields["name"] == ["Department of the Treasury"]
    # The cookie is gone with the session.
    assert keep_by_script(client, name="Another") == 0
    assert UnsentForm.objects.get().fields["name"] == ["Department of the Treasury"]


@pytest.mark.parametrize(
    "action", ["//elsewhere.example/", "https://elsewhere.example/", "/account/sign-in/", "/nowhere/", "/" + "a" * 500]
)
def test_a_form_of_another_site_or_of_visitors_is_not_stored(user: User, action: str) -> None:
    client = Client()
    sign_in(client)
    end_session()
    assert keep_by_script(client, action) == 0
    assert not UnsentForm.objects.exists()


@pytest.mark.parametrize("url", ["//elsewhere.example/", "///elsewhere.example/", "/\\elsewhere.example/", "https:/x/"])
def test_no_page_of_another_site_is_stored_to_go_back_to(user: User, url: str) -> None:
    client = Client()
    sign_in(client)
    end_session()
    keep_by_script(client, page=url)
    assert not UnsentForm.objects.exists()


def test_only_so_many_forms_are_stored_and_old_ones_are_removed(user: User) -> None:
    for number in range(unsent_forms.MOST + 2):
        page = f"{FORM}?n={number}"
        unsent_forms.keep(account_id=user.pk, page=page, action=page, data=unsent_forms.data_of({"name": ["x"]}))
    assert UnsentForm.objects.count() == unsent_forms.MOST
    assert unsent_forms.clear(timezone.now() - dt.timedelta(minutes=1)) == 0
    assert unsent_forms.clear(timezone.now()) == unsent_forms.MOST


def test_a_button_that_is_pressed_too_late_leads_back_to_its_page(user: User) -> None:
    client = Client()
    sign_in(client)
    end_session()
    page = "http://testserver/account/sessions/"
    answer = client.post("/account/sessions/end-others/", headers={"Referer": page})
    assert answer["Location"] == "/account/sign-in/?next=%2Faccount%2Fsessions%2F"
    sign_in(client)
    end_session()
    answer = client.post("/account/sessions/end-others/", headers={"Referer": "https://elsewhere.example/"})
    assert answer["Location"] == "/account/sign-in/?next=%2F"


def test_pages_look_for_unsent_forms_only_if_there_were_any_at_sign_in(user: User) -> None:
    client = Client()
    sign_in(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(FORM)
    assert not [query for query in queries if "sessions_unsentform" in query["sql"]]
