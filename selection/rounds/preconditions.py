"""Checks of the steps of a round, one function per rule; each returns findings.

`ROUND_CHECKS` lists the checks of each step; a new rule is added there.
"""

from __future__ import annotations

from datetime import date

from cpc.findings import Finding
from cpc.lifecycle import Checks
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import owed_in
from selection.lookups.rounds import statutory_consultees
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


def scored(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """Require a full score of the current pool."""
    newest = selection_round.runs.select_related("run").order_by("-number").first()
    if newest is None:
        return [Finding.error("not_scored", "This round has no full score. Compute one.")]
    scored_codes = set(newest.run.inputs.get("candidates", ()))
    pool = set(selection_round.candidates.in_pool().values_list("country__code", flat=True))
    if pool - scored_codes:
        names = ", ".join(sorted(pool - scored_codes))
        return [Finding.error("score_stale", f"The score does not include {names}. Compute it again.")]
    return []


STATUTE = "22 U.S.C. 7103a(d)"


def statutory_asked(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """Require that each agency named by the statute is asked, or a reason why it is not."""
    consultees = statutory_consultees()
    if not consultees:
        message = "No agency is marked as named by the statute. An administrator can mark them."
        return [Finding.warning("no_statutory_consultee", message, "", STATUTE)]
    sent = selection_round.requests.sent().exclude(role="info")
    asked = set(sent.values_list("agency", flat=True))
    left_out = set(selection_round.not_asked.filter(superseded_at__isnull=True).values_list("agency", flat=True))
    return [
        Finding.error(
            "statutory_not_asked",
            f"{agency} is not asked for its position. Ask it, or record why asking it is not applicable.",
            "requests",
            STATUTE,
        )
        for agency in consultees
        if agency.pk not in asked | left_out
    ]


def answered(selection_round: SelectionRound, on: date) -> list[Finding]:
    """Require every answer, or the approver's decision to proceed.

    No response never counts as clear.
    """
    return [
        Finding.error(
            "no_response",
            f"{cell.request.agency} has not answered on {cell.candidate.country}. Wait, or ask the approver "
            f"to agree to go on.",
            "requests",
        )
        for cell in owed_in(selection_round, on)
        if cell.is_waited_for
    ]


def objections_disposed(selection_round: SelectionRound, on: date) -> list[Finding]:
    """Require a disposition where an agency does not clear, and warn where it clears with edits."""
    findings = []
    for cell in owed_in(selection_round, on):
        about = f"{cell.request.agency} on {cell.candidate.country}"
        if cell.needs_disposition:
            message = f"{about} does not clear. Record what the office did about it."
            findings.append(Finding.error("no_disposition", message, "requests"))
        elif cell.status is PositionStatus.CLEAR_WITH_EDITS and cell.disposition is None:
            message = f"{about} clears with edits. Record whether they were made."
            findings.append(Finding.warning("edits_open", message, "requests"))
    return findings


def positions_fresh(selection_round: SelectionRound, on: date) -> list[Finding]:
    """Warn of positions on older evidence, which the memo marks."""
    return [
        Finding.warning(
            "position_stale",
            f"{cell.request.agency} answered on {cell.candidate.country} based on older evidence.",
            "requests",
        )
        for cell in owed_in(selection_round, on)
        if cell.is_stale
    ]


def critical_notes_answered(selection_round: SelectionRound, _on: date) -> list[Finding]:
    """Require that no critical note that the office sees is open; a deferred one is open."""
    blocking_notes = selection_round.notes.blocking().select_related("candidate__country").order_by("pk")
    return [
        Finding.error("critical_open", f"{note} on {note.subject} is critical and open. Adjudicate it.")
        for note in blocking_notes
    ]


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
    "open_consultation": (pool_has_candidates, scored),
    "deliberate": (scored, statutory_asked, answered),
    "decide": (
        scored,
        statutory_asked,
        answered,
        objections_disposed,
        positions_fresh,
        critical_notes_answered,
        all_decided,
        memo_issued,
    ),
}
