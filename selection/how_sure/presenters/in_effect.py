"""Nominal weights and their effect: which criteria explain most of the order, and why others with a weight do not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.countries.published import amount
from selection.how_sure.queries.importance import EffectOfWeight, PublishedNeed, Weighing
from selection.runs import labels

ALMOST, LITTLE = 0.05, 0.1
EFFECTS = ((0.005, "nothing"), (ALMOST, "almost nothing"), (LITTLE, "little"))
"""Effective importance below which a criterion explains so little of the order."""

HEAVY = 0.05
"""Least share of the total of a criterion whose small effect a sentence names."""


def effect_facts(weighing: Weighing, moving: Collection[str] = ()) -> dict[str, Any]:
    """Return the facts of the finding and of what the table does not say: `_effect_finding.html`, `_effects.html`.

    `most` is the criterion with the most effect, None if too few countries have a rank. `deceptive` weighs much more
    than it explains; `ineffective` are the heavy criteria that explain almost nothing; one `moves` the first N if it is
    in `moving`: its weight changes them if moved far enough. `opposites` go against the total.
    """
    known = weighing.criteria
    deceptive = max(known, key=lambda one: one.nominal - (one.effective or 0.0), default=None)
    if deceptive and (deceptive.effective or 0.0) >= min(deceptive.nominal, LITTLE):
        deceptive = None
    ineffective = [one for one in known if one.nominal >= HEAVY and (one.effective or 0.0) < ALMOST]
    return {
        "most": _criterion(known[0]) if known else None,
        "deceptive": _criterion(deceptive) if deceptive else None,
        "ineffective": [_criterion(one) | {"moves": one.key in moving} for one in ineffective],
        "published": _published(weighing.published) if weighing.published and weighing.published.first else None,
        "opposites": [
            {
                "names": formats.listing([labels.lowered(label) for label in one.labels]),
                "count": len(one.labels),
                "needs": formats.listing([labels.short(label) for label in one.facts]),
            }
            for one in weighing.opposites
        ],
    }


def _criterion(one: EffectOfWeight) -> dict[str, Any]:
    """Return a criterion in a sentence, "prevalence" or "the Corruption Perceptions Index", with what it explains."""
    name, effective = labels.short(one.label), one.effective or 0.0
    return {
        "name": f"the {name}" if name == one.label else name,
        "weight": _weight(one),
        "effect": next((text for bound, text in EFFECTS if effective < bound), "more"),
        "importance": formats.number(effective, 2),
    }


def _published(need: PublishedNeed) -> dict[str, Any]:
    unit = " per 1,000" if need.indicator is not None and "1,000" in need.indicator.unit else ""
    return {
        "need": need,
        "name": labels.short(need.criterion.label),
        "bound": f"{need.bound:g}{unit}",
        "median": amount(need.criterion, need.median, need.indicator),
    }


def _weight(one: EffectOfWeight) -> str:
    """Write a weight with a decimal if it has one: "15%", "7.9%"."""
    tenths = round(1000 * one.nominal)
    return f"{formats.number(tenths / 10, 0 if tenths % 10 == 0 else 1)}%"


# ---- table ---------------------------------------------------------------------------------------------------------


def rows(weighing: Weighing) -> list[EffectOfWeight]:
    """Return the rows of the table: the criteria, the most effective first, those without a figure, and the axes."""
    unknown = [one for one in weighing.rows if not one.is_axis and one.effective is None]
    return [*weighing.criteria, *unknown, *(one for one in weighing.rows if one.is_axis)]


def direction(one: EffectOfWeight) -> str:
    """Return whether points rise or fall with the total, with the correlation: "rise with it, +0.51"."""
    if one.r is None:
        return ""
    side = "neither" if round(one.r, 2) == 0 else "rise with it" if one.r > 0 else "fall with it"
    return f"{side}, {formats.signed(one.r, 2)}"


TABLE: Table[EffectOfWeight] = Table(
    "Weight and effective importance of each criterion",
    [
        Column("Criterion", lambda one: f"{one.label} (axis)" if one.is_axis else one.label),
        Column("Nominal weight", _weight, "number"),
        Column(
            "Effective importance",
            lambda one: "" if one.effective is None else formats.number(one.effective, 2),
            "number",
        ),
        Column("Do its points rise with the total?", direction),
    ],
    css="c-figures",
)
