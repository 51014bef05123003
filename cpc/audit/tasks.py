"""Scheduled tasks of the audit trail."""

from __future__ import annotations

from celery import shared_task

from cpc.audit.seal import seal_entries, verify


@shared_task(name="audit.seal")
def seal() -> int:
    """Seal what was recorded since the last seal, and return the number of new seals."""
    return len(seal_entries())


@shared_task(name="audit.verify")
def verify_trail() -> str:
    """Verify the whole trail, and return the first break, "" for none. Readiness reports it."""
    return verify().problem
