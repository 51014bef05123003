"""Figures of indicators as text, for both pages and documents."""

from __future__ import annotations

from decimal import Decimal

from cpc.web import formats
from partnerships.models import Measures
from partnerships.progress import Comparison, Direction, points_off
from partnerships.progress import TargetStatus as Against


def quantity(value: Decimal | None, measure: str) -> str:
    """Return a value in the format of its measure, or "" if there is none."""
    if value is None:
        return ""
    if measure == Measures.PERCENT:
        return formats.percent(value)
    if measure == Measures.MONEY:
        return formats.money(value)
    return formats.number(value.normalize() if value else value, None if value % 1 else 0)


def against(value: Decimal | None, target: Decimal | None, measure: str, direction: str) -> str:
    """Return a figure with its target: "48 of 50"; "48 (target 30 or less)" if less is better."""
    return f"{quantity(value, measure) or 'No data'} {goal(value, target, measure, direction)}"


def goal(value: Decimal | None, target: Decimal | None, measure: str, direction: str) -> str:
    """Return a target as text to follow its figure."""
    figure = quantity(target, measure)
    if not figure:
        return "(no target)"
    if direction == Direction.DECREASE:
        return f"(target {figure} or less)"
    return f"(target {figure})" if value is None else f"of {figure}"


def comparison_text(comparison: Comparison, measure: str = "") -> str:
    """Return how a figure compares with its target: off by percent of it, or by points if it is a percentage.

    A target is met or not: there is no tolerance.
    """
    off, direction = comparison.deviation, comparison.direction
    size = _size(off) if off else ""
    if measure == Measures.PERCENT and comparison.difference:
        off = comparison.difference
        size = points_off(off)
    if comparison.status in (Against.BEHIND, Against.WITHIN):
        return f"Behind{_behind_by(off, size, direction) if off else ''}"
    known = {
        Against.NO_DATA: "No data",
        Against.NO_TARGET: "No target",
        Against.AHEAD: f"Met, {_off_target(off, size)}" if off else "Met",
        Against.ON_TARGET: "Met",
    }
    return known[comparison.status]


def _behind_by(off: Decimal, size: str, direction: Direction) -> str:
    # Less is better: "behind by 4%" beside a figure above its target would read as too little.
    return f" by {size}" if direction is Direction.INCREASE else f": {_off_target(off, size)}"


def _off_target(off: Decimal, size: str) -> str:
    return f"{size} {'above' if off > 0 else 'below'} the target"


def _size(deviation: Decimal) -> str:
    """Return a deviation as whole percent, or one decimal below 1%; never as 0%."""
    size = abs(deviation)
    if size >= 1:
        return f"{formats.number(size)}%"
    return formats.percent(size) if size > Decimal("0.05") else "under 0.1%"
