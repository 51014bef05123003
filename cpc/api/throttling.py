"""Limit of requests per minute for a token or an account, and the headers that tell a client what is left of it.

The headers are those of the IETF's draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers):

    RateLimit-Policy: "requests";q=600;w=60
    RateLimit: "requests";r=597;t=43
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cpc.accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module

WINDOW = 60
POLICY = "requests"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The limit of a client: requests in all and left in this minute of the clock, and seconds until the next."""

    limit: int
    left: int
    seconds: float


class PerClient(BaseThrottle):
    """Throttle that counts the requests of each token, and of each account without one, in whole minutes of the clock.

    It increments one number per client in the cache, atomically: with Redis all processes share the count. A client can
    use up one minute's limit at its end and the next one's at its start. The limit is `settings.API_REQUESTS_A_MINUTE`.
    """

    seconds_left: float = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        now = time.time()
        window = int(now // WINDOW)
        self.seconds_left = (window + 1) * WINDOW - now
        key = f"api-requests:{_client(request)}:{window}"
        cache.add(key, 0, timeout=2 * WINDOW)
        used, limit = cache.incr(key), settings.API_REQUESTS_A_MINUTE
        request._request.rate_limit = RateLimit(limit, max(limit - used, 0), self.seconds_left)  # type: ignore[attr-defined]  # for `add_rate_limit`
        return bool(used <= limit)

    def wait(self) -> float:
        return self.seconds_left


def add_rate_limit(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add what is left of the limit to the answer to a client; before it is known, a client has no limit."""
    found: RateLimit | None = getattr(request, "rate_limit", None)
    if found is not None:
        response["RateLimit-Policy"] = f'"{POLICY}";q={found.limit};w={WINDOW}'
        response["RateLimit"] = f'"{POLICY}";r={found.left};t={math.ceil(found.seconds)}'


def _client(request: Request) -> str:
    if isinstance(request.auth, ApiToken):
        return f"token-{request.auth.pk}"
    return f"account-{request.user.pk}"
