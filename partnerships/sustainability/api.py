"""Risks, evaluations, and measures for sustainability over REST."""

from partnerships.api_base.parts import part
from partnerships.models import Evaluation, Risk, SustainabilityMeasure, SustainabilityStrategy

RISKS = part(
    "risks",
    "risk",
    Risk,
    title="Risks of a partnership",
    description="Every risk on the register, by the day of its next review.",
    fields="id text likelihood impact mitigation owner owner_name=owner.name review_on state closing_note",
    notes={"text": "The risk.", "mitigation": "How it is reduced.", "owner_name": "The office that owns it."},
    order=("review_on", "pk"),
    filters="state owner",
)
EVALUATIONS = part(
    "evaluations",
    "evaluation",
    Evaluation,
    title="Evaluations of a partnership",
    description="Every evaluation, planned or completed, by its planned day.",
    fields="id kind title evaluator method planned_on completed_on state findings response published_at document",
    notes={
        "evaluator": "The organization that evaluates.",
        "findings": "What it found.",
        "response": "The answer to its findings.",
        "published_at": "Where it was published; empty if it was not.",
        "document": "The number of the document's version.",
    },
    order=("planned_on", "pk"),
    filters="kind state",
)
STRATEGIES = part(
    "sustainability-strategies",
    "sustainability strategy",
    SustainabilityStrategy,
    title="Sustainability strategies of a partnership",
    description="Who develops the strategy to sustain the results (22 U.S.C. 7103a(d)(2)), how, and by when.",
    fields="id institution approach due_on withdrawn",
)
MEASURES = part(
    "sustainability-measures",
    "sustainability measure",
    SustainabilityMeasure,
    title="Measures for sustainability of a partnership",
    description="What keeps the results after the partnership, with its owner, by the day of the next review.",
    fields="id objective kind text owner owner_name=owner.name review_on status evidence",
    notes={
        "text": "The measure.",
        "owner_name": "The office that owns it.",
        "status": "How far it is.",
        "evidence": "The evidence of it.",
    },
    reasons={"objective": "not_applicable"},
    order=("review_on", "pk"),
    filters="objective kind status",
)
