"""Weights that several people state for one part of a node, beside their mean and the weight in use."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.web.charts.scale import clamped
from cpc.web.charts.svg import Svg, circle, decoration, diamond, line, mark

EDGE = 8.0
HEIGHT = 34.0
OFFICE, AGENCIES = 10.0, 24.0


def weight_dots(
    office: Sequence[float], agencies: Sequence[float], mean: float, in_use: float, *, width: float = 260
) -> Svg:
    """Draw weights, 0 to 1: dots of the office above, diamonds of agencies below, the mean and the one in use."""
    x = clamped(0, 1, EDGE, width - EDGE)
    body = [line(EDGE, y, width - EDGE, y, "k-hair") for y in (OFFICE, AGENCIES)]
    body += [line(x(in_use), 1, x(in_use), HEIGHT - 1, "k-target"), line(x(mean), 1, x(mean), HEIGHT - 1, "k-medline")]
    body += [circle(x(weight), OFFICE, 4.4, "k-dot") for weight in office]
    body += [diamond(x(weight), AGENCIES, 4.8, "k-lone") for weight in agencies]
    return decoration(width, HEIGHT, body)


def weight_marks() -> dict[str, Svg]:
    """Return the marks of the legend."""
    return {
        "office": mark(14, 14, circle(7, 7, 4.4, "k-dot")),
        "agency": mark(14, 14, diamond(7, 7, 4.8, "k-lone")),
        "mean": mark(14, 14, line(7, 1, 7, 13, "k-medline")),
        "in_use": mark(14, 14, line(7, 1, 7, 13, "k-target")),
    }
