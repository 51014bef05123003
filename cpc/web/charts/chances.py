"""The chance to be among the first countries, as a fill in four steps that charts and table rows share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import pairwise

from cpc.web import formats
from cpc.web.charts.figure import KeyGroup, LegendItem
from cpc.web.charts.svg import Svg

CHANCE_STEPS = (0.80, 0.50, 0.20)
"""Lower bounds of the darker fills, the darkest first."""

_UNKNOWN = 0


def chance_step(chance: float | None) -> int:
    """Return the step of a chance: 4 for the darkest fill to 1 for none, 0 without draws."""
    if chance is None:
        return _UNKNOWN
    return 1 + sum(chance >= bound for bound in CHANCE_STEPS)


def step_labels() -> dict[int, str]:
    """Return the meaning of each fill by its step, the darkest first and "not drawn yet" last."""
    written = [formats.chance(bound) for bound in CHANCE_STEPS]
    label = {4: f"{written[0]} or more"}
    label |= {3 - index: f"{low} to {high}" for index, (high, low) in enumerate(pairwise(written))}
    return label | {1: f"Under {written[-1]}", _UNKNOWN: "No draws yet"}


def chance_key(chances: Iterable[float | None], first: int, mark: Callable[[int], Svg]) -> KeyGroup:
    """Return the key of the fills with their counts; `mark` draws a step. "No draws yet" only if it occurs."""
    steps = [chance_step(chance) for chance in chances]
    items = [
        LegendItem(mark(step), label, steps.count(step))
        for step, label in step_labels().items()
        if step != _UNKNOWN or _UNKNOWN in steps
    ]
    return KeyGroup(f"In the first {first}, share of draws", tuple(items))


def chance_label(chance: float | None, first: int, limits: Collection[float] = ()) -> str:
    """Return the text for a chance in the label of a mark; "" if there are no draws."""
    if chance is None:
        return ""
    return f"in the first {first} in {formats.chance(chance, prose=True, limits=limits)} of draws"
