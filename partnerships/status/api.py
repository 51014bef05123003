"""Changes of status, determinations, and notices over REST."""

from partnerships.api_base.parts import part
from partnerships.models import Correction, Determination, Notice, StatusChange

STATUS_CHANGES = part(
    "status-changes",
    "status change",
    StatusChange,
    title="Changes of status of a partnership",
    description="Every change of status, in order, with the determination that it rests on.",
    fields="id transition from_status to_status effective_on reason determination actor=actor.name at",
    notes={
        "transition": "The step.",
        "from_status": "The status before.",
        "to_status": "The status after.",
        "effective_on": "The day from which it holds.",
        "actor": "The person who took the step; null if it was due by the calendar.",
    },
    reasons={"determination": "not_applicable", "actor": "not_applicable"},
)
DETERMINATIONS = part(
    "determinations",
    "determination",
    Determination,
    title="Determinations on a partnership",
    description=(
        "Every determination to suspend, reinstate, or end a partnership or a part of it (22 U.S.C. 7103a(d)(6)). A "
        "step that needs a determination takes its number."
    ),
    fields=(
        "id kind scope part subject award grounds text signatory determined_on document suspension "
        "recorded_by=recorded_by.name at"
    ),
    notes={
        "part": "The part of the partnership, if not all of it.",
        "subject": "The entity or the subject.",
        "grounds": "The grounds in the law.",
        "text": "The text.",
        "determined_on": "The day of the determination.",
        "document": "The number of the document's version.",
        "suspension": "The number of the determination that this one lifts.",
    },
    reasons={"suspension": "not_applicable"},
    order=("determined_on", "pk"),
    filters="kind",
)
CORRECTIONS = part(
    "corrections",
    "correction",
    Correction,
    title="Corrections that determinations require",
    description="What must be corrected before a suspension is lifted, and the evidence that it was.",
    fields="id determination ground description closed_on evidence",
    notes={
        "ground": "The ground in the law.",
        "description": "What must be corrected.",
        "closed_on": "The day on which it was corrected.",
        "evidence": "The evidence of it.",
    },
    filters="determination",
)
NOTICES = part(
    "notices",
    "notice",
    Notice,
    title="Notices on a partnership",
    description="Every notice that a day raised, such as a report that is late.",
    fields="id kind text due_on raised_on",
    notes={"text": "The notice.", "raised_on": "The day on which it was raised."},
    order=("raised_on", "pk"),
    filters="kind",
)
