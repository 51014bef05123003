"""Cache shared by all processes, with a fallback in each process while it can't be reached.

Limits of sign-ins and requests are counted in the cache. Without Redis each process counts by itself: the limits are
multiplied by the number of processes but still apply.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

RETRY_AFTER = 5.0
"""Seconds before the next try: each try can last as long as its timeout, and pages use the cache several times."""
WARN_EVERY = 60.0

log = logging.getLogger(__name__)


class FallbackCache(BaseCache):
    """Redis, or the memory of this process while Redis does not answer."""

    _away_until = 0.0
    _warned_at = float("-inf")

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = RedisCache(server, params)
        self._own = LocMemCache("cpc-without-redis", params)

    def _ask(self, call: Callable[[BaseCache], Any]) -> Any:
        if time.monotonic() >= FallbackCache._away_until:
            try:
                return call(self._shared)
            except (RedisError, OSError) as error:
                self._note(error)
        return call(self._own)

    @staticmethod
    def _note(error: Exception) -> None:
        # An attribute of the class, since Django creates a cache for each thread.
        now = time.monotonic()
        FallbackCache._away_until = now + RETRY_AFTER
        if now - FallbackCache._warned_at >= WARN_EVERY:
            FallbackCache._warned_at = now
            log.warning(
                "Redis does not respond (%s): each process counts the limits on sign-ins and requests by itself.", error
            )

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        added: bool = self._ask(lambda cache: cache.add(key, value, timeout, version))
        return added

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        there: bool = self._ask(lambda cache: cache.touch(key, timeout, version))
        return there

    def delete(self, key: Any, version: int | None = None) -> bool:
        there: bool = self._ask(lambda cache: cache.delete(key, version))
        return there

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Increment a count; in the fallback it starts at 0 if Redis failed after the count was added."""

        def count(cache: BaseCache) -> int:
            if cache is self._own:
                cache.add(key, 0, version=version)
            return cache.incr(key, delta, version)

        counted: int = self._ask(count)
        return counted

    def clear(self) -> None:
        self._ask(lambda cache: cache.clear())
