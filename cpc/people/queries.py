"""Queries of accounts, invitations, and agencies."""

from __future__ import annotations

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import Agency, Invitation, User

WAITS = Q(outcome="", expires_at__gt=Now())
"""Condition of a change of access that waits for a second person."""


class AccountState(models.TextChoices):
    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited"
    DISABLED = "disabled", "Disabled"


def accounts() -> QuerySet[User]:
    """Return all accounts by name, each with `invited`: whether it is inactive and has an open link."""
    rows = User.objects.select_related("agency", "responsible").annotate(invited=Q(is_active=False) & _has_open_link())
    return rows.order_by("name", "pk")


def _has_open_link() -> Exists:
    return Exists(Invitation.objects.open().filter(user=OuterRef("pk")))


def locked_out() -> QuerySet[User]:
    """Return active accounts without a password or an open link to set one: no one can sign in to them."""
    return User.objects.filter(~_has_open_link(), is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)


def in_state(rows: QuerySet[User], state: AccountState) -> QuerySet[User]:
    if state == AccountState.ACTIVE:
        return rows.filter(is_active=True)
    link = _has_open_link()
    return rows.filter(link if state == AccountState.INVITED else ~link, is_active=False)


def state_of(user: User) -> AccountState:
    if user.is_active:
        return AccountState.ACTIVE
    return AccountState.INVITED if getattr(user, "invited") else AccountState.DISABLED  # noqa: B009  # annotated


def open_invitation_of(user: User) -> Invitation | None:
    """Return the open link of an account, expired or not; None if there is none."""
    return Invitation.objects.open().filter(user=user).select_related("created_by").first()


def agencies() -> QuerySet[Agency]:
    """Return all agencies, open ones first, with `reviewers` and `contacts`: the counts of active accounts."""
    active = Q(users__is_active=True)
    return (
        Agency.objects.select_related("successor")
        .annotate(
            reviewers=Count("users", filter=active),
            contacts=Count("users", filter=active & Q(users__is_contact=True)),
        )
        .order_by("-is_active", "name")
    )


def contacts_of(agency: Agency) -> QuerySet[User]:
    return User.objects.filter(agency=agency, is_contact=True, is_active=True).order_by("name", "pk")


def access_changes() -> QuerySet[AccessChange]:
    """Return all changes that take two people, those that wait first, then the newest."""
    rows = AccessChange.objects.select_related("account", "asked_by", "decided_by")
    return rows.annotate(waits=WAITS).order_by("-waits", "-pk")


def waiting_change_of(user: User) -> AccessChange | None:
    return AccessChange.objects.filter(WAITS, account=user).select_related("asked_by").first()
