"""Tiers of the Trafficking in Persons Report, from the product's own form.

The Department of State publishes the report as pages and gives no data file, so the product defines a table
(docs/forms.md): one row for each country and report year. Every row is an edition of its own, the report of
its year; a file may hold many years.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicators.sources.base import (
    IndicatorSpec,
    Missing,
    Problem,
    Quality,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.form_table import Form, FormRow, is_blank, opened, tables

SOURCE = SourceSpec(
    key="tip",
    title="Trafficking in Persons Report",
    publisher="U.S. Department of State",
    licence="U.S. Government work, public domain",
    attribution="U.S. Department of State, Trafficking in Persons Report",
    homepage="https://www.state.gov/trafficking-in-persons-report/",
    note="The publisher gives no data file; tiers come through the product's own form and from the narratives.",
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

COLUMNS = "report_year, iso3, country, tier, source and flag"
FORM = Form(
    columns={
        "report_year": ("report_year",),
        "iso3": ("iso3",),
        "country": ("country", "name_in_source"),
        "tier": ("tier",),
        "source": ("source",),
        "flag": ("flag",),
    },
    required=("report_year", "tier"),
    one_of=(("iso3", "country"),),
)

_SPELLINGS = {
    "1": TIER_1,
    "2": TIER_2,
    "2wl": TIER_2_WATCH_LIST,
    "2watchlist": TIER_2_WATCH_LIST,
    "3": TIER_3,
    "specialcase": SPECIAL_CASE,
}


def tier_label(text: str) -> str | None:
    """The tier named by `text` ("2WL", "Tier 2 Watch List", "SPECIAL CASE"), or None for anything else."""
    key = "".join(text.casefold().split())
    return _SPELLINGS.get(key.removeprefix("tier"))


def flag_quality(flag: str) -> Quality:
    """How firmly a row is stated: see the flag column in docs/forms.md."""
    words = flag.casefold()
    if words.startswith("inferred"):
        return Quality.INFERRED
    if words.startswith("unconfirmed") or "third-party" in words:
        return Quality.UNCONFIRMED
    return Quality.STATED


def edition_rank(year: int) -> int:
    """Order of a report among the reports: 2023 is 20230000."""
    return year * 10_000


class TipTiers:
    """Reads the TIP tier form, CSV or workbook, one or many report years."""

    key = "tip_tiers"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (TIER,)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a table that has report_year, tier and a country column."""
        found = tables(document, FORM)
        if not found:
            return None
        years = [year for table in found for row in table.rows() if (year := report_year(row)) is not None]
        edition = str(max(years)) if years else ""
        where = ", ".join(
            f"sheet {t.sheet}, row {t.header + 1}" if t.sheet else f"line {t.lines[t.header]}" for t in found
        )
        return Recognition(edition=edition, because=f"the header of the TIP tier form at {where}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every row. Rows state their own edition; `edition` is that of the file, else the newest of its rows."""
        found, result = opened(document, FORM, title="TIP tier form", columns=COLUMNS, edition=edition)
        seen: dict[tuple[int, str], str] = {}
        for table in found:
            unknown = table.unknown_columns()
            result.problems += unknown
            for row in table.rows():
                result.rows_read += 1
                outcome = self._row(row, seen)
                if isinstance(outcome, Problem):
                    result.problems.append(outcome)
                elif not unknown:
                    result.readings.append(outcome)
        latest = max((reading.edition_rank for reading in result.readings), default=0)
        result.edition_rank = result.edition_rank or latest
        result.edition = edition or (str(latest // 10_000) if latest else "")
        return result

    def _row(self, row: FormRow, seen: dict[tuple[int, str], str]) -> Reading | Problem:
        code, name = row.text("iso3").upper(), row.text("country")
        country = name or code
        if not country:
            message = "The row names no country."
            return row.problem(Severity.REJECTED, Reason.UNKNOWN_COUNTRY, message, "iso3")
        year = report_year(row)
        if year is None:
            message = f"{row.text('report_year')!r} is no year of a report."
            return row.problem(Severity.REJECTED, Reason.UNREADABLE_YEAR, message, "report_year", country)
        if not FIRST_REPORT <= year < LAST_YEAR:
            message = f"There was no report in {year}; the first is of {FIRST_REPORT}."
            return row.problem(Severity.REJECTED, Reason.OUT_OF_RANGE, message, "report_year", country)
        key = (year, code or name.casefold())
        if key in seen:
            message = f"{country} already has a row for {year} at {seen[key]}."
            return row.problem(Severity.REJECTED, Reason.DUPLICATE_KEY, message, "tier", country)
        seen[key] = row.locator("tier")
        text = row.text("tier")
        label = tier_label(text)
        if label is None and not is_blank(text):
            message = f"{text!r} is no tier; write one of {', '.join(TIERS)} (or 1, 2, 2WL, 3)."
            return row.problem(Severity.REJECTED, Reason.UNKNOWN_LABEL, message, "tier", country)
        flag, source = row.text("flag"), row.text("source")
        return Reading(
            indicator=TIER.code,
            country=name,
            code=code,
            period=str(year),
            locator=row.locator("tier"),
            label=label or "",
            missing=None if label else Missing.NOT_COLLECTED,
            raw=row.raw("tier"),
            quality=flag_quality(flag),
            note="; ".join(part for part in (flag, f"compiled from: {source}" if source else "") if part),
            edition=str(year),
            edition_rank=edition_rank(year),
        )


def report_year(row: FormRow) -> int | None:
    """The report year of a row as a number, or None where four digits are not to be read."""
    text = row.text("report_year")
    return int(text) if len(text) == 4 and text.isdigit() else None


TIP_TIERS = TipTiers()
