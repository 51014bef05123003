"""Parts of a chart: a finding, the drawing, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.svg import Svg


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """A column of the companion table."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A formatted value, and whether it is set as a figure."""

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
        """Return the rows as cells, each with the kind of its column."""
        return [
            [Cell(text, column.numeric) for text, column in zip(row, self.columns, strict=True)] for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A mark of the legend and its label."""

    mark: Svg
    label: str


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
