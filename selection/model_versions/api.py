"""REST interface to the versions of scoring models and their adoptions. Read-only."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from selection.models import Adoption, ScoringModel

VERSIONS = Resource(
    name="model-versions",
    noun="model version",
    model=ScoringModel,
    title="Versions of scoring models",
    description="Every version of every scoring model, drafts included, with its whole table.",
    fields=(
        "id key number title note state table table_hash based_on drafted_by=drafted_by.name at "
        "published_by=published_by.name published_at superseded_at withdrawn_because"
    ),
    notes={
        "key": "The key of the model.",
        "number": "The version.",
        "note": "What is different, and why.",
        "table": "The whole of the version: criteria, weights, hurdles, and method.",
        "table_hash": "SHA-256 of the table.",
        "based_on": "The number of the version that it was cloned from.",
        "drafted_by": "The person who drafted it; null for the version that the project ships.",
        "published_by": "The person who published it.",
        "published_at": "When it was published.",
        "superseded_at": "When another version replaced it.",
        "withdrawn_because": "Why it was withdrawn.",
    },
    reasons={
        "based_on": "not_applicable",
        "drafted_by": "not_applicable",
        "published_by": "not_yet",
        "published_at": "not_yet",
        "superseded_at": "not_applicable",
    },
    order=("key", "-number"),
    filters="state",
    permission=Permission.VIEW_RANKINGS,
    tag="rankings",
    prefix="selection_",
    url_prefix="selection-",
)
ADOPTIONS = Resource(
    name="adoptions",
    noun="adoption",
    model=Adoption,
    title="Adoptions of models",
    description="Each adoption of a version by the office. Until a version is adopted, its weights are illustrative.",
    fields=(
        "id model reason document unanswered adopted_on adopted_by=adopted_by.name at withdrawn_on "
        "withdrawn_by=withdrawn_by.name withdrawn_because"
    ),
    notes={
        "model": "The number of the version.",
        "reason": "The reason.",
        "document": "The document.",
        "unanswered": "Why it was adopted without the answer of an agency, by its code.",
        "adopted_on": "The day.",
        "adopted_by": "The person who recorded it.",
        "withdrawn_on": "The day on which it was withdrawn.",
        "withdrawn_by": "The person who withdrew it.",
        "withdrawn_because": "Why it was withdrawn.",
    },
    reasons={"withdrawn_on": "not_applicable", "withdrawn_by": "not_applicable"},
    order=("-pk",),
    filters="model",
    permission=Permission.VIEW_RANKINGS,
    tag="rankings",
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (VERSIONS, ADOPTIONS)
