"""Publication of a sitting's tiers: one file in our tier form, imported and published as one number of the sequence.

The file is stored and read like any other, so that each tier has its cell, past publications stay as they were, and the
whole sitting can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator

from cpc.accounts.models import User
from indicators.imports.own_forms import publish_form
from indicators.models import NOT_IN_REPORT, Import, TierConfirmation, TierSitting
from indicators.sources.tip_report import TIP_TIERS
from indicators.tier_confirmations.spot_checks import SpotCheck

HEADER = ("report_year", "iso3", "country", "tier", "source", "flag")
CONFIRMED = "confirmed from the report"


def tier_rows(sitting: TierSitting, check: SpotCheck) -> Iterator[tuple[object, ...]]:
    """Yield the tiers of a sitting as rows of the tier form (docs/forms.md), with what each was read in."""
    settled = {case.confirmation.pk: case.tier for case in check.cases}
    for row in sorted(check.confirmations, key=lambda row: row.country.code):
        tier = settled.get(row.pk, row.tier)
        cell = "" if tier == NOT_IN_REPORT else tier
        yield sitting.report_year, row.country.code, row.country.name, cell, citation_of(row, sitting), CONFIRMED


def citation_of(row: TierConfirmation, sitting: TierSitting) -> str:
    """Return where a tier was read, and in which sitting."""
    page = f"page {row.page}" if row.page else ""
    origin = f"text from {row.origin}" if row.origin else ""
    read = ", ".join(part for part in (f"TIP Report {sitting.report_year}", page, origin) if part)
    return f"{read} (sitting {sitting.pk})"


def publish_tiers(sitting: TierSitting, check: SpotCheck, *, actor: User) -> Import:
    """Publish a sitting's tiers as one import. The caller holds the lock on publications.

    Raises `NotPublishable` if the file is not read whole.
    """
    return publish_form(
        TIP_TIERS,
        name=f"TIP tiers {sitting.report_year}, confirmed in sitting {sitting.pk}.csv",
        year=sitting.report_year,
        header=HEADER,
        rows=tier_rows(sitting, check),
        actor=actor,
    )
