"""Two scores of each country against each other, with the countries that no other exceeds on both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, LegendItem
from cpc.web.charts.labels import Box, fit_labels
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, between, linear
from cpc.web.charts.svg import Svg, circle, decoration, diamond, line, path, picture, rect, text

Kind = Literal["first", "other", "against"]

_STYLES: dict[Kind, str] = {"first": "k-pt--top", "other": "k-pt", "against": "k-pt--block"}
_LABELS: dict[Kind, str] = {"first": "Among the first", "other": "Ranked", "against": "Does not pass a hurdle"}


@dataclass(frozen=True, slots=True)
class LabelPosition:
    """A country. An unknown score is None.

    `named` gives its label the first choice of a free spot.
    """

    name: str
    feasibility: float | None
    need: float | None
    kind: Kind = "other"
    named: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of the drawing, its margins, and its largest number of labels.

    `footing` is the height without marks above the axis, reserved for the names of the lower corners.
    """

    width: float
    height: float
    labels: int
    corners: bool
    footing: float = 0
    left: float = 34
    top: float = 26
    right: float = 14
    bottom: float = 42


WIDE = Frame(884, 452, labels=40, corners=True, footing=26)
NARROW = Frame(340, 400, labels=12, corners=False)
UNKNOWN_BAND = 16.0
STEP = 6.0


def front(points: Iterable[LabelPosition]) -> list[LabelPosition]:
    """Return the countries that no other one exceeds on both scores, most feasible first; ties are all included."""
    both = [point for point in points if point.need is not None and point.feasibility is not None]
    leading: list[LabelPosition] = []
    for point in sorted(both, key=lambda p: (-(p.feasibility or 0), -(p.need or 0))):
        last = leading[-1] if leading else None
        if last is None or (point.need or 0) > (last.need or 0) or _same_spot(point, last):
            leading.append(point)
    return leading


def scatter(
    key: str,
    finding: str,
    context: str,
    points: Sequence[LabelPosition],
    *,
    first_label: str = "",
    with_table: bool = True,
) -> Chart:
    """Draw need upward and feasibility to the right, as a wide and a narrow drawing.

    `first_label` is the label of the filled dots. Use `with_table=False` only if the page already has these figures in
    a table.
    """
    title = "Need against feasibility"
    drawn = {
        frame: picture(
            frame.width,
            frame.height,
            _body(points, frame),
            key=f"{key}-{suffix}",
            title=title,
            desc=_described(finding, points),
        )
        for frame, suffix in ((WIDE, "wide"), (NARROW, "narrow"))
    }
    return Chart(
        finding,
        context,
        drawn[WIDE],
        _table(title, points) if with_table else None,
        narrow=drawn[NARROW],
        legend=_legend(points, first_label),
    )


# ---- drawing -------------------------------------------------------------------------------------------------------


def _body(points: Sequence[LabelPosition], frame: Frame) -> list[Svg]:
    both = [point for point in points if point.need is not None and point.feasibility is not None]
    half = [point for point in points if (point.need is None) != (point.feasibility is None)]
    band = UNKNOWN_BAND if half else 0
    right, bottom = frame.width - frame.right, frame.height - frame.bottom
    x = linear(*_ends(point.feasibility for point in points), frame.left + band, right)
    y = linear(*_ends(point.need for point in points), bottom - band - frame.footing, frame.top)
    body = _axes(points, frame, x, y, band)
    if not both and not half:
        label = "No country has both scores"
        wide = text_width(label, 12) + 16
        middle, center = (frame.left + right) / 2, (frame.top + bottom) / 2
        return [
            rect(frame.left, frame.top, right - frame.left, bottom - frame.top, "k-gap"),
            rect(middle - wide / 2, center - 16, wide, 24, "k-plate"),
            text(middle, center, label, "k-v0", "middle"),
            *body,
        ]
    spots = [(point, _spot(point, x, y, frame, band)) for point in (*both, *half)]
    taken = [Box(px - 6, py - 6, px + 6, py + 6) for _, (px, py) in spots]
    if both:
        middle_x, middle_y = _middle(both)
        edge = [(x(p.feasibility or 0), y(p.need or 0)) for p in front(both)]
        body += _ground(frame, x(middle_x), y(middle_y), band)
        body.append(path([edge] if len(edge) > 1 else [], "k-front"))
        body += _corner_names(frame, y(middle_y), taken, _along(edge), band)
    marks = [_mark(point, px, py) for point, (px, py) in spots]
    on_front = set(map(id, front(both)))
    wanted = sorted(spots, key=lambda item: (not item[0].named, id(item[0]) not in on_front))
    area = Box(frame.left + 2, frame.top, right, bottom)
    labels = fit_labels(
        [(point.name, px, py, point.named) for point, (px, py) in wanted], taken, area, limit=frame.labels
    )
    return body + marks + labels


