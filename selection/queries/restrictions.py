"""Which countries a restriction bars on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

Bars = Callable[[dt.date], Mapping[str, str]]
_bars: list[Bars] = []


def register_bars(tell: Bars) -> None:
    """Register who knows of restrictions in force: code of the country to the words that the page shows."""
    if tell not in _bars:
        _bars.append(tell)


def barred(on: dt.date) -> dict[str, str]:
    """The countries that a restriction bars on a day, each with the words for it."""
    return {code: words for tell in _bars for code, words in tell(on).items()}
