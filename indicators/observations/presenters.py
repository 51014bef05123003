"""Lists of the indicators as exports: one column a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cpc.web import formats
from cpc.web.exports import Cell, Field
from indicators.models import ImportIssue, Indicator, NationalPlan, Observation, USGProgram
from indicators.sources.own_indicators import COLUMNS as OWN_COLUMNS
from indicators.sources.own_indicators import DIRECTIONS
from indicators.sources.own_indicators import LIMITS as OWN_LIMITS
from indicators.sources.own_indicators import NEEDED as OWN_NEEDED
from indicators.sources.usg_programs import COLUMNS, LIMITS, REQUIRED, SECTORS

if TYPE_CHECKING:
    from indicators.observations.forms import ValuesForm


def _missing(row: Observation) -> str:
    return formats.missing(row.missing) if row.missing else ""


VALUE_FIELDS: tuple[Field[Observation], ...] = (
    Field("Country", lambda row: row.country.name, 28),
    Field("Code", lambda row: row.country.code, 8),
    Field("Indicator", lambda row: row.indicator.code, 28),
    Field("Period", lambda row: row.period, 10),
    Field("Series", lambda row: row.series, 14),
    Field("Value", lambda row: row.label or row.value, 14),
    Field("Unit", lambda row: row.indicator.unit, 18),
    Field("Why no value", _missing, 18),
    Field("Standard error", lambda row: row.standard_error, 14),
    Field("Low", lambda row: row.low, 10),
    Field("High", lambda row: row.high, 10),
    Field("Quality", lambda row: row.get_quality_display(), 12),
    Field("Edition", lambda row: row.edition, 12),
    Field("Text in the file", lambda row: row.raw_text, 20),
    Field("File", lambda row: row.file.name, 36),
    Field("Place in the file", lambda row: row.locator, 36),
    Field("SHA-256 of the file", lambda row: row.file.sha256, 66),
    Field("Publication", lambda row: row.valid_from, 12),
    Field("Attribution", lambda row: row.indicator.source.attribution, 40),
)

ISSUE_FIELDS: tuple[Field[ImportIssue], ...] = (
    Field("Severity", lambda issue: issue.get_severity_display(), 12),
    Field("Reason", lambda issue: issue.get_reason_display(), 22),
    Field("What is wrong", lambda issue: issue.message, 60),
    Field("What to do", lambda issue: issue.remedy, 60),
    Field("File", lambda issue: issue.batch.file_name, 36),
    Field("Sheet", lambda issue: issue.sheet, 16),
    Field("Row", lambda issue: issue.row, 8),
    Field("Column", lambda issue: issue.column, 16),
    Field("Place", lambda issue: issue.locator, 30),
    Field("In the file", lambda issue: issue.raw_value, 24),
    Field("Country in the file", lambda issue: issue.country_text, 28),
    Field("Rows", lambda issue: issue.rows, 8),
)


_PROGRAM: dict[str, tuple[Callable[[USGProgram], Cell], int]] = {
    "country": (lambda row: row.country.name, 24),
    "iso3": (lambda row: row.country.iso3 or row.country.code, 8),
    "agency": (lambda row: row.agency, 36),
    "agency_code": (lambda row: row.agency_code, 12),
    "title": (lambda row: row.title, 44),
    "sector": (lambda row: row.get_sector_display(), 26),
    "implementer": (lambda row: row.implementer, 30),
    "starts_on": (lambda row: row.starts_on, 12),
    "ends_on": (lambda row: row.ends_on, 12),
    "amount_usd": (lambda row: row.amount, 16),
    "source": (lambda row: row.source, 44),
    "source_url": (lambda row: row.source_url, 30),
    "assessment": (lambda row: row.assessment, 60),
}


def program_fields(with_assessment: bool) -> tuple[Field[USGProgram], ...]:
    """The columns of the form, so that an export can be corrected and imported, and the day of the record.

    Without `with_assessment` that column is left out, and the file is no filled form.
    """
    shown = [name for name in COLUMNS if with_assessment or name != "assessment"]
    fields = tuple(Field(name, *_PROGRAM[name]) for name in shown)
    return (*fields, Field("recorded_on", lambda row: row.recorded_at.date(), 12))


TEMPLATE_FIELDS: tuple[Field[USGProgram], ...] = tuple(Field(name, *_PROGRAM[name]) for name in COLUMNS)

PROGRAM_NOTES: tuple[tuple[str, str], ...] = (
    ("What a row is", "One program of one agency in one country. It replaces what is on record about that program."),
    ("Which program is meant", "Country, agency and title tell it, whatever the case of the letters."),
    ("country, iso3", "Either is enough; where both are there they must agree. Kosovo is XKX."),
    ("Must be filled", ", ".join(REQUIRED)),
    ("sector", "One of: " + "; ".join(SECTORS.values())),
    ("starts_on, ends_on", "A day as 2026-09-30; empty where it is not known."),
    ("amount_usd", "U.S. dollars over the whole term, a plain number; empty where it is not known, never 0 for that."),
    ("source_url", "An address that begins with https:// or http://."),
    ("Letters at most", ", ".join(f"{name} {limit:,}" for name, limit in LIMITS.items())),
    ("Formulas", "Not read. A row with a formula is refused."),
)


OWN_FIELDS: tuple[Field[None], ...] = tuple(Field(name, lambda _row: "", 20) for name in OWN_COLUMNS)

OWN_NOTES: tuple[tuple[str, str], ...] = (
    ("Rows", "One value of one indicator for one country and year."),
    (
        "indicator",
        "A key of 2 to 40 small letters, digits and _, the first a letter; shown as own.key.",
    ),
    ("Definition", ", ".join(OWN_NEEDED) + ": fill them in the first row of an indicator; later rows may repeat them."),
    ("direction", "One of: " + "; ".join(DIRECTIONS)),
    ("published_on", "The day on which the values were published, as 2026-09-30; the same for the whole file."),
    ("definition", "What is measured, in one or two sentences; may be empty."),
    ("country, iso3", "Either is enough; where both are filled they must agree. Kosovo is XKX."),
    ("year", "The year that the value describes, four digits."),
    ("value", "A plain number; empty where there is no value, never 0 for that."),
    ("standard_error, note", "May be empty, and the columns may be absent."),
    ("Letters at most", ", ".join(f"{name} {limit:,}" for name, limit in OWN_LIMITS.items())),
    ("Formulas", "Not read. A row with a formula is refused."),
)


def plan_fields(with_assessment: bool) -> tuple[Field[NationalPlan], ...]:
    """What a list of plans shows."""
    fields: tuple[Field[NationalPlan], ...] = (
        Field("Country", lambda row: row.country.name, 24),
        Field("Code", lambda row: row.country.code, 8),
        Field("Kind", lambda row: row.get_kind_display(), 36),
        Field("Title", lambda row: row.title, 44),
        Field("First year", lambda row: row.starts_year, 10),
        Field("Last year", lambda row: row.ends_year, 10),
        Field("Status", lambda row: row.get_status_display(), 16),
        Field("Source", lambda row: row.source, 44),
        Field("Address", lambda row: row.source_url, 30),
        Field("Recorded on", lambda row: row.recorded_at.date(), 12),
    )
    return (*fields, Field("Assessment", lambda row: row.assessment, 60)) if with_assessment else fields


def value_notes(indicator: Indicator, form: ValuesForm) -> list[tuple[str, str]]:
    """What a list of values is, for the sheet "About"."""
    source = indicator.source
    as_of = form.cleaned_data["as_of"]
    known = "now" if as_of.number is None else f"publication number {as_of.number}"
    return [
        ("Indicator", f"{indicator.name} ({indicator.code})"),
        ("What is measured", indicator.wording),
        ("Source", f"{source.title}, {indicator.stated_publisher}"),
        ("Licence", source.licence),
        ("Attribution", source.attribution),
        ("As known", known),
        *((label, value) for name, label, value in form.narrowing if name != "as_of"),
    ]
