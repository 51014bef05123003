"""Steps of the demonstration, which the apps register and `manage.py load_demo` runs in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cpc.registry import Registry

Progress = Callable[[int, int], None]
"""Called with the number of parts of a step that are done, and the total."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step of the demonstration. `run` is idempotent.

    It returns one line for the terminal, or "" if there is nothing to report.
    """

    order: int
    label: str
    run: Callable[[Progress], str]


STEPS: Registry[DemoStep] = Registry(lambda step: step.label)
