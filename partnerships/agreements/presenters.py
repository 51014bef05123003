"""Labels for the origin of a partnership, and for the partnerships of a country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.limit_presenters import STATUS_KINDS, term_text
from partnerships.models import Partnership, RecordKind, Status
from selection.models import Candidate, Decision, Recommendation


def origin_facts(decision: Decision) -> list[tuple[str, str]]:
    recommended = decision.recommendation
    pairs = [
        ("Country", decision.candidate.country.name),
        ("Round", str(decision.candidate.round)),
        ("Decision", f"{decision.get_action_display()}, {decider_and_day(decision)}"),
        ("Recommended because", recommended.rationale),
        ("Money and term decided", proposed_terms(recommended)),
    ]
    return [*pairs, ("Remarks", decision.remarks)] if decision.remarks else pairs


def proposed_terms(recommended: Recommendation) -> str:
    """Return money, term, and source of funds of a recommendation, in a line."""
    if recommended.proposed_amount is None or recommended.proposed_months is None:
        return "Not known"
    source = f"; {recommended.funding}" if recommended.funding else ""
    months = formats.count_of(recommended.proposed_months, "month")
    return f"{formats.dollars(recommended.proposed_amount)} over {months}{source}"


def decider_and_day(decision: Decision) -> str:
    return f"{decision.decided_by}, {formats.day(decision.at.date())}"


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    partnership: Partnership
    mark: Badge
    term: str
    origin: str
    is_from_here: bool


def partnership_row(row: Partnership, candidate: Candidate, today: date) -> PartnershipRow:
    """Return the row of a partnership of a candidate's country.

    `is_from_here` is true if the partnership came from a decision on this candidate.
    """
    status = row.get_status_display()
    if row.kind == RecordKind.DOCUMENTED:
        known = f", {formats.day(row.status_as_of)}" if row.status_as_of else ""
        status = f"{status}, last documented{known}"
    decision = row.decision
    return PartnershipRow(
        row,
        Badge(STATUS_KINDS[Status(row.status)], status),
        term_text(row.term_position(today)),
        f"{decision.candidate.round}" if decision else row.origin_reason,
        decision is not None and decision.candidate_id == candidate.pk,
    )
