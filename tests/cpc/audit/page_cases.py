"""Page cases for the audit room."""

from __future__ import annotations

from cpc.audit.models import AuditEntry
from tests.support.page_cases import ALL_ERRORS, ANALYST, APPROVER, BOTH, REVIEWER, Look, PageCase

CASES = (
    PageCase(
        "audit",
        Look("audit", roles=APPROVER, states=BOTH),
        Look("audit-of-rater", roles=ANALYST),
        Look("audit-nothing", roles=APPROVER, query="?actor=nobody-of-this-name"),
        Look(
            "audit-refused", roles=APPROVER, states=ALL_ERRORS, query="?since=2026-11-21&until=2026-11-20", status=400
        ),
        Look("403", roles=REVIEWER, states=ALL_ERRORS, status=403),
    ),
    PageCase(
        "audit-entry",
        Look("audit-entry", lambda scene: {"pk": scene.entry.pk}, APPROVER, states=BOTH),
        url=lambda world: {"pk": AuditEntry.objects.latest("pk").pk},
    ),
)
