"""The work list of figures to get: what each is, what it could do, why it is not sure, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cpc.web import charts, formats
from indicators.models import Source
from selection import words
from selection.model_table import CriterionRow
from selection.queries.how_sure import Doubt, Figure, HowSure, Published, Sum
from selection.queries.ranking import RankingRow
from selection.tables.country_values import amount, named

NAMED = 3
"""The most countries that a row over all countries names."""

KINDS: Mapping[Doubt, str] = {
    Doubt.MISSING: "not published",
    Doubt.BRIDGED: "from another series",
    Doubt.LEVEL: "of an earlier edition",
    Doubt.EDITIONS: "with editions that differ",
    Doubt.EDITION: "with one edition alone",
    Doubt.OLD: "old",
    Doubt.ERROR: "measured with error",
}
"""The reasons for doubt, as they are counted: "12 old, 3 not published"."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The page on which a figure can be brought in."""

    label: str
    url: str


Leads = Callable[[CriterionRow], Lead | None]


@dataclass(frozen=True, slots=True)
class Task:
    """One figure to get."""

    figure: Figure
    label: str
    points: str
    chance: str
    why: str
    ask: str
    lead: Lead | None

    @property
    def mark(self) -> charts.Svg:
        """Draw the chance with the figure low and high, and now."""
        return charts.swing(self.figure.low, self.figure.now, self.figure.high)


@dataclass(frozen=True, slots=True)
class SumRow:
    """One criterion over all countries."""

    label: str
    points: str
    bar: charts.Svg
    why: str
    countries: int
    largest: tuple[Task, ...]
    ask: str
    lead: Lead | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The tiers that nobody has checked: how many, those among the first, and where to check them."""

    finding: str
    first: tuple[RankingRow, ...]
    ask: str
    lead: Lead | None


def points(value: float) -> str:
    """Write how far chances move: 0.25 as "25", 5.81 as "581", 0.004 as "<1"."""
    whole = round(100 * value)
    return "<1" if whole < 1 else formats.number(whole)


def tasks(found: HowSure, sources: Mapping[str, Source], leads: Leads, count: int | None = None) -> list[Task]:
    """Return the work list or its first `count` figures, the most valuable first."""
    return [task(one, sources, leads) for one in found.figures[:count]]


def task(one: Figure, sources: Mapping[str, Source], leads: Leads) -> Task:
    """Return one figure as a task."""
    return Task(
        one,
        one.criterion.label,
        points(one.value),
        _chance(one),
        why(one),
        ask(one.criterion, sources),
        leads(one.criterion),
    )


def _chance(one: Figure) -> str:
    if one.low is None or one.high is None:
        return f"{formats.chance(one.now)} now"
    low, high = (formats.chance(share, prose=True) for share in (one.low, one.high))
    return f"{low} if low, {high} if high"


def ask(criterion: CriterionRow, sources: Mapping[str, Source]) -> str:
    """Return whom to ask for a figure: who publishes it, or those who rate it."""
    source = sources.get(criterion.key)
    return source.publisher if source else "The raters of the office"


def why(one: Figure) -> str:
    """Return why a figure is not sure, as a sentence without a period, and whether a rank waits for it."""
    return f"{_reason(one)}; a rank needs it" if one.needed and one.row.rank is None else _reason(one)


def _reason(one: Figure) -> str:
    values = [_value(one.criterion, published) for published in one.published]
    if one.doubt is Doubt.MISSING:
        return f"Not published; filled from {words.countries(one.peers)} like it" if one.peers else "Not rated"
    if one.doubt is Doubt.BRIDGED:
        other = _series(one.criterion, one.published[0].series)
        return f"No recent survey of its own; estimated from “{other}” of {one.year}"
    if one.doubt is Doubt.LEVEL:
        return f"{values[0]}, of {one.year}; it may have moved since"
    if one.doubt is Doubt.EDITIONS:
        return f"Its editions give {words.joined(values)}, and editions agree little"
    if one.doubt is Doubt.EDITION:
        return f"One edition alone, {values[0]}, and editions agree little"
    if one.doubt is Doubt.OLD:
        return f"{values[0]}, of {one.year}: {one.age} years old"
    return f"{values[0]}, of {one.year}, measured with error"


def _value(criterion: CriterionRow, one: Published) -> str:
    if one.label:
        return words.value_label(one.label)
    whole = one.value is not None and criterion.is_complement
    return amount(criterion, 100.0 - one.value if whole and one.value is not None else one.value)


def _series(criterion: CriterionRow, key: str) -> str:
    labels = {row["key"]: str(row["label"]) for row in criterion.series_rows}
    return labels.get(key, "another series")


# ---- over all countries --------------------------------------------------------------------------------------------


def sums(found: HowSure, sources: Mapping[str, Source], leads: Leads) -> list[SumRow]:
    """Return the criteria, those whose knowledge would settle most first; what would move no chance is left out."""
    top = max((one.value for one in found.sums), default=0.0)
    return [
        SumRow(
            one.criterion.label,
            points(one.value),
            charts.profile(one.value / top if top else 0.0, width=90.0),
            reasons(one),
            one.countries,
            tuple(task(figure, sources, leads) for figure in one.largest[:NAMED]),
            ask(one.criterion, sources),
            leads(one.criterion),
        )
        for one in found.sums
        if round(100 * one.value) >= 1
    ]


def reasons(one: Sum) -> str:
    """Count the reasons for doubt: "77 of an earlier edition, 20 not published"."""
    return ", ".join(
        f"{count} {KINDS[doubt]}" for doubt, count in sorted(one.doubts.items(), key=lambda pair: -pair[1])
    )


def next_figure(found: HowSure, sources: Mapping[str, Source]) -> str:
    """Return which figure to get next and where, as a sentence; "" where none would move a chance."""
    if not found.sums or not found.figures:
        return ""
    most, one = found.sums[0], found.figures[0]
    what = "newer editions" if most.doubts.get(Doubt.LEVEL) else "newer or surer figures"
    over = (
        f"Over all countries, {what} of “{most.criterion.label}” would settle most: {points(most.value)} points in all"
    )
    where = f"ask {ask(most.criterion, sources)}"
    single = f"{named(one.criterion)} in {one.row.name}, {points(one.value)} points"
    return f"{over}; {where}. Of single figures, {single}."


def confirmation(found: HowSure, sources: Mapping[str, Source], leads: Leads) -> Confirmation | None:
    """Return the tiers to check; None where all are."""
    if not found.unchecked:
        return None
    listing = found.table.listing["indicator"]
    tier = next((row for row in found.table.criteria if row.indicator == listing), None)
    if tier is None:
        return None
    first = {row.code for row in found.ranking.first}
    count, among = len(found.unchecked), tuple(row for row in found.unchecked if row.code in first)
    whole = f"{count} of the {found.pool} tiers of the pool are not checked against the report"
    some = f", {len(among)} of them in the first {found.table.first}" if among else ""
    return Confirmation(f"{whole}{some}.", among, ask(tier, sources), leads(tier))
