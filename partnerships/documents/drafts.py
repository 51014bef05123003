"""The text of the instrument from the record as it is now, with the template in use."""

from __future__ import annotations

from datetime import date

from partnerships.documents.instrument import Instrument, render_instrument
from partnerships.lookups.document_templates import source_of, template_in_use
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Partnership, TemplateKind


def instrument_of(partnership: Partnership, today: date) -> Instrument:
    """Return the text with the treaty language in it.

    Raises `TemplateNotUsable`, and `ValidationError` with code `template_changed`.
    """
    template = template_in_use(TemplateKind.INSTRUMENT)
    made_from = source_of(template.number, today, partnership)
    return render_instrument(record_of(partnership), template=template.open(), made_from=made_from)