def _axes(points: Sequence[LabelPosition], frame: Frame, x: Scale, y: Scale, band: float) -> list[Svg]:
    right, bottom = frame.width - frame.right, frame.height - frame.bottom
    body: list[Svg] = []
    for value in between(*_ends(point.need for point in points), 10):
        body.append(line(frame.left, y(value), right, y(value), "k-grid"))
        body.append(text(frame.left - 8, y(value) + 4, formats.number(value), "k-ax", "end"))
    for value in between(*_ends(point.feasibility for point in points), 10):
        body.append(line(x(value), bottom, x(value), bottom + 4, "k-axis"))
        body.append(text(x(value), bottom + 17, formats.number(value), "k-ax", "middle"))
    if band:
        body.append(rect(frame.left + 0.5, frame.top, band - 4, bottom - band - frame.top, "k-gap"))
        body.append(rect(frame.left + band, bottom - band + 4, right - frame.left - band, band - 4.5, "k-gap"))
    body.append(line(frame.left, bottom, right, bottom, "k-axis"))
    body.append(text(right, frame.height - 4, "Feasibility score, 0 to 100", "k-axt", "end"))
    return [*body, text(0, 11, "Need score, 0 to 100", "k-axt")]


def _ground(frame: Frame, middle_x: float, middle_y: float, band: float) -> list[Svg]:
    """Draw the shaded ground of the best corner, and the medians."""
    right, bottom = frame.width - frame.right, frame.height - frame.bottom - band
    return [
        rect(middle_x, frame.top, right - middle_x, middle_y - frame.top, "k-quad"),
        line(middle_x, frame.top, middle_x, bottom, "k-med"),
        line(frame.left + band, middle_y, right, middle_y, "k-med"),
    ]


def _corner_names(frame: Frame, middle_y: float, taken: list[Box], edge: Sequence[Box], band: float) -> list[Svg]:
    """Draw the names of the corners and mark their boxes as taken.

    The lower ones are in the footing. An upper one is in the outer corner of its quadrant, or, if marks or the front
    line (`edge`) are there, along the quadrant's outer edge at the spot with the fewest overlaps.
    """
    right, bottom, left = frame.width - frame.right, frame.height - frame.bottom - band, frame.left + band
    upper, lower = _steps(frame.top + 18, middle_y - 8, STEP), [bottom - 7]
    corners = [("High need, able to act" if frame.corners else "Both high", right - 8, upper, "end", True)]
    if frame.corners:
        corners += [
            ("High need, limited means", left + 10, upper, "start", False),
            ("Lower need, limited means", left + 10, lower, "start", False),
            ("Lower need, able to act", right - 8, lower, "end", False),
        ]
    body: list[Svg] = []
    for label, at, bases, anchor, strong in corners:
        wide = text_width(label, 12.5 if strong else 12, strong=strong)
        start = at - wide if anchor == "end" else at
        rooms = [(base, Box(start, base - 14, start + wide, base + 4)) for base in bases]
        base, room = min(rooms, key=lambda item: sum(item[1].meets(box) for box in (*taken, *edge)))
        taken.append(room)
        body.append(text(at, base, label, "k-q k-q--on" if strong else "k-q k-halo", anchor))
    return body


