"""Tests of an official ranking of a model with a method: does it hold when data, weights or design differ? numpy only.

robustness = examine(Inputs(...), draws=10_000, seed=1)
robustness.intervals, robustness.within, robustness.widths["age"], robustness.groups
"""

from .pairs import Flip, crossing_share, flip
from .result import Inputs, Robustness, examine
from .stability import Stability

__all__ = ["Flip", "Inputs", "Robustness", "Stability", "crossing_share", "examine", "flip"]
