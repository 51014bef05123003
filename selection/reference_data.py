"""Shipped model and pool policy, loaded into the database after each migration."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.utils import timezone

from cpc.audit.services import record
from selection.model_definition.criteria_table import read
from selection.models import ModelState, PoolDecision, PoolPolicy, ScoringModel
from selection.pool_rules.policy import POSITIONS

POOL_POLICIES = Path(__file__).resolve().parent / "reference" / "pool_policies.json"
SHIPPED_FROM = dt.date(2000, 1, 1)
"""First day of the project's own rules of the pool: before any edition that is ranked."""


def sync_reference() -> None:
    """Load the shipped data that the database does not have yet."""
    sync_model()
    sync_pool_policies()


def sync_pool_policies() -> None:
    """Create the project's rule for each reason that has none. The office can replace it with its own."""
    known = set(PoolPolicy.objects.values_list("reason", flat=True))
    for row in json.loads(POOL_POLICIES.read_text(encoding="utf-8")):
        if row["reason"] in known:
            continue
        policy = PoolPolicy.objects.create(
            **row,
            place=POSITIONS[row["reason"]],
            in_force_from=SHIPPED_FROM,
            decision=PoolDecision.APPROVED,
            decided_at=timezone.now(),
        )
        record(actor=None, action="shipped", target=policy, after={"puts_outside": policy.puts_outside})


def sync_model() -> None:
    """Publish the shipped model if it is newer than the shipped one on record.

    Once the office has drafted a version of its own, the shipped model is no longer published.
    """
    table = read()
    number = int(table.version)
    versions = ScoringModel.objects.filter(key=table.key)
    if versions.filter(number__gte=number).exists() or versions.filter(drafted_by__isnull=False).exists():
        return
    for former in versions.filter(state=ModelState.PUBLISHED):
        former.state = ModelState.SUPERSEDED
        former.superseded_at = timezone.now()
        former.save(update_fields=("state", "superseded_at"))
        record(actor=None, action="superseded", target=former, after={"by": f"version {number}"})
    model = ScoringModel.objects.create(
        key=table.key,
        number=number,
        title=table.title,
        note=table.note,
        state=ModelState.PUBLISHED,
        table=table.to_dict(),
        table_hash=table.hash,
        published_at=timezone.now(),
    )
    record(actor=None, action="published", target=model, after={"table": model.table_hash})