def _along(points: Sequence[tuple[float, float]]) -> list[Box]:
    """Return small boxes along a line, so that text can avoid it."""
    boxes = []
    for (x0, y0), (x1, y1) in pairwise(points):
        count = max(int(math.hypot(x1 - x0, y1 - y0) // STEP), 1)
        spots = [(x0 + (x1 - x0) * part / count, y0 + (y1 - y0) * part / count) for part in range(count + 1)]
        boxes += [Box(px - 1, py - 1, px + 1, py + 1) for px, py in spots]
    return boxes


def _steps(corner: float, median: float, step: float) -> list[float]:
    """Return heights from the corner to the median, a step apart; only the corner if there is no room for more."""
    return [corner + step * count for count in range(max(int((median - corner) / step), 0) + 1)]


def _mark(point: LabelPosition, x: float, y: float) -> Svg:
    description = (
        f"{point.name}: need {formats.number(point.need, 1)}, feasibility {formats.number(point.feasibility, 1)}"
    )
    if point.kind == "against":
        return diamond(x, y, 5, _STYLES[point.kind], description)
    return circle(x, y, 5.2 if point.kind == "first" else 4.2, _STYLES[point.kind], description)


def _spot(point: LabelPosition, x: Scale, y: Scale, frame: Frame, band: float) -> tuple[float, float]:
    """Return the position of a country; one with a single score is in the hatched band of the missing one."""
    at = frame.left + band / 2 - 2 if point.feasibility is None else x(point.feasibility)
    height = frame.height - frame.bottom - band / 2 + 2 if point.need is None else y(point.need)
    return at, height


# ---- figures -------------------------------------------------------------------------------------------------------


def _ends(values: Iterable[float | None]) -> tuple[float, float]:
    """Return the ends of a score's axis: whole tens with some margin, within 0 to 100."""
    known = [value for value in values if value is not None]
    if not known:
        return 0.0, 100.0
    low = max(0.0, math.floor((min(known) - 2) / 10) * 10.0)
    high = min(100.0, math.ceil((max(known) + 2) / 10) * 10.0)
    return low, max(high, low + 10)


def _middle(both: Sequence[LabelPosition]) -> tuple[float, float]:
    return median(point.feasibility or 0 for point in both), median(point.need or 0 for point in both)


def _same_spot(one: LabelPosition, other: LabelPosition) -> bool:
    return (one.need, one.feasibility) == (other.need, other.feasibility)


def _described(finding: str, points: Sequence[LabelPosition]) -> str:
    both = [point for point in points if point.need is not None and point.feasibility is not None]
    if not both:
        return f"{finding} No country has both scores.".strip()
    middle_x, middle_y = _middle(both)
    above = sum((p.feasibility or 0) > middle_x and (p.need or 0) > middle_y for p in both)
    names = ", ".join(point.name for point in front(both))
    return (
        f"{finding} {above} of {len(both)} countries are above the median on both scores. No country beats {names} "
        "on both."
    )


def _table(title: str, points: Sequence[LabelPosition]) -> ChartTable:
    columns = (
        ChartColumn("Country"),
        ChartColumn("Need", True),
        ChartColumn("Feasibility", True),
        ChartColumn("Status"),
    )
    rows = tuple((p.name, formats.number(p.need, 1), formats.number(p.feasibility, 1), _LABELS[p.kind]) for p in points)
    return ChartTable(title, columns, rows)


def _legend(points: Sequence[LabelPosition], first_label: str) -> tuple[LegendItem, ...]:
    kinds = {point.kind for point in points}
    drawn: list[tuple[bool, Svg, float, str]] = [
        ("first" in kinds, circle(6, 6, 5, "k-pt--top"), 12, first_label or _LABELS["first"]),
        ("other" in kinds, circle(6, 6, 4.4, "k-pt"), 12, "Other ranked country"),
        ("against" in kinds, diamond(6, 6, 5, "k-pt--block"), 12, _LABELS["against"]),
        (len(front(points)) > 1, line(1, 6, 25, 6, "k-front"), 26, "No country beats these on both scores"),
        (bool(front(points)), line(1, 6, 25, 6, "k-med"), 26, "Median"),
        (
            any((p.need is None) != (p.feasibility is None) for p in points),
            rect(0.5, 0.5, 25, 11, "k-gap"),
            26,
            "One of the two scores is unknown",
        ),
    ]
    return tuple(
        LegendItem(decoration(width, 12, [mark], fit=False), label) for shown, mark, width, label in drawn if shown
    )
