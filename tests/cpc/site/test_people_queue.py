"""Changes of access and links wait for whoever may do it, and show to whoever asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import Invitation, User
from cpc.accounts.permissions import Role
from cpc.people import access_changes, services
from cpc.people.presenters import account_state
from cpc.people.queries import accounts
from cpc.site import people_queue
from cpc.site.queue import Desk
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return make_account(Role.ADMINISTRATOR)


def titles(user: User) -> list[str]:
    desk = Desk(user, timezone.now().date(), 100)
    return [item.title for lane in people_queue.lanes(desk) for item in lane.items]


def sent(user: User) -> list[tuple[str, str]]:
    return [(row.title, row.with_whom) for row in people_queue.sent(Desk(user, timezone.now().date(), 100)).items]


def test_a_change_of_access_waits_for_a_second_person(administrator: User) -> None:
    approver = make_account(Role.APPROVER)
    change = access_changes.ask_to_invite(
        username="new", name="New Approver", email="new@example.gov", role=Role.APPROVER, agency=None,
        is_contact=False, actor=administrator,
    )  # fmt: skip
    assert titles(approver) == ["Decide on a change of access for New Approver"]
    assert titles(administrator) == []
    assert sent(administrator) == [("Change of access for New Approver", str(approver))]
    second = make_account(Role.APPROVER, username="second")
    assert approver.notifications.filter(read_at=None).count() == 1
    access_changes.refuse(change_id=change.pk, actor=second)
    assert not approver.notifications.filter(read_at=None).exists()
    assert (titles(approver), sent(administrator)) == ([], [])


def test_a_link_waits_for_the_person_and_returns_once_it_expired(administrator: User) -> None:
    invited = services.invite(
        username="reader", name="A Reader", email="reader@example.gov", role=Role.VIEWER, agency=None,
        is_contact=False, actor=administrator,
    )  # fmt: skip
    assert titles(administrator) == []
    assert sent(administrator) == [("Link to set a password for A Reader", "A Reader")]
    with unguarded():
        past = timezone.now() - timedelta(days=1)
        Invitation.objects.filter(user=invited).update(created_at=past - timedelta(days=7), expires_at=past)
    assert titles(administrator) == ["Send A Reader another link, or withdraw it"]
    assert sent(administrator) == []
    assert titles(make_account(Role.APPROVER)) == []


def test_an_account_whose_password_ended_needs_a_link(administrator: User) -> None:
    approver = make_account(Role.APPROVER)
    reader = make_account(Role.VIEWER)
    with owner_rights():
        User.objects.filter(pk=reader.pk).update(email="reader@example.gov")
    change = access_changes.ask_to_change(
        account_id=reader.pk, values={"role": Role.APPROVER.value}, expected_revision=None, actor=administrator
    )
    assert access_changes.ends_password(change)
    access_changes.confirm(change_id=change.pk, actor=approver)
    assert titles(administrator) == []  # the confirmation sends the link
    services.change_account(
        account_id=reader.pk, values={"role": Role.VIEWER.value}, expected_revision=None, actor=administrator
    )
    title = f"Send {reader} a link to set a password"
    assert titles(administrator) == [title]
    assert title not in titles(approver)
    assert "Needs a password" in account_state(accounts().get(pk=reader.pk))
    services.send_link(account_id=reader.pk, actor=administrator)
    assert titles(administrator) == []


def test_a_change_of_an_approver_waits_for_others_alone(administrator: User) -> None:
    subject, *others = (make_account(Role.APPROVER, username=f"approver-{number}") for number in range(3))
    with owner_rights():
        for number, user in enumerate(others):
            User.objects.filter(pk=user.pk).update(name=f"Approver {number}, TIP Office")
    change = access_changes.ask_to_change(
        account_id=subject.pk, values={"role": Role.ADMINISTRATOR}, expected_revision=None, actor=administrator
    )
    assert titles(subject) == []
    assert titles(others[0]) == [f"Decide on a change of access for {subject.name}"]
    [row] = [item for lane in people_queue.lanes(Desk(others[0], timezone.now().date(), 9)) for item in lane.items]
    before, after = Role.APPROVER.label, Role.ADMINISTRATOR.label
    assert row.why == f"Change the role or address, from {before} to {after}. It takes a second person."
    [(_, with_whom)] = sent(administrator)
    assert with_whom == "Approver 0 (TIP Office) or Approver 1 (TIP Office)"
    assert [row.kind for row in subject.notifications.all()] == ["account.access_asked_about_you"]
    with pytest.raises(ValidationError, match="your own account"):
        access_changes.confirm(change_id=change.pk, actor=subject)
    page = client_of(subject).get(reverse("access-change", args=[change.pk])).content.decode()
    assert "This changes your own account" in page
    assert 'value="confirm"' not in page
