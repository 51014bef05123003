"""Tables of the method: headings, and which of their columns are figures."""

from __future__ import annotations

from typing import Any

import pytest

from cpc.web.tables import Table
from selection.method.presenters import all_in, details, recompute
from tests.support.tables import headings, look

STACKED, PLAIN = "usa-table c-stack", "usa-table"


@pytest.mark.parametrize(
    ("table", "heads", "css"),
    [
        (all_in.IMPORTANCE, ["Criterion", "Weight num", "Effective num", "Correlation num"], PLAIN),
        (
            details.BRIDGES,
            [
                "From",
                "To",
                "Countries num",
                "Intercept num",
                "Slope num",
                "Residual error num",
                "Correlation num",
                "Used by ranked countries num",
            ],
            STACKED,
        ),
        (details.WIDTHS, ["Source", "Places num"], PLAIN),
        (details.CHOICE_SHARES, ["Choice", "With other choices num", "Alone num"], PLAIN),
        (details.data_table(12), ["Criterion", "Value num"], PLAIN),
        (
            details.stable_table(12),
            ["Weight", "Current num", "All remain num", "Nine in ten remain num"],
            STACKED,
        ),
        (
            details.left_out_table(12),
            ["Left out", "Mean change in the rank by need num", "Of the first 12 by need, remain num"],
            PLAIN,
        ),
        (details.regions_table(12), ["Region", "Among the first 12 num", "Ranked num"], PLAIN),
        (recompute.table_of(None), ["Step", "Rule"], f"{STACKED} c-rules u-small"),
    ],
)
def test_headings_and_classes(table: Table[Any], heads: list[str], css: str) -> None:
    assert headings(table) == heads
    assert look(table) == (css, 0)
