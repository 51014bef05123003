"""Mark of a ranking that is on its way, as all processes that share the cache see it."""

from __future__ import annotations

from django.core.cache import cache

KEY = "selection.computing"

FORGET_AFTER = 15 * 60
"""Seconds after which a ranking that was queued counts as lost; pages then offer to compute it."""


def begin() -> None:
    """Note that a ranking was queued."""
    cache.set(KEY, 1, FORGET_AFTER)


def end() -> None:
    """Note that no ranking is queued."""
    cache.delete(KEY)


def is_under_way() -> bool:
    """Return whether a ranking is queued or being computed."""
    return cache.get(KEY) is not None
