"""Services and registrations that other apps may use, each from the module that owns it."""

from indicators.cross_app_links import CountryRank, register_ranks
from indicators.curated.services import record_authorized
from indicators.imports.publishing import NotPublishable, PreviewOutdated, publish_together
from indicators.imports.samples import publish_sample_narrative
from indicators.observations.in_use import register as register_values_in_use
from indicators.publications.results import ChangedData, ResultPanel
from indicators.publications.results import register as register_result
from indicators.publications.signals import after_publication
from indicators.updates.effects import Asked, EffectParts, UpdateEffects
from indicators.updates.effects import register as register_update_effects

__all__ = (
    "Asked",
    "ChangedData",
    "CountryRank",
    "EffectParts",
    "NotPublishable",
    "PreviewOutdated",
    "ResultPanel",
    "UpdateEffects",
    "after_publication",
    "publish_sample_narrative",
    "publish_together",
    "record_authorized",
    "register_ranks",
    "register_result",
    "register_update_effects",
    "register_values_in_use",
)
