"""Checks of amendments that read the record beside the changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cpc.findings import Finding
from partnerships.models import Activity, AmendmentChange, Objective, OutcomeIndicator, Partnership, Responsibility

OF_OBJECTIVE = (Activity, Responsibility, OutcomeIndicator)


def objectives_with_their_terms(partnership: Partnership, changes: Iterable[AmendmentChange]) -> list[Finding]:
    """Require that no term in effect refers to a withdrawn objective once the changes are made."""
    then: dict[tuple[str, int | None, str], Any] = {(c.row_table, c.row_id, c.column): c.new for c in changes}
    found = []
    for objective in partnership.objectives.all():
        if not then.get((Objective._meta.db_table, objective.pk, "withdrawn"), objective.withdrawn):
            continue
        for model in OF_OBJECTIVE:
            table = model._meta.db_table
            for row in model._default_manager.filter(partnership=partnership):
                now = {"withdrawn": row.withdrawn, "objective_id": row.objective_id}
                state = {column: then.get((table, row.pk, column), value) for column, value in now.items()}
                if state["objective_id"] == objective.pk and not state["withdrawn"]:
                    found.append(Finding.error("objective_in_use", _message(objective, row)))
    return found


def _message(objective: Objective, row: Activity | Responsibility | OutcomeIndicator) -> str:
    one = str(row._meta.verbose_name)
    if isinstance(row, OutcomeIndicator):
        return (
            f"The amendment withdraws {objective}, but the indicator {row} belongs to it. First, revise the monitoring "
            "plan and withdraw the indicator there."
        )
    return (
        f"The amendment withdraws {objective}, but the {one} “{row}” belongs to it. Withdraw the {one} in this "
        "amendment too, or move it to another objective."
    )
