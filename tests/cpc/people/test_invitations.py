"""Invitations: accounts are created only by an administrator, and a link that works once sets the password."""

from __future__ import annotations

import datetime as dt
import re
import threading
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cpc.accounts.models import Agency, Invitation, User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.people import invitations
from cpc.people import services as people_services
from cpc.people.queries import (
    AccountState,
    accounts,
    in_state,
    state_of,
)
from tests.support.accounts import PASSWORD, make_account
from tests.support.unguarded import unguarded

PASSES = "four plain words together"


class UnreachableServer(EmailBackend):
    """A mail server that is unreachable."""

    def send_messages(self, messages: object) -> int:
        raise SMTPServerDisconnected("away")


def invite(actor: User, **changes: object) -> User:
    values = {
        "username": "newcomer",
        "name": "Newcomer",
        "email": "newcomer@cpc.example",
        "role": Role.VIEWER,
        "agency": None,
        "is_contact": False,
        **changes,
    }
    return people_services.invite(actor=actor, **values)  # type: ignore[arg-type]  # the arguments have several types


def link_in(message: mail.EmailMessage) -> str:
    """Return the path of the link in an email."""
    found = re.search(r"https?://[^/\s]+(/account/invitation/\S+)", str(message.body))
    assert found, message.body
    return found[1]


