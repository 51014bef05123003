"""Page cases for the audit room."""

from __future__ import annotations

from cpc.audit.models import AuditEntry
from tests.support.page_cases import ALL_ERRORS, APPROVER, BOTH, REVIEWER, Look, PageCase

CASES = (
    PageCase(
        "audit",
        looks=(
            Look("audit", APPROVER, BOTH),
            Look("audit-nothing", APPROVER, query="?actor=nobody-of-this-name"),
            Look("audit-refused", APPROVER, ALL_ERRORS, query="?since=2026-11-21&until=2026-11-20", status=400),
            Look("403", REVIEWER, ALL_ERRORS, status=403),
        ),
    ),
    PageCase(
        "audit-entry",
        url=lambda world: {"pk": AuditEntry.objects.latest("pk").pk},
        looks=(Look("audit-entry", APPROVER, BOTH, lambda scene: {"pk": scene.entry.pk}),),
    ),
)
