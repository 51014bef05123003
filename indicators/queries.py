"""Queries that other apps may use, each from the module that owns it."""

from indicators.countries import country_named, region_names
from indicators.curated.queries import (
    assistance_of,
    may_read_assessments,
    period_of,
    plans_of,
    program_status,
    programs_of,
)
from indicators.models.coverage import WEAK
from indicators.narratives.queries import SECTION_NAMES, figure_entries, form_entries, has_sentence, sentences_of
from indicators.observations.as_of import (
    REVISED_FILES,
    Known,
    current,
    known_values,
    known_values_on,
    loaded_indicators,
    observations,
    publications_of,
    regions,
    states,
)
from indicators.observations.catalog import Freshness, newest_editions
from indicators.observations.coverage import LoadedEdition
from indicators.observations.in_use import InUse
from indicators.observations.published import dating_of, newer_editions, statement_days
from indicators.observations.queries import AsOf, resolve_as_of
from indicators.observations.unpublished import (
    Unpublished,
    statements_with,
    unpublished_editions,
    unpublished_editions_of,
    withdrawn_statements_of,
)
from indicators.observations.witness import Witness, witnesses
from indicators.sources.dating import editions_due
from indicators.tip_recommendations.queries import recommendations_of

__all__ = (
    "REVISED_FILES",
    "SECTION_NAMES",
    "WEAK",
    "AsOf",
    "Freshness",
    "InUse",
    "Known",
    "LoadedEdition",
    "Unpublished",
    "Witness",
    "assistance_of",
    "country_named",
    "current",
    "dating_of",
    "editions_due",
    "figure_entries",
    "form_entries",
    "has_sentence",
    "known_values",
    "known_values_on",
    "loaded_indicators",
    "may_read_assessments",
    "newer_editions",
    "newest_editions",
    "observations",
    "period_of",
    "plans_of",
    "program_status",
    "programs_of",
    "publications_of",
    "recommendations_of",
    "region_names",
    "regions",
    "resolve_as_of",
    "sentences_of",
    "statement_days",
    "statements_with",
    "states",
    "unpublished_editions",
    "unpublished_editions_of",
    "withdrawn_statements_of",
    "witnesses",
)
