"""Charts of the robustness of a ranking: the room of each weight, and one figure's effect on a chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import Chart
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Svg, circle, decoration, line, picture, rect, text

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Room:
    """One weight as a share of its group, with the ranges that preserve all and most of the first countries.

    `strong` sets off the weights of whole axes.
    """

    label: str
    now: float
    every: Range
    most: Range
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of rows and their labels: next to the bars, or above them."""

    width: float
    left: float
    row: float
    drop: float
    steps: tuple[float, ...]
    labels_left: bool
    top: float = 24
    right: float = 14


WIDE = Layout(
    760, left=236, row=34, drop=7, steps=(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1), labels_left=True
)
NARROW = Layout(322, left=4, row=54, drop=25, steps=(0, 0.25, 0.5, 0.75, 1), labels_left=False)
THICK, THIN = 16.0, 10.0


def tornado(key: str, finding: str, context: str, rooms: Sequence[Room]) -> Chart:
    """Draw how far each weight can move: the dark range preserves all of the first countries, the pale one most.

    A post is the current weight. The page has the same figures as a table.
    """
    title = "Range of each weight"
    desc = f"{finding} {context}".strip()
    wide, narrow = (
        picture(
            layout.width,
            layout.top + layout.row * max(len(rooms), 1) + 8,
            _tornado(rooms, layout),
            key=f"{key}-{suffix}",
            title=title,
            desc=desc,
        )
        for layout, suffix in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    return Chart(finding, context, wide, None, narrow=narrow)


def _tornado(rooms: Sequence[Room], layout: Layout) -> list[Svg]:
    x = linear(0, 1, layout.left, layout.width - layout.right)
    bottom = layout.top + layout.row * max(len(rooms), 1)
    body: list[Svg] = []
    for step in layout.steps:
        anchor = "start" if step == 0 and not layout.labels_left else "end" if step == 1 else "middle"
        at = layout.width if step == 1 else x(step)
        body += [
            line(x(step), layout.top - 4, x(step), bottom, "k-grid"),
            text(at, 13, f"{formats.number(100 * step)}%", "k-ax", anchor),
        ]
    if not rooms:
        return [*body, text(layout.left + 8, layout.top + 20, "No weight has a sibling", "k-v0")]
    for index, room in enumerate(rooms):
        body += _room(room, x, layout.top + layout.row * index, layout)
    return body


def _room(room: Room, x: Scale, top: float, layout: Layout) -> list[Svg]:
    y, class_ = top + layout.drop, "k-lb k-lb--on" if room.strong else "k-lb"
    if layout.labels_left:
        named = text(layout.left - 14, y + THICK / 2 + 4, room.label, class_, "end")
    else:
        named = text(layout.left, top + 18, room.label, class_)
    return [
        named,
        _bar(room.most, x, y + (THICK - THIN) / 2, THIN, "k-most"),
        _bar(room.every, x, y, THICK, "k-every"),
        line(x(room.now), y - 3, x(room.now), y + THICK + 3, "k-target"),
    ]


def _bar(ends: Range, x: Scale, y: float, height: float, class_: str) -> Svg:
    return rect(x(ends[0]), y, x(ends[1]) - x(ends[0]), height, class_, rx=1)


def room_mark(kind: str) -> Svg:
    """Draw the mark of a key: `every`, `most` or `now`."""
    if kind == "now":
        return decoration(18, 14, [line(9, 1, 9, 13, "k-target")], fit=False)
    height = THIN if kind == "most" else 12
    return decoration(18, 14, [rect(1, (14 - height) / 2, 16, height, f"k-{kind}", rx=1)], fit=False)


def swing(low: float | None, now: float | None, high: float | None, *, width: float = 96, height: float = 18) -> Svg:
    """Draw the chance, 0 to 1, if one figure is low or high as a line, and the chance now as a dot."""
    x = linear(0, 1, 4, width - 4)
    middle = height / 2
    body = [line(4, middle, width - 4, middle, "k-hair")]
    if low is not None and high is not None:
        body.append(line(x(min(low, high)), middle, x(max(low, high)), middle, "k-range k-range--b"))
    if now is not None:
        body.append(circle(x(now), middle, 4, "k-dot"))
    return decoration(width, height, body)


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
