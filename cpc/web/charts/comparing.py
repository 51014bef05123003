"""Charts of two to five countries side by side: marks with letters, lanes, shares of a pair, small multiples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import LegendItem
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import clamped, linear
from cpc.web.charts.series import line_through, runs_of, value_axis
from cpc.web.charts.svg import Svg, circle, decoration, line, mark, picture, rect, text

LETTERS = "ABCDE"
"""Letters for countries, so that no distinction depends on color."""

EDGE = 9.0


@dataclass(frozen=True, slots=True)
class Strip:
    """The value of one country, 0 to 1; hatched if it is estimated from other countries or unknown.

    The lane is empty if the factor does not apply to the country.
    """

    value: float | None
    is_filled: bool = False
    applies: bool = True


def letter_mark(index: int) -> Svg:
    body = [circle(9, 9, 8, f"k-cmp{index}"), text(9, 13, LETTERS[index], f"k-cmpt k-cmpt{index}", "middle")]
    return mark(18, 18, *body)


def lanes(values: Sequence[Strip], median: float | None, *, width: float = 380, lane: float = 14) -> Svg:
    """Draw one lane a country, so that equal values never cover each other; the post is the median of the ranked.

    What is filled from others is a hollow dot on a hatched lane, and what is not known a hatched lane alone.
    """
    height = lane * len(values) + 6
    x = clamped(0, 1, EDGE, width - EDGE)
    tracks: list[Svg] = []
    dots: list[Svg] = []
    for index, country in enumerate(values):
        y = 3 + lane * index + lane / 2
        if not country.applies:
            continue
        if country.value is None or country.is_filled:
            tracks.append(rect(EDGE + 0.5, y - 4, width - 2 * EDGE - 1, 8, "k-gap", rx=1))
        else:
            tracks.append(line(EDGE, y, width - EDGE, y, "k-hair"))
            tracks.append(line(EDGE, y, x(country.value), y, f"k-cmpl{index}"))
        if country.value is not None:
            size, class_ = (4.5, "k-cmph k-cmph") if country.is_filled else (5, "k-cmp")
            dots.append(circle(x(country.value), y, size, f"{class_}{index}"))
    if median is not None:
        tracks.append(line(x(median), 0, x(median), height, "k-medline"))
    return decoration(width, height, [*tracks, *dots])


def lanes_legend() -> tuple[LegendItem, ...]:
    filled = [rect(0.5, 2, 39, 8, "k-gap"), circle(20, 6, 4.5, "k-cmph k-cmph0")]
    return (
        LegendItem(mark(40, 12, *filled), "Filled from peers"),
        LegendItem(mark(40, 12, rect(0.5, 2, 39, 8, "k-gap")), "Not known"),
        LegendItem(mark(8, 16, line(4, 0, 4, 16, "k-medline")), "Median of the ranked"),
    )


def pairbar(share: float | None, first: int, second: int, *, width: float = 150, height: float = 16) -> Svg:
    """Draw the shares of draws in which each of two countries is above, split; the post is at a half."""
    if share is None:
        return decoration(width, height, [rect(0.5, 2.5, width - 1, height - 5, "k-gap", rx=1)])
    at = width * min(max(share, 0.0), 1.0)
    body = [
        rect(0, 2, at - 1, height - 4, f"k-cmp{first}"),
        rect(at + 1, 2, width - at - 1, height - 4, f"k-cmp{second}"),
        line(width / 2, 0, width / 2, height, "k-split"),
    ]
    return decoration(width, height, body)


Years = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Multiples:
    """Shared parts of a row of small multiples: the series by country, one scale, and the format of values."""

    title: str
    series: Mapping[str, Years]
    ends: tuple[float, float]
    written: Callable[[float], str] = formats.number

    @property
    def years(self) -> tuple[int, int] | None:
        """Return the first and last year of any series; None if there are no values."""
        years = [year for series in self.series.values() for year in series]
        return (min(years), max(years)) if years else None


def multi(key: str, name: str, row: Multiples, *, width: float = 270, height: float = 96) -> Svg:
    """Draw one country of a row of small multiples: its line dark, the others gray behind it, one scale for all."""
    own = sorted(row.series[name].items())
    title = f"{name}: {row.title}"
    if not own or row.years is None:
        body = [
            rect(0.5, 10, width - 1, height - 30, "k-gap"),
            rect(width / 2 - 54, height / 2 - 20, 108, 22, "k-plate"),
            text(width / 2, height / 2 - 4, "Not published", "k-v0", "middle"),
        ]
        return picture(width, height, body, key=key, title=title, desc="No value is published.")
    (first, start), (last, end) = own[0], own[-1]
    desc = f"From {row.written(start)} in {first} to {row.written(end)} in {last}."
    return picture(width, height, _multi(name, row, row.years, width, height), key=key, title=title, desc=desc)


def _multi(name: str, row: Multiples, years: tuple[int, int], width: float, height: float) -> list[Svg]:
    written = row.written
    left = max(text_width(written(end), 12) for end in row.ends) + 8
    right = width - max(text_width(written(value), 13, strong=True) for value in row.series[name].values()) - 12
    x, y = linear(*years, left, right), linear(*row.ends, height - 20, 10)
    body = value_axis(row.ends, y, left, right, written)
    for other, series in row.series.items():
        if other != name:
            body.append(line_through([sorted(series.items())], x, y, "k-line0"))
    own = sorted(row.series[name].items())
    body.append(line_through([run for run in runs_of(own, joined=False) if len(run) > 1], x, y, "k-line"))
    last, end = own[-1]
    body += [circle(x(last), y(end), 3.6, "k-dot"), text(x(last) + 7, y(end) + 4.5, written(end), "k-v k-halo")]
    short = right - left < 76
    names = [f"\N{RIGHT SINGLE QUOTATION MARK}{year % 100:02d}" if short else str(year) for year in years]
    body += [text(left, height - 4, names[0]), text(right, height - 4, names[1], "k-ax", "end")]
    return body
