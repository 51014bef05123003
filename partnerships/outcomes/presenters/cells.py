"""Files of the page: every value with its cell in the publisher's file, and the figures of every partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cpc.web.tables import Column, Table
from indicators.models import Observation
from partnerships.outcomes.comparing import Compared, NotCompared
from partnerships.outcomes.measures import MEASURES, OutcomeMeasure
from partnerships.outcomes.presenters.partners import Drawn, is_unused, periods_of, waiting_note
from partnerships.outcomes.queries import value_of
from partnerships.outcomes.results import MeasureResult, OutcomeResults


@dataclass(frozen=True, slots=True)
class CellRow:
    """A value of a partner, or of a country that it is compared with, in one period around its signature."""

    result: MeasureResult
    partner: Compared | NotCompared
    row: Observation

    @property
    def use(self) -> str:
        """Return what the value counts for: "before", "after", or "none"."""
        window = self.partner.window
        if isinstance(self.partner, NotCompared):
            return "none"
        return "before" if self.row.year in window.before else "after" if self.row.year in window.after else "none"


def cell_rows(result: MeasureResult, drawn: Drawn) -> Iterator[CellRow]:
    """Yield the values of each partner by period, then those of each country of its group."""
    for one in result.partners:
        members = sorted(member.country for member in one.members) if isinstance(one, Compared) else []
        for code in (one.country, *members):
            for period in periods_of(one):
                if (row := drawn.get(code, {}).get(period)) is not None:
                    yield CellRow(result, one, row)


CELLS: Table[CellRow] = Table(
    "Cells",
    [
        Column("Measure", lambda one: one.result.measure.title),
        Column("Partner", lambda one: one.partner.country),
        Column("Signed", lambda one: one.partner.signature.day, "day"),
        Column("Country", lambda one: one.row.country.code),
        Column("Name", lambda one: one.row.country.name, width=28),
        Column("Role", lambda one: "partner" if one.row.country.code == one.partner.country else "comparison"),
        Column("Period", lambda one: one.row.period),
        Column("Periods from signature", lambda one: one.row.year - one.partner.window.zero, "number"),
        Column("Counts", lambda one: one.use),
        Column("Value", lambda one: one.row.value if one.row.value is not None else one.row.label or None),
        Column("As a number", lambda one: value_of(one.result.measure, one.row), "number"),
        Column("Missing", lambda one: one.row.missing or None),
        Column("Low", lambda one: one.row.low, "number"),
        Column("High", lambda one: one.row.high, "number"),
        Column("Quality", lambda one: one.row.quality),
        Column("Period used", lambda one: "no" if is_unused(one.result, one.row) else "yes"),
        Column("Edition", lambda one: one.row.edition),
        Column("File", lambda one: one.row.file.name, width=36),
        Column("Cell", lambda one: one.row.locator, width=28),
    ],
    caption="Values around signature",
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A partner in one measure."""

    measure: OutcomeMeasure
    partner: Compared | NotCompared

    @property
    def compared(self) -> Compared | None:
        return self.partner if isinstance(self.partner, Compared) else None


def figure_rows(results: OutcomeResults) -> list[FigureRow]:
    return [
        FigureRow(measure, one)
        for measure in MEASURES
        if measure.key in results.measures
        for one in results.measures[measure.key].partners
    ]


def _years(periods: tuple[int, ...]) -> str:
    return " ".join(map(str, periods))


def _group(one: Compared) -> str:
    return " ".join(f"{member.country}:{member.distance:.4f}" for member in one.members)


def figures_table(names: Mapping[str, str]) -> Table[FigureRow]:
    """Return the figures of every partner, unrounded, with the group and its distances."""
    return Table(
        "Figures",
        [
            Column("Measure", lambda row: row.measure.title),
            Column("Partner", lambda row: row.partner.country),
            Column("Name", lambda row: names.get(row.partner.country, row.partner.country), width=28),
            Column("Signed", lambda row: row.partner.signature.day, "day"),
            Column("Period of signature", lambda row: row.partner.window.zero, "number"),
            Column("Periods before", lambda row: _years(row.partner.window.before)),
            Column("Periods after", lambda row: _years(row.partner.window.after)),
            Column("Before", lambda row: row.compared and row.compared.before, "number"),
            Column("After", lambda row: row.compared and row.compared.after, "number"),
            Column("Change", lambda row: row.compared and row.compared.change, "number"),
            Column("Change of its group", lambda row: row.compared and row.compared.group_change, "number"),
            Column("Difference", lambda row: row.compared and row.compared.difference, "number"),
            Column("Place", lambda row: row.compared and row.compared.rank, "number"),
            Column("Of", lambda row: row.compared and row.compared.of, "number"),
            Column("p", lambda row: row.compared and row.compared.p, "number"),
            Column("Gap before, standard deviations", lambda row: row.compared and row.compared.gap, "number"),
            Column("Loose match", lambda row: row.compared and ("yes" if row.compared.is_loose else "no")),
            Column("Group and distances", lambda row: row.compared and _group(row.compared), width=60),
            Column("Not compared", lambda row: _waiting(row)),
        ],
        caption="Figures of every partner",
    )


def _waiting(row: FigureRow) -> str | None:
    return waiting_note(row.measure, row.partner) if isinstance(row.partner, NotCompared) else None
