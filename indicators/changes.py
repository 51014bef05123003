"""Changes of the data on countries that the feed tells: publications, and records that analysts write themselves."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.changes.feed import at, feed, leave_out, named_by
from indicators import models

VIEW = Permission.VIEW_OBSERVATIONS
OF_PUBLICATION = "A publication writes them together: read them after publication.added."


SOURCE = (
    "(SELECT s.key FROM indicators_import b JOIN indicators_source s ON s.id = b.source_id WHERE b.id = {r}.batch_id)"
)
"""SQL for the key of the source of a publication."""


def register() -> None:
    """Put the tables of this app into the feed."""
    named_by(models.Country, "code")
    named_by(models.Source, "key")
    feed(models.Publication, VIEW, url=at("observations"), extra={"source": SOURCE})
    feed(models.USGProgram, VIEW, subject="usg_program")
    feed(models.NationalPlan, VIEW)
    feed(models.NameMapping, VIEW)
    feed(models.UnpublishedEdition, VIEW, also=("edition",))
    leave_out(
        OF_PUBLICATION,
        models.Observation,
        models.Confirmation,
        models.Narrative,
        models.NarrativeSection,
        models.Recommendation,
        models.TraffickingForm,
        models.USGProgramStatement,
        models.EditionCoverage,
        models.PeriodCoverage,
        models.BulkPackage,
    )
    leave_out(
        "It is read from a file and not published yet.",
        models.StagedNarrative,
        models.StagedObservation,
        models.StagedProgram,
    )
    leave_out(
        "Work on a file is no change of the data before its publication.",
        models.Import,
        models.ImportIssue,
        models.SourceFile,
        models.Update,
        models.UpdateFile,
    )
    leave_out(
        "It comes with an update of the software.", models.Source, models.Indicator, models.Country, models.CountryAlias
    )
    leave_out(
        "A sitting publishes its tiers together: publication.added.",
        models.TierSitting,
        models.TierConfirmation,
        models.TierDrawing,
        models.TierDraw,
        models.TierAnswer,
    )
    leave_out("An analyst's verdict on a reading is shown beside it.", models.FormReview)
    leave_out("Which recommendation continues which is computed from two editions.", models.RecommendationMatch)
