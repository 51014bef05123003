"""Publication of a sitting's tiers: one file in our tier form, imported and published as one number of the sequence.

The file is stored and read like any other, so that each tier has its cell, past publications stay as they were, and the
whole sitting can be taken back.
"""

from __future__ import annotations

import csv
import io

from cpc.accounts.models import User
from cpc.text import without_hidden
from indicators.imports.publishing import NotPublishable, publish
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_stream
from indicators.models import NOT_IN_REPORT, Import, ImportState, TierConfirmation, TierSitting
from indicators.sources.tip_report import TIP_TIERS
from indicators.tier_confirmations.queries import newest_edition
from indicators.tier_confirmations.spot_checks import SpotCheck

HEADER = ("report_year", "iso3", "country", "tier", "source", "flag")
CONFIRMED = "confirmed from the report"


def tier_file(sitting: TierSitting, check: SpotCheck) -> str:
    """Return the tiers of a sitting in the tier form (docs/forms.md), with what each was read in."""
    settled = {case.confirmation.pk: case.tier for case in check.cases}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in sorted(check.confirmations, key=lambda row: row.country.code):
        tier = settled.get(row.pk, row.tier)
        cell = "" if tier == NOT_IN_REPORT else tier
        writer.writerow(
            (sitting.report_year, row.country.code, row.country.name, cell, citation_of(row, sitting), CONFIRMED)
        )
    return text.getvalue()


def citation_of(row: TierConfirmation, sitting: TierSitting) -> str:
    """Return where a tier was read, and in which sitting."""
    page = f"page {row.page}" if row.page else ""
    origin = f"text from {row.origin}" if row.origin else ""
    read = ", ".join(part for part in (f"TIP Report {sitting.report_year}", page, origin) if part)
    return without_hidden(f"{read} (sitting {sitting.pk})")


def publish_tiers(sitting: TierSitting, check: SpotCheck, *, actor: User) -> Import:
    """Publish a sitting's tiers as one import. The caller holds the lock on publications.

    Raises `NotPublishable` if the file is not read whole.
    """
    name = f"TIP tiers {sitting.report_year}, confirmed in sitting {sitting.pk}.csv"
    content = tier_file(sitting, check).encode()
    receipt = receive_stream(chunks=[content], name=name, actor=actor)
    # The newest edition of all, since only that may correct a row of an earlier report (docs/forms.md).
    edition = max(sitting.report_year, newest_edition(TIP_TIERS.source.key))
    choice = Choice(source=TIP_TIERS.key, edition=str(edition))
    batch = process(batch_id=receipt.batch.pk, actor=actor, choice=choice)
    if batch.state != ImportState.PREVIEW or batch.counts.get("rejected"):
        raise NotPublishable(f"{name} was not read whole, so nothing was published. Tell an administrator.")
    return publish(batch_id=batch.pk, actor=actor).batch
