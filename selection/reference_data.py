"""Shipped model and pool policy, loaded into the database after each migration."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone

from cpc.audit.services import record
from selection.model_definition.criteria_table import ModelTable, read
from selection.models import ModelState, PoolDecision, PoolPolicy, ScoringModel
from selection.pool_rules.policy import POSITIONS

FORMER_MODELS = (Path(__file__).resolve().parent / "reference" / "former" / "default_model_3.json",)
"""Earlier versions of the shipped model, the oldest first."""

CHANGES = {
    "4": (
        "Tiers are drawn while a newer report is due and not loaded. Two surveys of child labor are combined, "
        "and its drift is doubled. The budget balance is pulled to the mean, the trend of births not "
        "registered is credited for five years at most, and a country without a level of the Department of "
        "Labor is not judged by it. The axis of feasibility begins at 33, so that both axes count the same. "
        "Draws vary the method as well."
    )
}
"""The differences of a shipped version from the one before it, for the list of versions."""

POOL_POLICIES = Path(__file__).resolve().parent / "reference" / "pool_policies.json"
SHIPPED_FROM = dt.date(2000, 1, 1)
"""First day of the project's own rules of the pool: before any edition that is ranked."""


def sync_reference() -> None:
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
    """Publish each shipped version of the model that is newer than those on record, the oldest first.

    Earlier versions are there to compare with. Once the office has drafted a version of its own, no shipped version is
    published any more.
    """
    for table in (*map(read, FORMER_MODELS), read()):
        number = int(table.version)
        versions = ScoringModel.objects.filter(key=table.key)
        if versions.filter(drafted_by__isnull=False).exists():
            return
        if not versions.filter(number__gte=number).exists():
            _publish_shipped(table, versions)


def _publish_shipped(table: ModelTable, versions: QuerySet[ScoringModel]) -> None:
    for former in versions.filter(state=ModelState.PUBLISHED):
        former.state = ModelState.SUPERSEDED
        former.superseded_at = timezone.now()
        former.save(update_fields=("state", "superseded_at"))
        record(actor=None, action="superseded", target=former, after={"by": f"version {table.version}"})
    model = ScoringModel.objects.create(
        key=table.key,
        number=int(table.version),
        title=table.title,
        note=CHANGES.get(table.version, table.note),
        state=ModelState.PUBLISHED,
        table=table.to_dict(),
        table_hash=table.hash,
        published_at=timezone.now(),
    )
    record(actor=None, action="published", target=model, after={"table": model.table_hash})
