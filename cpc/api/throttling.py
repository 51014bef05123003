"""Limit of requests per minute for a token or an account."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cpc.accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module

WINDOW = 60


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
        return cache.incr(key) <= settings.API_REQUESTS_A_MINUTE

    def wait(self) -> float:
        return self.seconds_left


def _client(request: Request) -> str:
    if isinstance(request.auth, ApiToken):
        return f"token-{request.auth.pk}"
    return f"account-{request.user.pk}"
