"""Values of each source that a computation takes. The app that computes registers itself in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InUse:
    """Values of one source in use: of how many countries, of which editions and years, and how firm.

    `candidates` counts the countries that were asked for; `editions` holds the newest edition behind each value with
    the number of values, newest first.
    """

    candidates: int
    countries: int
    values: int
    weak: int
    first_year: int
    last_year: int
    editions: tuple[tuple[str, int], ...]


Provider = Callable[[int | None], Mapping[int, InUse]]
"""Called with a publication number (None is now); returns what is in use by the id of its source."""

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider` asked whenever a source is described."""
    if provider not in _providers:
        _providers.append(provider)


def in_use(as_of: int | None) -> dict[int, InUse]:
    """Return what the desk screen takes from each source, by the id of the source."""
    return {source: used for provider in _providers for source, used in provider(as_of).items()}
