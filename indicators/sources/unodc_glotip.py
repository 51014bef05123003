"""UNODC's data on trafficking in persons (GLOTIP): the workbook of counts that States report.

One row for each country, indicator, dimension, category, sex, age, and year. Only the count of detected victims under
18 is read, over all categories and both sexes. Detection measures the response as much as the crime, so the count
is shown and not scored. A count below five is suppressed by the publisher and stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final

from indicators.sources.base import IndicatorSpec, ReadResult, Reason, Severity, SourceSpec, rank_of
from indicators.sources.checks import Numbers, fold, unknown_layout, written_as, year
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.table_finder import Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="unodc_glotip",
    title="Detected victims of trafficking (GLOTIP)",
    publisher="United Nations Office on Drugs and Crime",
    license="Use with attribution",
    attribution="UNODC, Global Report on Trafficking in Persons, data portal",
    homepage="https://dataunodc.un.org/dp-trafficking-persons",
    note="Shown but not scored, because a country that looks for victims finds more of them.",
    dating=Dating(
        "A count is treated as published from the second year after its own.",
        years_after=2,
        month=1,
        day=1,
    ),
)
CHILD_VICTIMS = IndicatorSpec(
    code="glotip.child_victims",
    name="Detected child victims of trafficking",
    unit="persons",
    wording="Victims of trafficking under 18 whom the authorities detected in the year, as the State reported to "
    "UNODC. It counts detection, not how common trafficking is.",
    minimum=0,
)

COLUMNS: Final = (
    *("iso3_code", "country", "indicator", "dimension", "category", "sex", "age", "year"),
    *("unit of measurement", "txtvalue"),
)
COUNTS: Final = Numbers(
    unreadable="{text!r} is not a count.",
    parse=written_as(r"\d+|\d{1,3}(?:,\d{3})+"),
    blanks=("",),
    may_be_withheld=True,
)
_WANTED: Final[Mapping[str, str]] = {
    "indicator": "detected trafficking victims",
    "dimension": "total",
    "category": "total",
    "sex": "total",
    "age": "0 to 17 years",
    "unit of measurement": "counts",
}
_WRITTEN: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class Glotip(TableAdapter):
    key = "unodc_glotip"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (CHILD_VICTIMS,)
    header = Header({name: name.replace("_", " ") for name in COLUMNS})
    lacks = (
        f"has no sheet with the columns {', '.join(COLUMNS)}",
        "Upload the workbook of trafficking in persons as UNODC's data portal offers it.",
    )

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        day, _ = _day(tables[0])
        return day.isoformat() if day else ""

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        day, cell = _day(tables[0])
        label = edition or (day.isoformat() if day else "")
        if not rank_of(label):
            cause = f"gives no date above its header row, and {label!r} is not an edition"
            remedy = "Enter the date of the download as the edition, for example 2023-05-30."
            raise unknown_layout(document, cause, remedy)
        result = ReadResult(label, rank_of(label), layout=f"sheet {tables[0].sheet}")
        if day is not None and label == day.isoformat():
            result.published_on, result.dated_by = day, f"The file: cell {cell}"
        return result

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read the rows of the wanted count, and note the number of the others."""
        others = 0
        for row in rows_of(table, result):
            if all(fold(row.cell(name)) == value for name, value in _WANTED.items()):
                self.read_row(row)
                result.rows_read += row.counts
            else:
                others += 1
        if others:
            message = f"{others:,} rows for other indicators, categories, sexes, and ages were not read."
            head = SourceRow(table, table.header, result)
            head.problem(Severity.NOTE, Reason.NO_VALUE, message, "indicator").rows = 0
        result.problems += table.groups.values()

    def read_row(self, row: SourceRow) -> None:
        row.country, code = row.text("country"), row.text("iso3_code")
        if not row.country:
            # Subregions have a code that looks like a country's, and no name.
            message = f"{code or 'A row'} has no country name and was left out, as rows for subregions are."
            row.leave_out_group(code, message, "country")
            return
        row.code = code
        period = row.find("year", year, Reason.UNREADABLE_YEAR, "{text!r} is not a year.")
        if period is not None:
            row.add_reading(CHILD_VICTIMS, "txtvalue", COUNTS, period=row.text("year"))


def _day(table: SourceTable) -> tuple[dt.date | None, str]:
    """Return the day above the header, as 30/05/2023 or as a date, and its cell."""
    for index, row in enumerate(table.rows[: table.header]):
        for column, cell in enumerate(row):
            match = _WRITTEN.fullmatch(cell.strip()) if isinstance(cell, str) else None
            try:
                if isinstance(cell, dt.datetime):
                    return cell.date(), table.locator(index, column)
                if isinstance(cell, dt.date):
                    return cell, table.locator(index, column)
                if match:
                    return dt.date(int(match[3]), int(match[2]), int(match[1])), table.locator(index, column)
            except ValueError:
                continue
    return None, ""


GLOTIP = Glotip()
