"""Use of each published value by a run: as published, carried, bridged, or filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cpc.web import charts, formats
from indicators.models import Indicator, Observation
from indicators.queries import Witness
from selection.countries import published as published_presenters
from selection.countries.presenters import country as country_presenters
from selection.countries.published import amount, name_of, percent_sign
from selection.countries.queries.country import Factor, FactorGroup
from selection.countries.queries.screen import Screen, Statement
from selection.model_definition.criteria_table import CriterionRow, Stage
from selection.models import CountryStatus
from selection.runs import labels
from selection.scoring import COMBINED, OWN, PEERS, POOLED, Scale

OLD = 7
"""Most years of age at which a value is not yet old."""

WIDTH = 260.0

PARTS_OF_SURVEYS = {"activity": "for work alone"}
"""The part that a country's second survey measures, by its series."""


@dataclass(frozen=True, slots=True)
class Value:
    """Published value as text, such as "4.8 (GSI 2018)", with its observation.

    `name` is what the publisher measures, with its better end, as in `name_of`.
    """

    name: str
    text: str
    seen: Observation


@dataclass(frozen=True, slots=True)
class ValueLine:
    """Criterion with the value that counts, the published values behind it, and its derivation (see `use_of`).

    `rule` describes how the value was converted to 0 to 1, `on_record` names a value that does not count.
    """

    factor: Factor
    value: str
    published: Sequence[Value]
    unused: Sequence[Value]
    use: Mapping[str, Any]
    points: str
    rule: str
    on_record: str
    year: int | None
    is_old: bool
    quality: str
    mark: charts.Svg
    witness: Witness | None
    of_report: bool = False
    """True where `year` is that of a report, because the year of the survey is not stated."""

    @property
    def notes(self) -> list[str]:
        """List further facts on the value: its year, its points, its quality, a newer edition."""
        newer = f"newer edition on record: {self.factor.newer_edition}" if self.factor.newer_edition else ""
        year = f"report of {self.year}" if self.of_report else str(self.year or "")
        return [note for note in (year, self.points, self.quality, newer) if note]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score with its lines: need, or a node of feasibility."""

    key: str
    label: str
    score: float | None
    against: str
    points: str
    lines: tuple[ValueLine, ...]


def parts(groups: Sequence[FactorGroup], screen: Screen, witnesses: Mapping[int, Witness]) -> list[Part]:
    """Return the parts of the score in the order of the model, each with the lines that count in the run."""
    return [
        Part(
            group.node.key,
            group.node.label,
            None if (is_unknown := _is_unknown(group, screen)) else group.score,
            "" if is_unknown else _against(group.score, screen.medians.get(group.node.key)),
            _points(group.printed, group.weight) if screen.score.rank is not None else "",
            tuple(line(factor, screen, witnesses) for factor in group.factors if factor.row.key in screen.lines),
        )
        for group in groups
        if any(factor.row.key in screen.lines for factor in group.factors)
    ]


def _points(printed: float | None, weight: float | None) -> str:
    if printed is None or weight is None:
        return ""
    return f"{formats.number(printed, 1)} of {formats.number(weight, 1)} points"


def _is_unknown(group: FactorGroup, screen: Screen) -> bool:
    """Return whether nothing of a part is known: its score would be that of others."""
    sources = [screen.lines[f.row.key]["estimate"]["source"] for f in group.factors if f.row.key in screen.lines]
    return all(source == PEERS for source in sources)


def _against(score: float | None, median: float | None) -> str:
    if score is None or median is None:
        return ""
    own, middle = formats.number(score, 1), formats.number(median, 1)
    return f"{'at' if own == middle else 'above' if score > median else 'below'} the median of {middle}"


def line(factor: Factor, screen: Screen, witnesses: Mapping[int, Witness]) -> ValueLine:
    row, made = factor.row, factor.made
    estimate, used = screen.lines[row.key]["estimate"], screen.used(row.key)
    seen = [statement.observation for statement in used]
    qualities = dict.fromkeys(labels.QUALITY[observation.quality].lower() for observation in seen)
    on_record = screen.earlier.get(row.key) or factor.shown
    is_unknown = estimate["source"] == PEERS and screen.score.status == CountryStatus.NOT_RANKABLE
    is_scored = screen.score.rank is not None and made is not None and made.u is not None
    return ValueLine(
        factor=factor,
        value=used_value(row, estimate, screen, used),
        published=published_values(row, estimate, used),
        unused=[published(row, one) for one in screen.statements.get(row.key, ()) if not one.is_used],
        use=use_of(row, estimate, screen, used),
        points=_points(made.printed, made.weight) if made is not None and is_scored else "",
        rule=country_presenters.rule(factor),
        on_record="" if on_record is None else country_presenters.on_record(row, on_record),
        year=max((observation.year for observation in seen), default=None),
        is_old=(estimate["age"] or 0) > OLD,
        quality=", ".join(filter(None, qualities)),
        mark=charts.profile(
            None if is_unknown else screen.lines[row.key]["u"], screen.leaf_medians.get(row.key), width=WIDTH
        ),
        witness=next((witnesses[observation.pk] for observation in seen if observation.pk in witnesses), None),
        of_report=any(observation.is_year_of_report for observation in seen),
    )


def dated(used: Sequence[Observation]) -> str:
    """Return the year of the newest value: "2016"; of one whose survey has no stated year, "a report of 2022"."""
    newest = max(used, key=lambda one: one.year)
    return f"a report of {newest.year}" if newest.is_year_of_report else str(newest.year)


def published(row: CriterionRow, one: Statement) -> Value:
    """Return a value as published, with its year or edition: "29.4% (2018)", "4.8 (GSI 2018)".

    One that does not count is followed by its series if the criterion has several.
    """
    found = one.observation
    when = found.series or found.period
    if found.is_year_of_report:
        when = f"report of {when}"
    text = labels.value_label(found.label) if found.label else amount(row, one.value, found.indicator)
    series = f", {one.label}" if not one.is_used and len(row.series_rows) > 1 else ""
    return Value(name_of(found.indicator), f"{text} ({when}){series}", found)


def published_values(row: CriterionRow, estimate: Mapping[str, Any], used: Sequence[Statement]) -> list[Value]:
    """Return the values behind an estimate, each as published.

    Two surveys that count together have the first one's name: "20.1% (2018)", "5.5% for work alone (2022)".
    """
    values = [published(row, one) for one in used]
    if estimate["source"] != COMBINED:
        return values
    for index, one in enumerate(used[1:], start=1):
        series = row.series_of(one.observation.indicator.code, one.observation.series)
        amount_text, _, when = values[index].text.rpartition(" (")
        part = PARTS_OF_SURVEYS.get(series, f"from {one.label}")
        values[index] = replace(values[index], name=values[0].name, text=f"{amount_text} {part} ({when}")
    return values


# ---- figures -------------------------------------------------------------------------------------------------------


def named(row: CriterionRow) -> str:
    """Name a criterion within a sentence: "child labor", "prevalence", "Corruption Perceptions Index"."""
    short = row.label.split(",")[0].split(" of ")[0]
    return short if any(word[:1].isupper() for word in short.split()[1:]) else labels.lowered(short)


def span(row: CriterionRow, estimate: Mapping[str, Any], indicator: Indicator | None = None) -> str:
    """Return the 90 percent range of an estimate: "6 to 45%", "3.2 to 6.8"; "" if the value is exact."""
    low, high, best = estimate.get("low"), estimate.get("high"), estimate.get("best")
    if low is None or high is None or best is None or not estimate.get("error"):
        return ""
    posts = row.function
    if (row.estimate or {}).get("scale", "points") == "points" and posts["lower"] <= best <= posts["upper"]:
        low, high = max(low, posts["lower"]), min(high, posts["upper"])  # goalposts cap a value
    whole = high >= 10 or low <= -10 or (indicator is not None and not indicator.decimals)
    decimals = 0 if whole else 1
    ends = formats.span(formats.number(low, decimals), formats.number(high, decimals), prose=True)
    return ends + percent_sign(row, indicator)


def used_value(row: CriterionRow, estimate: Mapping[str, Any], screen: Screen, used: Sequence[Statement]) -> str:
    """Return the value that counts in the score, in the criterion's unit, or a text if there is none."""
    indicator = used[0].observation.indicator if used else None
    if estimate.get("best") is not None:
        return amount(row, estimate["best"], indicator)
    if estimate["source"] == PEERS:
        if screen.score.status == CountryStatus.NOT_RANKABLE or row.is_ordinal:
            return "Not known"
        u = screen.lines[row.key]["u"]
        return amount(row, None if u is None else country_presenters.raw_of(row.function, u))
    if used and used[0].observation.label:
        return labels.value_label(used[0].observation.label)
    return formats.MISSING_LABELS["not_applicable"][0]


