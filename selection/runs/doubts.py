"""Doubts about ranks that are drawn one at a time or in a group, and how the pages of a run name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "data": ("data", "the data"),
    "weights": ("weights", "the weights"),
    "designs": ("method", "the choice of method"),
}
"""Groups of doubts that are drawn together: in short, and in a sentence of the How sure page."""


class Doubt(NamedTuple):
    """Source of doubt; `key` is that of its range and width in a run.

    On the How sure page, `column` heads a column, `bar` with `note` labels a bar, and `cause` names in a sentence what
    of the data moves ranks. In a run before all-in draws, whose draws do not vary the method, that page lists widths
    with `listed`, and the ranking with `phrase`, also as the heading of a column in its export.
    """

    key: str
    group: str
    column: str
    bar: str
    note: str = ""
    cause: str = ""
    listed: str = ""
    phrase: str = ""


DOUBTS: Final = (
    Doubt(
        "age",
        "data",
        column="Age",
        bar="Age of the figures",
        note="what may have changed since",
        cause="old data",
        listed="the age of the figures",
        phrase="the age of the figures",
    ),
    Doubt("weights", "weights", column="Weights", bar="Weights", listed="the weights", phrase="the weights"),
    Doubt("designs", "designs", column="Other methods", bar="Method"),
    Doubt(
        "measurement",
        "data",
        column="Measurement",
        bar="Error of the figures",
        note="as measured or published",
        cause="errors of the figures",
        listed="how figures were measured",
        phrase="the measurement of the figures",
    ),
    Doubt(
        "bridge",
        "data",
        column="Other series",
        bar="Other series used",
        note="for a missing one",
        cause="other series used for missing ones",
        listed="series used in place of another",
        phrase="values from another series",
    ),
    Doubt(
        "missing",
        "data",
        column="Missing values",
        bar="Missing values",
        note="filled from similar countries",
        cause="missing values",
        listed="values filled from peers",
        phrase="values filled from peers",
    ),
)
"""All sources of doubt; a list by width names the earlier one first if two are equal."""

BY_GROUP: Final = sorted(DOUBTS, key=lambda doubt: [*GROUPS].index(doubt.group))
"""The same as columns: those of data, the weights, and the method."""
