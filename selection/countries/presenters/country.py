"""The country page as text and as an export."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cpc.web import formats
from cpc.web.tables import Column
from indicators.models import Observation
from indicators.queries import Witness
from selection.countries import published as published_presenters
from selection.countries.queries.country import CountryPage, Factor, FactorGroup
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.runs import labels
from selection.runs.verdicts import Fact

FEW = 3


def why_not_scored(page: CountryPage) -> str:
    """Return the status of a country without a score in the run, and the reason; "" without a run."""
    row, ranking = page.row, page.ranking
    if row is None or ranking is None:
        return ""
    status = CountryStatus(row.status)
    heading = labels.GROUPS[status][0] if status in labels.GROUPS else status.label
    return f"{heading}. {labels.why_not_ranked(row, ranking.table)}"


def known_facts(page: CountryPage, witnesses: Mapping[int, Witness] = MappingProxyType({})) -> list[Fact]:
    """Return the known facts of a country that has no rank, or whose rank this account may not see."""
    facts = [Fact("Region", page.country.region)] if page.country.region else []
    for key, term in (
        ("tier", "TIP Report tier"),
        ("income", "Income class"),
        ("freedom_total", "Freedom in the World"),
        ("cpi", "Corruption perceptions"),
    ):
        factor = page.factor(key)
        if factor is None:
            continue
        found = factor.observation
        if found is None:
            facts.append(Fact(term, missing(factor)))
            continue
        witness = witnesses[found.pk].text if found.pk in witnesses else ""
        note = ", ".join(filter(None, (found.period, labels.QUALITY[found.quality].lower(), witness)))
        facts.append(Fact(term, published_presenters.value(found), note))
    return facts


def also(factor: Factor) -> str:
    """Return a newer value shown with the one that counts: "Literacy: 70.0 percent (2023, inferred)"."""
    found = factor.shown
    return "" if factor.used is None or found is None else on_record(factor.row, found)


def on_record(row: CriterionRow, found: Observation) -> str:
    """Return a value that does not count, as published: "Literacy: 70.0 percent (2023, inferred)"."""
    when = ", ".join(filter(None, (found.period, labels.QUALITY[found.quality].lower())))
    return f"{replace(published_presenters.published(row, found), counts_as='').text} ({when})"


def age(factor: Factor) -> str:
    """Describe a value past the model's age limit: "11 years old, past the limit of 10"; "" for any other."""
    if not factor.is_too_old:
        return ""
    years = formats.count_of(factor.age or 0, "year")
    return f"{years} old, past the limit of {formats.number(factor.row.max_age, None)}"


def farthest(page: CountryPage) -> list[str]:
    """Return the factors that lose the most points, each with these: "prevalence (12.0)"."""
    lost = [(factor.made.lost, factor.row) for factor in page.factors if factor.made and factor.made.lost > 0]
    lost.sort(key=lambda loss: -loss[0])
    return [f"{labels.lowered(row.label)} ({formats.number(points, 1)})" for points, row in lost[:FEW]]


def raw_of(function: Mapping[str, Any], u: float) -> float | None:
    """Return the raw value that a goalpost function maps to `u`; None for another kind of function."""
    if function["kind"] != "goalposts":
        return None
    low, high = function["lower"], function["upper"]
    share = u if function["direction"] > 0 else 1 - u
    if function["log"]:
        return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    return float(low + share * (high - low))


def counts_for(group: FactorGroup) -> str:
    """Return a branch's weight as text; "" for a node below a branch, or without a score."""
    if group.level or group.weight is None:
        return ""
    if group.weight == 50.0:
        return "Counts for half of the score"
    return f"Counts for {formats.number(group.weight, 1)} of 100 points"


def rule(factor: Factor) -> str:
    """Return how this value was converted to 0 to 1: the goalposts, or the score of its label."""
    function = factor.row.function
    if function["kind"] == "ordinal" and factor.used is not None and factor.made is not None:
        return f"{published_presenters.value(factor.used)} gives {formats.number(factor.made.u, None)}"
    return published_presenters.goalposts(function)


def not_rated(factor: Factor) -> str:
    """Return the text for a criterion before it is rated: what is published, else the missing reason."""
    found = factor.observation
    return published_presenters.published(factor.row, found).text if found is not None else missing(factor)


def missing(factor: Factor) -> str:
    """Return the reason that a factor has no value in the score, in the same words as every page."""
    if factor.row.is_rated:
        return formats.missing("not_rated")
    found = factor.used
    return formats.missing(factor.missing, found.year if found is not None and factor.missing == "stale" else None)


def counted(factor: Factor) -> str:
    """Return what the score uses instead of the published value; "" if it uses the value as published."""
    if factor.used is None:
        return ""
    return published_presenters.counts_as(factor.row, factor.used, factor.estimate)


def _of(factor: Factor, name: str) -> Any:
    return getattr(factor.made, name) if factor.made else None


def _observed(factor: Factor, name: str) -> Any:
    found: Any = factor.observation
    for part in name.split("."):
        found = getattr(found, part) if found is not None else None
    return found


