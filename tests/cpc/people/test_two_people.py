"""Approvers and administrators: who becomes one, and how such a person signs in, takes two people on every route."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import ApiToken, Invitation, User
from cpc.accounts.permissions import Permission, Role
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.people import access_changes, invitations, services
from cpc.people.account_services import create_account
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import PASSWORD, make_account
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db

FRESH = "four plain words together"
HOLDERS = [Role.APPROVER, Role.ADMINISTRATOR]
NEWCOMER = {
    "username": "newcomer",
    "name": "Newcomer",
    "email": "newcomer@cpc.example",
    "agency": None,
    "is_contact": False,
}


def with_address(user: User) -> User:
    """Give an account an address, as its owner would have had from the start."""
    with owner_rights():
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@cpc.example")
    user.refresh_from_db()
    return user


@pytest.fixture
def approver(db: None) -> User:
    return with_address(make_account(Role.APPROVER))


@pytest.fixture
def viewer(db: None) -> User:
    return with_address(make_account(Role.VIEWER))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def once(**values: object) -> dict[str, object]:
    return {"idempotency_key": new_key(), **values}


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/account/invitation/\S+)", str(message.body))
    assert found, message.body
    return found[1]


def use(link: str) -> int:
    return Client().post(link, {"password1": FRESH, "password2": FRESH}).status_code


def change_role(user: User, role: Role, actor: User) -> bool:
    values = {"role": role}
    return services.change_account(account_id=user.pk, values=values, expected_revision=None, actor=actor)


def ask_for_role(user: User, role: Role, actor: User) -> AccessChange:
    values = {"role": role}
    return access_changes.ask_to_change(account_id=user.pk, values=values, expected_revision=None, actor=actor)


def ask_for_address(user: User, email: str, actor: User) -> AccessChange:
    values = {"email": email}
    return access_changes.ask_to_change(account_id=user.pk, values=values, expected_revision=None, actor=actor)


# ---- one person alone, by the services -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", HOLDERS)
def test_no_one_alone_gives_or_moves_such_an_account(administrator: User, viewer: User, role: Role) -> None:
    holder = with_address(make_account(role, username="holder"))
    former = make_account(role, username="former", is_active=False)
    attempts: list[Callable[[], object]] = [
        lambda: services.invite(**NEWCOMER, role=role, actor=administrator),  # type: ignore[arg-type]  # several types
        lambda: change_role(viewer, role, administrator),
        lambda: services.change_account(
            account_id=holder.pk, values={"email": "x@cpc.example"}, expected_revision=None, actor=administrator
        ),
        lambda: services.send_link(account_id=holder.pk, actor=administrator),
        lambda: services.enable(account_id=former.pk, actor=administrator),
    ]
    for attempt in attempts:
        assert error_codes(attempt) == ["second_person"]
    assert not Invitation.objects.exists()
    assert not User.objects.filter(username="newcomer").exists()


def test_what_takes_rights_away_takes_one_person(administrator: User, approver: User) -> None:
    second = make_account(Role.ADMINISTRATOR, username="second")
    assert change_role(second, Role.VIEWER, administrator)
    assert services.disable(account_id=approver.pk, reason="Left", actor=administrator)
    assert services.change_account(
        account_id=administrator.pk, values={"name": "Renamed"}, expected_revision=None, actor=administrator
    )


# ---- one person alone, by SQL of the application's role ------------------------------------------------------------

PLANT = (
    "INSERT INTO accounts_user (password, username, name, email, role, is_contact, is_active, has_letter_keys, "
    "sessions_ended, date_joined) "
    "VALUES ('{password}', 'planted', 'Planted', '', '{role}', FALSE, {active}, TRUE, 0, now())"
)


@pytest.mark.parametrize("role", HOLDERS)
@pytest.mark.parametrize(("password", "active"), [("md5$x$y", "TRUE"), ("!", "FALSE")])
def test_the_database_lets_no_one_plant_an_account(db: None, role: Role, password: str, active: str) -> None:
    statement = PLANT.format(password=password, role=role.value, active=active)
    assert db_error_code(lambda: raw(statement)) == "second_person"
    raw(PLANT.format(password=password, role="analyst", active=active))


@pytest.mark.parametrize(
    ("whom", "change"),
    [
        ("viewer", "role = 'approver'"),
        ("viewer", "role = 'administrator', password = '!'"),
        ("approver", "role = 'administrator'"),
        ("approver", "email = 'elsewhere@cpc.example'"),
        ("approver", "email = ''"),
        ("approver", "username = 'another'"),
        ("former", "is_active = TRUE"),
        ("former", "is_active = TRUE, role = 'administrator'"),
    ],
)
def test_the_database_refuses_the_same_changes(
    administrator: User, approver: User, viewer: User, whom: str, change: str
) -> None:
    make_account(Role.APPROVER, username="former", is_active=False)
    statement = f"UPDATE accounts_user SET {change} WHERE username = %s"
    assert db_error_code(lambda: raw(statement, whom)) == "second_person"


@pytest.mark.parametrize("change", ["is_active = FALSE", "role = 'viewer'", "name = 'Renamed', last_login = now()"])
def test_the_database_lets_rights_be_taken_away(administrator: User, approver: User, change: str) -> None:
    raw(f"UPDATE accounts_user SET {change} WHERE id = %s", approver.pk)


@pytest.mark.parametrize("role", HOLDERS)
def test_the_database_refuses_a_link_for_such_an_account(administrator: User, role: Role) -> None:
    holder = make_account(role, username="holder")

    def insert(user: User) -> None:
        raw(
            "INSERT INTO accounts_invitation (user_id, purpose, digest, created_at, created_by_id, expires_at) "
            "VALUES (%s, 'reset', %s, now(), %s, now() + interval '1 day')",
            user.pk,
            "0" * 64,
            administrator.pk,
        )

    assert db_error_code(lambda: insert(holder)) == "second_person"
    insert(make_account(Role.VIEWER))


@pytest.mark.parametrize("change", ["is_active = FALSE", "role = 'viewer'"])
def test_the_database_keeps_the_last_administrator(administrator: User, change: str) -> None:
    make_account(Role.ADMINISTRATOR, username="former", is_active=False)
    statement = f"UPDATE accounts_user SET {change} WHERE id = %s"
    assert db_error_code(lambda: raw(statement, administrator.pk)) == "last_administrator"
    assert db_error_code(lambda: raw("DELETE FROM accounts_user WHERE id = %s", administrator.pk)) == (
        "last_administrator"
    )
    make_account(Role.ADMINISTRATOR, username="second")
    raw(statement, administrator.pk)


def forged(asked_by: User, account: User, **more: str) -> int:
    """Insert a change of access by SQL, and return its key."""
    values = {"outcome": "''", "decided_by_id": "NULL", "decided_at": "NULL", **more}
    with connection.cursor() as cursor:
        columns, given = ", ".join(values), ", ".join(values.values())
        cursor.execute(
            f"INSERT INTO accounts_accesschange (kind, account_id, wanted, seen, asked_by_id, expires_at, {columns}) "
            "SELECT 'change', u.id, '{\"role\": \"approver\"}', "
            "jsonb_build_object('username', u.username, 'email', u.email, 'role', u.role), %s, "
            f"now() + interval '1 day', {given} FROM accounts_user u WHERE u.id = %s RETURNING id",
            [asked_by.pk, account.pk],
        )
        return int(cursor.fetchone()[0])


DECIDE = "UPDATE accounts_accesschange SET outcome = %s, decided_by_id = %s, decided_at = now() WHERE id = %s"


def test_a_change_planted_by_sql_names_two_people_who_may(administrator: User, approver: User, viewer: User) -> None:
    analyst, former = make_account(Role.ANALYST), make_account(Role.APPROVER, username="former", is_active=False)
    for asker in (approver, analyst, former):
        assert db_error_code(partial(forged, asker, viewer)) == "asker_left"
    decided = {"outcome": "'confirmed'", "decided_by_id": str(approver.pk), "decided_at": "now()"}
    assert db_error_code(lambda: forged(administrator, viewer, **decided)) == "second_person"
    change = forged(administrator, viewer)
    for decider, code in (
        (administrator, "same_person"),
        (analyst, "second_person"),
        (viewer, "own_account"),
        (former, "second_person"),
    ):
        for outcome in ("confirmed", "refused"):
            assert db_error_code(partial(raw, DECIDE, outcome, decider.pk, change)) == code
    assert db_error_code(lambda: raw(DECIDE, "withdrawn", approver.pk, change)) == "same_person"
    assert db_error_code(lambda: raw("DELETE FROM accounts_accesschange")) == ""
    assert (
        db_error_code(lambda: raw("UPDATE accounts_accesschange SET asked_by_id = %s", approver.pk))
        == "decided_already"
    )
    assert db_error_code(lambda: raw("UPDATE accounts_accesschange SET wanted = '{}'")) == "decided_already"
    raw(DECIDE, "refused", approver.pk, change)
    assert db_error_code(lambda: raw(DECIDE, "confirmed", approver.pk, change)) == "decided_already"


def test_the_database_lets_no_one_decide_on_a_change_of_their_own_account(administrator: User, approver: User) -> None:
    """Check trigger and constraint: a holder of such a role must not decide on it when it is about their account."""
    second = make_account(Role.APPROVER, username="second")
    change = forged(administrator, approver)
    for outcome in ("confirmed", "refused"):
        assert db_error_code(partial(raw, DECIDE, outcome, approver.pk, change)) == "own_account"
        with unguarded(), pytest.raises(IntegrityError, match="access_change_not_own"), transaction.atomic():
            raw(DECIDE, outcome, approver.pk, change)  # without the trigger, the constraint
    raw(DECIDE, "refused", second.pk, change)


def test_the_database_lets_the_subject_withdraw_what_they_asked_for(administrator: User) -> None:
    raw(DECIDE, "withdrawn", administrator.pk, forged(administrator, administrator))


def test_a_confirmed_change_allows_that_change_and_no_other(administrator: User, approver: User, viewer: User) -> None:
    other = make_account(Role.VIEWER, username="other")
    raw(DECIDE, "confirmed", approver.pk, forged(administrator, viewer))
    for change, whom in (
        ("role = 'administrator', password = '!'", viewer),
        ("role = 'approver', password = '!'", other),
        ("role = 'approver', password = '!', email = 'x@cpc.example'", viewer),
        ("role = 'approver'", viewer),  # with the old password
    ):
        statement = f"UPDATE accounts_user SET {change} WHERE id = %s"
        assert db_error_code(partial(raw, statement, whom.pk)) == "second_person"
    raw("UPDATE accounts_user SET role = 'approver', password = '!' WHERE id = %s", viewer.pk)


@pytest.mark.django_db(transaction=True)
def test_a_change_confirmed_before_allows_nothing_later() -> None:
    administrator, approver = make_account(Role.ADMINISTRATOR), make_account(Role.APPROVER)
    viewer = make_account(Role.VIEWER)
    raw(DECIDE, "confirmed", approver.pk, forged(administrator, viewer))
    statement = "UPDATE accounts_user SET role = 'approver', password = '!' WHERE id = %s"
    assert db_error_code(lambda: raw(statement, viewer.pk)) == "second_person"


# ---- two people ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", HOLDERS)
@pytest.mark.parametrize("second", HOLDERS)
def test_a_second_person_invites(
    administrator: User,
    role: Role,
    second: Role,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    confirmer = make_account(second, username="second")
    change = access_changes.ask_to_invite(**NEWCOMER, role=role, actor=administrator)  # type: ignore[arg-type]
    assert (User.objects.filter(username="newcomer").exists(), Invitation.objects.exists()) == (False, False)
    with django_capture_on_commit_callbacks(execute=True):
        access_changes.confirm(change_id=change.pk, actor=confirmer)
    user = User.objects.get(username="newcomer")
    change.refresh_from_db()
    assert (user.role, user.is_active, change.account, change.decided_by) == (role, False, user, confirmer)
    assert mail.outbox[-1].to == ["newcomer@cpc.example"]
    assert use(link_in(mail.outbox[-1])) == 302
    assert Client().login(username="newcomer", password=FRESH)
    actions = AuditEntry.objects.filter(action__endswith="a change of access").order_by("pk")
    assert [(entry.action, entry.actor_id) for entry in actions] == [
        ("asked for a change of access", str(administrator.pk)),
        ("confirmed a change of access", str(confirmer.pk)),
    ]
    assert Notification.objects.filter(recipient=confirmer, kind="account.access_asked").count() == 1
    assert Notification.objects.filter(recipient=administrator, kind="account.access_decided").count() == 1


def test_new_role_ends_the_password_and_sends_a_link_to_the_confirmed_address(
    administrator: User,
    approver: User,
    viewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    session = client_of(viewer)
    issue_token(owner=viewer, name="Copy", scopes=["observations:read"], days=3)
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    viewer.refresh_from_db()
    assert (viewer.role, viewer.check_password(PASSWORD)) == (Role.VIEWER, True)
    with django_capture_on_commit_callbacks(execute=True):
        access_changes.confirm(change_id=change.pk, actor=approver)
    viewer.refresh_from_db()
    assert (viewer.role, viewer.has_usable_password()) == (Role.APPROVER, False)
    assert session.get("/").status_code == 302
    assert ApiToken.objects.get().revoked_by == approver
    assert mail.outbox[-1].to == ["viewer@cpc.example"]
    assert use(link_in(mail.outbox[-1])) == 302
    assert Client().login(username="viewer", password=FRESH)


def test_old_address_is_notified_of_the_new_one(
    administrator: User, approver: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    second = make_account(Role.ADMINISTRATOR, username="second")
    change = ask_for_address(approver, "new@cpc.example", administrator)
    before = Notification.objects.filter(recipient=approver, kind="account.access_asked_about_you")
    assert before.exists(), "before it happens"
    with django_capture_on_commit_callbacks(execute=True):
        access_changes.confirm(change_id=change.pk, actor=second)
    approver.refresh_from_db()
    assert (approver.email, approver.check_password(PASSWORD)) == ("new@cpc.example", True)
    assert [message.to for message in mail.outbox] == [["approver@cpc.example"]]
    assert "new@cpc.example" not in mail.outbox[0].body
    assert Notification.objects.filter(recipient=approver, kind="account.address").count() == 1


def test_old_address_of_any_account_is_notified(
    administrator: User, viewer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.change_account(
            account_id=viewer.pk, values={"email": "new@cpc.example"}, expected_revision=None, actor=administrator
        )
    assert [message.to for message in mail.outbox] == [["viewer@cpc.example"]]


def test_two_people_send_a_link_and_end_a_suspension(
    administrator: User, approver: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    second = make_account(Role.ADMINISTRATOR, username="second")
    change = access_changes.ask_for_link(account_id=approver.pk, actor=administrator)
    with django_capture_on_commit_callbacks(execute=True):
        access_changes.confirm(change_id=change.pk, actor=second)
    assert use(link_in(mail.outbox[-1])) == 302
    assert Client().login(username="approver", password=FRESH)
    services.disable(account_id=approver.pk, reason="On leave", actor=administrator)
    change = access_changes.ask_to_enable(account_id=approver.pk, actor=administrator)
    assert not User.objects.get(pk=approver.pk).is_active
    access_changes.confirm(change_id=change.pk, actor=second)
    assert User.objects.get(pk=approver.pk).is_active


def test_a_change_that_is_refused_or_withdrawn_changes_nothing(
    administrator: User, approver: User, viewer: User
) -> None:
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    access_changes.refuse(change_id=change.pk, actor=approver)
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == ["decided_already"]
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    with pytest.raises(PermissionDenied):
        access_changes.withdraw(change_id=change.pk, actor=approver)
    access_changes.withdraw(change_id=change.pk, actor=administrator)
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == ["decided_already"]
    viewer.refresh_from_db()
    assert viewer.role == Role.VIEWER


# ---- attacks on the two people -------------------------------------------------------------------------------------


def test_the_person_who_asks_does_not_confirm(administrator: User, approver: User, viewer: User) -> None:
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    for decide in (access_changes.confirm, access_changes.refuse):
        assert error_codes(partial(decide, change_id=change.pk, actor=administrator)) == ["same_person"]


@pytest.mark.parametrize("role", [role for role in Role if role not in HOLDERS])
def test_no_other_role_asks_or_decides(administrator: User, approver: User, viewer: User, role: Role) -> None:
    other = make_account(role, username="other")
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    for decide in (access_changes.confirm, access_changes.refuse, access_changes.withdraw):
        with pytest.raises(PermissionDenied):
            decide(change_id=change.pk, actor=other)
    for asker in (other, approver):
        with pytest.raises(PermissionDenied):
            ask_for_role(viewer, Role.APPROVER, asker)


@pytest.mark.parametrize(
    ("days", "codes"), [(dt.timedelta(days=7, seconds=-60), []), (dt.timedelta(days=7, seconds=1), ["expired"])]
)
def test_a_change_expires(
    administrator: User, approver: User, viewer: User, days: dt.timedelta, codes: list[str]
) -> None:
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    assert change.expires_at - change.asked_at == dt.timedelta(days=7)
    with unguarded():
        asked_at = timezone.now() - days
        AccessChange.objects.update(asked_at=asked_at, expires_at=asked_at + dt.timedelta(days=7))
    if codes:
        assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == codes
        assert db_error_code(lambda: raw(DECIDE, "confirmed", approver.pk, change.pk)) == "expired"
        ask_for_role(viewer, Role.APPROVER, administrator)
    else:
        access_changes.confirm(change_id=change.pk, actor=approver)


@pytest.mark.parametrize("end", ["is_active = FALSE", "role = 'approver'", "role = 'viewer'"])
def test_an_asker_who_left_since_asks_for_nothing(administrator: User, approver: User, viewer: User, end: str) -> None:
    make_account(Role.ADMINISTRATOR, username="second")
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    with owner_rights():
        raw(f"UPDATE accounts_user SET {end} WHERE id = %s", administrator.pk)
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == ["asker_left"]
    assert db_error_code(lambda: raw(DECIDE, "confirmed", approver.pk, change.pk)) == "asker_left"
    access_changes.refuse(change_id=change.pk, actor=approver)


def test_a_second_person_who_left_confirms_nothing(administrator: User, approver: User, viewer: User) -> None:
    make_account(Role.APPROVER, username="second")
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    services.disable(account_id=approver.pk, reason="Left", actor=administrator)
    with pytest.raises(PermissionDenied):
        access_changes.confirm(change_id=change.pk, actor=approver)


@pytest.mark.parametrize("values", [{"email": "mine@cpc.example"}, {"name": "Somebody else"}, {"role": "analyst"}])
def test_an_account_changed_after_it_was_asked_about_is_not_confirmed(
    administrator: User, approver: User, viewer: User, values: dict[str, object]
) -> None:
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    services.change_account(account_id=viewer.pk, values=values, expected_revision=None, actor=administrator)
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=approver)) == ["changed_since"]


def test_a_password_that_the_administrator_learned_before_opens_nothing_after(
    administrator: User,
    approver: User,
    viewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The administrator takes over a viewer's account, restores its address, and asks for the role."""
    for address in ("mine@cpc.example", "viewer@cpc.example"):
        services.change_account(
            account_id=viewer.pk, values={"email": address}, expected_revision=None, actor=administrator
        )
        if address.startswith("mine"):
            with django_capture_on_commit_callbacks(execute=True):
                services.send_link(account_id=viewer.pk, actor=administrator)
            assert use(link_in(mail.outbox[-1])) == 302
    assert Client().login(username="viewer", password=FRESH)
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    access_changes.confirm(change_id=change.pk, actor=approver)
    assert not Client().login(username="viewer", password=FRESH)