@pytest.fixture
def link(administrator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> str:
    """Invite a person, and return the path of the link that they received."""
    with django_capture_on_commit_callbacks(execute=True):
        invite(administrator)
    return link_in(mail.outbox[-1])


def set_password(client: Client, link: str, first: str = PASSES, second: str = PASSES) -> int:
    return client.post(link, {"password1": first, "password2": second}).status_code


def test_the_invited_person_sets_the_password_and_signs_in(link: str, client: Client) -> None:
    user = User.objects.get(username="newcomer")
    assert not user.is_active
    assert not client.login(username="newcomer", password=PASSES)
    assert "Newcomer" in client.get(link).content.decode()
    assert client.get(link).status_code == 200, "opening it uses nothing up"
    answer = client.post(link, {"password1": PASSES, "password2": PASSES})
    assert answer["Location"] == "/account/sign-in/"
    assert client.post("/account/sign-in/", {"login": "newcomer", "password": PASSES})["Location"] == "/"
    entries = AuditEntry.objects.filter(object_type="accounts.user", object_id=str(user.pk)).values_list(
        "action", flat=True
    )
    assert {"invited", "sent a link", "took up the account", "signed in"} <= set(entries)


def test_invitation_names_sender_role_and_expiry(link: str, settings: Settings) -> None:
    message = mail.outbox[-1]
    assert message.to == ["newcomer@cpc.example"]
    assert f"{settings.SITE_URL}{link}" in message.body
    for text in ("newcomer", "Viewer", "Administrator", "UTC"):
        assert text in message.body


def test_only_a_digest_of_the_secret_is_stored(link: str) -> None:
    secret = link.strip("/").rpartition("/")[2]
    assert secret not in str(list(Invitation.objects.values())) + str(list(AuditEntry.objects.values()))


def void_used(link: str, client: Client, administrator: User) -> None:
    assert set_password(client, link) == 302


def void_withdrawn(link: str, client: Client, administrator: User) -> None:
    assert invitations.withdraw(account_id=User.objects.get(username="newcomer").pk, actor=administrator)


def void_replaced(link: str, client: Client, administrator: User) -> None:
    people_services.send_link(account_id=User.objects.get(username="newcomer").pk, actor=administrator)


def void_expired(link: str, client: Client, administrator: User) -> None:
    with unguarded():
        Invitation.objects.update(created_at=timezone.now() - dt.timedelta(days=8), expires_at=timezone.now())


@pytest.mark.parametrize("void", [void_used, void_withdrawn, void_replaced, void_expired])
def test_a_link_opens_nothing_once_it_is(void: object, link: str, client: Client, administrator: User) -> None:
    void(link, client, administrator)  # type: ignore[operator]  # a function of the parameters
    password = User.objects.get(username="newcomer").password
    for answer in (
        client.get(link),
        client.post(link, {"password1": "another long password", "password2": "another long password"}),
    ):
        assert answer.status_code == 404
        assert answer.content.count(b"Newcomer") == 0
    assert User.objects.get(username="newcomer").password == password
    made_up = client.get("/account/invitation/made-up/")
    assert made_up.status_code == 404
    assert "This link is not valid" in made_up.content.decode()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("short", "short", "at least 14 characters"),
        ("newcomer@cpc.example", "newcomer@cpc.example", "too similar"),
        (PASSES, "four other words together", "The two passwords are different"),
        ("", "", "required"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_still_opens(
    link: str, client: Client, first: str, second: str, message: str
) -> None:
    answer = client.post(link, {"password1": first, "password2": second})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not User.objects.get(username="newcomer").is_active
    assert set_password(client, link) == 302


def test_password_link_keeps_the_old_password_until_used_then_ends_sessions(
    administrator: User, reviewer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    session, visitor = Client(), Client()
    session.force_login(reviewer)
    with django_capture_on_commit_callbacks(execute=True):
        people_services.send_link(account_id=reviewer.pk, actor=administrator)
    assert visitor.login(username=reviewer.username, password=PASSWORD)
    assert set_password(Client(), link_in(mail.outbox[-1])) == 302
    assert session.get("/").status_code == 302
    assert not Client().login(username=reviewer.username, password=PASSWORD)
    assert Client().login(username=reviewer.username, password=PASSES)
    assert set_password(Client(), link_in(mail.outbox[-1])) == 404, "it opens once, also where the account was active"


def test_a_disabled_person_gets_no_way_in_by_a_link(
    administrator: User, reviewer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        people_services.send_link(account_id=reviewer.pk, actor=administrator)
    people_services.disable(account_id=reviewer.pk, reason="Left", actor=administrator)
    assert set_password(Client(), link_in(mail.outbox[-1])) == 404
    with pytest.raises(ValidationError, match="Enable it first"):
        people_services.send_link(account_id=reviewer.pk, actor=administrator)


def test_a_mail_server_that_is_away_loses_nothing(
    administrator: User,
    client: Client,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.UnreachableServer"
    with django_capture_on_commit_callbacks(execute=True):
        invite(administrator)
    waiting = Invitation.objects.get()
    assert waiting.sent_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert invitations.deliver(waiting.pk)
    assert not invitations.deliver(waiting.pk), "a second task sends nothing"
    assert len(mail.outbox) == 1
    assert set_password(client, link_in(mail.outbox[0])) == 302


def test_what_is_rolled_back_sends_no_mail(
    administrator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        invite(administrator)
        transaction.set_rollback(True)
    assert not mail.outbox
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"username": "administrator"}, "username"),
        ({"username": "späth"}, "username"),
        ({"role": Role.REVIEWER}, "agency"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(administrator: User, changes: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        invite(administrator, **changes)
    assert set(refused.value.error_dict) == {field}


def test_an_address_belongs_to_one_account_whatever_its_capitals(administrator: User) -> None:
    invite(administrator)
    with pytest.raises(ValidationError) as refused:
        invite(administrator, username="other", email="Newcomer@CPC.example")
    assert set(refused.value.error_dict) == {"email"}


def test_no_one_else_invites(reviewer: User) -> None:
    with pytest.raises(PermissionDenied):
        invite(reviewer)


def test_an_invitation_is_never_rewritten(link: str) -> None:
    invitation = Invitation.objects.get()
    for change in ({"expires_at": timezone.now() + dt.timedelta(days=99)}, {"digest": "0" * 64}, {"sent_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        invitation.delete()


def test_accounts_are_found_by_their_state(administrator: User, dol: Agency) -> None:
    invited = invite(administrator)
    disabled = make_account(Role.VIEWER, username="leaver", is_active=False)
    states = {user.username: state_of(user) for user in accounts()}
    assert states == {
        "administrator": AccountState.ACTIVE,
        "newcomer": AccountState.INVITED,
        "leaver": AccountState.DISABLED,
    }
    for user, state in ((invited, AccountState.INVITED), (disabled, AccountState.DISABLED)):
        assert [row.pk for row in in_state(accounts(), state)] == [user.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", ["join", "reset"])
def test_of_two_requests_at_one_moment_one_sets_the_password(purpose: str) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    user = make_account(Role.VIEWER, is_active=purpose == "reset")
    User.objects.filter(pk=user.pk).update(email="viewer@cpc.example")
    user.refresh_from_db()
    with transaction.atomic():
        invitation = invitations.open_invitation(user=user, actor=administrator)
    assert Invitation.objects.get(pk=invitation.pk).sent_at is not None
    at, answers = link_in(mail.outbox[-1]), dict[str, int]()
    both = threading.Barrier(2)

    def send(password: str) -> None:
        both.wait()
        try:
            answers[password] = set_password(Client(), at, password, password)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(f"the words of request {name}",)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [302, 404]
    user.refresh_from_db()
    (winner,) = (password for password, status in answers.items() if status == 302)
    assert user.check_password(winner)
    assert Client().get(at).status_code == 404
