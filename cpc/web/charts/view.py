"""A chart with its legend next to it, for the tag `{% view %}`."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.web.charts.svg import Svg


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One mark, its meaning, and its count in the chart if that is useful."""

    mark: Svg
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Marks of one kind, under a title or without one."""

    title: str
    items: tuple[KeyItem, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One of several charts of the same set of countries.

    `finding` is a sentence that could be false, `context` one line about it. A chart that can't be drawn is None at
    both widths, and `absent` gives the reason. `note` is shown under the key.
    """

    finding: str
    context: str
    wide: Svg | None
    narrow: Svg | None
    keys: tuple[KeyGroup, ...]
    note: str = ""
    absent: str = ""
