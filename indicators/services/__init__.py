"""What may be done with indicators: the writes that pages, commands, tasks and the REST interface call."""

from indicators.ingest.announce import after_publication
from indicators.ingest.matching import names_changed
from indicators.ingest.publish import FieldsNotRead, NotPublishable, Outcome, PreviewOutdated, discard, publish, retract
from indicators.ingest.reading import Choice, process, refresh
from indicators.ingest.receive import Receipt, receive_path, receive_stream
from indicators.services.imports import start_reading
from indicators.services.kept import record_row, replace_row, stand, withdraw_row
from indicators.services.name_mappings import map_name, withdraw_mapping
from indicators.services.narratives import review_form
from indicators.services.recommendations import confirm_match, confirm_proposals

__all__ = (
    "Choice",
    "FieldsNotRead",
    "NotPublishable",
    "Outcome",
    "PreviewOutdated",
    "Receipt",
    "after_publication",
    "confirm_match",
    "confirm_proposals",
    "discard",
    "map_name",
    "names_changed",
    "process",
    "publish",
    "receive_path",
    "receive_stream",
    "record_row",
    "refresh",
    "replace_row",
    "retract",
    "review_form",
    "stand",
    "start_reading",
    "withdraw_mapping",
    "withdraw_row",
)
