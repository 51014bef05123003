"""Figures as the page writes them: rounded only here."""

from __future__ import annotations

from cpc.web import formats
from partnerships.outcomes.measures import OutcomeMeasure

NOISE = 9
"""Decimals beyond which a float is noise of the computation: 1.15 may come out as 1.1499999999999997."""


def difference(measure: OutcomeMeasure, value: float) -> str:
    """Return a difference with its sign: "+0.65", "-1.6"; one that rounds to zero has none."""
    return formats.signed(round(value, NOISE), measure.decimals)


def size(measure: OutcomeMeasure, value: float) -> str:
    """Return a mean, the size of a difference, or an end of a range: "2.67", "0.59", "-0.35"."""
    return formats.number(round(value, NOISE), measure.decimals)


def is_zero(measure: OutcomeMeasure, value: float) -> bool:
    """Return whether a difference rounds to zero."""
    return not any(digit in "123456789" for digit in size(measure, value))


def chance(p: float | None) -> str:
    """Return a p with two decimals and without the zero before them: ".27", "1.00", "<.01"."""
    if p is None:
        return formats.DASH
    if p < 0.01:
        return "<.01"
    return formats.number(p, 2).removeprefix("0")


def amount(measure: OutcomeMeasure, value: float) -> str:
    """Return the size of a difference with its unit in a sentence: "0.01 of a tier", "3.6 points"."""
    return f"{size(measure, abs(value))} {'of a tier' if measure.is_tier else 'points'}"