# ---- how the value came about --------------------------------------------------------------------------------------


def use_of(row: CriterionRow, estimate: Mapping[str, Any], screen: Screen, used: Sequence[Statement]) -> dict[str, Any]:
    """Return how the published values became the one that counts: the facts for `_value_use.html`."""
    source = estimate["source"]
    if source == PEERS:
        return {
            "kind": "filled",
            "peers": len(estimate["peers"]),
            "likeness": screen.likeness.get(row.key, "all"),
            "region": screen.score.region,
            "income": labels.INCOME.get(screen.score.income, "").lower(),
        }
    if not source:
        group = [other for other in screen.table.rows(Stage.SCREEN) if other.node == row.node and other.weight > 0]
        return {
            "kind": "not applied",
            "is_newest": screen.table.is_all_in and row.period == "newest",
            "siblings": [named(other) for other in group if other.key != row.key],
            "has_earlier": row.key in screen.earlier,
        }
    if "moves" in estimate:
        moves = sorted(estimate["moves"].items(), key=lambda move: -move[1])
        return {
            "kind": "moved",
            "is_due": row.due,
            "age": estimate["age"],
            "shares": [
                f"{label.removesuffix(' Advancement')} in {formats.chance(share)}"
                for label, share in moves
                if share >= 0.05
            ],
        }
    return _use_of_estimate(row, estimate, screen, used)


