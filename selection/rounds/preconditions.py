"""Checks of the steps of a round, one function per rule; each returns findings.

`ROUND_CHECKS` lists the checks of each step. Rules about answers, notes, ratings, and restrictions are declared in
`selection.decisions.obstacles`, with the steps that they stop.
"""

from __future__ import annotations

from datetime import date

from cpc.findings import Finding
from cpc.lifecycle import Check, Checks
from selection.decisions.obstacles import Step, as_findings, obstacles_of
from selection.models import SelectionRound


def model_published(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """Require a published model, which no longer changes."""
    if selection_round.model.state in ("published", "superseded"):
        return []
    return [Finding.error("model_not_published", f"{selection_round.model} is not published.", "model")]


def pool_has_candidates(selection_round: SelectionRound, _on: date) -> list[Finding]:
    if selection_round.candidates.in_pool().exists():
        return []
    return [
        Finding.error("pool_empty", "No country is in the pool. Change the rule or add a country by hand.", "pool_rule")
    ]


def in_the_way(step: Step) -> Check[SelectionRound]:
    """Return the check that no obstacle stops a step; closing also warns of what the memo prints."""

    def check(selection_round: SelectionRound, on: date) -> list[Finding]:
        return as_findings(obstacles_of(selection_round, on), step, warn=step is Step.CLOSE)

    return check


def all_decided(selection_round: SelectionRound, _on: date) -> list[Finding]:
    rows = [
        row
        for candidate in selection_round.candidates.prefetch_related("recommendations__decision", "country")
        for row in candidate.recommendations.all()
        if row.superseded_at is None
    ]
    if not rows:
        return [Finding.error("no_recommendation", "No recommendations yet. Write one for each candidate.")]
    return [
        Finding.error(
            "undecided", f"The recommendation on {row.candidate.country} is waiting for the approver's decision."
        )
        for row in sorted(rows, key=lambda row: row.place)
        if not hasattr(row, "decision")
    ]


def memo_issued(selection_round: SelectionRound, _on: date) -> list[Finding]:
    if selection_round.memos.exists():
        return []
    return [Finding.error("no_memo", "The memo is not issued. Issue it before you close the round.")]


ROUND_CHECKS: Checks[SelectionRound] = {
    "screen": (model_published,),
    "start_scoring": (pool_has_candidates,),
    "open_consultation": (pool_has_candidates, in_the_way(Step.OPEN_CONSULTATION)),
    "deliberate": (in_the_way(Step.DELIBERATE),),
    "decide": (in_the_way(Step.CLOSE), all_decided, memo_issued),
}
