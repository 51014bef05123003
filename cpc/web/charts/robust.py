"""The robustness of a ranking: how far each weight can move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import Chart, Drawing, at_both_widths
from cpc.web.charts.rows import RowLayout
from cpc.web.charts.scale import Scale, between
from cpc.web.charts.svg import Svg, line, mark, rect, text

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


WIDE = RowLayout(760, left=236, row=34, drop=7, labels_left=True)
NARROW = RowLayout(322, left=4, row=54, drop=25, labels_left=False)
THICK, THIN = 16.0, 10.0


def tornado(key: str, finding: str, context: str, rooms: Sequence[Room]) -> Chart:
    """Draw how far each weight can move: the dark range preserves all of the first countries, the pale one most.

    A post is the current weight. The page has the same figures as a table.
    """
    wide, narrow = at_both_widths(
        lambda rows: _tornado(rooms, rows),
        WIDE,
        NARROW,
        key=key,
        title="Range of each weight",
        desc=f"{finding} {context}".strip(),
    )
    return Chart(finding, context, wide, None, narrow=narrow)


def _tornado(rooms: Sequence[Room], rows: RowLayout) -> Drawing:
    x = rows.scale(0, 1)
    body: list[Svg] = []
    for step in between(0, 1, 0.1 if rows.labels_left else 0.25):
        # The last label ends with the picture, the first begins with the plot if no label is at its left.
        anchor = "start" if step == 0 and not rows.labels_left else "end" if step == 1 else "middle"
        at = rows.width if step == 1 else x(step)
        body += [
            line(x(step), rows.top - 4, x(step), rows.bottom(len(rooms)), "k-grid"),
            text(at, 13, f"{formats.number(100 * step)}%", "k-ax", anchor),
        ]
    if not rooms:
        body.append(text(rows.left + 8, rows.top + 20, "No weight has a sibling", "k-v0"))
    for index, room in enumerate(rooms):
        body += _room(room, x, rows.top + rows.row * index, rows)
    return rows.drawing(len(rooms), 8, body)


def _room(room: Room, x: Scale, top: float, rows: RowLayout) -> list[Svg]:
    y, class_ = top + rows.drop, "k-lb k-lb--on" if room.strong else "k-lb"
    if rows.labels_left:
        label = text(rows.left - 14, y + THICK / 2 + 4, room.label, class_, "end")
    else:
        label = text(rows.left, top + 18, room.label, class_)
    return [
        label,
        _bar(room.most, x, y + (THICK - THIN) / 2, THIN, "k-most"),
        _bar(room.every, x, y, THICK, "k-every"),
        line(x(room.now), y - 3, x(room.now), y + THICK + 3, "k-target"),
    ]


def _bar(ends: Range, x: Scale, y: float, height: float, class_: str) -> Svg:
    return rect(x(ends[0]), y, x(ends[1]) - x(ends[0]), height, class_, rx=1)


def room_mark(kind: str) -> Svg:
    """Draw the mark of a key: `every`, `most` or `now`."""
    if kind == "now":
        return mark(18, 14, line(9, 1, 9, 13, "k-target"))
    height = THIN if kind == "most" else 12
    return mark(18, 14, rect(1, (14 - height) / 2, 16, height, f"k-{kind}", rx=1))
