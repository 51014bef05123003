"""Sample of a spot check: its size, and the countries that a seed draws."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

LEAST = 10
SHARE = 0.1


def sample_size(confirmed: int, eligible: int) -> int:
    """Return how many of `eligible` tiers a second person reads: a tenth of all `confirmed`, at least ten, or all."""
    return min(eligible, max(LEAST, math.ceil(confirmed * SHARE)))


def draw(codes: Iterable[str], *, seed: int, size: int) -> list[str]:
    """Return `size` codes in the order in which the seed draws them.

    The order is that of the SHA-256 of seed and code, so that anyone can draw again.
    """
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())[:size]
