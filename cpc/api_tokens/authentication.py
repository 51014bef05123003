"""Bearer tokens (RFC 6750): who a program is, and how far its token reaches."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cpc.accounts.models import ApiToken, User
from cpc.api.token_scopes import CHALLENGE
from cpc.api_tokens.services import recognize


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. It comes before the session: a request that carries both is the token's.

    A token that is unknown, expired or revoked, or of a disabled account, is 401, whichever of these it is.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's account, narrowed to its scopes; None where the request carries no bearer token."""
        secret = _secret(request)
        if secret is None:
            return None
        token = recognize(secret, timezone.now())
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked, or its account is disabled.")
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """The WWW-Authenticate header of a 401; it says so where a token was sent and is not valid."""
        return CHALLENGE if _secret(request) is None else f'{CHALLENGE}, error="invalid_token"'


def _secret(request: Request) -> str | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None
