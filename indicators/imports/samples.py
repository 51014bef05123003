"""Narratives written for the demonstration: their source, and one text, imported and published like any file."""

from __future__ import annotations

from pathlib import Path

from cpc.accounts.models import User
from cpc.database.roles import as_owner
from indicators.imports.publishing import publish
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_stream
from indicators.models import Country, Narrative
from indicators.reference_data import record_sources
from indicators.sources.tip_narratives import SAMPLE_SOURCE

TEXT = Path(__file__).with_name("sample_narrative.txt")


def publish_sample_narrative(*, country: Country, actor: User) -> Narrative | None:
    """Publish the sample narrative for a country, and return it.

    Return None, and do nothing, if the country has a narrative. Call outside a transaction. Raises
    `ImproperlyConfigured` if this process does not have the owner's URL: only the owner records a source.
    """
    if Narrative.objects.live().filter(country=country).exists():
        return None
    with as_owner():
        record_sources([SAMPLE_SOURCE])
    text = TEXT.read_text(encoding="utf-8").format(country=country.name)
    received = receive_stream(chunks=[text.encode()], name=f"sample_narrative_{country.code}.txt", actor=actor)
    batch = process(batch_id=received.batch.pk, actor=actor, choice=Choice(source=SAMPLE_SOURCE.key))
    publish(batch_id=batch.pk, actor=actor)
    return Narrative.objects.live().get(country=country, batch=batch)
