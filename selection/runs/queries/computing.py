"""Mark of a ranking that is on its way, as all processes that share the cache see it."""

from __future__ import annotations

from django.core.cache import cache

KEY = "selection.computing"

FORGET_AFTER = 15 * 60
"""Seconds after which a ranking that was queued counts as lost; pages then offer to compute it."""


def begin() -> None:
    cache.set(KEY, 1, FORGET_AFTER)


def end() -> None:
    cache.delete(KEY)


def is_under_way() -> bool:
    return cache.get(KEY) is not None
