"""Rules of the money and term with which a partnership is opened from a decision; the database has the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.findings import Finding, Severity
from cpc.web import formats
from partnerships.limits import months_needed
from partnerships.models import OpeningTerms
from selection.models import Recommendation


def opening_findings(terms: OpeningTerms, proposed: Recommendation, values: Mapping[str, Any]) -> list[Finding]:
    """Return the findings against opening terms, and against days of the term in `values` that are further apart."""
    return [*_differ(terms, proposed), *_over_limits(terms), *_longer(terms, values)]


def _differ(terms: OpeningTerms, proposed: Recommendation) -> list[Finding]:
    decided = (proposed.proposed_amount, proposed.proposed_months)
    if terms.reason or (terms.amount, terms.months) == decided:
        return []
    assert proposed.proposed_amount is not None
    message = (
        f"The decision is on {formats.dollars(proposed.proposed_amount)} over {proposed.proposed_months} months. Enter "
        "why the partnership is opened with something else."
    )
    return [Finding.error("terms_differ", message, "planned_because")]


def _over_limits(terms: OpeningTerms) -> list[Finding]:
    partnership = terms.partnership
    limits = partnership.limits
    findings = []
    if terms.amount > limits.funding:
        message = f"The limit of a partnership is {formats.dollars(limits.funding)}."
        findings.append(_over("planned_amount", message, limits.citation, limits.funding, terms.amount))
    if terms.months > limits.term_months:
        message = f"The limit of a partnership is {limits.term_months} months."
        findings.append(_over("planned_months", message, limits.citation, limits.term_months, terms.months))
    return findings


def _over(name: str, message: str, citation: str, limit: Any, would_be: Any) -> Finding:
    return Finding(name, Severity.ERROR, message, name, citation, str(limit), str(would_be))


def _longer(terms: OpeningTerms, values: Mapping[str, Any]) -> list[Finding]:
    first, last = values.get("starts_on"), values.get("ends_on")
    if first is None or last is None or months_needed(first, last) <= terms.months:
        return []
    message = f"The last day is later than {terms.months} months after the first day. Change it, or the planned term."
    return [Finding.error("planned_term", message, "ends_on")]
