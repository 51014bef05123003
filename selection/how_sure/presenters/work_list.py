"""Work list of figures to get: each figure, its possible effect, why it is uncertain, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cpc.web import charts, formats
from indicators.models import Source
from indicators.queries import Freshness, LoadedEdition
from selection.countries.presenters.value_use import named
from selection.countries.published import amount, name_of
from selection.how_sure.queries.findings import (
    Figure,
    FigureDoubt,
    HowSure,
    Sum,
)
from selection.model_definition.criteria_table import CriterionRow
from selection.runs import labels as runs_labels

NAMED = 3
"""Most countries that a row over all countries names."""

LOAD = "Load a newer file"
"""Label of the link to the page where a source's file is loaded."""

SURVEYED = (FigureDoubt.MISSING, FigureDoubt.BRIDGED, FigureDoubt.OLD)
"""Doubts that only a newer survey of the country ends."""

Editions = Mapping[str, tuple[LoadedEdition, Freshness]]
"""The newest edition of each source by its key, and its age."""

NONE: Editions = {}

KINDS: Mapping[FigureDoubt, str] = {
    FigureDoubt.MISSING: "not published",
    FigureDoubt.BRIDGED: "from another series",
    FigureDoubt.LEVEL: "from an earlier edition",
    FigureDoubt.EDITIONS: "with editions that differ",
    FigureDoubt.EDITION: "from one edition only",
    FigureDoubt.SURVEYS: "from two surveys that differ",
    FigureDoubt.SWINGS: "that change from year to year",
    FigureDoubt.OLD: "old",
    FigureDoubt.ERROR: "measured with error",
}
"""Labels of the reasons for doubt in counts: "12 old, 3 not published"."""

REASONS: Mapping[FigureDoubt, str] = {
    FigureDoubt.LEVEL: "{values}, of {year}; it could have changed since",
    FigureDoubt.EDITIONS: "Its editions differ. {values}{counts}",
    FigureDoubt.EDITION: "Only one edition. {values}{counts}; a second edition would often differ",
    FigureDoubt.SURVEYS: "Two surveys that count work differently. {values}{counts}",
    FigureDoubt.SWINGS: "{values}, of {year}{counts}; one year does not predict the next",
    FigureDoubt.OLD: "{values}, of {year}{counts}: {age} years old",
    FigureDoubt.ERROR: "{values}, of {year}{counts}, measured with error",
}
"""Reasons for doubt about a figure that has a value of its own."""


@dataclass(frozen=True, slots=True)
class DataLink:
    label: str
    url: str


DataLinks = Callable[[CriterionRow], DataLink | None]


def points(value: float) -> str:
    """Write how far a chance moves: 0.25 as "25", 0.004 as "<1"."""
    whole = round(100 * value)
    return "<1" if whole < 1 else formats.number(whole)


def whole_points(value: float) -> str:
    """Write a number of points with its noun: "1 point", "150 points"."""
    whole = round(100 * value)
    return formats.count_of(whole, "point") if whole >= 1 else "<1 points"


def task(one: Figure, sources: Mapping[str, Source], links: DataLinks, editions: Editions = NONE) -> dict[str, Any]:
    """Return a figure to get: its possible effect, why it is uncertain, and where to get it.

    `record` is the label of the link to the value that counts, such as "Recorded value (UNICEF)".
    """
    access = _access(one.criterion, sources, links, editions)
    if access["loaded"] and one.doubt in SURVEYED and one.criterion.key in sources:
        access["loaded"] += " A newer survey of this country may not exist."
    return access | {
        "figure": one,
        "points": points(one.value),
        "chance": _chance(one),
        "mark": charts.swing(one.low, one.now, one.high),
        "why": why(one),
        "record": f"Recorded value ({short_publisher(one.publisher)})",
    }


def _access(
    criterion: CriterionRow, sources: Mapping[str, Source], links: DataLinks, editions: Editions
) -> dict[str, Any]:
    """Return where to get figures of a criterion: whom to ask, where to enter them, and what is loaded."""
    return {
        "label": criterion.label,
        "ask": ask(criterion, sources),
        "link": links(criterion),
        "page": _page(criterion, sources),
        "loaded": _loaded(criterion, sources, editions),
    }


def _loaded(criterion: CriterionRow, sources: Mapping[str, Source], editions: Editions) -> str:
    """Return which edition is loaded, its day, and whether a newer one is to be expected; "" if none is."""
    source = sources.get(criterion.key)
    if source is None or source.key not in editions:
        return ""
    edition, age = editions[source.key]
    day = f" ({formats.day(edition.published_on)})" if edition.published_on else ""
    detail = age.detail[:1].lower() + age.detail[1:]
    more = {"good": "", "none": f"; {detail}"}.get(age.kind, f"; {runs_labels.lowered(age.label)} {detail}")
    return f"Loaded here: edition {edition.label}{day}{more}."


def _page(criterion: CriterionRow, sources: Mapping[str, Source]) -> DataLink | None:
    """Return the publisher's own page of the data; None if none is on record."""
    source = sources.get(criterion.key)
    if source is None or not source.homepage:
        return None
    return DataLink(f"{short_publisher(source.publisher)}: page of the data", source.homepage)


def short_publisher(name: str) -> str:
    """Return a publisher without the office below it: "U.S. Department of Labor"."""
    return name.split(",")[0]


