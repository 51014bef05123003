"""The model that the project ships, brought into the database as a published version."""

from __future__ import annotations

from django.utils import timezone

from cpc.audit.services import record
from selection.model_table import read
from selection.models import ModelState, ScoringModel


def sync_reference() -> None:
    """Publish the shipped model where it is newer than the shipped one on record.

    Once the office has drafted a version of its own, the model is the office's and the project leaves it alone.
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
