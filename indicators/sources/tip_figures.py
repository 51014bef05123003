"""Figures of the Trafficking in Persons Report, from this project's own form.

The report states in sentences what governments investigated, prosecuted, and convicted, and whom they identified.
Narratives suggest such figures (`tip_narratives.figures`), unconfirmed; what analysts confirm, correct, or add is
published as this form, one row for each figure with its sentence (docs/forms.md). A blank value takes a suggestion out
of use: the narrative does not state the figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicators.sources.base import IndicatorSpec, Reason
from indicators.sources.checks import Numbers
from indicators.sources.form_reader import BLANKS, form_header
from indicators.sources.table_reader import SourceRow
from indicators.sources.tip_narratives.figures import FIGURES
from indicators.sources.tip_report import ReportForm, edition_rank

PREFIX = "tip."
BY_KEY = {spec.code.removeprefix(PREFIX): spec for spec in FIGURES}
COUNTS = Numbers(
    unreadable="{text!r} is not a whole number. Enter digits, or leave the cell blank if the report gives none.",
    blanks=BLANKS,
    whole=True,
)
COLUMNS = ("report_year", "iso3", "country", "figure", "value", "sentence", "source")


class TipFigures(ReportForm):
    key = "tip_figures"
    indicators: Sequence[IndicatorSpec] = FIGURES
    title = "form of the report's figures"
    columns = "report_year, iso3, country, figure, value, sentence and source"
    header = form_header(
        *COLUMNS, required=("report_year", "figure", "value", "sentence"), one_of=(("iso3", "country"),)
    )

    def read_row(self, row: SourceRow) -> None:
        year = self.take_year(row)
        if year is None:
            return
        spec = row.find("figure", BY_KEY.get, Reason.UNKNOWN_LABEL, f"{{text!r}} is not one of {', '.join(BY_KEY)}.")
        if spec is None:
            return
        name = row.country or row.code
        if row.repeats(
            (year, row.code or name.casefold(), spec.code), f"{name} already has this figure of {year}", "figure"
        ):
            return
        more = {"note": row.text("source"), "edition": str(year), "edition_rank": edition_rank(year)}
        reading = row.add_reading(spec, "value", COUNTS, period=str(year), **more)
        if reading is not None and (sentence := row.text("sentence")):
            reading.raw = sentence  # as the report states it; the number is in the cell that the locator names


TIP_FIGURES = TipFigures()
