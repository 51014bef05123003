"""Site visits, assessments of data quality, and their findings over REST."""

from partnerships.api_base.parts import STEP_NOTES, part
from partnerships.models import FieldCheck, FieldFinding, FieldFindingStep

CHECKS = part(
    "field-checks",
    "field check",
    FieldCheck,
    title="Site visits and assessments of a partnership",
    description="Every site visit, desk review, and assessment of data quality, by its first day.",
    fields=(
        "id kind first_on last_on region took_part award indicator summary validity integrity precision reliability "
        "timeliness document recorded_by=recorded_by.name at"
    ),
    notes={
        "first_on": "The first day.",
        "last_on": "The last day.",
        "region": "The focus region; never an address.",
        "took_part": "The roles and offices that took part.",
        "summary": "The summary.",
        "document": "The number of the document's version.",
    },
    reasons={"indicator": "not_applicable"},
    order=("first_on", "pk"),
    filters="kind award indicator",
)
FINDINGS = part(
    "field-findings",
    "field finding",
    FieldFinding,
    title="Findings of site visits and assessments",
    description=(
        "Every finding, with who must do what by when. A finding on an indicator marks its values until it is closed."
    ),
    fields=(
        "id field_check text weight award participant action due_on indicator state recorded_by=recorded_by.name at"
    ),
    notes={
        "text": "The finding.",
        "action": "What must be done.",
        "weight": "How grave it is.",
        "participant": "The number of the participant who must resolve it.",
    },
    reasons={"participant": "not_applicable", "indicator": "not_applicable"},
    order=("due_on", "pk"),
    filters="field_check award indicator state weight",
)
FINDING_STEPS = part(
    "field-finding-steps",
    "field finding step",
    FieldFindingStep,
    title="Steps of findings",
    description="Every step of every finding, in order, with its evidence.",
    fields="id finding name source target reason actor=actor.name document at",
    notes={
        **STEP_NOTES,
        "document": "The number of the evidence's document version.",
    },
    filters="finding",
)
