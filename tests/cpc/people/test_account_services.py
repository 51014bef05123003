"""Services for accounts: the field of each refusal, and the entries of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.models import Agency, Invitation, User
from cpc.accounts.permissions import Role
from cpc.people import services
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail

INVITED: dict[str, Any] = {
    "username": "new",
    "name": "New Person",
    "email": "new@cpc.example",
    "role": Role.VIEWER,
    "agency": None,
    "is_contact": False,
}


@pytest.fixture
def viewer(db: None) -> User:
    user = make_account(Role.VIEWER)
    user.email = "viewer@cpc.example"
    user.save()
    return user


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"email": " "}, {"email": "email_missing"}),
        ({"role": Role.REVIEWER}, {"agency": "reviewer_agency"}),
        ({"role": Role.REVIEWER, "agency": "closed"}, {"agency": "agency_closed"}),
        ({"role": Role.VIEWER, "agency": "closed"}, {"agency": "agency_closed"}),
        ({"role": Role.APPROVER}, {"": "second_person"}),
        ({"role": Role.ADMINISTRATOR}, {"": "second_person"}),
        ({"email": "reviewer@cpc.example"}, {"email": "email_taken"}),
    ],
)
def test_an_invitation_is_refused_at_its_field(
    administrator: User, reviewer: User, doj: Agency, values: dict[str, Any], refused: dict[str, str]
) -> None:
    Agency.objects.filter(pk=doj.pk).update(is_active=False)
    asked = INVITED | values | ({"agency": doj} if values.get("agency") else {})
    assert refusals(lambda: services.invite(**asked, actor=administrator)) == refused
    assert not User.objects.filter(username="new").exists()


def test_an_invited_reviewer_is_stored_as_asked_and_recorded(administrator: User, dol: Agency) -> None:
    asked = INVITED | {"role": Role.REVIEWER, "agency": dol, "is_contact": True}
    user = User.objects.get(pk=services.invite(**asked, actor=administrator).pk)
    assert (user.username, user.name, user.email, user.role) == ("new", "New Person", "new@cpc.example", "reviewer")
    assert (user.agency, user.is_contact, user.is_active, user.has_usable_password()) == (dol, True, False, False)
    (invited, link) = trail(user)
    assert invited == (
        "administrator",
        "invited",
        None,
        {
            "username": "new",
            "name": "New Person",
            "email": "new@cpc.example",
            "role": "reviewer",
            "agency": "dol",
            "is_contact": True,
            "is_active": False,
        },
    )
    assert link[:2] == ("administrator", "sent a link")
    assert Invitation.objects.get(user=user).created_by == administrator


def test_an_invited_viewer_represents_no_agency(administrator: User, dol: Agency) -> None:
    user = services.invite(**INVITED | {"agency": dol, "is_contact": True}, actor=administrator)
    assert (user.agency, user.is_contact) == (None, False)


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"shoe_size": 44, "hat": 7}, {"": "unknown_field"}),
        ({"agency": None}, {"agency": "reviewer_agency"}),
        ({"agency": "closed"}, {"agency": "agency_closed"}),
        ({"role": "approver"}, {"": "second_person"}),
        ({"email": "viewer@cpc.example"}, {"email": "email_taken"}),
    ],
)
def test_a_change_is_refused_at_its_field(
    administrator: User, reviewer: User, viewer: User, doj: Agency, values: dict[str, Any], refused: dict[str, str]
) -> None:
    Agency.objects.filter(pk=doj.pk).update(is_active=False)
    asked = values | ({"agency": doj} if values.get("agency") else {})
    changed: dict[str, Any] = {
        "account_id": reviewer.pk,
        "values": asked,
        "expected_revision": None,
        "actor": administrator,
    }
    assert refusals(lambda: services.change_account(**changed)) == refused


def test_an_unknown_field_is_named(administrator: User, viewer: User) -> None:
    with pytest.raises(Exception, match=r"An account has no field hat, shoe_size to edit\."):
        services.change_account(
            account_id=viewer.pk,
            values={"shoe_size": 44, "hat": 7},
            expected_revision=None,
            actor=administrator,
        )


def test_a_change_is_recorded_with_who_made_it(administrator: User, reviewer: User) -> None:
    values = {"name": "Kim", "is_contact": True}
    assert services.change_account(account_id=reviewer.pk, values=values, expected_revision=None, actor=administrator)
    before, after = {"name": "Agency reviewer", "is_contact": False}, {"name": "Kim", "is_contact": True}
    assert trail(reviewer)[0] == ("administrator", "changed", before, after)


@pytest.mark.parametrize("end", ["demote", "disable"])
def test_the_last_administrator_is_refused_at_its_field(administrator: User, end: str) -> None:
    def demote() -> None:
        services.change_account(
            account_id=administrator.pk, values={"role": "viewer"}, expected_revision=None, actor=administrator
        )

    def disable() -> None:
        services.disable(account_id=administrator.pk, reason="Left", actor=administrator)

    attempts: dict[str, tuple[Callable[[], None], dict[str, str]]] = {
        "demote": (demote, {"role": "last_administrator"}),
        "disable": (disable, {"": "last_administrator"}),
    }
    attempt, refused = attempts[end]
    assert refusals(attempt) == refused


def test_disabling_takes_a_reason_and_ends_the_open_link(administrator: User, viewer: User) -> None:
    services.send_link(account_id=viewer.pk, actor=administrator)
    attempt: dict[str, Any] = {"account_id": viewer.pk, "actor": administrator}
    assert refusals(lambda: services.disable(reason=" ", **attempt)) == {"reason": "reason"}
    assert Invitation.objects.open().filter(user=viewer).exists()
    assert services.disable(reason=" Left ", **attempt)
    assert not Invitation.objects.open().filter(user=viewer).exists()
    disabled = ("administrator", "disabled", {"is_active": True}, {"is_active": False, "reason": "Left"})
    assert trail(viewer)[-1] == disabled
    assert User.objects.get(pk=viewer.pk).sessions_ended == viewer.sessions_ended + 1
    assert not services.disable(reason="Again", **attempt)
    assert services.enable(**attempt)
    assert trail(viewer)[-1] == ("administrator", "enabled", {"is_active": False}, {"is_active": True})
    assert not services.enable(**attempt)


@pytest.mark.parametrize("change", ["disable", "enable", "link"])
def test_an_administrator_whose_access_ended_meanwhile_changes_no_account(
    administrator: User, viewer: User, change: str
) -> None:
    make_account(Role.ADMINISTRATOR, username="second")
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    attempts: dict[str, Callable[[], object]] = {
        "disable": lambda: services.disable(account_id=viewer.pk, reason="Left", actor=administrator),
        "enable": lambda: services.enable(account_id=viewer.pk, actor=administrator),
        "link": lambda: services.send_link(account_id=viewer.pk, actor=administrator),
    }
    with pytest.raises(PermissionDenied):
        attempts[change]()


@pytest.mark.parametrize(
    ("is_active", "has_password", "email", "enabling", "linking"),
    [
        (True, True, "v@cpc.example", {}, {}),
        (True, False, "v@cpc.example", {}, {}),
        (False, True, "v@cpc.example", {}, {"": "disabled"}),
        (False, False, "v@cpc.example", {"": "no_password"}, {}),
        (True, True, "", {}, {"": "email_missing"}),
    ],
)
def test_an_account_is_enabled_with_a_password_and_a_link_sent_to_an_address(
    is_active: bool, has_password: bool, email: str, enabling: dict[str, str], linking: dict[str, str]
) -> None:
    user = User(username="v", name="V", email=email, is_active=is_active)
    user.set_password("long enough for a test") if has_password else user.set_unusable_password()
    for check, refused in ((services.check_enabling, enabling), (services.check_linking, linking)):
        if refused:
            assert refusals(lambda check=check: check(user)) == refused  # type: ignore[misc]
        else:
            check(user)
