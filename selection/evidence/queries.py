"""Reads of evidence versions."""

from __future__ import annotations

from selection.models import Candidate, EvidenceVersion


def newest_evidence(candidate: Candidate) -> EvidenceVersion | None:
    """Return the newest version of the evidence, or None before the first comparison."""
    return candidate.evidence.order_by("-number").first()
