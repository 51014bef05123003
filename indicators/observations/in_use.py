"""Values of each source that a computation uses.

The computing app registers itself in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InUse:
    """Values of one source in use, with their countries, editions, years, and quality.

    `candidates` counts the requested countries; `editions` has the newest edition of each value with the number of
    values, newest first.
    """

    candidates: int
    countries: int
    values: int
    weak: int
    first_year: int
    last_year: int
    editions: tuple[tuple[str, int], ...]


Provider = Callable[[int | None], Mapping[int, InUse]]
"""Function of a publication number (None is now) that returns the values in use by the id of their source."""

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def in_use(as_of: int | None) -> dict[int, InUse]:
    """Return the values in use by the id of their source, from all registered providers."""
    return {source: used for provider in _providers for source, used in provider(as_of).items()}
