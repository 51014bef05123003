"""Filters of this app's pages: `{% load indicators_tags %}`."""

from __future__ import annotations

from decimal import Decimal

from django import template

from cpc.web import formats
from indicators.models import Indicator

register = template.Library()


def _bound(value: float) -> str:
    """Return a bound of a scale without trailing zeros: 100, not 100.0."""
    return formats.number(Decimal(repr(value)).normalize(), None)


@register.filter
def scale(indicator: Indicator) -> str:
    if indicator.labels:
        return ", ".join(indicator.labels)
    unit, low, high = indicator.unit or "no unit", indicator.minimum, indicator.maximum
    text = "Percent" if unit == "%" else f"{unit[:1].upper()}{unit[1:]}"
    if text.startswith("Percent") and (low, high) == (0, 100):
        return text  # a percentage implies its bounds
    if low is not None and high is not None:
        return f"{text}, {formats.span(_bound(low), _bound(high), prose=True)}"
    return f"{text}, from {_bound(low)}" if low is not None else text
