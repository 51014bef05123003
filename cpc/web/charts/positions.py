"""Charts of one country: its position on each axis, and its rank by each source of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, Drawing, at_both_widths
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.rows import RowLayout
from cpc.web.charts.scale import Scale, clamped
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
    drawing = picture(width, 82, _position(score, ends, width), key=key, title=axis, desc=_description(score, axis))
    return Chart(finding, context, drawing, None)


def _position(score: Position, ends: tuple[float, float], width: float) -> list[Svg]:
    x, y = clamped(*ends, 6, width - 6), 44.0
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
        return [*body, rect(6, y - 6, width - 12, 12, "k-gap"), _value("Not known", width / 2, y, width)]
    if score.interval:
        body.append(line(x(score.interval[0]), y, x(score.interval[1]), y, "k-range k-range--b"))
    body.append(circle(x(score.value), y, 6, "k-dot"))
    return [*body, _value(f"{score.name} {formats.number(score.value, 1)}", x(score.value), y, width)]


def _value(label: str, at: float, y: float, width: float) -> Svg:
    middle = within(at, text_width(label, 13, strong=True), 0, width)
    return text(middle, y + 27, label, "k-v k-halo", "middle")


def _description(score: Position, axis: str) -> str:
    value = "not known" if score.value is None else formats.number(score.value, 1)
    description = f"{score.name}: {axis.lower()} {value}"
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


WIDE = RowLayout(640, left=170, row=30, drop=15, labels_left=True, right=62)
NARROW = RowLayout(322, left=4, row=46, drop=32, labels_left=False, right=62)


def drivers(
    key: str, finding: str, context: str, rank: int | None, total: int, doubts: Sequence[Doubt], *, first: int
) -> Chart:
    """Draw the rank's interval by source of doubt, on one scale; an interval that is not known is hatched."""
    title = "Rank by source of doubt"
    wide, narrow = at_both_widths(
        lambda rows: _drivers(rank, max(total, 1), doubts, first, rows),
        WIDE,
        NARROW,
        key=key,
        title=title,
        desc=f"{finding} {context}".strip(),
    )
    columns = (ChartColumn("In doubt"), ChartColumn("Highest rank", True), ChartColumn("Lowest rank", True))
    cells = tuple((doubt.label, formats.number(doubt.low), formats.number(doubt.high)) for doubt in doubts)
    return Chart(finding, context, wide, ChartTable(title, columns, cells), narrow=narrow)


def _drivers(rank: int | None, last: int, doubts: Sequence[Doubt], first: int, rows: RowLayout) -> Drawing:
    x = clamped(1, last, rows.left, rows.end)
    band = rows.end + 4 if last <= first else (x(first) + x(first + 1)) / 2
    body = [
        rect(rows.left - 4, rows.top - 6, band - rows.left + 4, rows.bottom(len(doubts)) - rows.top + 4, "k-quad"),
        text(rows.left - 4, 12, f"First {first}"),
        text(rows.end, 12, f"Rank {last}", "k-ax", "end"),
    ]
    if not doubts:
        body.append(text(rows.left, rows.top + rows.drop, "No draws yet", "k-v0"))
    for index, doubt in enumerate(doubts):
        body += _doubt(doubt, rank, x, rows.top + rows.row * index + rows.drop, rows)
    return rows.drawing(len(doubts), 4, body)


def _doubt(doubt: Doubt, rank: int | None, x: Scale, y: float, rows: RowLayout) -> list[Svg]:
    class_ = "k-lb k-lb--on" if doubt.strong else "k-lb"
    if rows.labels_left:
        body = [text(rows.left - 14, y + 4, doubt.label, class_, "end")]
    else:
        body = [text(0, y - 12, doubt.label, class_)]
    if doubt.low is None or doubt.high is None:
        track = rect(rows.left, y - 4, rows.end - rows.left, 8, "k-gap")
        return [*body, track, text(rows.end + 10, y + 4, "not known", "k-v0")]
    body.append(line(rows.left, y, rows.end, y, "k-hair"))
    if doubt.high > doubt.low:
        body.append(line(x(doubt.low), y, x(doubt.high), y, "k-range k-range--b" if doubt.strong else "k-range"))
    if rank is not None:
        body.append(circle(x(rank), y, 4.4, "k-dot"))
    label = formats.span(str(doubt.low), str(doubt.high))
    return [*body, text(rows.end + 10, y + 4, label, "k-v" if doubt.strong else "k-v0")]
