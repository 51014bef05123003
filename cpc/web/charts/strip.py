"""One value among its peers: peers as ticks, median or threshold as a post, this value as a dot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import clamped, round_ends
from cpc.web.charts.series import HEIGHT, NO_VALUES, WIDTH
from cpc.web.charts.svg import Svg, circle, line, picture, rect, text, ticks


def pool_strip(
    key: str,
    name: str,
    finding: str,
    context: str,
    *,
    own: tuple[str, float | None],
    peers: Sequence[tuple[str, float]],
    post: tuple[str, float] | None,
    ends: tuple[float, float] | None = None,
    written: Callable[[float], str] = formats.number,
    reason: str = "No value",
) -> Chart:
    """Draw one value among its peers, with labels at the marks and every peer in the table.

    `own` and `peers` are name and value; `post` is the label of the post and its value.
    """
    mine, value = own
    marks = [peer for _, peer in peers]
    marks += [mark for mark in (value, post[1] if post else None) if mark is not None]
    low, high = ends or round_ends(marks)
    scale = clamped(low, high, 4, WIDTH - 4)
    y = 62.0
    body = [line(4, y, WIDTH - 4, y, "k-axis"), ticks([scale(peer) for _, peer in peers], y, 8, "k-tick")]
    if post:
        body += _labeled_post(f"{post[0]} {written(post[1])}", scale(post[1]), y)
    own_text = reason if value is None else written(value)
    if value is None:
        body += _labeled_gap(f"{mine}: {reason}", y)
    else:
        body += _labeled_dot(f"{mine} {own_text}", scale(value), y)
    body += [text(4, HEIGHT - 5, written(low)), text(WIDTH - 4, HEIGHT - 5, written(high), "k-ax", "end")]
    rows = [(mine, own_text), *((label, written(peer)) for label, peer in peers)]
    if post:
        rows.insert(1, (post[0], written(post[1])))
    desc = f"{finding} {context} {mine}: {own_text}. {len(peers)} peers" if peers else f"{finding} {mine}: {own_text}"
    drawing = picture(WIDTH, HEIGHT, body, key=key, title=name, desc=f"{desc}." if marks else f"{NO_VALUES}.")
    return Chart(
        finding,
        context,
        drawing,
        ChartTable(name, (ChartColumn("Country"), ChartColumn(name, numeric=True)), tuple(rows)),
    )


def _labeled_post(label: str, x: float, y: float) -> list[Svg]:
    fits = x + 6 + text_width(label, 12) <= WIDTH
    return [
        line(x, y - 22, x, y + 14, "k-medline"),
        text(x + 6 if fits else x - 6, y - 16, label, "k-ax k-halo", None if fits else "end"),
    ]


def _labeled_dot(label: str, x: float, y: float) -> list[Svg]:
    at = within(x, text_width(label, 13, strong=True), 0, WIDTH)
    return [circle(x, y, 5, "k-dot"), text(at, y + 28, label, "k-v k-halo", "middle")]


def _labeled_gap(label: str, y: float) -> list[Svg]:
    wide = text_width(label, 13, strong=True)
    at = within(WIDTH / 2, wide, 0, WIDTH)
    return [
        rect(4, y + 14, WIDTH - 8, 18, "k-gap"),
        rect(at - wide / 2 - 6, y + 12, wide + 12, 22, "k-plate"),
        text(at, y + 28, label, "k-v k-halo", "middle"),
    ]
