"""Settings of allauth's second factors: encrypted secrets, names of people, and the site that a passkey belongs to."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from cpc.accounts.models import User
from cpc.identity import encryption

SITE = "CPC Partnerships"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is wrong, has expired, or was used already. Wait for the next one.",
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return False: only the services of this app remove a factor."""
        return False

    def get_totp_issuer(self) -> str:
        return SITE

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site of a passkey.

        In production it is that of `SITE_URL`, since a passkey made at another host name of this site would not be
        offered at this one.
        """
        host = urlsplit(settings.SITE_URL).hostname if settings.PRODUCTION else None
        return {"id": host or context.request.get_host().partition(":")[0], "name": SITE}

    def _get_user_identifier(self, user: User) -> str:
        return user.username