def all_published(factor: Factor) -> str:
    """Return every value behind an estimate with its year and series: "2021: 76.5", "2022, Survey: 5.5; 2018, ...".

    A cell that began with a negative number would get a quotation mark, as a spreadsheet might take it for a formula.
    """
    series = {one["key"]: str(one["label"]) for one in factor.row.series_rows}
    found = []
    for one in (factor.estimate or {}).get("published", ()):
        when = ", ".join(filter(None, (str(one["year"]), series.get(one["series"], ""))))
        found.append(f"{when}: {one['label'] or one['value']}")
    return "; ".join(found)


def country_fields(page: CountryPage) -> tuple[Column[Factor], ...]:
    """Return the export's columns that are the same in every row: the scores from which the rank follows."""
    score, ranking = page.score, page.ranking
    if score is None or ranking is None:
        return ()
    day = score.run.reference_date
    constants: list[tuple[str, Any]] = [
        ("Country", page.country.name),
        ("Code", page.country.code),
        ("Status", CountryStatus(score.status).label),
        ("Ages count to", day.year),
        ("Region", score.region),
        ("Income class", score.income),
        ("Need", score.need),
        ("Feasibility", score.feasibility),
        ("Need on its axis (N)", axis_value(ranking.table, "need", score.need)),
        ("Feasibility on its axis (F)", axis_value(ranking.table, "feasibility", score.feasibility)),
        ("Score", score.score),
        ("Rank", score.rank),
        ("Would rank", score.place),
    ]

    def constant(label: str, value: Any) -> Column[Factor]:
        return Column(label, lambda _: value, width=12)

    return tuple(constant(label, value) for label, value in constants)


def axis_value(table: ModelTable, key: str, value: float | None) -> float | None:
    """Return a score of 0 to 100 between the fixed ends of its axis, from 0 to 100."""
    span = next((node.span for node in table.nodes if node.key == key), None)
    if value is None or span is None:
        return value
    low, high = span
    share = (value / 100.0 - low) / (high - low)
    return float(100.0 * min(max(share, 0.0), 1.0))


def fields(*, scored: bool) -> tuple[Column[Factor], ...]:
    """Return the export's columns for factors; weights and points only for accounts that may see them."""
    made: tuple[Column[Factor], ...] = (
        Column("All published values", all_published, width=36),
        Column("Best estimate", lambda f: (f.estimate or {}).get("best"), width=12),
        Column("Estimate at 5%", lambda f: (f.estimate or {}).get("low"), width=12),
        Column("Estimate at 95%", lambda f: (f.estimate or {}).get("high"), width=12),
        Column("Estimate from", lambda f: (f.estimate or {}).get("source"), width=12),
        Column("Weight of the newer survey", lambda f: (f.estimate or {}).get("share"), width=12),
        Column("Filled from", lambda f: " ".join((f.estimate or {}).get("peers", ())), width=18),
        Column("On a 0 to 1 scale", lambda f: _of(f, "u"), width=12),
        Column("Median of the ranked", lambda f: _of(f, "median"), width=12),
        Column("Weight, of 100", lambda f: _of(f, "nominal"), width=10),
        Column("Weight now, of 100", lambda f: _of(f, "effective"), width=10),
        Column("Points", lambda f: _of(f, "points"), width=10),
        Column("Points as printed", lambda f: _of(f, "printed"), width=10),
        Column("Points lost", lambda f: _of(f, "lost"), width=10),
    )
    return (
        Column("Factor", lambda f: f.row.label, width=36),
        Column("Of the fact sheet", lambda f: f.row.factor, width=36),
        Column("Counted", lambda f: "yes" if f.is_counted and f.row.stage == "screen" else "no", width=8),
        Column("Published as", lambda f: _observed(f, "indicator.name"), width=36),
        Column("Published value", lambda f: _observed(f, "label") or _observed(f, "value"), width=14),
        Column("Unit", lambda f: _observed(f, "indicator.unit"), width=18),
        Column(
            "Direction of the publisher",
            lambda f: labels.DIRECTIONS[f.observation.indicator.direction] if f.observation else "",
            width=18,
        ),
        Column("Counts as, if not as published", counted, width=18),
        Column("Period", lambda f: _observed(f, "period"), width=10),
        Column("Age in years", lambda f: f.age, width=8),
        Column("Oldest taken, in years", lambda f: f.row.max_age, width=8),
        Column("Standard error", lambda f: _observed(f, "standard_error"), width=12),
        Column("Quality", lambda f: _observed(f, "quality"), width=12),
        Column("Why it does not score", lambda f: missing(f) if f.missing else "", width=18),
        *(made if scored else ()),
        Column("Publisher", lambda f: _observed(f, "indicator.source.publisher"), width=28),
        Column("Edition", lambda f: _observed(f, "edition"), width=12),
        Column("Newer edition", lambda f: f.newer_edition, width=12),
        Column("File", lambda f: _observed(f, "file.name"), width=36),
        Column("Place in the file", lambda f: _observed(f, "locator"), width=36),
        Column("Text in the file", lambda f: _observed(f, "raw_text"), width=20),
        Column("SHA-256 of the file", lambda f: _observed(f, "file.sha256"), width=66),
    )
