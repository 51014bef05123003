"""Filters of the indicators' pages: `{% load indicators_tags %}`."""

from __future__ import annotations

from decimal import Decimal

from django import template

from cpc.web import formats
from indicators.models import Indicator

register = template.Library()


def _bound(value: float) -> str:
    """A bound of a scale without the decimals that say nothing: 100, not 100.0."""
    return formats.number(Decimal(repr(value)).normalize(), None)


@register.filter
def scale(indicator: Indicator) -> str:
    """What an indicator's values can be: its labels, or its unit and the bounds of the publisher's scale."""
    if indicator.labels:
        return ", ".join(indicator.labels)
    unit, low, high = indicator.unit or "no unit", indicator.minimum, indicator.maximum
    words = "Percent" if unit == "%" else f"{unit[:1].upper()}{unit[1:]}"
    if words.startswith("Percent") and (low, high) == (0, 100):
        return words  # a percentage says where it starts and ends
    if low is not None and high is not None:
        return f"{words}, {formats.span(_bound(low), _bound(high), prose=True)}"
    return f"{words}, from {_bound(low)}" if low is not None else words
