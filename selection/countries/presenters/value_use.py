"""Sentences on how a run by a method used each published value: as published, carried, bridged, or filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cpc.web import charts, formats
from indicators.models import Indicator, Observation
from indicators.queries import Witness
from selection.countries.presenters import country as country_presenters
from selection.countries.presenters import published as published_presenters
from selection.countries.presenters.published import amount, name_of, percent_sign
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
    """Criterion with the value that counts, the published values behind it, and a sentence that explains it.

    `rule` describes how the value was converted to 0 to 1, `on_record` names a value that does not count.
    """

    factor: Factor
    value: str
    published: tuple[Value, ...]
    unused: tuple[Value, ...]
    sentence: str
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
    statements = screen.statements.get(factor.row.key, ())
    estimate = screen.lines[factor.row.key]["estimate"]
    used = [one for one in statements if one.is_used]
    years = [one.observation.year for one in used]
    made = factor.made
    is_unknown = estimate["source"] == PEERS and screen.score.status == CountryStatus.NOT_RANKABLE
    is_scored = screen.score.rank is not None and made is not None and made.u is not None
    return ValueLine(
        factor=factor,
        value=used_value(factor.row, estimate, screen, used),
        published=tuple(published_values(factor.row, estimate, used)),
        unused=tuple(_unused(factor.row, one) for one in statements if not one.is_used),
        sentence=sentence(factor.row, estimate, screen, used),
        points=_points(made.printed, made.weight) if made is not None and is_scored else "",
        rule=country_presenters.rule(factor),
        on_record=_on_record(factor, screen.earlier.get(factor.row.key)),
        year=max(years, default=None),
        is_old=(estimate["age"] or 0) > OLD,
        quality=", ".join(dict.fromkeys(q.lower() for one in used if (q := labels.QUALITY[one.observation.quality]))),
        mark=charts.profile(
            None if is_unknown else screen.lines[factor.row.key]["u"],
            screen.leaf_medians.get(factor.row.key),
            width=WIDTH,
        ),
        witness=next((witnesses[one.observation.pk] for one in used if one.observation.pk in witnesses), None),
        of_report=any(one.observation.is_year_of_report for one in used),
    )


def _on_record(factor: Factor, earlier: Observation | None = None) -> str:
    """Name a value on record that does not count: "Literacy: 70.0 percent (2023, inferred)"."""
    shown = earlier or factor.shown
    return "" if shown is None else country_presenters.on_record(factor.row, shown)


def dated(used: Sequence[Observation]) -> str:
    """Return the year of the newest value: "2016"; of one whose survey has no stated year, "a report of 2022"."""
    newest = max(used, key=lambda one: one.year)
    return f"a report of {newest.year}" if newest.is_year_of_report else str(newest.year)


def published(row: CriterionRow, one: Statement) -> Value:
    """Return a value as published, with its year or edition: "29.4% (2018)", "4.8 (GSI 2018)"."""
    when = one.observation.series or one.observation.period
    if one.observation.is_year_of_report:
        when = f"report of {when}"
    label = one.observation.label
    text = labels.value_label(label) if label else amount(row, one.value, one.observation.indicator)
    return Value(name_of(one.observation.indicator), f"{text} ({when})", one.observation)


def published_values(row: CriterionRow, estimate: Mapping[str, Any], used: Sequence[Statement]) -> list[Value]:
    """Return the values behind an estimate, each as published; two surveys that count together under one name."""
    if estimate["source"] == COMBINED and len(used) > 1:
        return _both_surveys(row, used)
    return [published(row, one) for one in used]


def _both_surveys(row: CriterionRow, used: Sequence[Statement]) -> list[Value]:
    """Return both surveys under the first one's name: "20.1% (2018)", "5.5% for work alone (2022)"."""
    first, *others = [published(row, one) for one in used]
    found = [first]
    for one, statement in zip(others, used[1:], strict=True):
        series = row.series_of(statement.observation.indicator.code, statement.observation.series)
        amount_text, _, when = one.text.rpartition(" (")
        part = PARTS_OF_SURVEYS.get(series, f"from {statement.label}")
        found.append(replace(one, name=first.name, text=f"{amount_text} {part} ({when}"))
    return found


