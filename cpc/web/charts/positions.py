"""Charts of one country: its position on each axis, and its rank by each source of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, linear, round_ends
from cpc.web.charts.series import within
from cpc.web.charts.svg import Svg, circle, line, picture, rect, text, ticks


@dataclass(frozen=True, slots=True)
class Position:
    """A country's score among those of the ranked pool.

    `interval` is the range of 90% of the draws.
    """

    name: str
    value: float | None
    peers: Sequence[float]
    median: float | None
    interval: tuple[float, float] | None = None


def position(
    key: str,
    finding: str,
    context: str,
    score: Position,
    *,
    axis: str,
    ends: tuple[float, float] = (0.0, 100.0),
    width: float = 300,
) -> Chart:
    """Draw ranked countries as ticks, their median as a post, and this country as a dot with its 90% line.

    `axis` names the measure: "Need", "Feasibility". The list of countries has the figures of the ticks.
    """
    scale = linear(*ends, 6, width - 6)
    drawing = picture(
        width,
        82,
        _position(score, _inside(scale, ends), ends, width),
        key=key,
        title=axis,
        desc=_description(score, axis),
    )
    return Chart(finding, context, drawing, None)


def _position(score: Position, x: Scale, ends: tuple[float, float], width: float) -> list[Svg]:
    y = 44.0
    body = [line(6, y, width - 6, y, "k-axis"), ticks([x(peer) for peer in score.peers], y, 7, "k-tick")]
    if score.median is not None:
        label = f"Median {formats.number(score.median, 1)}"
        at = within(x(score.median), text_width(label, 12), 0, width)
        body += [
            line(x(score.median), y - 18, x(score.median), y + 12, "k-medline"),
            text(at, y - 23, label, "k-ax", "middle"),
        ]
    body += [text(6, 81, formats.number(ends[0])), text(width - 6, 81, formats.number(ends[1]), "k-ax", "end")]
    if score.value is None:
        return [*body, rect(6, y - 6, width - 12, 12, "k-gap"), *_plate(width / 2, y + 27, "Not known", width)]
    if score.interval:
        body.append(line(x(score.interval[0]), y, x(score.interval[1]), y, "k-range k-range--b"))
    label = f"{score.name} {formats.number(score.value, 1)}"
    body.append(circle(x(score.value), y, 6, "k-dot"))
    return [*body, *_plate(x(score.value), y + 27, label, width)]


def _plate(at: float, y: float, label: str, width: float) -> list[Svg]:
    wide = text_width(label, 13, strong=True)
    return [text(within(at, wide, 0, width), y, label, "k-v k-halo", "middle")]


def _inside(scale: Scale, ends: tuple[float, float]) -> Scale:
    return lambda value: scale(min(max(value, ends[0]), ends[1]))


def _description(score: Position, axis: str) -> str:
    description = (
        f"{score.name}: {axis.lower()} {formats.number(score.value, 1) if score.value is not None else 'not known'}"
    )
    if score.interval:
        low, high = (formats.number(end, 1) for end in score.interval)
        description += f", {low} to {high} in 90% of draws"
    if score.median is not None:
        description += f". Median of the ranked: {formats.number(score.median, 1)}"
    return f"{description}. {len(score.peers)} ranked countries."


# ---- sources of doubt ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """Ranks in 90% of the draws if only one source is in doubt; `strong` for all sources together."""

    label: str
    low: int | None
    high: int | None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class DoubtRows:
    """Layout of the chart's rows: starts, heights, and labels at the left or above."""

    width: float
    left: float
    row: float
    drop: float
    labels_left: bool
    top: float = 24
    right: float = 62


WIDE = DoubtRows(640, left=170, row=30, drop=15, labels_left=True)
NARROW = DoubtRows(322, left=4, row=46, drop=32, labels_left=False)


