"""Accounts of a year's performance and the office's assessments over REST."""

from partnerships.api_base.parts import STEP_NOTES, part
from partnerships.models import PerformanceNarrative, YearAssessment, YearAssessmentStep

NARRATIVES = part(
    "performance-narratives",
    "performance narrative",
    PerformanceNarrative,
    title="Accounts of performance in a partnership",
    description="What recipients and the partner government wrote on each fiscal year, in effect and replaced.",
    fields="id fiscal_year report participant received_on text replaces recorded_by=recorded_by.name at",
    notes={
        "report": "The number of the report that it came with.",
        "participant": "The number of the participant who wrote it.",
        "received_on": "The day on which the office received it.",
        "text": "The text as they wrote it.",
    },
    reasons={"report": "not_applicable", "participant": "not_applicable", "received_on": "not_recorded"},
    order=("fiscal_year", "pk"),
    filters="fiscal_year participant",
)
ASSESSMENTS = part(
    "year-assessments",
    "year assessment",
    YearAssessment,
    title="The office's assessments of a partnership",
    description="The office's assessment of each fiscal year, written by one person and approved by another.",
    fields="id fiscal_year text state",
    notes={"text": "The assessment."},
    order=("fiscal_year", "pk"),
    filters="fiscal_year state",
)
ASSESSMENT_STEPS = part(
    "year-assessment-steps",
    "year assessment step",
    YearAssessmentStep,
    title="Steps of assessments",
    description="Every step of every assessment, in order.",
    fields="id assessment name source target reason actor=actor.name at",
    notes=STEP_NOTES,
    filters="assessment",
)
