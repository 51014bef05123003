"""The office's limits of money and term, to which recommendations keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cpc.findings import Finding, Severity
from cpc.web import formats
from selection.lookups.earlier_compacts import PolicyLimits, policy_limits
from selection.models.decisions import HIGHEST_PROPOSAL, LONGEST_PROPOSAL

EXCEPTION = "An exception can be requested once the partnership is open."


def limits_on(day: date) -> PolicyLimits:
    """Return the limits in force on a day; without a policy, the ones that no policy exceeds."""
    return policy_limits(day) or PolicyLimits(LONGEST_PROPOSAL, Decimal(HIGHEST_PROPOSAL), "")


def proposal_findings(amount: Decimal | None, months: int | None, on: date) -> list[Finding]:
    """Check money and term of a recommendation against the limits of a day.

    No exception can exist yet: people request one for a partnership that is open.
    """
    limits = limits_on(on)
    findings = []
    if amount is not None and amount.is_finite() and amount > limits.funding:
        message = f"The limit of a partnership is {formats.dollars(limits.funding)}. {EXCEPTION}"
        findings.append(_over("proposed_amount", message, limits, str(limits.funding), str(amount)))
    if months is not None and months > limits.months:
        message = f"The limit of a partnership is {limits.months} months. {EXCEPTION}"
        findings.append(_over("proposed_months", message, limits, str(limits.months), str(months)))
    return findings


def _over(name: str, message: str, limits: PolicyLimits, limit: str, would_be: str) -> Finding:
    return Finding(name, Severity.ERROR, message, name, limits.citation, limit, would_be)