def _unused(row: CriterionRow, one: Statement) -> Value:
    """Return a value that does not count; if the criterion has several series, name the one it comes from."""
    found = published(row, one)
    return replace(found, text=f"{found.text}, {one.label}" if len(row.series_rows) > 1 else found.text)


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


# ---- sentences -----------------------------------------------------------------------------------------------------


def sentence(row: CriterionRow, estimate: Mapping[str, Any], screen: Screen, used: Sequence[Statement]) -> str:
    """Explain how the published values became the one that counts.

    The text may follow "Published Child marriage (lower is better): 29.4% (2018);".
    """
    source = estimate["source"]
    if source == PEERS:
        return filled(row, screen, len(estimate["peers"]))
    if not source:
        return not_applied(row, screen)
    if "moves" in estimate:
        return _moves(row, estimate)
    between = span(row, estimate, used[0].observation.indicator if used else None)
    counts = _counts(row, estimate, used)
    if not between:
        return f"{counts}." if counts else "as published."
    now = f"today {between} in 90% of draws."
    best = f"counts as {amount(row, estimate['best'])}"
    if source == POOLED:
        if len(row.series_rows) == 1:
            return f"{_pulled_alone(row, estimate, screen)}; {between} in 90% of draws."
        return f"{best}: {_pulled(row, screen, len(used))}; {between} in 90% of draws."
    if source == COMBINED:
        return f"{combined(row, estimate)} {_newer_weight(estimate)}; {between} in 90% of draws."
    if source not in (OWN, _first(row)):
        return f"{best}, bridged from {used[0].label if used else source}; {now}"
    if capped := _capped(row, estimate, used):
        return f"{capped}; {now}"
    if row.estimate and row.estimate.get("trend") and estimate["age"]:
        return f"{best}, adjusted by the trend; {now}"
    return f"{counts}; {now}" if counts else now


def combined(row: CriterionRow, estimate: Mapping[str, Any]) -> str:
    """Say what two surveys of a country count as together: "used 13.1%, because the two surveys differ."."""
    return f"used {amount(row, estimate['best'])}, because the two surveys differ."


def _newer_weight(estimate: Mapping[str, Any]) -> str:
    """Return the weight of the survey that is newer, or of the part if both are of one year."""
    years = {one["year"] for one in estimate["published"]}
    which = "newer survey" if len(years) > 1 else "survey of the part"
    return f"The {which} has {formats.share(estimate['share'])} of the weight"


def _capped(row: CriterionRow, estimate: Mapping[str, Any], used: Sequence[Statement]) -> str:
    """Explain a trend that stopped: "that leaves 29.4%; used 22.6%, because the trend ..."; "" if it did not."""
    limit = (row.estimate or {}).get("trend_years")
    if limit is None or (estimate["age"] or 0) <= limit or not used or used[0].value is None:
        return ""
    counted = row.counts(used[0].value, row.series_of(used[0].observation.indicator.code, used[0].observation.series))
    opposite = f"that leaves {amount(row, counted)}; " if row.is_complement else ""
    years = formats.spell_out(int(limit)).lower()
    return f"{opposite}used {amount(row, estimate['best'])}, because the trend is credited for {years} years at most"


def _pulled_alone(row: CriterionRow, estimate: Mapping[str, Any], screen: Screen) -> str:
    """Explain a single series that is pulled: "used -32.8, because one year alone shows little: each ..."."""
    used = f"used {amount(row, estimate['best'])}, because one year alone shows little"
    pooling = screen.fits.get(row.key, {}).get("pooling")
    if pooling is None:
        return used
    share = formats.share(1 - _retained(pooling, 1))
    return f"{used}: each country's is moved {share} of the way to the pool's mean of {_mean(row, pooling)}"


