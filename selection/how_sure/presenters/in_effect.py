"""Nominal weights and their effect: which criteria tell most of the order, and why others with a weight do not."""

from __future__ import annotations

from collections.abc import Collection

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.countries.presenters.published import amount
from selection.how_sure.queries.importance import EffectOfWeight, Opposite, PublishedNeed, Weighing
from selection.runs import labels

NOTHING, ALMOST, LITTLE = 0.005, 0.05, 0.1
"""Effective importance below which a criterion tells nothing, almost nothing, and little of the order."""

HEAVY = 0.05
"""Least share of the total of a criterion whose small effect a sentence names."""


def finding(weighing: Weighing) -> str:
    """Return the most deceptive and the most effective weight; what is missing without any."""
    known = weighing.criteria
    if not known:
        return "too few countries have a rank to tell what the weights do."
    parts = []
    deceptive = max(known, key=lambda one: one.nominal - (one.effective or 0.0))
    if (deceptive.effective or 0.0) < min(deceptive.nominal, LITTLE):
        parts.append(f"{_weighs(deceptive)} and by itself tells {_effect(deceptive)} of the order")
    parts.append(f"{_weighs(known[0])} and tells most")
    return f"{'; '.join(parts)}."


def _name(one: EffectOfWeight) -> str:
    """Return a criterion in a sentence: "prevalence", "the Corruption Perceptions Index"."""
    name = labels.short(one.label)
    return f"the {name}" if name == one.label else name


def _weighs(one: EffectOfWeight) -> str:
    return f"{_name(one)} weighs {_weight(one)}"


def _weight(one: EffectOfWeight) -> str:
    """Write a weight with a decimal if it has one: "15%", "7.9%"."""
    tenths = round(1000 * one.nominal)
    return f"{formats.number(tenths / 10, 0 if tenths % 10 == 0 else 1)}%"


def _effect(one: EffectOfWeight) -> str:
    effective = one.effective or 0.0
    for bound, text in ((NOTHING, "nothing"), (ALMOST, "almost nothing"), (LITTLE, "little")):
        if effective < bound:
            return text
    return "more"


# ---- sentences -----------------------------------------------------------------------------------------------------


def sentences(weighing: Weighing, moving: Collection[str] = (), first: int = 0) -> list[str]:
    """Return what the table does not say: heavy criteria without effect, those that go against the total, and why.

    `moving` are the keys of the weights that change the first N if moved far enough.
    """
    light = [one for one in weighing.criteria if one.nominal >= HEAVY and (one.effective or 0.0) < ALMOST]
    texts = [_light(one, first if one.key in moving else 0) for one in light]
    texts += [_published(weighing.published)] if weighing.published and weighing.published.first else []
    return [*texts, *(_opposite(one) for one in weighing.opposites)]


def _light(one: EffectOfWeight, moves: int) -> str:
    """Return that a weight has no effect, and, if it `moves` that many first countries, that it is not irrelevant."""
    importance = f"effective importance {formats.number(one.effective or 0.0, 2)}"
    light = f"{labels.raised(_weighs(one))} and by itself tells {_effect(one)} of the order"
    swaps = f"; moved far enough, its weight still changes who is in the first {moves}" if moves else ""
    return f"{light} ({importance}){swaps}."


def _published(need: PublishedNeed) -> str:
    median = amount(need.criterion, need.median, need.indicator)
    unit = " per 1,000" if need.indicator is not None and "1,000" in need.indicator.unit else ""
    value = f"a newest published {labels.short(need.criterion.label)}"
    has, lies = formats.agree(need.below, "has", "have"), formats.agree(need.under, "lies", "lie")
    below = f"{need.below} of the first {need.first} {has} {value} below {need.bound:g}{unit}"
    under = f"{need.under} of {need.first} {lies} below {median}"
    of = f"the median of the {need.measured} ranked countries with a value in {need.edition}"
    return f"{below}, the bound of the statutory check; {under}, {of}."


def _opposite(one: Opposite) -> str:
    """Return why points on some criteria go against the total."""
    go = formats.agree(len(one.labels), "goes", "go")
    names = labels.raised(formats.listing([labels.lowered(label) for label in one.labels]))
    facts = formats.listing([labels.short(label) for label in one.facts])
    return f"{names} {go} against the total: countries with more points there have fewer on {facts}."


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
