"""Queries of linked identities."""

from __future__ import annotations

from django.conf import settings

from cpc.accounts.models import User
from cpc.openid.configuration import Provider
from cpc.openid.models import LinkedIdentity, LinkedIdentityQuerySet


def providers() -> dict[str, Provider]:
    """Return the configured providers by key, in the order of the buttons."""
    found: dict[str, Provider] = settings.OPENID_PROVIDERS
    return found


def label_of(identity: LinkedIdentity) -> str:
    """Return what pages call the provider of a link; its key if it is no longer configured."""
    provider = providers().get(identity.provider)
    return provider.label if provider else identity.provider


def identities_of(user: User) -> LinkedIdentityQuerySet:
    """Return the current and earlier links of an account, newest first."""
    return LinkedIdentity.objects.all().filter(user=user).select_related("user", "linked_by", "ended_by")


def has_link(user: User) -> bool:
    """Return whether an identity at a configured provider signs in to an account."""
    issuers = [provider.issuer for provider in providers().values()]
    return LinkedIdentity.objects.current().filter(user=user, issuer__in=issuers).exists()


def current_identity(user: User, issuer: str) -> LinkedIdentity | None:
    return LinkedIdentity.objects.current().filter(user=user, issuer=issuer).first()


def account_of(issuer: str, subject: str) -> LinkedIdentity | None:
    """Return the current link of an identity, with its account."""
    rows = LinkedIdentity.objects.current().select_related("user")
    return rows.filter(issuer=issuer, subject=subject).first()
