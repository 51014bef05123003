"""Views that everyone sees, which an approver other than their author consents to; see `cpc.audit.decidable`."""

from __future__ import annotations

from cpc.audit.decidable import DecidedRecord, RecordPart, declare

CONSENTED, REFUSED = "consented to", "refused"
"""The actions of the deciders in the audit trail."""

VERSION = DecidedRecord("saved_views_savedviewversion")

declare(
    RecordPart("saved_views_savedviewversion", VERSION, author="made_by_id", deciding=frozenset({CONSENTED, REFUSED}))
)
