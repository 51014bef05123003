"""Tiers of the Trafficking in Persons Report, from this project's own form.

The Department of State publishes the report as pages and gives no data file, so this project defines a table
(docs/forms.md): one row for each country and report year. Every row is an edition of its own, the report of
its year; a file may hold many years.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicators.sources.base import (
    IndicatorSpec,
    Quality,
    ReadResult,
    Reason,
    SourceSpec,
    take_newest_edition,
)
from indicators.sources.checks import Labels
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.form_reader import BLANKS, FormAdapter, form_header, take_country
from indicators.sources.table_finder import SourceTable
from indicators.sources.table_reader import SourceRow, rows_of

SOURCE = SourceSpec(
    key="tip",
    title="Trafficking in Persons Report",
    publisher="U.S. Department of State",
    license="U.S. Government work, public domain",
    attribution="U.S. Department of State, Trafficking in Persons Report",
    homepage="https://www.state.gov/trafficking-in-persons-report/",
    note="The publisher provides no data file, so tiers come through CPC's own form and from the narratives.",
    dating=Dating(
        "A tier counts as published on June 30 of its report year.",
        years_after=0,
        month=6,
        day=30,
        edition_years_after=0,
    ),
)

TIER_1 = "Tier 1"
TIER_2 = "Tier 2"
TIER_2_WATCH_LIST = "Tier 2 Watch List"
TIER_3 = "Tier 3"
SPECIAL_CASE = "Special Case"
TIERS = (TIER_1, TIER_2, TIER_2_WATCH_LIST, TIER_3, SPECIAL_CASE)

TIER = IndicatorSpec(
    code="tip.tier",
    name="TIP Report tier",
    unit="tier",
    wording="The Department's placement of a country by its government's efforts to meet the minimum standards "
    "for the elimination of trafficking. A Special Case is a placement outside the tiers, not a gap.",
    labels=TIERS,
)

FIRST_REPORT = 2001
LAST_YEAR = 2100

_SPELLINGS = {
    "1": TIER_1,
    "2": TIER_2,
    "2wl": TIER_2_WATCH_LIST,
    "2watchlist": TIER_2_WATCH_LIST,
    "3": TIER_3,
    "specialcase": SPECIAL_CASE,
}


def tier_label(text: str) -> str | None:
    """Return the tier for a text ("2WL", "SPECIAL CASE"), or None."""
    key = "".join(text.casefold().split())
    return _SPELLINGS.get(key.removeprefix("tier"))


def flag_quality(flag: str) -> Quality:
    """Return the quality that a flag gives a row (see docs/forms.md)."""
    text = flag.casefold()
    if text.startswith("inferred"):
        return Quality.INFERRED
    if text.startswith("unconfirmed") or "third-party" in text:
        return Quality.UNCONFIRMED
    return Quality.STATED


def edition_rank(year: int) -> int:
    """Return the order of a report among the reports: 2023 is 20230000."""
    return year * 10_000


def report_year(text: str) -> int | None:
    return int(text) if len(text) == 4 and text.isdigit() else None


TIER_LABELS = Labels(
    tier_label, f"{{text!r}} is not a tier. Enter one of {', '.join(TIERS)} (or 1, 2, 2WL, 3).", blanks=BLANKS
)


class ReportForm(FormAdapter):
    """Base of the forms of the report: every row is of a country and a report year, which is its edition."""

    source = SOURCE

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        texts = (row.text("report_year") for table in tables for row in rows_of(table, kind=self.row_class))
        return str(max((year for text in texts if (year := report_year(text)) is not None), default=""))

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        """Read every row; rows state their own edition."""
        super().read_tables(tables, result)
        take_newest_edition(result)

    def take_year(self, row: SourceRow) -> int | None:
        """Return the report year of a row after taking its country, or None if the row was rejected."""
        if not take_country(row):
            return None
        year = row.find("report_year", report_year, Reason.UNREADABLE_YEAR, "{text!r} is not the year of a report.")
        if year is not None and not FIRST_REPORT <= year < LAST_YEAR:
            message = f"There was no report in {year}; the first is from {FIRST_REPORT}."
            row.reject(Reason.OUT_OF_RANGE, message, "report_year")
            return None
        return year


class TipTiers(ReportForm):
    key = "tip_tiers"
    indicators: Sequence[IndicatorSpec] = (TIER,)
    title = "TIP tier form"
    columns = "report_year, iso3, country, tier, source and flag"
    header = form_header(
        *("report_year", "iso3", "country", "tier", "source", "flag"),
        required=("report_year", "tier"),
        one_of=(("iso3", "country"),),
        also="name_in_source",
    )

    def read_row(self, row: SourceRow) -> None:
        year = self.take_year(row)
        if year is None:
            return
        first = row.table.seen.setdefault((year, row.code or row.country.casefold()), row)
        if first is not row:
            message = f"{row.country or row.code} already has a row for {year} at {first.locator('tier')}."
            row.reject(Reason.DUPLICATE_KEY, message, "tier")
            return
        flag, source = row.text("flag"), row.text("source")
        row.add_reading(
            TIER,
            "tier",
            TIER_LABELS,
            period=str(year),
            quality=flag_quality(flag),
            note="; ".join(part for part in (flag, f"compiled from: {source}" if source else "") if part),
            edition=str(year),
            edition_rank=edition_rank(year),
        )


TIP_TIERS = TipTiers()
