"""Sessions of an account: listed, ended by their person or an administrator, and refused from then on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from cpc.notifications.models import Notification
from cpc.sessions import notifications
from cpc.sessions.models import Session
from cpc.sessions.queries import device_name
from tests.support.accounts import PASSWORD, make_account

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 "
    "Edg/131.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("description", "name"),
    [
        (EDGE, "Windows, Edge"),
        (IPHONE, "iPhone, Safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Linux, Firefox"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
            "Mac, Chrome",
        ),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_has_a_name_that_a_person_knows(description: str, name: str) -> None:
    assert device_name(description) == name


@pytest.fixture
def user(db: None) -> User:
    return make_account(Role.ANALYST)


def signed_in(address: str, device: str, name: str = "analyst") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=device)
    assert client.post("/account/sign-in/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def is_refused(client: Client) -> bool:
    """Return whether REST and pages refuse a client; a page also says why."""
    return client.get("/api/v1/queue/").status_code == 401 and client.get("/account/settings/").status_code == 302


def handle_of(device: str) -> str:
    return str(Session.objects.get(device=device).handle)


def test_one_session_is_ended_from_another_and_learns_why(user: User) -> None:
    desk, phone = signed_in("192.0.2.10", EDGE), signed_in("203.0.113.5", IPHONE)
    page = desk.get("/account/sessions/").content.decode()
    assert "Windows, Edge, 192.0.2.10" in page
    assert "iPhone, Safari, 203.0.113.5" in page
    assert page.count("This one") == 1
    assert "It ends after 15 minutes" in " ".join(page.split())
    desk.post(f"/account/sessions/{handle_of(IPHONE)}/end/")
    answer = phone.get("/account/settings/")
    assert "next=" in answer["Location"]
    assert "ended from another one of yours" in phone.get(answer["Location"]).content.decode()
    assert is_refused(phone)
    assert not is_refused(desk)
    assert entries_of(user).get(action="ended a session").after == {
        "device": "iPhone, Safari", "address": "203.0.113.5",
    }  # fmt: skip
    # A second press finds nothing left to do.
    assert "ended already" in desk.post(f"/account/sessions/{handle_of(IPHONE)}/end/", follow=True).content.decode()
    assert entries_of(user).filter(action="ended a session").count() == 1


def test_no_one_ends_the_session_of_another_by_its_number(user: User) -> None:
    make_account(Role.ADMINISTRATOR)
    desk, other = signed_in("192.0.2.10", EDGE), signed_in("192.0.2.11", IPHONE, "administrator")
    other.post(f"/account/sessions/{handle_of(EDGE)}/end/")
    assert not is_refused(desk)
    assert Session.objects.get(device=EDGE).session_key not in other.get("/account/sessions/").content.decode()


def test_all_other_sessions_are_ended_at_once(user: User) -> None:
    desk, *others = [signed_in(f"192.0.2.{number}", device) for number, device in enumerate((EDGE, IPHONE, "", "curl"))]
    desk.post("/account/sessions/end-others/")
    assert not is_refused(desk)
    assert all(is_refused(other) for other in others)


def test_a_new_password_takes_the_others_from_the_list(user: User) -> None:
    desk, phone = signed_in("192.0.2.10", EDGE), signed_in("203.0.113.5", IPHONE)
    new = "another long phrase for tests 7"
    desk.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_refused(phone)
    page = desk.get("/account/sessions/").content.decode()
    assert ("iPhone" in page, "Windows, Edge, 192.0.2.10" in page) == (False, True)


def test_who_reports_a_session_is_signed_out_everywhere_and_the_administrators_are_notified(user: User) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    desk, phone = signed_in("192.0.2.10", EDGE), signed_in("203.0.113.5", IPHONE)
    form = desk.get("/account/sessions/report/").context["form"]
    desk.post("/account/sessions/report/", {"idempotency_key": form["idempotency_key"].value()})
    assert is_refused(desk)
    assert is_refused(phone)
    assert Notification.objects.get(kind=notifications.REPORTED).recipient == administrator


def test_an_administrator_ends_all_sessions_of_an_account(user: User) -> None:
    make_account(Role.ADMINISTRATOR)
    desk, office = signed_in("192.0.2.10", EDGE), signed_in("192.0.2.20", IPHONE, "administrator")
    before = User.objects.get(pk=user.pk).sessions_ended
    step = f"/account/people/{user.pk}/sessions/"
    form = office.get(step).context["form"]
    office.post(step, {"idempotency_key": form["idempotency_key"].value()})
    answer = desk.get("/account/settings/")
    assert "an administrator ended your sessions" in desk.get(answer["Location"]).content.decode()
    assert is_refused(desk)
    assert not is_refused(office)
    assert User.objects.get(pk=user.pk).sessions_ended == before + 1
    entry = entries_of(user).get(action="ended all sessions")
    assert entry.actor_name == "Administrator"
    # The person can sign in again at once.
    assert not is_refused(signed_in("192.0.2.10", EDGE))


def test_a_sign_in_acknowledges_the_notice_and_the_trail_names_its_edition(user: User) -> None:
    page = Client().get("/account/sign-in/").content.decode()
    assert "Use of this system is monitored and recorded." in page
    assert f'name="notice" value="{settings.SYSTEM_USE_EDITION}"' in page
    signed_in("192.0.2.10", EDGE)
    assert entries_of(user).get(action="signed in").after == {"notice": settings.SYSTEM_USE_EDITION}


def test_a_notice_that_changed_meanwhile_is_shown_again_first(user: User) -> None:
    sent = {"login": "analyst", "password": PASSWORD, "notice": "earlier-text"}
    client = Client()
    assert "has changed. Read it" in client.post("/account/sign-in/", sent).content.decode()
    assert is_refused(client)
