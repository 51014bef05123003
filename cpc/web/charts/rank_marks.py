"""Ranks in a row of the list of countries, rank 1 at the left: decoration, because the row gives the figures."""

from __future__ import annotations

from cpc.web.charts.ranking import Branch
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Svg, circle, decoration, line, rect

EDGE = 4.0


def whisk(
    rank: int | None,
    low: int | None,
    high: int | None,
    total: int,
    *,
    first: int,
    width: float = 104,
    height: float = 18,
) -> Svg:
    """Draw the rank as a dot, the ranks of 90% of the draws as a line, and the first ranks as a soft band.

    Without a rank the track is hatched; the line is drawn wherever it is known.
    """
    scale = _ranks(total, width)
    middle = height / 2
    if rank is None and low is None:
        return decoration(width, height, [rect(0.5, middle - 3, width - 1, 6, "k-gap")])
    body = [_band(scale, first, total, 2, height - 4), line(EDGE, middle, width - EDGE, middle, "k-hair")]
    if low is not None and high is not None:
        body.append(line(scale(low), middle, scale(high), middle, "k-range"))
    if rank is not None:
        body.append(circle(scale(rank), middle, 4, "k-dot"))
    return decoration(width, height, body)


def bounds(
    best: int | None,
    worst: int | None,
    low: int | None,
    high: int | None,
    total: int,
    *,
    first: int,
    width: float = 300,
    height: float = 22,
) -> Svg:
    """Draw the ranks that missing values leave possible, hatched, and the ranks in 90% of the draws as a line."""
    scale = _ranks(total, width)
    middle = height / 2
    body = [_band(scale, first, total, 1, height - 2), line(EDGE, middle, width - EDGE, middle, "k-hair")]
    if best is not None and worst is not None:
        start, end = scale(best) - 3, scale(worst) + 3
        body.append(rect(start, middle - 6, max(end - start, 6), 12, "k-gap", rx=2))
    if low is not None and high is not None:
        body.append(line(scale(low), middle, scale(high), middle, "k-range"))
        if low == high:
            body.append(circle(scale(low), middle, 2, "k-dot"))
    return decoration(width, height, body)


def axis_bar(value: float | None, branch: Branch, *, width: float = 64, height: float = 14) -> Svg:
    """Draw a score of 0 to 100 in the color of its branch; a hatched track if there is none."""
    middle = height / 2
    if value is None:
        return decoration(width, height, [rect(0.5, middle - 3, width - 1, 6, "k-gap")])
    long = width * min(max(value, 0.0), 100.0) / 100
    fill = "k-need3" if branch == "need" else "k-feas1"
    return decoration(
        width, height, [rect(0, middle - 3, width, 6, "k-track2", rx=1), rect(0, middle - 3, long, 6, fill, rx=1)]
    )


def _ranks(total: int, width: float) -> Scale:
    """Return the scale from a rank to its position; ranks beyond the list are drawn at its ends."""
    scale = linear(1, max(total, 1), EDGE, width - EDGE)
    return lambda rank: scale(min(max(rank, 1), max(total, 1)))


def _band(scale: Scale, first: int, total: int, top: float, height: float) -> Svg:
    """Draw the soft band of the first ranks, up to half a rank beyond the last of them."""
    end = scale(total) + EDGE if total <= first else (scale(first) + scale(first + 1)) / 2
    return rect(0, top, end, height, "k-quad")
