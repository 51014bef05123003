"""Rights of the application's role to the tables of this app; `cpc.database.rights` explains them."""

from cpc.database.rights import ADD, EVERY, READ, Rights

SUPERSEDED_BY_AN_ANALYST = Rights(add=True, change=("superseded_at", "superseded_by", "superseded_reason"))
SUPERSEDED_BY_A_PUBLICATION = Rights(add=True, change=("valid_to", "superseded_at"))
STAGED = Rights(add=True, remove=True)

RIGHTS = {
    # Reference data, which only `manage.py migrate` writes. Services lock a country while they decide on it.
    "Country": Rights(lock=True),
    "CountryAlias": READ,
    "Source": READ,
    # A file can define indicators of its own.
    "Indicator": Rights(add=True, change=EVERY, remove=True),
    # Files and their imports.
    "SourceFile": Rights(add=True, change=("size",)),
    "Import": Rights(add=True, change=EVERY),
    "ImportIssue": STAGED,
    "StagedNarrative": STAGED,
    "StagedObservation": STAGED,
    "StagedProgram": STAGED,
    "Update": Rights(add=True, change=("state", "ticked_at", "revision")),
    "UpdateFile": Rights(add=True, change=("is_ticked",)),
    "NameMapping": SUPERSEDED_BY_AN_ANALYST,
    # What was published.
    "Publication": ADD,
    "Observation": SUPERSEDED_BY_A_PUBLICATION,
    "Confirmation": SUPERSEDED_BY_A_PUBLICATION,
    "Narrative": SUPERSEDED_BY_A_PUBLICATION,
    "NarrativeSection": ADD,
    "Recommendation": ADD,
    "TraffickingForm": Rights(add=True, lock=True),
    # What its triggers count.
    "EditionCoverage": READ,
    "PeriodCoverage": READ,
    # What a worker builds from it.
    "BulkPackage": Rights(add=True, remove=True),
    # What analysts write.
    "FormReview": ADD,
    "RecommendationMatch": SUPERSEDED_BY_AN_ANALYST,
    "NationalPlan": SUPERSEDED_BY_AN_ANALYST,
    "USGProgram": SUPERSEDED_BY_AN_ANALYST,
    "USGProgramStatement": ADD,
    "UnpublishedEdition": SUPERSEDED_BY_AN_ANALYST,
    "TierSitting": Rights(add=True, change=("batch",)),
    "TierConfirmation": SUPERSEDED_BY_AN_ANALYST,
    "TierDrawing": ADD,
    "TierDraw": ADD,
    "TierAnswer": ADD,
}
