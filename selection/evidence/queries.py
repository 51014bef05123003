"""Reads of evidence versions."""

from __future__ import annotations

from selection.models import Candidate, EvidenceVersion


def newest_evidence(candidate: Candidate) -> EvidenceVersion | None:
    """What is shown of the candidate now, or None before it was first compared."""
    return candidate.evidence.order_by("-number").first()
