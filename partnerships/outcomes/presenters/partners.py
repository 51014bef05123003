"""Each partner in one measure: a picture around its signature, and the table of its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.charts import Around, AroundValue, Spread, Svg, around, around_legend
from cpc.web.charts.around import description
from cpc.web.charts.figure import LegendItem
from cpc.web.charts.scale import round_ends
from cpc.web.tables import Column, Table
from indicators.models import Observation
from partnerships.outcomes.comparing import Compared, NotCompared
from partnerships.outcomes.measures import TIER_VALUES, OutcomeMeasure
from partnerships.outcomes.panel import PAGE
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.queries import INFERRED, value_of
from partnerships.outcomes.results import MeasureResult

Drawn = Mapping[str, Mapping[int, Observation]]
"""Observations of one measure by country and year."""

LEVELS = tuple((value, label.replace("Tier 2 Watch List", "Watch List")) for label, value in TIER_VALUES.items())
LAST_AFTER = PAGE.last_after or 0


@dataclass(frozen=True, slots=True)
class PartnerPicture:
    """A partner's picture with its caption."""

    title: str
    note: str
    drawing: Svg


def drawn_of(rows: Sequence[Observation]) -> Drawn:
    found: dict[str, dict[int, Observation]] = {}
    for row in rows:
        found.setdefault(row.country.code, {})[row.year] = row
    return found


def note_of(measure: OutcomeMeasure, one: Compared | NotCompared) -> str:
    """Return the line under a partner's name: difference, place, and match; or why it has none."""
    if isinstance(one, NotCompared):
        return waiting_note(measure, one)
    loose = "; loose match" if one.is_loose else ""
    return f"{numbers.difference(measure, one.difference)}, place {one.rank} of {one.of}{loose}"


def waiting_note(measure: OutcomeMeasure, one: NotCompared) -> str:
    if one.enters is None:
        return "no values before or after signature"
    return f"too early: enters with {'edition' if measure.is_tier else 'the year'} {one.enters}"


def pictures(result: MeasureResult, drawn: Drawn, names: Mapping[str, str]) -> list[PartnerPicture]:
    levels = levels_of(result, drawn)
    return [
        PartnerPicture(
            f"{names.get(one.country, one.country)}, signed {one.signature.day:%b %Y}",
            note_of(result.measure, one),
            around(_picture(result, one, drawn, names, levels)),
        )
        for one in result.partners
    ]


def periods_of(one: Compared | NotCompared) -> range:
    return range(one.window.zero - PAGE.before, one.window.zero + LAST_AFTER + 1)


def levels_of(result: MeasureResult, drawn: Drawn) -> list[tuple[float, str]]:
    """Return the scale of all pictures of a measure: the four tiers, or round ends around what is drawn."""
    measure = result.measure
    if measure.is_tier:
        return list(LEVELS)
    values = [
        value
        for one in result.partners
        for code in (one.country, *((member.country for member in one.members) if isinstance(one, Compared) else ()))
        for period in periods_of(one)
        if (row := drawn.get(code, {}).get(period)) and (value := value_of(measure, row)) is not None
    ]
    low, high = round_ends(values)
    return [(end, formats.number(end, 0)) for end in (low, (low + high) / 2, high)]


def value_written(measure: OutcomeMeasure) -> Callable[[float], str]:
    labels = dict(LEVELS)
    return (lambda value: labels[value]) if measure.is_tier else formats.number


def _picture(
    result: MeasureResult,
    one: Compared | NotCompared,
    drawn: Drawn,
    names: Mapping[str, str],
    levels: Sequence[tuple[float, str]],
) -> Around:
    measure, periods = result.measure, periods_of(one)
    own = drawn.get(one.country, {})
    moments = [
        AroundValue(period, value, is_unused(result, row), row.quality == "unconfirmed")
        for period in periods
        if (row := own.get(period)) and (value := value_of(measure, row)) is not None
    ]
    intervals = {
        moment.period: (row.low, row.high)
        for moment in moments
        if (row := own[moment.period]).low is not None and row.high is not None
    }
    name = names.get(one.country, one.country)
    return Around(
        f"around-{measure.key}-{one.country.lower()}-{one.signature.day:%Y}",
        f"{name}: {measure.title} around signature",
        description(moments, value_written(measure)),
        one.window.zero,
        (periods[0], periods[-1]),
        moments,
        levels,
        _spreads(result, one, drawn) if isinstance(one, Compared) else (),
        intervals,
        stepped=measure.is_tier,
    )


