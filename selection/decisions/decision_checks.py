"""Checks a candidate must pass to be selected, shared by page, service, and memo.

Each rule is one function. A decision not to select, to shortlist, or to defer needs none of them, because it binds no
one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cpc.findings import Finding
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, consultation_of
from selection.model_definition import statutory_criteria
from selection.model_definition.statutory_criteria import StatutoryCriterion
from selection.models import Action, Candidate, Note, SelectionRound
from selection.pool_rules.pools import partners
from selection.restrictions.queries import findings_by_country


@dataclass(frozen=True, slots=True)
class Grounds:
    """Facts that the rules check, read once for all candidates concerned."""

    cells: Sequence[PositionCell]
    critical: Sequence[Note]
    restrictions: Mapping[int, Sequence[Finding]]
    partners: Mapping[str, str]
    statutory_criteria: Mapping[int, Sequence[StatutoryCriterion]]


def in_the_pool(candidate: Candidate, _grounds: Grounds) -> list[Finding]:
    if candidate.in_pool:
        return []
    return [Finding.error("not_in_pool", f"{candidate.country} is not in the pool: {candidate.reason}", "pool")]


def not_a_partner(candidate: Candidate, grounds: Grounds) -> list[Finding]:
    """Warn of an existing partnership with the country.

    Overlap is allowed with a stated reason.
    """
    description = grounds.partners.get(candidate.country.code)
    return [Finding.warning("partner", description, "pool")] if description else []


def statute_met(candidate: Candidate, grounds: Grounds) -> list[Finding]:
    """Check that both statutory criteria are met; no weight or rank makes up for them."""
    return statutory_criteria.findings(grounds.statutory_criteria[candidate.pk])


def restrictions_reviewed(candidate: Candidate, grounds: Grounds) -> list[Finding]:
    """Check that the legal, policy, and fiscal restrictions have current reviews and none bars."""
    return list(grounds.restrictions[candidate.country_id])


def agencies_answered(candidate: Candidate, grounds: Grounds) -> list[Finding]:
    """Check that every agency asked has answered, and that objections have a disposition.

    The approver may proceed without a late answer.
    """
    findings = []
    for cell in grounds.cells:
        if cell.candidate.pk != candidate.pk:
            continue
        agency = cell.request.agency
        if cell.is_waited_for:
            message = f"{agency} has not answered. Wait, or have the approver proceed without a response."
            findings.append(Finding.error("no_response", message, "requests"))
        elif cell.needs_disposition:
            message = f"{agency} does not clear. Record what the office did about it."
            findings.append(Finding.error("no_disposition", message, "requests"))
        elif cell.status is PositionStatus.CLEAR_WITH_EDITS and cell.disposition is None:
            message = f"{agency} clears with edits. Record whether they were made."
            findings.append(Finding.warning("edits_open", message, "requests"))
        if cell.is_stale:
            message = f"{agency} answered based on older evidence."
            findings.append(Finding.warning("position_stale", message, "requests"))
    return findings


def no_critical_note(candidate: Candidate, grounds: Grounds) -> list[Finding]:
    """Check that no critical note on the candidate or the round is open."""
    return [
        Finding.error("critical_open", f"{note} is critical and open. Adjudicate it.", "notes")
        for note in grounds.critical
        if note.candidate_id in (None, candidate.pk)
    ]


Rule = Callable[[Candidate, Grounds], list[Finding]]
RULES: tuple[Rule, ...] = (
    in_the_pool,
    not_a_partner,
    statute_met,
    restrictions_reviewed,
    agencies_answered,
    no_critical_note,
)


def grounds_of(selection_round: SelectionRound, candidates: Sequence[Candidate], on: date) -> Grounds:
    """Load the facts for the rules on some candidates, in a fixed number of queries."""
    return Grounds(
        consultation_of(selection_round, on).cells,
        list(selection_round.notes.blocking().order_by("pk")),
        findings_by_country({candidate.country_id for candidate in candidates}, on),
        partners(),
        statutory_by_candidate(selection_round, candidates),
    )


def decision_findings(candidate: Candidate, action: str, on: date, grounds: Grounds | None = None) -> list[Finding]:
    """Return the findings on the decision `action`: errors block it, warnings inform."""
    if action != Action.SELECT:
        return []
    known = grounds or grounds_of(candidate.round, [candidate], on)
    return [finding for rule in RULES for finding in rule(candidate, known)]
