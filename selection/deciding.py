"""What stands in the way of selecting one candidate. One rule, one function; page, service and memo read one list.

A decision not to select, to shortlist or to defer needs none of it: it binds nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from cpc.findings import Finding, Severity
from selection import mandatory
from selection.consultation import Standing
from selection.gates import error
from selection.models import Action, Candidate
from selection.queries.consultation import consultation_of
from selection.queries.restrictions import findings_of
from selection.queries.statute import gates_for


def statute_met(candidate: Candidate, _on: date) -> list[Finding]:
    """Both criteria that the statute makes mandatory are met; no weight and no rank stands in for them."""
    return mandatory.findings(gates_for(candidate))


def restrictions_reviewed(candidate: Candidate, on: date) -> list[Finding]:
    """The legal, policy and fiscal restrictions are reviewed, the reviews are in force, and none bars."""
    return findings_of(candidate.country, on)


def agencies_answered(candidate: Candidate, on: date) -> list[Finding]:
    """Who was asked about the candidate has answered, or the approver goes on without; an objection is disposed of."""
    found = []
    for cell in consultation_of(candidate.round, on).cells:
        if cell.candidate.pk != candidate.pk:
            continue
        agency = cell.request.agency
        if cell.is_waited_for:
            message = f"{agency} has not answered. Wait, or have the approver go on without it."
            found.append(error("no_response", message, "requests"))
        elif cell.needs_disposition:
            message = f"{agency} does not clear: record what the office did about it."
            found.append(error("no_disposition", message, "requests"))
        elif cell.standing is Standing.CLEAR_WITH_EDITS and cell.disposition is None:
            message = f"{agency} clears with edits: say whether they were taken in."
            found.append(Finding("edits_open", Severity.WARNING, message, "requests"))
        if cell.is_stale:
            message = f"{agency} answered on older evidence."
            found.append(Finding("position_stale", Severity.WARNING, message, "requests"))
    return found


def no_critical_note(candidate: Candidate, _on: date) -> list[Finding]:
    """No critical note on the candidate, or on the round as a whole, is open."""
    rows = candidate.round.notes.blocking().order_by("number")
    return [
        error("critical_open", f"Note {note.number} is critical and open; adjudicate it.", "notes")
        for note in rows
        if note.candidate_id in (None, candidate.pk)
    ]


Rule = Callable[[Candidate, date], list[Finding]]
RULES: tuple[Rule, ...] = (statute_met, restrictions_reviewed, agencies_answered, no_critical_note)


def decision_findings(candidate: Candidate, action: str, on: date) -> list[Finding]:
    """What stands in the way of the decision `action` on a candidate, and what to know before it."""
    if action != Action.SELECT:
        return []
    return [finding for rule in RULES for finding in rule(candidate, on)]
