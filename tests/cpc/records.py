"""Records of the small world for URLs of accounts and notifications, and for the tests of two writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core import mail
from django.utils import timezone

from cpc.accounts.access_changes import VALID_FOR, AccessChange, AccessChangeKind
from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.identity.queries import passkeys_of
from cpc.notifications.models import Notification
from cpc.notifications.services import notify
from cpc.openid.id_tokens import Identity
from cpc.openid.models import LinkedIdentity
from cpc.openid.services import connect_own
from cpc.people.invitations import deliver, open_invitation
from cpc.retention.models import LegalHold
from cpc.saved_views.models import SavedView, SavedViewVersion
from cpc.saved_views.services import save_view
from cpc.sessions.models import UnsentForm
from cpc.site.models import FailedTask
from cpc.webhooks.models import Webhook
from cpc.webhooks.services import create_webhook
from tests.support.accounts import make_account
from tests.support.passkeys import give_passkey
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]
Kwargs = dict[str, Any]


def token_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = a_viewer()
    token = ApiToken.objects.filter(owner=owner).first()
    if token is None:
        token = issue_token(owner=owner, name="Nightly copy", scopes=["observations:read"], days=30).token
    return {"pk": token.pk}


def passkey_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = a_viewer()
    passkey = passkeys_of(owner).first() or give_passkey(owner)
    return {"pk": passkey.pk}


def webhook_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = a_viewer()
    webhook = Webhook.objects.filter(owner=owner).first()
    if webhook is None:
        url = "https://receiver.example/changes"
        webhook = create_webhook(owner=owner, name="Copy", url=url, scopes=["observations:read"]).webhook
    return {"pk": webhook.pk}


def hold_of_another(world: World) -> Mapping[str, Any]:
    """Return a legal hold on the whole office that someone else issued."""
    hold = LegalHold.objects.in_force().first()
    if hold is None:
        issued = {"label": "The whole office", "reason": "A matter of another office", "issued_by": a_viewer()}
        hold = LegalHold.objects.create(scope="office", **issued)
    return {"pk": hold.pk}


def identity_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = a_viewer()
    link = LinkedIdentity.objects.filter(user=owner).first()
    if link is None:
        issuer = "https://provider.example"
        identity = Identity("department", issuer, "viewer", "", ("second-factor",), (), is_resistant=False)
        link = connect_own(identity=identity, user=owner)
    return {"pk": link.pk}


def identity_of_a_person(world: World) -> Mapping[str, Any]:
    return {"pk": a_viewer().pk, "link": identity_of_the_viewer(world)["pk"]}


def failed_task(world: World) -> Mapping[str, Any]:
    task, _ = FailedTask.objects.get_or_create(
        name="indicators.read_import",
        fingerprint="0" * 64,
        defaults={"arguments": {"args": [], "kwargs": {"batch_id": 1}}, "run": "run-1", "error": "OSError"},
    )
    return {"pk": task.pk}


def a_viewer() -> User:
    return User.objects.filter(role=Role.VIEWER, is_active=True).first() or make_account(Role.VIEWER)


def account(world: World) -> Mapping[str, Any]:
    return {"pk": a_viewer().pk}


def program(world: World) -> Mapping[str, Any]:
    program = User.objects.filter(role=Role.API_CLIENT, is_active=True).first() or make_account(Role.API_CLIENT)
    return {"pk": program.pk}


def access_change(world: World) -> Mapping[str, Any]:
    """Ask for a change that waits for a second person."""
    viewer = a_viewer()
    change = AccessChange.objects.filter(account=viewer).first()
    if change is None:
        asker = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).first()
        change = AccessChange.objects.create(
            kind=AccessChangeKind.CHANGE,
            account=viewer,
            wanted={"role": Role.APPROVER},
            seen={"username": viewer.username, "name": viewer.name, "email": viewer.email, "role": viewer.role},
            asked_by=asker or make_account(Role.ADMINISTRATOR, username="asker"),
            expires_at=timezone.now() + VALID_FOR,
        )
    return {"pk": change.pk}


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


NO_SESSION = "00000000-0000-4000-8000-000000000000"
"""The handle of no session: those of a test's browsers are not known."""


def unsent_form_of(owner: User) -> UnsentForm:
    """Return a form that was not sent when a session of the account ended."""
    page = "/account/settings/"
    fields = {"frequency": ["daily"], "has_letter_keys": ["on"]}
    form, _ = UnsentForm.objects.get_or_create(account=owner, page=page, action=page, defaults={"fields": fields})
    return form


def unsent_form_of_the_viewer(world: World) -> Mapping[str, Any]:
    return {"pk": unsent_form_of(a_viewer()).pk}


def saved_view_of_the_viewer(world: World) -> Mapping[str, Any]:
    viewer = a_viewer()
    view = SavedView.objects.filter(owner=viewer, withdrawn_at=None).first()
    if view is None:
        view = save_view(
            owner=viewer, list_key="countries", name="Africa", parameters="region=Africa", audience="private"
        ).view
    return {"pk": view.pk}


def view_that_waits(world: World) -> Mapping[str, Any]:
    """Save a view for everyone, which an approver has to consent to."""
    waits = SavedViewVersion.objects.filter(audience="everyone", outcome="", superseded_at=None).first()
    if waits is None:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        waits = save_view(owner=analyst, list_key="countries", name="All", parameters="", audience="everyone")
    return {"pk": waits.pk}


def share_with_the_office(kwargs: Kwargs) -> None:
    """Let an analyst share a view with the office, which administrators may change."""
    analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
    kwargs["pk"] = save_view(
        owner=analyst, list_key="countries", name="Shared", parameters="region=Africa", audience="office"
    ).view_id
