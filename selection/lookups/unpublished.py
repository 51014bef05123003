"""Statements, in force now, that an edition which a model counts as overdue is not published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indicators.queries import unpublished_editions_of, withdrawn_statements_of
from selection.model_definition.criteria_table import ModelTable
from selection.scoring_inputs.screening import Edition

WITHDRAWN = "withdrawn"
"""Key of `ScoreRun.inputs` for the withdrawn statements.

They score nothing. A ranking computed after a withdrawal on the same day would else be the one of before the statement,
and pages would still show the one in between, which is newer.
"""


def statements_in_force(table: ModelTable) -> list[dict[str, Any]]:
    """Return the live statements on the indicators that a model expects on a day of each year, as a run stores them."""
    return [
        {
            "indicator": indicator,
            "edition": stated.edition,
            "as_of": stated.as_of.isoformat(),
            "statement": stated.key,
        }
        for indicator in sorted(expected(table))
        for stated in unpublished_editions_of(indicator)
    ]


def withdrawn_statements(table: ModelTable) -> list[int]:
    return sorted({key for indicator in expected(table) for key in withdrawn_statements_of(indicator)})


def expected(table: ModelTable) -> frozenset[str]:
    """Return the indicators of which a model expects an edition each year."""
    return frozenset(row.indicator for row in table.criteria if row.due is not None)


def editions(statements: Sequence[dict[str, Any]]) -> frozenset[Edition]:
    return frozenset((stated["indicator"], stated["edition"]) for stated in statements)