def _use_of_estimate(
    row: CriterionRow, estimate: Mapping[str, Any], screen: Screen, used: Sequence[Statement]
) -> dict[str, Any]:
    """Return the same for a number or a published level; `range` is "" if the value is exact."""
    source = estimate["source"]
    range_text = span(row, estimate, used[0].observation.indicator if used else None)
    facts = {
        "kind": "own" if range_text else "exact",
        "best": amount(row, estimate.get("best")),
        "range": range_text,
        "counts_as": published_presenters.counts_as(row, used[0].observation, estimate) if used else "",
    }
    if not range_text:
        return facts
    if source == POOLED:
        is_alone = len(row.series_rows) == 1
        return facts | _pull(row, screen, 1 if is_alone else len(used)) | {"kind": "alone" if is_alone else "pooled"}
    if source == COMBINED:
        is_one_year = len({one["year"] for one in estimate["published"]}) == 1
        return facts | {"kind": "combined", "is_one_year": is_one_year, "share": estimate["share"]}
    if source not in (OWN, str(row.series_rows[0]["key"]) if row.series_rows else OWN):
        return facts | {"kind": "bridged", "series": used[0].label if used else source}
    trend, age = row.estimate or {}, estimate["age"] or 0
    limit = trend.get("trend_years")
    if limit is not None and age > limit and used and used[0].value is not None:
        found = used[0].observation
        counted = row.counts(used[0].value, row.series_of(found.indicator.code, found.series))
        opposite = amount(row, counted) if row.is_complement else ""
        return facts | {"kind": "capped", "opposite": opposite, "years": formats.spell_out(int(limit)).lower()}
    return facts | {"kind": "trend"} if trend.get("trend") and age else facts


def _pull(row: CriterionRow, screen: Screen, editions: int) -> dict[str, Any]:
    """Return how far the pool's mean pulls a value: the share of its distance from the mean that it loses.

    Only the number of editions without a fit.
    """
    pooling = screen.fits.get(row.key, {}).get("pooling")
    if pooling is None:
        return {"editions": editions}
    noise, agreement = pooling["noise"], pooling["agreement"]
    retained = agreement / (agreement + noise**2 / editions) if agreement > 0 else 1.0
    scale = Scale((row.estimate or {}).get("scale", Scale.POINTS))
    mean = amount(row, float(scale.back(np.array(pooling["mean"]))))
    return {"editions": editions, "pull": 1 - retained, "mean": mean}