def drivers(
    key: str, finding: str, context: str, rank: int | None, total: int, doubts: Sequence[Doubt], *, first: int
) -> Chart:
    """Draw the rank's interval by source of doubt, on one scale; an interval that is not known is hatched."""
    title = "Rank by source of doubt"
    desc = f"{finding} {context}".strip()
    wide, narrow = (
        picture(
            rows.width,
            rows.top + rows.row * max(len(doubts), 1) + 4,
            _drivers(rank, total, doubts, first, rows),
            key=f"{key}-{suffix}",
            title=title,
            desc=desc,
        )
        for rows, suffix in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    columns = (ChartColumn("In doubt"), ChartColumn("Highest rank", True), ChartColumn("Lowest rank", True))
    written = [(doubt.label, _rank(doubt.low), _rank(doubt.high)) for doubt in doubts]
    return Chart(finding, context, wide, ChartTable(title, columns, tuple(written)), narrow=narrow)


def _rank(rank: int | None) -> str:
    return formats.DASH if rank is None else str(rank)


def _drivers(rank: int | None, total: int, doubts: Sequence[Doubt], first: int, rows: DoubtRows) -> list[Svg]:
    last = max(total, 1)
    end = rows.width - rows.right
    scale = linear(1, last, rows.left, end)
    x = _inside(scale, (1, last))
    height = rows.row * max(len(doubts), 1)
    band = end + 4 if last <= first else (x(first) + x(first + 1)) / 2
    body = [
        rect(rows.left - 4, rows.top - 6, band - rows.left + 4, height + 4, "k-quad"),
        text(rows.left - 4, 12, f"First {first}"),
        text(end, 12, f"Rank {last}", "k-ax", "end"),
    ]
    if not doubts:
        return [*body, text(rows.left, rows.top + rows.drop, "No draws yet", "k-v0")]
    for index, doubt in enumerate(doubts):
        body += _doubt(doubt, rank, x, last, rows.top + rows.row * index + rows.drop, rows)
    return body


def _doubt(doubt: Doubt, rank: int | None, x: Scale, last: int, y: float, rows: DoubtRows) -> list[Svg]:
    end = x(last) if last > 1 else rows.width - rows.right
    body = _named(doubt.label, doubt.strong, y, rows)
    if doubt.low is None or doubt.high is None:
        return [*body, rect(rows.left, y - 4, end - rows.left, 8, "k-gap"), text(end + 10, y + 4, "not known", "k-v0")]
    body.append(line(rows.left, y, end, y, "k-hair"))
    if doubt.high > doubt.low:
        body.append(line(x(doubt.low), y, x(doubt.high), y, "k-range k-range--b" if doubt.strong else "k-range"))
    if rank is not None:
        body.append(circle(x(rank), y, 4.4, "k-dot"))
    label = formats.span(str(doubt.low), str(doubt.high))
    return [*body, text(end + 10, y + 4, label, "k-v" if doubt.strong else "k-v0")]


# ---- the same by width ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Width:
    """Number of ranks that one source of doubt alone spans, from the 5th to the 95th percentile; None is unknown."""

    label: str
    ranks: int | None
    strong: bool = False


def widths(key: str, finding: str, context: str, items: Sequence[Width], *, total: int) -> Chart:
    """Draw how far each source of doubt alone can move the rank, as bars from zero, if only widths are known."""
    title = "Places by source of doubt"
    desc = f"{finding} {context}".strip()
    wide, narrow = (
        picture(
            rows.width,
            rows.top + rows.row * max(len(items), 1) + 4,
            _widths(items, total, rows),
            key=f"{key}-{suffix}",
            title=title,
            desc=desc,
        )
        for rows, suffix in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    written = tuple((item.label, formats.DASH if item.ranks is None else str(item.ranks)) for item in items)
    table = ChartTable(title, (ChartColumn("In doubt"), ChartColumn("Places between the ends", True)), written)
    return Chart(finding, context, wide, table, narrow=narrow)


def _widths(items: Sequence[Width], total: int, rows: DoubtRows) -> list[Svg]:
    end = rows.width - rows.right
    _, top = round_ends([item.ranks or 0 for item in items], from_zero=True)
    top = min(max(top, 1.0), float(max(total, 1)))
    x = linear(0, top, rows.left, end)
    body = [text(rows.left, 12, "0 places"), text(end, 12, formats.number(top), "k-ax", "end")]
    if not items:
        return [*body, text(rows.left, rows.top + rows.drop, "No draws yet", "k-v0")]
    for index, item in enumerate(items):
        y = rows.top + rows.row * index + rows.drop
        body += _named(item.label, item.strong, y, rows)
        if item.ranks is None:
            body += [rect(rows.left, y - 4, end - rows.left, 8, "k-gap"), text(end + 10, y + 4, "not known", "k-v0")]
            continue
        long = x(min(item.ranks, top)) - rows.left
        body += [
            rect(rows.left, y - 5, end - rows.left, 10, "k-track2", rx=1),
            rect(rows.left, y - 5, long, 10, "k-feas1" if item.strong else "k-feas3", rx=1),
            text(end + 10, y + 4, str(item.ranks), "k-v" if item.strong else "k-v0"),
        ]
    return body


def _named(label: str, strong: bool, y: float, rows: DoubtRows) -> list[Svg]:
    """Draw the label of a row, at its left or above it."""
    class_ = "k-lb k-lb--on" if strong else "k-lb"
    if rows.labels_left:
        return [text(rows.left - 14, y + 4, label, class_, "end")]
    return [text(0, y - 12, label, class_)]
