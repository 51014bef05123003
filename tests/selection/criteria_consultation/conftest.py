"""The people of a weighting exercise, who are also asked about criteria."""

from tests.selection.weighting.conftest import people

__all__ = ("people",)
