"""Measures shown without a test: dots by year, with the year of the signature shaded, and the values as printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts import Around, AroundValue, around, around_legend
from cpc.web.charts.figure import LegendItem
from cpc.web.charts.scale import round_ends
from cpc.web.tables import Column, Table
from indicators.models import Observation
from partnerships.outcomes.panel import Signature
from partnerships.outcomes.presenters.partners import Drawn, PartnerPicture
from partnerships.outcomes.untested import YEARS_BEFORE, Untested

SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class UntestedPart:
    """One measure: its reason, the picture of each partner with values, and the table of what is printed."""

    key: str
    title: str
    why: str
    pictures: Sequence[PartnerPicture]
    legend: Sequence[LegendItem]
    rows: Sequence[PrintedRow]


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """The values of a partner as printed, before, in, and after the year of its signature."""

    name: str
    signed: str
    before: str
    within: str
    after: str


PRINTED: Table[PrintedRow] = Table(
    "Values as printed",
    [
        Column("Partner", lambda row: row.name, detail=lambda row: f"signed {row.signed}"),
        Column("Before", lambda row: row.before or None, css="is-wide"),
        Column("Year of signature", lambda row: row.within or None),
        Column("After", lambda row: row.after or None, css="is-wide"),
    ],
    caption="Values as printed, by year",
)


def part_of(
    measure: Untested, signatures: Sequence[Signature], drawn: Drawn, names: Mapping[str, str]
) -> UntestedPart | None:
    """Return what is shown of a measure; None if no partner has a value in the years around its signature."""
    found = [(one, rows) for one in signatures if (rows := _around(one, drawn))]
    every = [row for _, rows in found for row in rows]
    if not any(_height(row) is not None for row in every):
        return None
    levels = _levels(every)
    key = measure.indicator.partition(".")[0]
    hollow = "Below 5, no number printed" if any(row.missing == SUPPRESSED for row in every) else ""
    return UntestedPart(
        key,
        measure.title,
        measure.why,
        [_picture(key, measure, one, rows, levels, names) for one, rows in found],
        around_legend(used="Value printed", hollow=hollow, event="Year of signature"),
        [_printed(one, rows, names) for one, rows in found],
    )


def _around(one: Signature, drawn: Drawn) -> list[Observation]:
    years = drawn.get(one.country, {})
    return [
        row
        for year, row in sorted(years.items())
        if year >= one.day.year - YEARS_BEFORE and (not row.missing or row.missing == SUPPRESSED)
    ]


def _height(row: Observation) -> float | None:
    """Return the height of a value: its number, the position of its label, or 0 for a count that is withheld.

    The publisher's labels begin with the best one, which is drawn at the top.
    """
    if row.label:
        return -float(row.indicator.labels.index(row.label))
    return 0.0 if row.missing == SUPPRESSED else row.value


def _levels(rows: Sequence[Observation]) -> list[tuple[float, str]]:
    if labels := rows[0].indicator.labels:
        lowest = max(labels.index(row.label) for row in rows if row.label)
        levels = [(-float(number), str(label).partition(" ")[0]) for number, label in enumerate(labels[: lowest + 1])]
        return levels[::-1]
    low, high = round_ends([height for row in rows if (height := _height(row)) is not None], from_zero=True)
    return [(end, formats.number(end)) for end in (low, (low + high) / 2, high)]


def _picture(
    key: str,
    measure: Untested,
    one: Signature,
    rows: Sequence[Observation],
    levels: Sequence[tuple[float, str]],
    names: Mapping[str, str],
) -> PartnerPicture:
    name, zero = names.get(one.country, one.country), one.day.year
    moments = [
        AroundValue(row.year, height, row.missing == SUPPRESSED) for row in rows if (height := _height(row)) is not None
    ]
    ends = (zero - YEARS_BEFORE, max(zero + 4, *(row.year for row in rows)))
    desc = "; ".join(f"{row.year}: {_as_printed(row)}" for row in rows) + "."
    drawing = around(
        Around(
            f"shown-{key}-{one.country.lower()}-{zero}",
            f"{name}: {measure.title}",
            desc,
            zero,
            ends,
            moments,
            levels,
            joined=False,
        )
    )
    return PartnerPicture(f"{name}, signed {one.day:%b %Y}", f"{formats.count_of(len(rows), 'value')}", drawing)


def _as_printed(row: Observation) -> str:
    return (row.raw_text or "<5") if row.missing == SUPPRESSED else row.display


def _printed(one: Signature, rows: Sequence[Observation], names: Mapping[str, str]) -> PrintedRow:
    def joined(some: Sequence[Observation]) -> str:
        return "; ".join(f"{row.year}: {_as_printed(row)}" for row in some)

    zero = one.day.year
    return PrintedRow(
        names.get(one.country, one.country),
        formats.day(one.day),
        joined([row for row in rows if row.year < zero]),
        joined([row for row in rows if row.year == zero]),
        joined([row for row in rows if row.year > zero]),
    )
