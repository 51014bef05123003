"""Marks in a row of a list: decoration, because the row gives the figures. Hatched: not known."""

from __future__ import annotations

from typing import Literal

from cpc.web.charts.chances import chance_step
from cpc.web.charts.scale import Scale, clamped, linear
from cpc.web.charts.svg import Svg, circle, decoration, line, path, rect

Branch = Literal["need", "feas"]

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
    if rank is None and low is None:
        return _unknown(width, height)
    x = _ranks(total, width)
    body = [_band(x, first, total, 2, height - 4), *_interval(x, low, high, width, height)]
    if rank is not None:
        body.append(circle(x(rank), height / 2, 4, "k-dot"))
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
    x = _ranks(total, width)
    middle = height / 2
    track, *interval = _interval(x, low, high, width, height)
    body = [_band(x, first, total, 1, height - 2), track]
    if best is not None and worst is not None:
        start, end = x(best) - 3, x(worst) + 3
        body.append(rect(start, middle - 6, max(end - start, 6), 12, "k-gap", rx=2))
    body += interval
    if low is not None and low == high:
        body.append(circle(x(low), middle, 2, "k-dot"))
    return decoration(width, height, body)


def reach_mark(
    rank: int,
    inside: int | None,
    beyond: int | None,
    total: int,
    *,
    first: int,
    leaves: bool = False,
    width: float = 320,
    height: float = 22,
) -> Svg:
    """Draw the ranks that one change can reach from a rank, a dot: solid to one end, dashed to a farther one, a ring.

    `leaves`: the farther end is no rank, drawn as a cross at the end of the track.
    """
    x = _ranks(total, width)
    y = height / 2
    body = [_band(x, first, total, 2, height - 4), line(EDGE, y, width - EDGE, y, "k-hair")]
    if beyond is not None:
        body.append(line(x(rank), y, x(beyond), y, "k-range k-range--then"))
    if inside is not None and inside != rank:
        body.append(line(x(rank), y, x(inside), y, "k-range k-range--b"))
    if beyond is not None and beyond != rank:
        body.append(_cross(x(beyond), y) if leaves else circle(x(beyond), y, 4.5, "k-hollow"))
    return decoration(width, height, [*body, circle(x(rank), y, 4.5, "k-dot")])


def _cross(x: float, y: float) -> Svg:
    return path([[(x - 4, y - 4), (x + 4, y + 4)], [(x - 4, y + 4), (x + 4, y - 4)]], "k-range")


def rank_interval(
    rank: int | None, low: int | None, high: int | None, total: int, *, width: float = 96, height: float = 18
) -> Svg:
    """Draw the rank as a dot and its 90% interval as a line, rank 1 at the left; hatch the track without a rank."""
    if rank is None:
        return _unknown(width, height)
    x = linear(1, max(total, 1), 6, width - 6)
    body = _interval(x, low, high, width, height, edge=6)
    return decoration(width, height, [*body, circle(x(rank), height / 2, 4, "k-dot")])


def swing(low: float | None, now: float | None, high: float | None, *, width: float = 96, height: float = 18) -> Svg:
    """Draw the chance, 0 to 1, if one figure is low or high as a line, and the chance now as a dot."""
    x = linear(0, 1, EDGE, width - EDGE)
    ends = (low, high) if low is None or high is None else (min(low, high), max(low, high))
    body = _interval(x, *ends, width, height, class_="k-range k-range--b")
    if now is not None:
        body.append(circle(x(now), height / 2, 4, "k-dot"))
    return decoration(width, height, body)


def axis_bar(value: float | None, branch: Branch, *, width: float = 64, height: float = 14) -> Svg:
    """Draw a score of 0 to 100 in the color of its branch."""
    if value is None:
        return _unknown(width, height)
    y, long = height / 2 - 3, width * min(max(value, 0.0), 100.0) / 100
    fill = "k-need3" if branch == "need" else "k-feas1"
    return decoration(width, height, [rect(0, y, width, 6, "k-track2", rx=1), rect(0, y, long, 6, fill, rx=1)])


def profile(value: float | None, median: float | None = None, *, width: float = 120, height: float = 16) -> Svg:
    """Draw a normalized value between 0 and 1 as a bar, the pool's median as a post."""
    body = [rect(0, 5, width, 6, "k-track2", rx=1)]
    if value is None:
        body.append(rect(0.5, 5.5, width - 1, 5, "k-gap"))
    else:
        body.append(rect(0, 5, width * min(max(value, 0), 1), 6, "k-fill", rx=1))
    if median is not None:
        body.append(line(width * median, 2, width * median, 14, "k-medline"))
    return decoration(width, height, body)


def chance_bar(chance: float | None, *, width: float = 64, height: float = 14) -> Svg:
    """Draw the chance to be among the first as a bar in the fill of its step."""
    track = rect(0.5, 2.5, width - 1, height - 5, "k-gap" if chance is None else "k-chance", rx=1)
    if chance is None or chance < 0.005:
        return decoration(width, height, [track])
    step, long = chance_step(chance), max(width * min(chance, 1.0), 1.5)
    inset = 0.5 if step == 2 else 0.0  # the outline of the light fill stays inside
    bar = rect(inset, 2 + inset, long - 2 * inset, height - 4 - 2 * inset, f"k-p{step}f", rx=1)
    return decoration(width, height, [track, bar])


def width_bar(ranks: float, top: float, *, post: float | None = None, part: bool = False, whole: bool = False) -> Svg:
    """Draw how many ranks a doubt covers, from 0 to `top`: pale for a part of another bar, dark for the whole.

    `post` marks a second number on the same bar.
    """
    width, height = 420.0, 16.0
    scale = linear(0, max(top, 1), 0, width)
    end = scale(min(ranks, top))
    bar = rect(0.5, 3.5, end - 1, 9, "k-most") if part else rect(0, 3, end, 10, "k-whole" if whole else "k-every", rx=1)
    body = [rect(0, 3, width, 10, "k-track2", rx=1), *([bar] if ranks > 0 else [])]
    if post is not None:
        body.append(line(scale(min(post, top)), 0, scale(min(post, top)), height, "k-medline"))
    return decoration(width, height, body)


def _unknown(width: float, height: float) -> Svg:
    return decoration(width, height, [rect(0.5, height / 2 - 3, width - 1, 6, "k-gap")])


def _interval(
    x: Scale,
    low: float | None,
    high: float | None,
    width: float,
    height: float,
    *,
    edge: float = EDGE,
    class_: str = "k-range",
) -> list[Svg]:
    y = height / 2
    track = line(edge, y, width - edge, y, "k-hair")
    return [track] if low is None or high is None else [track, line(x(low), y, x(high), y, class_)]


def _ranks(total: int, width: float) -> Scale:
    return clamped(1, max(total, 1), EDGE, width - EDGE)


def _band(x: Scale, first: int, total: int, top: float, height: float) -> Svg:
    """Draw the soft band of the first ranks, up to half a rank beyond the last of them."""
    end = x(total) + EDGE if total <= first else (x(first) + x(first + 1)) / 2
    return rect(0, top, end, height, "k-quad")