def not_applied(row: CriterionRow, screen: Screen) -> str:
    """Say that a criterion does not apply to a country, and where its weight goes."""
    beside = [other for other in screen.table.rows(Stage.SCREEN) if other.node == row.node and other.weight > 0]
    names = formats.listing([named(other) for other in beside if other.key != row.key])
    share = f"its weight goes to the {names}" if names else "the other criteria in its group share its weight"
    if not screen.table.is_all_in or row.period != "newest":
        return "Does not apply; the other criteria in its group share its weight."
    earlier = "Earlier levels are never scored" if row.key in screen.earlier else "No loaded edition has a level"
    return f"No level in the newest edition loaded, so it does not apply; {share}. {earlier}."


def _counts(row: CriterionRow, estimate: Mapping[str, Any], used: Sequence[Statement]) -> str:
    """Return "counts as 29.4%" where the score uses another value than the published one, else ""."""
    text = published_presenters.counts_as(row, used[0].observation, estimate) if used else ""
    return f"counts as {text}" if text else ""


def _pulled(row: CriterionRow, screen: Screen, editions: int) -> str:
    """Explain why pooled editions do not count as published: "the editions agree little ..., so it lies 61% ..."."""
    pooling = screen.fits.get(row.key, {}).get("pooling")
    little = "the editions agree little across all countries" if editions > 1 else "one edition alone is weak evidence"
    if pooling is None:
        return f"{little}, so the value is pulled toward the pool's mean"
    share = formats.share(1 - _retained(pooling, editions))
    return f"{little}, so each country's figure is moved {share} of the way to the pool's mean of {_mean(row, pooling)}"


def _retained(pooling: Mapping[str, float], editions: int) -> float:
    """Return the share of a country's distance from the mean that remains."""
    noise, agreement = pooling["noise"], pooling["agreement"]
    return agreement / (agreement + noise**2 / editions) if agreement > 0 else 1.0


def _mean(row: CriterionRow, pooling: Mapping[str, float]) -> str:
    scale = Scale((row.estimate or {}).get("scale", Scale.POINTS))
    return amount(row, float(scale.back(np.array(pooling["mean"]))))


def _first(row: CriterionRow) -> str:
    return str(row.series_rows[0]["key"]) if row.series_rows else OWN


def filled(row: CriterionRow, screen: Screen, count: int) -> str:
    """Return a sentence on the peers that fill a missing value.

    For example: "Not known; filled from 17 countries of Africa, lower middle income."
    """
    return f"Not known; filled from {describe_peers(screen, row.key, count)}."


def describe_peers(screen: Screen, key: str, count: int) -> str:
    """Describe the countries that fill a missing value: "14 peers (low income)"."""
    kind = screen.likeness.get(key, "all")
    income = labels.INCOME.get(screen.score.income, "").lower()
    if kind == "region":
        return f"{count} peers ({screen.score.region}, {income} income)"
    return f"{count} peers ({income} income)" if kind == "income" else f"{count} peers (every income class)"


def _moves(row: CriterionRow, estimate: Mapping[str, Any]) -> str:
    """Describe how a level may have moved since: "4 years old; ..., today Moderate in 69% and Minimal in 28%."."""
    moves = sorted(estimate["moves"].items(), key=lambda item: -item[1])
    shares = [
        f"{label.removesuffix(' Advancement')} in {formats.chance(share)}" for label, share in moves if share >= 0.05
    ]
    since = "A newer edition is due and not loaded" if row.due else _aged(int(estimate["age"]))
    return f"{since}. Based on how levels moved before, today {formats.listing(shares)} of draws."


def _aged(years: int) -> str:
    return f"{years} year{'s' * (years != 1)} old"
