"""Dormant accounts: warned, disabled after 90 days without use, named to administrators, and enabled again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.audit.queries import entries_of
from cpc.audit.services import record
from cpc.notifications.models import Notification
from cpc.people import notifications, services
from cpc.people.dormancy import DormancyCounts, disable_dormant
from tests.support.accounts import make_account, set_by_owner

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
SECOND = dt.timedelta(seconds=1)


def unused(role: Role, days: int, *, more: dt.timedelta = dt.timedelta(), username: str = "") -> User:
    """Return an account that was created long ago and last signed in that long ago."""
    user = make_account(role, username=username)
    at = NOW - dt.timedelta(days=days) - more
    set_by_owner(User.objects.filter(pk=user.pk), date_joined=NOW - dt.timedelta(days=900), last_login=at)
    return user


@pytest.fixture(autouse=True)
def administrator() -> User:
    return make_account(Role.ADMINISTRATOR)


def is_active(user: User) -> bool:
    return bool(User.objects.get(pk=user.pk).is_active)


@pytest.mark.parametrize(
    ("days", "more", "outcome"),
    [
        (76, -SECOND, DormancyCounts(0, 0)),
        (76, dt.timedelta(), DormancyCounts(1, 0)),
        (90, -SECOND, DormancyCounts(1, 0)),
        (90, dt.timedelta(), DormancyCounts(0, 1)),
    ],
)
def test_an_account_is_warned_14_days_before_and_disabled_after_90_days(
    days: int, more: dt.timedelta, outcome: DormancyCounts
) -> None:
    user = unused(Role.ANALYST, days, more=more)
    assert disable_dormant(now=NOW) == outcome
    assert is_active(user) is not bool(outcome.disabled)
    # A second run on the day warns nobody again and changes nothing.
    assert disable_dormant(now=NOW) == DormancyCounts(0, 0)


def test_the_trail_and_the_administrators_name_it_and_it_is_enabled_as_ever(administrator: User) -> None:
    user = unused(Role.ANALYST, 120)
    issue_token(owner=user, name="Never used", scopes=["observations:read"], days=30)
    disable_dormant(now=NOW)
    entry = entries_of(user).get(action="disabled")
    assert (entry.actor_name, entry.after) == ("System", {"is_active": False, "reason": "Not used for 90 days"})
    told = Notification.objects.get(kind=notifications.DORMANT)
    assert (told.recipient, told.link) == (administrator, f"/account/people/{user.pk}/")
    assert ApiToken.objects.get().revoked_at is not None
    services.enable(account_id=user.pk, actor=administrator)
    assert disable_dormant(now=NOW) == DormancyCounts(0, 0)
    assert is_active(user)


def test_the_use_of_a_token_counts(administrator: User) -> None:
    user = unused(Role.API_CLIENT, 120)
    token = issue_token(owner=user, name="Feed", scopes=["observations:read"], days=300, actor=administrator).token
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=NOW - dt.timedelta(days=89))
    assert disable_dormant(now=NOW) == DormancyCounts(1, 0)
    assert Notification.objects.get().recipient == administrator  # nobody answers for this program
    assert disable_dormant(now=NOW + dt.timedelta(days=1)) == DormancyCounts(0, 1)


def test_an_account_that_was_just_created_or_took_up_its_link_is_not_dormant() -> None:
    user = make_account(Role.ANALYST)
    assert disable_dormant(now=NOW) == DormancyCounts(0, 0)
    set_by_owner(User.objects.filter(pk=user.pk), date_joined=NOW - dt.timedelta(days=900))
    record(actor=user, action="took up the account", target=user)
    assert disable_dormant(now=NOW) == DormancyCounts(0, 0)


def test_the_last_administrator_stays(administrator: User) -> None:
    old = NOW - dt.timedelta(days=400)
    set_by_owner(User.objects.filter(pk=administrator.pk), date_joined=old, last_login=old)
    assert disable_dormant(now=NOW) == DormancyCounts(0, 0)
    second = unused(Role.ADMINISTRATOR, 399, username="second")
    assert disable_dormant(now=NOW) == DormancyCounts(0, 1)
    assert [is_active(administrator), is_active(second)] == [False, True]
