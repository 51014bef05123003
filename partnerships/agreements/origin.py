"""The origin of a partnership: either a decision of a selection round or a stated reason.

The rules read a decision or a country; the database enforces the same ones in `authority.comes_from_decision`. An
approver other than the person who opened it must confirm a stated reason before the partnership moves on; see
`authority.confirms_reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.findings import Finding
from selection.queries import why_no_candidate

if TYPE_CHECKING:
    from indicators.models import Country
    from selection.models import Decision
from indicators.models import Country
from partnerships.models import Partnership, Status
from partnerships.states import DECIDED_ROUND
from selection.models import Decision

UNITED_STATES = "USA"


def _error(code: str, message: str) -> Finding:
    return Finding.error(code, message, "decision", "22 U.S.C. 7103a(d)(5)")


def decision_selects(decision: Decision) -> list[Finding]:
    if decision.action == "select":
        return []
    label = decision.get_action_display().lower()
    return [
        _error(
            "decision_selects",
            f"The decision on {decision.candidate.country} is “{label}”, so it can't start a partnership.",
        )
    ]


def decision_is_current(decision: Decision) -> list[Finding]:
    if decision.superseded_at is None:
        return []
    return [_error("decision_superseded", "A later decision superseded this one. Start from the current decision.")]


def round_is_decided(decision: Decision) -> list[Finding]:
    selection_round = decision.candidate.round
    if selection_round.state in DECIDED_ROUND:
        return []
    return [
        _error(
            "round_undecided",
            f"{selection_round} is in {selection_round.get_state_display().lower()}; it must be decided first.",
        )
    ]


def starts_one_partnership(decision: Decision) -> list[Finding]:
    """Require a candidate without a partnership.

    A decision begins at most one partnership, and none while one from an earlier decision on its candidate is not
    canceled.
    """
    earlier = Partnership.objects.filter(decision__candidate=decision.candidate_id).order_by("pk")
    for partnership in earlier:
        if partnership.decision_id == decision.pk or partnership.status != Status.CANCELED:
            return [
                _error(
                    "decision_used",
                    f"This candidate already has a partnership: {partnership} ({partnership.get_status_display()}).",
                )
            ]
    return []


RULES = (decision_selects, decision_is_current, round_is_decided, starts_one_partnership)


def origin_findings(decision: Decision, country: Country | None = None) -> list[Finding]:
    findings = [finding for rule in RULES for finding in rule(decision)]
    if country is not None and country.pk != decision.candidate.country_id:
        findings.append(_error("decision_country", f"The decision is about {decision.candidate.country}."))
    return findings


def country_findings(country: Country) -> list[Finding]:
    """Return the findings against a stated reason for a country.

    They apply the rule for the pool of a round. The United States is never its own partner, whatever a model
    includes.
    """
    reason = "It takes part in every partnership." if country.code == UNITED_STATES else why_no_candidate(country)
    if not reason:
        return []
    message = f"{country} is not a candidate for a partnership. {reason}"
    return [Finding.error("origin_country", message, "country", "22 U.S.C. 7103a(a)")]