def _chance(one: Figure) -> str:
    if one.low is None or one.high is None:
        return f"{formats.chance(one.now)} now"
    low, high = (formats.chance(share, prose=True) for share in (one.low, one.high))
    return f"Chance {low} if it is low, {high} if high"


def ask(criterion: CriterionRow, sources: Mapping[str, Source]) -> str:
    """Return whom to ask for a figure: its publisher, or its raters."""
    source = sources.get(criterion.key)
    return source.publisher if source else "The office's raters"


def why(one: Figure) -> str:
    """Return why a figure is not sure, as a sentence without a period, and whether a rank waits for it."""
    return _reason(one) + ("; without it, the country has no rank" if one.needed and one.row.rank is None else "")


def _reason(one: Figure) -> str:
    if one.doubt is FigureDoubt.MISSING:
        filled = f"Not published; filled from {runs_labels.countries(one.peers)} similar to it"
        return filled if one.peers else "Not rated"
    if one.doubt is FigureDoubt.BRIDGED:
        series = {row["key"]: str(row["label"]) for row in one.criterion.series_rows}
        other = series.get(one.published[0].series, "another series")
        return f"No recent survey of this figure; estimated from “{other}” of {one.year}"
    return REASONS[one.doubt].format(values=_values(one), year=one.year, counts=_counts(one), age=one.age)


def _values(one: Figure) -> str:
    """Return the values under their publisher's name: "Prevalence of modern slavery (lower is better): 4.8 and 2.9"."""
    texts = [
        runs_labels.value_label(published.label) if published.label else amount(one.criterion, published.value)
        for published in one.published
    ]
    indicator = one.published[0].indicator
    return f"{name_of(indicator) if indicator else one.criterion.label}: {formats.listing(texts)}"


def _counts(one: Figure) -> str:
    """Return ", counts as 4.7" if the score uses another value than the published one, else ""."""
    if one.best is None or one.published[0].label:
        return ""
    text = amount(one.criterion, one.best)
    return "" if text == amount(one.criterion, one.published[0].value) else f", counts as {text}"


# ---- over all countries --------------------------------------------------------------------------------------------


def sums(
    findings: HowSure, sources: Mapping[str, Source], links: DataLinks, editions: Editions = NONE
) -> list[dict[str, Any]]:
    """Return the criteria by the value of knowing them, the highest first, without those that move no chance.

    `points` are those by which a country's chance changes, averaged over the countries; `whole` is their sum.
    """
    top = max((one.value for one in findings.sums), default=0.0)
    return [
        _access(one.criterion, sources, links, editions)
        | {
            "whole": f"{whole_points(one.value)}, {runs_labels.countries(one.countries)}",
            "points": points(one.value / one.countries),
            "bar": charts.profile(one.value / top if top else 0.0, width=90.0),
            "why": reasons(one),
            "countries": one.countries,
            "largest": [task(figure, sources, links) for figure in one.largest[:NAMED]],
        }
        for one in findings.sums
        if round(100 * one.value) >= 1
    ]


def reasons(one: Sum) -> str:
    """Count the reasons for doubt: "77 values from an earlier edition, 20 not published"."""
    (first, count), *others = sorted(one.doubts.items(), key=lambda pair: -pair[1])
    counted = [f"{formats.count_of(count, 'value')} {KINDS[first]}"]
    return ", ".join([*counted, *(f"{count} {KINDS[doubt]}" for doubt, count in others)])


def steps(findings: HowSure, sources: Mapping[str, Source]) -> str:
    """Return the order in which to get figures, as one sentence; "" if nothing is left to check or to get."""
    parts = []
    if findings.unchecked:
        tiers = formats.agree(len(findings.unchecked), "one tier that is", f"{len(findings.unchecked)} tiers that are")
        parts.append(f"check the {tiers} not checked against the report")
    if findings.sums and round(100 * findings.sums[0].value) >= 1:
        most = findings.sums[0]
        what = "a newer edition" if most.doubts.get(FigureDoubt.LEVEL) else "newer or more certain figures"
        publisher = short_publisher(ask(most.criterion, sources))
        figure = f"“{runs_labels.lowered(most.criterion.label)}” ({publisher})"
        parts.append(f"get {what} of {figure}, which would help most across all countries")
    if findings.notable:
        one = findings.notable[0]
        parts.append(f"get single figures, starting with {named(one.criterion)} in {one.row.name}")
    if not parts:
        return ""
    return f"First {'; then '.join(parts)}." if len(parts) > 1 else f"{parts[0][:1].upper()}{parts[0][1:]}."


def confirmation(findings: HowSure, sources: Mapping[str, Source], links: DataLinks) -> dict[str, Any] | None:
    """Return the unchecked tiers of the pool, those of the first N apart, and where to check them; None for none."""
    tier = findings.tier
    if tier is None or not findings.unchecked:
        return None
    first = {row.code for row in findings.ranking.first}
    link = links(tier)
    if link is not None and link.label == LOAD:
        link = DataLink("Load checked tiers", link.url)
    return {
        "count": len(findings.unchecked),
        "pool": findings.pool,
        "first": [row for row in findings.unchecked if row.code in first],
        "others": [row for row in findings.unchecked if row.code not in first],
        "record": DataLink("Recorded tiers", reverse("indicator", args=(tier.indicator,))),
        "page": _page(tier, sources),
        "link": link,
    }
