"""Second witness of the TIP Report tier: the World Factbook's statement.

A statement on the same country and year is compared with the tier, never merged: a tier keeps its own quality and
scores as before. A statement is an observation of its own, with its edition, file, SHA-256, and JSON path.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from indicators.models import Observation
from indicators.sources.base import Quality
from indicators.sources.tip_report import SPECIAL_CASE, TIER, TIER_1, TIER_2
from indicators.sources.world_factbook_fields import NEITHER_LIST, NOT_LISTED
from indicators.sources.world_factbook_fields import TIER as WITNESS

NEEDS = {NOT_LISTED: (TIER_1, TIER_2), NEITHER_LIST: (TIER_1, TIER_2, SPECIAL_CASE)}
"""Possible tiers of a country that is on none of the lists."""


class WitnessVerdict(enum.StrEnum):
    CONFIRMS = "confirms"
    NARROWS = "narrows"
    CONTRADICTS = "contradicts"


def verdict(tier: str, stated: str) -> WitnessVerdict:
    """Compare a tier with the label of a statement on the same country and year."""
    if stated in NEEDS:
        return WitnessVerdict.NARROWS if tier in NEEDS[stated] else WitnessVerdict.CONTRADICTS
    return WitnessVerdict.CONFIRMS if tier == stated else WitnessVerdict.CONTRADICTS


@dataclass(frozen=True, slots=True)
class Witness:
    statement: Observation
    verdict: WitnessVerdict

    @property
    def text(self) -> str:
        """Return the verdict as pages and REST show it beside the tier."""
        stated = self.statement.label
        by_elimination = {NOT_LISTED: "Tier 1 or 2", NEITHER_LIST: "Neither Watch List nor Tier 3"}.get(stated, stated)
        if self.verdict is WitnessVerdict.CONFIRMS:
            return "Confirmed by the Factbook"
        if self.verdict is WitnessVerdict.CONTRADICTS:
            return f"The Factbook differs: {by_elimination}"
        return f"{by_elimination} according to the Factbook"


def witnesses(rows: Iterable[Observation], *, as_of: int | None = None) -> dict[int, Witness]:
    """Return the second witness of each tier among `rows`, by the row's id.

    This takes one query, or none without a tier.
    """
    tiers = {(row.country_id, row.period): row for row in rows if row.indicator.code == TIER.code and row.label}
    if not tiers:
        return {}
    stated = Observation.objects.as_of(as_of).filter(
        indicator__code=WITNESS.code,
        series="",
        country__in={country for country, _ in tiers},
        period__in={period for _, period in tiers},
    )
    by_key = {(s.country_id, s.period): s for s in stated.select_related("indicator__source", "file", "batch")}
    return {
        row.pk: Witness(by_key[key], verdict(row.label, by_key[key].label))
        for key, row in tiers.items()
        if key in by_key
    }


def witness_of(row: Observation, *, as_of: int | None = None) -> Witness | None:
    return witnesses([row], as_of=as_of).get(row.pk)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Counts of confirmed tiers in the newest report.

    `unconfirmed` counts by verdict; "" is without a witness.
    """

    year: str
    tiers: int
    confirmed: int
    contradicted: int
    unconfirmed: dict[str, int]

    @property
    def sentence(self) -> str:
        """Return a sentence on the tiers that are still unconfirmed, for the source's row."""
        weak = sum(self.unconfirmed.values())
        if not weak:
            return ""
        one_of_two = self.unconfirmed.get(NOT_LISTED, 0)
        rest = weak - one_of_two
        step = f"only the step between Tier 1 and Tier 2 is unconfirmed for {_these(one_of_two, weak)}"
        whole = f"the tier is unconfirmed for {f'the other {rest:,}' if one_of_two else _these(rest, weak)}"
        parts = ", and ".join([*([step] if one_of_two else []), *([whole] if rest else [])])
        against = f", and differs on {self.contradicted}" if self.contradicted else ", and differs on none"
        witness = f"The World Factbook confirms {self.confirmed:,} of the {self.tiers:,} tiers of {self.year}{against}"
        if not (self.confirmed or self.contradicted or one_of_two):
            witness = f"No second publisher states the tiers of {self.year}"
        return f"{witness}; {parts}."


def _these(number: int, of: int) -> str:
    unconfirmed = "country whose tier rests" if of == 1 else "countries whose tiers rest"
    share = f"all {of:,}" if number == of and of > 1 else f"{number:,}" if number == of else f"{number:,} of the {of:,}"
    return f"{share} {unconfirmed} on one third-party list"


def remaining(*, as_of: int | None = None) -> Remaining | None:
    """Count the confirmed tiers of the newest report year, or return None without a tier."""
    rows = Observation.objects.as_of(as_of).filter(indicator__code=TIER.code).exclude(label="")
    newest = rows.aggregate(newest=Max("year"))["newest"]
    if newest is None:
        return None
    tiers = list(rows.filter(year=newest).select_related("indicator"))
    by_row = witnesses(tiers, as_of=as_of)
    unconfirmed: dict[str, int] = {}
    for row in tiers:
        if row.quality == Quality.UNCONFIRMED:
            witness = by_row.get(row.pk)
            if witness is not None and witness.verdict is WitnessVerdict.CONFIRMS:
                continue
            key = witness.statement.label if witness is not None and witness.verdict is WitnessVerdict.NARROWS else ""
            unconfirmed[key] = unconfirmed.get(key, 0) + 1
    verdicts = [witness.verdict for witness in by_row.values()]
    return Remaining(
        year=str(newest),
        tiers=len(tiers),
        confirmed=verdicts.count(WitnessVerdict.CONFIRMS),
        contradicted=verdicts.count(WitnessVerdict.CONTRADICTS),
        unconfirmed=unconfirmed,
    )
