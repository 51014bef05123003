"""What the demonstration consists of: steps that the apps register, run in order by `manage.py load_demo`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cpc.registry import Registry

Progress = Callable[[int, int], None]
"""Called with how many parts of a step are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One part of the demonstration. `run` may be called again at any time and then changes nothing.

    It returns one line for the person at the terminal, "" if there is nothing to say.
    """

    order: int
    label: str
    run: Callable[[Progress], str]


STEPS: Registry[DemoStep] = Registry(lambda step: step.label)
