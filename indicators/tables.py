"""Lists of the indicators as exports: one column a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.web import formats
from cpc.web.exports import Field
from indicators.models import ImportIssue, Indicator, Observation

if TYPE_CHECKING:
    from indicators.forms import ValuesForm


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


def value_notes(indicator: Indicator, form: ValuesForm) -> list[tuple[str, str]]:
    """What a list of values is, for the sheet "About"."""
    source = indicator.source
    as_of = form.cleaned_data["as_of"]
    known = "now" if as_of.number is None else f"publication number {as_of.number}"
    return [
        ("Indicator", f"{indicator.name} ({indicator.code})"),
        ("What is measured", indicator.wording),
        ("Source", f"{source.title}, {source.publisher}"),
        ("Licence", source.licence),
        ("Attribution", source.attribution),
        ("As known", known),
        *((label, value) for name, label, value in form.narrowing if name != "as_of"),
    ]
