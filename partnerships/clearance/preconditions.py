"""Conditions of a signature beside the clearance of its text."""

from __future__ import annotations

from datetime import date

from cpc.findings import Finding, errors
from cpc.lifecycle import step_findings
from partnerships.lookups.clearance import Clearance
from partnerships.status.preconditions import PARTNERSHIP_CHECKS


def other_findings(clearance: Clearance, today: date) -> list[Finding]:
    """Return what else the signature of the instrument needs. The form that applies an amendment has its conditions."""
    if clearance.amendment is not None:
        return []
    found = step_findings(PARTNERSHIP_CHECKS, "sign", clearance.partnership, today)
    own = {finding.code for finding in clearance.findings(today)}
    return [finding for finding in errors(found) if finding.code not in own]
