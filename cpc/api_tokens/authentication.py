"""Bearer tokens (RFC 6750): authentication of a program, and the limits of its token."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cpc.accounts.models import ApiToken, User
from cpc.api.permissions import CHALLENGE
from cpc.api_tokens.services import recognize


class BearerAuthentication(BaseAuthentication):
    """Authentication with `Authorization: Bearer <token>`.

    It takes precedence over the session. The answer is the same 401 whether the token is unknown, expired, or revoked,
    or its account is disabled.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's account, narrowed to its scopes, and the token.

        Returns None without a bearer token.
        """
        secret = _secret(request)
        if secret is None:
            return None
        token = recognize(secret, timezone.now())
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired, or revoked, or its account is disabled.")
        request._request.api_token = token  # type: ignore[attr-defined]  # for the audit trail and the log
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate header of a 401.

        It adds an error code if the token sent is invalid.
        """
        return CHALLENGE if _secret(request) is None else f'{CHALLENGE}, error="invalid_token"'


def _secret(request: Request) -> str | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None
