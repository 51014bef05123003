"""A small, safe builder of SVG: text is escaped, style attributes and handlers cannot be written.

Pure: no Django. `Svg` has `__html__`, so that a template prints it as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape

Point = tuple[float, float]

_NAME = re.compile(r"[a-zA-Z][a-zA-Z-]*\Z")
_KEY = re.compile(r"[a-z][a-z0-9-]*\Z")


class Svg(str):
    """Finished markup. Any text that is not `Svg` is escaped when it is inserted."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def number(value: float) -> str:
    """Write a coordinate with at most one decimal.

    Raises `ValueError` if it is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value!r} cannot be drawn; draw what is missing as a gap.")
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def tag(name: str, *children: str, **attributes: str | float | None) -> Svg:
    """Write an element; `class_` becomes `class`, other underscores become hyphens, None omits an attribute.

    Raise `ValueError` for `style` and event handlers, since the pages forbid inline style and script.
    """
    written = []
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if attribute == "style" or attribute.startswith("on") or not _NAME.match(attribute):
            raise ValueError(f"The attribute {attribute!r} is not written: the pages forbid inline style and script.")
        if value is not None:
            written.append(f' {attribute}="{escape(value) if isinstance(value, str) else number(value)}"')
    inside = "".join(child if isinstance(child, Svg) else escape(child, quote=False) for child in children)
    if not inside:
        return Svg(f"<{name}{''.join(written)}/>")
    return Svg(f"<{name}{''.join(written)}>{inside}</{name}>")


def join(parts: Iterable[Svg]) -> Svg:
    return Svg("".join(parts))


def rect(x: float, y: float, width: float, height: float, class_: str, rx: float | None = None) -> Svg:
    return tag("rect", class_=class_, x=x, y=y, width=max(width, 0), height=max(height, 0), rx=rx)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Svg:
    return path([[(x1, y1), (x2, y2)]], class_)


def path(runs: Iterable[Sequence[Point]], class_: str, *, closed: bool = False) -> Svg:
    """Draw lines through the points of each run; empty runs are left out."""
    steps = [
        "M" + "L".join(f"{number(x)} {number(y)}" for x, y in run) + ("Z" if closed else "") for run in runs if run
    ]
    return tag("path", class_=class_, d="".join(steps)) if steps else Svg()


def ticks(xs: Iterable[float], y: float, half: float, class_: str) -> Svg:
    """Draw upright ticks around `y`, as one element."""
    steps = "".join(f"M{number(x)} {number(y - half)}v{number(2 * half)}" for x in xs)
    return tag("path", class_=class_, d=steps) if steps else Svg()


def circle(x: float, y: float, radius: float, class_: str, *children: Svg) -> Svg:
    return tag("circle", *children, class_=class_, cx=x, cy=y, r=radius)


def diamond(x: float, y: float, radius: float, class_: str, *children: Svg) -> Svg:
    shape = f"M{number(x)} {number(y - radius)}L{number(x + radius)} {number(y)}"
    shape += f"L{number(x)} {number(y + radius)}L{number(x - radius)} {number(y)}Z"
    return tag("path", *children, class_=class_, d=shape)


def text(x: float, y: float, content: str, class_: str = "k-ax", anchor: str | None = None) -> Svg:
    """Write a line of text; `anchor` is start (default), middle or end."""
    return tag("text", content, class_=class_, x=x, y=y, text_anchor=anchor)


def picture(width: float, height: float, body: Iterable[Svg], *, key: str, title: str, desc: str) -> Svg:
    """Draw a picture that a screen reader reads as `title` and `desc`.

    `key` is unique on the page.
    """
    return _picture(width, height, body, key, title, desc, role="img", aria_labelledby=f"{key}-t {key}-d")


def linked_picture(width: float, height: float, body: Iterable[Svg], *, key: str, title: str, desc: str) -> Svg:
    """Draw a picture whose marks are links: a group, because the links inside an image cannot be reached one by one."""
    named = {"aria_labelledby": f"{key}-t", "aria_describedby": f"{key}-d"}
    return _picture(width, height, body, key, title, desc, role="group", **named)


def _picture(
    width: float, height: float, body: Iterable[Svg], key: str, title: str, desc: str, **attributes: str
) -> Svg:
    if not _KEY.match(key):
        raise ValueError(f"{key!r} cannot be part of an id; use lower-case letters, digits and hyphens.")
    return tag(
        "svg",
        tag("title", title, id=f"{key}-t"),
        tag("desc", desc, id=f"{key}-d"),
        *body,
        class_="k k-fit",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        **attributes,
        focusable="false",
    )


def link(href: str, label: str, *marks: Svg) -> Svg:
    """Draw a mark that links to a page.

    It is not in the Tab order, because a list near it has the same links.
    """
    return tag("a", tag("title", label), *marks, class_="k-link", href=href, tabindex="-1", aria_label=label)


def decoration(width: float, height: float, body: Iterable[Svg], *, fit: bool = True) -> Svg:
    """Draw a decoration hidden from screen readers, because text near it gives the figures."""
    return tag(
        "svg",
        *body,
        class_="k k-fit" if fit else "k",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        aria_hidden="true",
        focusable="false",
    )


def mark(width: float, height: float, *body: Svg) -> Svg:
    """Draw a mark of a legend, which keeps its size where a chart is scaled to its column."""
    return decoration(width, height, body, fit=False)


def swatch(class_: str) -> Svg:
    """Draw a small box of one style, for a legend."""
    return mark(14, 12, rect(0.7, 0.7, 12.6, 10.6, class_))


def stroke(class_: str) -> Svg:
    """Draw a short line of one style, for a legend."""
    return mark(26, 12, line(1, 6, 25, 6, class_))
