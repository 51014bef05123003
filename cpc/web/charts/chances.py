"""The chance to be among the first countries, as a fill in four steps that charts and table rows share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import pairwise

from cpc.web import formats
from cpc.web.charts.svg import Svg, decoration, rect
from cpc.web.charts.view import KeyGroup, KeyItem

CHANCE_STEPS = (0.80, 0.50, 0.20)
"""Lower bounds of the darker fills, the darkest first."""

UNKNOWN = 0


def chance_step(chance: float | None) -> int:
    """Return the step of a chance: 4 for the darkest fill to 1 for none, 0 without draws."""
    if chance is None:
        return UNKNOWN
    return 1 + sum(chance >= bound for bound in CHANCE_STEPS)


def step_labels() -> dict[int, str]:
    """Return the meaning of each fill by its step, the darkest first and "not drawn yet" last."""
    written = [formats.chance(bound) for bound in CHANCE_STEPS]
    label = {4: f"{written[0]} or more"}
    label |= {3 - index: f"{low} to {high}" for index, (high, low) in enumerate(pairwise(written))}
    return label | {1: f"Under {written[-1]}", UNKNOWN: "No draws yet"}


def chance_key(chances: Iterable[float | None], first: int, mark: Callable[[int], Svg]) -> KeyGroup:
    """Return the key of the fills with their counts; `mark` draws a step. "No draws yet" only if it occurs."""
    steps = [chance_step(chance) for chance in chances]
    items = [
        KeyItem(mark(step), label, steps.count(step))
        for step, label in step_labels().items()
        if step != UNKNOWN or UNKNOWN in steps
    ]
    return KeyGroup(f"In the first {first}, share of draws", tuple(items))


def chance_label(chance: float | None, first: int, limits: Collection[float] = ()) -> str:
    """Return the text for a chance in the label of a mark; "" if there are no draws."""
    return (
        ""
        if chance is None
        else f"in the first {first} in {formats.chance(chance, prose=True, limits=limits)} of draws"
    )


def chance_bar(chance: float | None, *, width: float = 64, height: float = 14) -> Svg:
    """Draw the chance as a bar in a row that also shows it as text; a hatched track if it is unknown."""
    if chance is None:
        return decoration(width, height, [rect(0.5, 2.5, width - 1, height - 5, "k-gap", rx=1)])
    body = [rect(0.5, 2.5, width - 1, height - 5, "k-chance", rx=1)]
    if chance >= 0.005:
        long = max(width * min(chance, 1.0), 1.5)
        inset = 0.5 if chance_step(chance) == 2 else 0.0  # the outline of the light fill stays inside
        body.append(
            rect(inset, 2 + inset, long - 2 * inset, height - 4 - 2 * inset, f"k-p{chance_step(chance)}f", rx=1)
        )
    return decoration(width, height, body)
