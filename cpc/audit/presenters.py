"""Seal of the audit trail on pages: how far it is sealed, and what its last verification found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models.functions import Now
from django.utils.safestring import SafeString

from cpc.audit.models import AuditEntry, AuditVerification, UnsealedEntry
from cpc.audit.seal import newest
from cpc.database.audit_triggers import OUTSIDE, UNRECORDED
from cpc.web import formats
from cpc.web.badges import status

COUNTED_FOR = dt.timedelta(days=7)


def outcome(last: AuditVerification | None) -> SafeString:
    if last is None:
        return status("unknown", "Not verified yet")
    return status("bad", "Broken") if last.problem else status("good", "Unbroken")


def verified_sentence() -> str:
    """Return what the last verification found, "" if there was none."""
    last = AuditVerification.objects.first()
    if last is None:
        return ""
    if last.problem:
        return f"The trail is broken: {last.problem}"
    return f"The trail was unbroken when it was last verified, from the first entry, on {formats.moment(last.at)}."


def section() -> dict[str, Any]:
    """Return what the section on the seal shows."""
    last, seal = AuditVerification.objects.first(), newest()
    unsealed = formats.count_of(UnsealedEntry.objects.count(), "entry", "entries")
    outside = AuditEntry.objects.filter(action__in=(OUTSIDE, UNRECORDED), at__gt=Now() - COUNTED_FOR).count()
    return {
        "outcome": outcome(last),
        "figures": [("Audit seal", outcome(last), f"{unsealed} not sealed yet")],
        "problem": last.problem if last else "",
        "facts": [
            ("Sealed through entry", str(max(seal.entries)) if seal else "None yet"),
            ("Not sealed yet", unsealed),
            ("Last seal", formats.moment(seal.at) if seal else "None yet"),
            ("Verified from the first entry", formats.moment(last.at) if last else "Not yet"),
            ("Written outside the application", f"{formats.number(outside)} in {COUNTED_FOR.days} days"),
        ],
    }