def is_unused(result: MeasureResult, row: Observation) -> bool:
    return row.year not in result.counted or row.quality == INFERRED


def _spreads(result: MeasureResult, one: Compared, drawn: Drawn) -> list[Spread]:
    """Return the range of the group in each period that counts and in which any of it has a value."""
    spreads = []
    for period in periods_of(one):
        values = [
            value
            for member in one.members
            if (row := drawn.get(member.country, {}).get(period))
            and not is_unused(result, row)
            and (value := value_of(result.measure, row)) is not None
        ]
        if values:
            spreads.append(Spread(period, min(values), sum(values) / len(values), max(values)))
    return spreads


def picture_legend(result: MeasureResult, drawn: Drawn) -> Sequence[LegendItem]:
    """Return the legend of the marks that the pictures of a measure have."""
    measure = result.measure
    rows = [
        drawn[one.country][period]
        for one in result.partners
        for period in periods_of(one)
        if period in drawn.get(one.country, {})
    ]
    unsure = sorted({row.year for row in rows if row.quality == "unconfirmed"})
    return around_legend(
        used="Complete edition" if measure.is_tier else "Value of a year",
        hollow="Edition not used: values partly inferred" if any(is_unused(result, row) for row in rows) else "",
        ringed=f"{formats.listing([str(year) for year in unsure])}, not confirmed" if unsure else "",
        spread="Comparable countries, lowest to highest" if result.compared else "",
        interval="Publisher's interval" if any(row.low is not None for row in rows) else "",
        event="Period of signature",
    )


@dataclass(frozen=True, slots=True)
class AfterSignature:
    """Partners, spelled out, that were higher, lower, and the same after signature, and whose change came before it.

    `early` are partners whose last value before signature was already at the mean after it. `unused` are the editions
    in the pictures that count in no figure.
    """

    higher: str
    lower: str
    same: str
    early: Sequence[str]
    unused: Sequence[str]


def movement_of(result: MeasureResult, drawn: Drawn, names: Mapping[str, str]) -> AfterSignature:
    measure, signs, early = result.measure, [], []
    for one in result.compared:
        sign = 0 if numbers.is_zero(measure, one.change) else 1 if one.change > 0 else -1
        signs.append(sign)
        last = drawn.get(one.country, {}).get(one.window.before[-1])
        value = value_of(measure, last) if last else None
        if sign and value is not None and sign * (value - one.after) >= 0:
            early.append(names.get(one.country, one.country))
    shown = {period for one in result.partners for period in periods_of(one)}
    unused = sorted((result.published - result.counted) & shown)
    counts = [formats.spell_out(signs.count(sign)) if sign in signs else "None" for sign in (1, -1, 0)]
    return AfterSignature(counts[0], counts[1].lower(), counts[2].lower(), early, [str(year) for year in unused])


MATCHES = {True: Badge("warn", "Loose"), False: Badge("none", "Close")}


def partners_table(result: MeasureResult, names: Mapping[str, str]) -> Table[Compared]:
    measure = result.measure

    def number(label: str, value: Callable[[Compared], float], *, signed: bool = False) -> Column[Compared]:
        write = numbers.difference if signed else numbers.size
        return Column(label, lambda one: write(measure, value(one)), css="num")

    return Table(
        "Partners",
        [
            Column(
                "Partner",
                lambda one: names.get(one.country, one.country),
                detail=lambda one: f"signed {formats.day(one.signature.day)}",
            ),
            number("Before", lambda one: one.before),
            number("After", lambda one: one.after),
            number("Change", lambda one: one.change, signed=True),
            number("Change of its group", lambda one: one.group_change, signed=True),
            number("Difference", lambda one: one.difference, signed=True),
            Column("Place among never-partners", lambda one: f"{one.rank} of {one.of}", css="num", phone="Place"),
            Column("p", lambda one: numbers.chance(one.p), css="num"),
            Column(
                "Match",
                lambda one: MATCHES[one.is_loose],
                "badge",
                detail=lambda one: f"{formats.signed(one.gap, 2)} standard deviations" if one.is_loose else None,
            ),
        ],
        caption=f"{measure.title} before and after signature",
    )
