"""The model that the project ships, brought into the database as its first published version."""

from __future__ import annotations

from django.utils import timezone

from cpc.audit.services import record
from selection.model_table import read
from selection.models import ModelState, ScoringModel


def sync_reference() -> None:
    """Publish the shipped model where no version of it is on record. Later versions are the office's."""
    table = read()
    if ScoringModel.objects.filter(key=table.key).exists():
        return
    model = ScoringModel.objects.create(
        key=table.key,
        number=1,
        title=table.title,
        note=table.note,
        state=ModelState.PUBLISHED,
        table=table.to_dict(),
        table_hash=table.hash,
        published_at=timezone.now(),
    )
    record(actor=None, action="published", target=model, after={"table": model.table_hash})
