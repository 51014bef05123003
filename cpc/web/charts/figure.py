"""Parts of a chart: a finding, the drawing, its legend, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cpc.web.charts.svg import Svg, linked_picture, picture


@dataclass(frozen=True, slots=True)
class ChartColumn:
    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The figures of a chart, formatted; the first cell of a row is its name."""

    caption: str
    columns: tuple[ChartColumn, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"A row of {self.caption!r} has {len(row)} cells for {len(self.columns)} columns.")

    @property
    def cells(self) -> Sequence[Sequence[Cell]]:
        return [
            [Cell(text, column.numeric) for text, column in zip(row, self.columns, strict=True)] for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A mark of the legend, its meaning, and its count in the chart if that is useful."""

    mark: Svg
    label: str
    count: int | None = None


def legend_of(items: Iterable[tuple[object, Svg, str]]) -> tuple[LegendItem, ...]:
    """Return the legend of the marks that a chart draws: each item begins with whether it does."""
    return tuple(LegendItem(mark, label) for is_drawn, mark, label in items if is_drawn)


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure for `{% figure chart %}`.

    `finding` is a sentence that could be false, `context` one line about it. `narrow` is the drawing for phones, needed
    if scaling `wide` down would make its text too small. `table` is None only if the page already has a table with the
    same figures.
    """

    finding: str
    context: str
    wide: Svg
    table: ChartTable | None
    narrow: Svg | None = None
    legend: tuple[LegendItem, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyGroup:
    title: str
    items: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One of several charts of the same set of countries with its legend next to it, for `{% view %}`.

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


Size = TypeVar("Size")
Drawing = tuple[float, float, Sequence[Svg]]
"""Width, height, and elements of a picture."""


def at_both_widths(
    draw: Callable[[Size], Drawing], wide: Size, narrow: Size, *, key: str, title: str, desc: str, linked: bool = False
) -> tuple[Svg, Svg]:
    """Draw the same picture for screens and for phones; `linked` if its marks are links."""
    pictured = linked_picture if linked else picture
    return (
        pictured(*draw(wide), key=f"{key}-wide", title=title, desc=desc),
        pictured(*draw(narrow), key=f"{key}-narrow", title=title, desc=desc),
    )
