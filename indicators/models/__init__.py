"""Models of data on countries and its provenance."""

from indicators.models.bulk import BulkPackage
from indicators.models.catalog import Direction, Indicator, Source
from indicators.models.countries import (
    SAMPLE_CODE,
    SAMPLE_NAME,
    Country,
    CountryAlias,
    CountryKind,
    never_of_sample,
)
from indicators.models.coverage import EditionCoverage, PeriodCoverage
from indicators.models.imports import Import, ImportIssue, ImportState, Publication, PublicationKind, SourceFile, Via
from indicators.models.name_mappings import NAME_LENGTH, Meaning, NameMapping
from indicators.models.narratives import (
    FormReview,
    MatchKind,
    Narrative,
    NarrativeSection,
    Recommendation,
    RecommendationMatch,
    StagedNarrative,
    TraffickingForm,
    Verdict,
)
from indicators.models.observations import Confirmation, Observation, StagedObservation, precedence, winning_order
from indicators.models.programs import (
    NationalPlan,
    PlanKind,
    PlanStatus,
    ProgramSector,
    StagedProgram,
    USGProgram,
    USGProgramStatement,
)
from indicators.models.tier_confirmations import (
    NOT_IN_REPORT,
    AnswerKind,
    DrawReason,
    TierAnswer,
    TierConfirmation,
    TierDraw,
    TierDrawing,
    TierSitting,
)
from indicators.models.unpublished_editions import UnpublishedEdition
from indicators.models.updates import Update, UpdateFile, UpdateState

__all__ = (
    "NAME_LENGTH",
    "NOT_IN_REPORT",
    "SAMPLE_CODE",
    "SAMPLE_NAME",
    "AnswerKind",
    "BulkPackage",
    "Confirmation",
    "Country",
    "CountryAlias",
    "CountryKind",
    "Direction",
    "DrawReason",
    "EditionCoverage",
    "FormReview",
    "Import",
    "ImportIssue",
    "ImportState",
    "Indicator",
    "MatchKind",
    "Meaning",
    "NameMapping",
    "Narrative",
    "NarrativeSection",
    "NationalPlan",
    "Observation",
    "PeriodCoverage",
    "PlanKind",
    "PlanStatus",
    "ProgramSector",
    "Publication",
    "PublicationKind",
    "Recommendation",
    "RecommendationMatch",
    "Source",
    "SourceFile",
    "StagedNarrative",
    "StagedObservation",
    "StagedProgram",
    "TierAnswer",
    "TierConfirmation",
    "TierDraw",
    "TierDrawing",
    "TierSitting",
    "TraffickingForm",
    "USGProgram",
    "USGProgramStatement",
    "UnpublishedEdition",
    "Update",
    "UpdateFile",
    "UpdateState",
    "Verdict",
    "Via",
    "never_of_sample",
    "precedence",
    "winning_order",
)
