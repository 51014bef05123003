"""What must hold before a round takes a step. One rule, one function; the page and the step ask the same list.

The rules read a round through its related rows, so that the models may name this module.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cpc.findings import Finding, Severity

if TYPE_CHECKING:
    from selection.models import SelectionRound


def error(code: str, message: str, field: str = "", citation: str = "") -> Finding:
    """A finding that stops the step."""
    return Finding(code, Severity.ERROR, message, field, citation)


def model_published(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """A round stands on a published model, which no longer changes."""
    if selection_round.model.state in ("published", "superseded"):
        return []
    return [error("model_not_published", f"{selection_round.model} is not published.", "model")]


def pool_has_candidates(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """There is somebody to score."""
    if selection_round.candidates.in_pool().exists():
        return []
    return [error("pool_empty", "No country is in the pool; change the rule or add one by hand.", "pool_rule")]


def scored(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """There is a full score of the pool as it is."""
    newest = selection_round.runs.select_related("run").order_by("-number").first()
    if newest is None:
        return [error("not_scored", "There is no full score of this round; compute one.")]
    scored_codes = set(newest.run.inputs.get("candidates", ()))
    pool = set(selection_round.candidates.in_pool().values_list("country__code", flat=True))
    if pool - scored_codes:
        names = ", ".join(sorted(pool - scored_codes))
        return [error("score_stale", f"The score does not hold {names}; compute it again.")]
    return []


SCREENING = (model_published,)
SCORING = (pool_has_candidates,)
CONSULTATION = (pool_has_candidates, scored)
DELIBERATION = (scored,)
DECISION = (scored,)
