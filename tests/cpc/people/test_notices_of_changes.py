"""Notices to an account about its own changes: one for each change that matters to it, none for others."""

from __future__ import annotations

import pytest

from cpc.accounts.models import Agency, User
from cpc.notifications.models import Notification
from cpc.people.notifications import AccountAccess, notify_of_changes

ROLE = "Your role is now Agency reviewer"
AGENCY = "You now represent Department of Labor"
CONTACT = "You are now a point of contact for Department of Labor"

NOW = ("reviewer", "dol")
"""Role and agency after each change."""


@pytest.mark.parametrize(
    ("before", "is_contact_now", "subjects"),
    [
        ((*NOW, False), False, []),
        ((*NOW, True), True, []),
        ((*NOW, False), True, [CONTACT]),
        ((*NOW, True), False, []),
        (("reviewer", "doj", False), False, [AGENCY]),
        (("reviewer", "doj", False), True, [AGENCY, CONTACT]),
        (("reviewer", "doj", True), True, [AGENCY, CONTACT]),
        (("reviewer", "doj", True), False, [AGENCY]),
        (("viewer", None, False), False, [ROLE, AGENCY]),
        (("viewer", None, False), True, [ROLE, AGENCY, CONTACT]),
    ],
)
def test_account_is_notified_of_each_change(
    administrator: User,
    reviewer: User,
    doj: Agency,
    before: tuple[str, str | None, bool],
    is_contact_now: bool,
    subjects: list[str],
) -> None:
    agencies = {"dol": reviewer.agency, "doj": doj, None: None}
    reviewer.is_contact = is_contact_now
    role, agency, was_contact = before
    notify_of_changes(reviewer, AccountAccess(role, agencies[agency], was_contact), actor=administrator)
    told = Notification.objects.filter(recipient=reviewer).order_by("pk")
    assert list(told.values_list("subject", flat=True)) == subjects


def test_notice_to_account_without_agency_names_none(administrator: User, reviewer: User) -> None:
    before = AccountAccess(reviewer.role, reviewer.agency, True)
    reviewer.agency, reviewer.is_contact = None, True
    notify_of_changes(reviewer, before, actor=administrator)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("by_itself", [True, False])
def test_own_changes_send_no_notice(administrator: User, reviewer: User, by_itself: bool) -> None:
    before = AccountAccess("viewer", reviewer.agency, reviewer.is_contact)
    notify_of_changes(reviewer, before, actor=reviewer if by_itself else administrator)
    assert Notification.objects.filter(recipient=reviewer).exists() is not by_itself
