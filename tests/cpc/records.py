"""Records of the small world for URLs of accounts and notifications, and for the tests of two writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core import mail

from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.notifications.models import Notification
from cpc.notifications.services import notify
from cpc.people.invitations import deliver, open_invitation
from tests.support.accounts import make_account
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]
Kwargs = dict[str, Any]


def token_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = a_viewer()
    token = ApiToken.objects.filter(owner=owner).first()
    if token is None:
        token = issue_token(owner=owner, name="Nightly copy", scopes=["observations:read"], days=30).token
    return {"pk": token.pk}


def a_viewer() -> User:
    return User.objects.filter(role=Role.VIEWER, is_active=True).first() or make_account(Role.VIEWER)


def account(world: World) -> Mapping[str, Any]:
    return {"pk": a_viewer().pk}


def agency(world: World) -> Mapping[str, Any]:
    agency, _ = Agency.objects.get_or_create(code="dhs", defaults={"name": "Department of Homeland Security"})
    return {"code": agency.code}


def open_link(world: World) -> Mapping[str, Any]:
    """Create an invitation that is still open, and return the secret of its link."""
    newcomer = User.objects.filter(username="newcomer").first()
    if newcomer is None:
        newcomer = make_account(Role.VIEWER, username="newcomer", is_active=False)
        User.objects.filter(pk=newcomer.pk).update(email="newcomer@cpc.example")
    deliver(open_invitation(user=newcomer, actor=newcomer).pk)
    return {"secret": str(mail.outbox[-1].body).partition("/account/invitation/")[2].partition("/")[0]}


def notification_of_the_viewer(world: World) -> Mapping[str, Any]:
    viewer = a_viewer()
    notify(
        recipients=[viewer],
        kind="account.role",
        values={"role": "Viewer"},
        link="/",
        target=viewer,
        dedupe="test",
        actor=None,
    )
    return {"pk": Notification.objects.get(recipient=viewer, dedupe="test").pk}