@pytest.mark.parametrize("values", [{"email": "other@cpc.example"}, {"role": "analyst"}])
def test_another_address_or_role_voids_the_open_link_of_an_invitation(
    administrator: User,
    values: dict[str, object],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        user = services.invite(**NEWCOMER, role=Role.VIEWER, actor=administrator)  # type: ignore[arg-type]
    link = link_in(mail.outbox[-1])
    services.change_account(account_id=user.pk, values={"name": "Renamed"}, expected_revision=None, actor=administrator)
    assert Client().get(link).status_code == 200
    services.change_account(account_id=user.pk, values=values, expected_revision=None, actor=administrator)
    assert use(link) == 404
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("change", ["email = 'other@cpc.example'", "role = 'analyst'"])
def test_the_database_voids_it_too(administrator: User, viewer: User, change: str) -> None:
    invitation = invitations.open_invitation(user=viewer, actor=administrator)
    raw("UPDATE accounts_user SET name = 'Renamed' WHERE id = %s", viewer.pk)
    assert Invitation.objects.open().exists()
    raw(f"UPDATE accounts_user SET {change} WHERE id = %s", viewer.pk)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_invitee_made_approver_gets_a_new_link_that_voids_the_old_one(
    administrator: User, approver: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        user = services.invite(**NEWCOMER, role=Role.VIEWER, actor=administrator)  # type: ignore[arg-type]
    old = link_in(mail.outbox[-1])
    values = {"role": Role.APPROVER, "email": "right@cpc.example"}
    change = access_changes.ask_to_change(
        account_id=user.pk, values=values, expected_revision=None, actor=administrator
    )
    with django_capture_on_commit_callbacks(execute=True):
        access_changes.confirm(change_id=change.pk, actor=approver)
    assert use(old) == 404
    (new,) = [message for message in mail.outbox if message.to == ["right@cpc.example"]]
    assert use(link_in(new)) == 302
    assert User.objects.get(pk=user.pk).allows(Permission.CONFIRM_ACCESS)


def test_an_ended_account_that_becomes_approver_stays_ended(administrator: User, approver: User, viewer: User) -> None:
    services.disable(account_id=viewer.pk, reason="Left", actor=administrator)
    viewer.refresh_from_db()
    access_changes.confirm(change_id=ask_for_role(viewer, Role.APPROVER, administrator).pk, actor=approver)
    assert (User.objects.get(pk=viewer.pk).is_active, Invitation.objects.exists()) == (False, False)


def test_a_change_is_asked_for_once(administrator: User, approver: User, viewer: User) -> None:
    ask_for_role(viewer, Role.APPROVER, administrator)
    assert error_codes(lambda: ask_for_role(viewer, Role.ADMINISTRATOR, administrator)) == ["asked_already"]
    ask = partial(access_changes.ask_to_invite, **NEWCOMER, role=Role.APPROVER, actor=administrator)  # type: ignore[arg-type]
    ask()
    assert error_codes(ask) == ["asked_already"]


def test_without_a_second_person_nothing_is_asked(administrator: User, viewer: User) -> None:
    make_account(Role.APPROVER, username="former", is_active=False)
    assert error_codes(lambda: ask_for_role(viewer, Role.APPROVER, administrator)) == ["no_second_person"]


@pytest.mark.parametrize(
    "values", [{"role": Role.ANALYST}, {"name": "Renamed"}, {"email": "new@cpc.example"}, {"role": Role.VIEWER}]
)
def test_what_one_person_may_do_asks_no_other(
    administrator: User, approver: User, viewer: User, values: dict[str, object]
) -> None:
    def ask() -> None:
        access_changes.ask_to_change(account_id=viewer.pk, values=values, expected_revision=None, actor=administrator)

    assert error_codes(ask) == ["one_person"]


def test_what_does_not_fit_is_refused_when_it_is_asked_for(administrator: User, approver: User, viewer: User) -> None:
    with pytest.raises(ValidationError) as refused:
        ask_for_address(approver, viewer.email.upper(), administrator)
    assert set(refused.value.error_dict) == {"email"}
    with pytest.raises(ValidationError) as refused:
        access_changes.ask_to_invite(**{**NEWCOMER, "username": "viewer"}, role=Role.APPROVER, actor=administrator)  # type: ignore[arg-type]
    assert set(refused.value.error_dict) == {"username"}


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_one_moment_one_counts() -> None:
    administrator, viewer = make_account(Role.ADMINISTRATOR), make_account(Role.VIEWER)
    deciders = [make_account(Role.APPROVER), make_account(Role.ADMINISTRATOR, username="second")]
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    both, codes = threading.Barrier(2), list[str]()

    def decide(decision: Callable[..., object], actor: User) -> None:
        both.wait()
        try:
            decision(change_id=change.pk, actor=actor)
        except ValidationError as error:
            codes.append(str(error.code))
        finally:
            connection.close()

    decisions = zip((access_changes.confirm, access_changes.refuse), deciders, strict=True)
    threads = [threading.Thread(target=decide, args=pair) for pair in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["decided_already"]
    change.refresh_from_db()
    viewer.refresh_from_db()
    assert (viewer.role == Role.APPROVER) is (change.outcome == "confirmed")


# ---- the pages -----------------------------------------------------------------------------------------------------


def test_on_the_pages_an_administrator_asks_and_an_approver_confirms(
    office: Client, administrator: User, approver: User, viewer: User
) -> None:
    page = office.get(f"/account/people/{viewer.pk}/").content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    form = {"name": viewer.name, "email": viewer.email, "role": "approver", "revision": revision[1]}
    answer = office.post(f"/account/people/{viewer.pk}/", once(**form))
    change = AccessChange.objects.get()
    assert answer["Location"] == f"/account/access/{change.pk}/"
    own = office.get(answer["Location"]).content.decode()
    assert "Withdraw the change" in own
    assert 'value="confirm"' not in own
    assert office.post(answer["Location"], once(decision="confirm")).status_code == 422
    assert "waits for a second person" in office.get(f"/account/people/{viewer.pk}/").content.decode()
    second = client_of(approver)
    assert f"/account/access/{change.pk}/" in second.get("/account/access/").content.decode()
    shown = second.get(f"/account/access/{change.pk}/").content.decode()
    for text in ("Viewer → TIP Office approver", "viewer@cpc.example", "Administrator", "by telephone"):
        assert text in shown
    press = once(decision="confirm")
    answers = [second.post(f"/account/access/{change.pk}/", press, follow=True) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "has been confirmed" in answers[0].content.decode()
    assert "already decided" in answers[1].content.decode()
    viewer.refresh_from_db()
    assert viewer.role == Role.APPROVER
    assert "Confirmed by TIP Office approver" in second.get(f"/account/access/{change.pk}/").content.decode()


def test_the_pages_of_an_invitation_a_link_and_a_suspension_ask_too(
    office: Client, administrator: User, approver: User
) -> None:
    former = make_account(Role.APPROVER, username="former", is_active=False)
    make_account(Role.APPROVER, username="second")
    form = {"username": "newcomer", "name": "Newcomer", "email": "newcomer@cpc.example", "role": "administrator"}
    for address, values in (
        ("/account/people/invite/", form),
        (f"/account/people/{approver.pk}/send/", {}),
        (f"/account/people/{former.pk}/enable/", {}),
    ):
        answer = office.post(address, once(**values), follow=True)
        assert "Nothing has changed yet." in answer.content.decode()
        assert answer.redirect_chain[0][0] == f"/account/access/{AccessChange.objects.latest('pk').pk}/"
    assert not User.objects.filter(username="newcomer").exists()
    assert not Invitation.objects.exists()
    assert not User.objects.get(pk=former.pk).is_active


def test_a_guessed_number_shows_nothing(approver: User, viewer: User) -> None:
    assert client_of(approver).get("/account/access/999999/").status_code == 404
    assert client_of(viewer).get("/account/access/999999/").status_code == 403


# ---- the first ones ------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is typed at the prompts for a password."""
    answers = [FRESH, FRESH]
    monkeypatch.setattr("getpass.getpass", lambda prompt: answers.pop(0))
    return answers


def create(role: str, username: str = "first") -> None:
    call_command("create_account", username, name="First", email=f"{username}@cpc.example", role=role, verbosity=0)


@pytest.mark.parametrize("role", HOLDERS)
def test_the_owner_creates_the_first_ones(db: None, typed: list[str], role: Role) -> None:
    create(role.value)
    user = User.objects.get(username="first")
    assert (user.role, user.email, user.is_active) == (role, "first@cpc.example", True)
    assert Client().login(username="first", password=FRESH)
    assert AuditEntry.objects.get(object_id=str(user.pk), action="created").channel == "command"


@pytest.mark.parametrize("answers", [["short", "short"], [FRESH, "other words than those"]])
def test_a_password_that_does_not_fit_creates_none(db: None, typed: list[str], answers: list[str]) -> None:
    typed[:] = answers
    with pytest.raises(CommandError, match=r"No account was created\."):
        create("approver")
    assert not User.objects.exists()


def test_a_taken_name_creates_none(viewer: User, typed: list[str]) -> None:
    with pytest.raises(CommandError, match=r"already exists\. .*No account was created\."):
        create("approver", "viewer")


def test_the_application_creates_none(db: None, typed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "assume_role")
    with override_settings(DATABASE_OWNER=None):
        with pytest.raises(CommandError, match="DATABASE_OWNER_URL is not set"):
            create("administrator")
        with pytest.raises(ImproperlyConfigured):
            create_account(username="x", name="X", role=Role.APPROVER, password=None, actor=None)
    assert not User.objects.exists()
    assert typed == [FRESH, FRESH], "before anything is typed"


def test_other_roles_are_invited(db: None) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("create_account", "first", "--name=First", "--email=f@cpc.example", "--role=analyst")


def values_of(change: AccessChange) -> dict[str, Any]:
    return {"wanted": change.wanted, "seen": change.seen}


def test_requested_change_is_stored(administrator: User, approver: User, viewer: User) -> None:
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    assert values_of(change) == {
        "wanted": {"role": "approver"},
        "seen": {
            "username": "viewer",
            "name": "Viewer",
            "email": "viewer@cpc.example",
            "role": "viewer",
            "is_active": True,
        },
    }


def test_the_second_person_sees_what_would_change(administrator: User, approver: User, viewer: User) -> None:
    """Read the page of a change of role: the rights that differ, the account, and what follows."""
    change = ask_for_role(viewer, Role.APPROVER, administrator)
    page = client_of(approver).get(f"/account/access/{change.pk}/")
    shown = {right.permission: (right.today, right.then) for right in page.context["rights"]}
    assert shown[Permission.APPROVE_PARTNERSHIPS] == (False, True)
    assert Permission.VIEW_RANKINGS not in shown
    text = page.content.decode()
    assert "Yours to answer" in text
    assert f"{viewer.name} is signed out, and an email with a link to set a new password" in text
    assert dict(page.context["person"])["Passkeys"] == "None"
    own = client_of(administrator).get(f"/account/access/{change.pk}/").content.decode()
    assert "You asked, so an approver or another administrator answers" in own
